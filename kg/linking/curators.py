"""Who decided: the people that the column `curator` names, with their ORCIDs where it gives them.

An ORCID is a number of sixteen digits with a check digit by ISO/IEC 7064 MOD 11-2
(https://support.orcid.org/hc/en-us/articles/360006897674). What looks like one and fails the check stays a part of the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: What an ORCID is as an IRI.
ORCID: Final = "https://orcid.org/"
_NUMBER: Final = re.compile(
    r"[(\[<]?\s*(?:https?://(?:www\.)?orcid\.org/|orcid:\s*)?(?<!\d)(\d{4}-\d{4}-\d{4}-\d{3}[\dX])(?!\d)\s*[)\]>]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Curator:
    """One person: name and ORCID (the number alone), "" for what is not given."""

    name: str
    orcid: str = ""

    @property
    def label(self) -> str:
        """The name, the ORCID where there is no name."""
        return self.name or self.orcid


def read_curators(text: str) -> tuple[Curator, ...]:
    """Return the curators that a value of the column names, several of them parted by ``|`` or ``;``.

    >>> read_curators("A. Name (https://orcid.org/0000-0002-1825-0097)|B. Name")
    (Curator(name='A. Name', orcid='0000-0002-1825-0097'), Curator(name='B. Name', orcid=''))
    >>> read_curators("orcid:0000-0002-1825-0098")[0].orcid
    ''
    """
    found = (_curator(part) for part in re.split(r"[|;]", text))
    return tuple(dict.fromkeys(curator for curator in found if curator.label))


def _curator(text: str) -> Curator:
    for match in _NUMBER.finditer(text):
        number = match[1].upper()
        if _is_orcid(number):
            name = " ".join((text[: match.start()] + " " + text[match.end() :]).split())
            return Curator(name.strip(" ,"), number)
    return Curator(" ".join(text.split()))


def _is_orcid(number: str) -> bool:
    """Tell whether the last character is the check digit of those before it."""
    total = 0
    digits = number.replace("-", "")
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits[-1] == ("X" if check == 10 else str(check))
