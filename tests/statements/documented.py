"""The rules and examples of docs/statements.md."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.pages import ROOT

_ROW = re.compile(r"^\| (?:(?P<polarity>\w+) \| )?`(?P<name>[\w-]+)` \| (?P<example>.*\*.*) \|$")


@dataclass(frozen=True, slots=True)
class Example:
    """A row of a table: a rule's (or a reason's) name, its polarity where the row has one, and a marked-up sentence."""

    section: str
    name: str
    polarity: str | None
    text: str


def examples() -> list[Example]:
    """Return the examples of the page, in the form of `tests.statements.stories`."""
    found: list[Example] = []
    section = ""
    for line in (ROOT / "docs" / "statements.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif row := _ROW.match(line):
            drugs = re.sub(r"\*\*([^*]+)\*\*", r"{c:\1}", row["example"])
            text = re.sub(r"\*([^*]+)\*", r"{d:\1}", drugs)
            found.append(Example(section, row["name"], row["polarity"], text))
    return found
