"""Is a document a case report? Transparent rules over publication type, title and text, each with a name.

A case report here describes single patients: one, or a few (two to nine) that are told apart. The rules are asked in a
fixed order, from what says most to what says least, and the first that fires decides; the verdict carries its name and
the words that it saw. A document that no rule knows is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.documents import casewords as words
from kg.documents.casepage import FORMAT as CASE_PAGE
from kg.documents.referencelist import is_references
from kg.model import Document

#: Characters that are looked at where a document has no abstract: a report introduces its patient early.
REACH: Final = 6000
#: Sections that sum a document up.
_SUMMARIES: Final = frozenset({"abstract", "summary", "tldr", "contribution", "findings"})
#: Sections that may say "here we report"; those of a document without a summary stand for it.
_OPENINGS: Final = frozenset({"introduction", "body", "case"})
_LONGEST_QUOTE: Final = 80
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is a case report, why in words, and the name of the rule that decided."""

    is_case: bool
    reason: str
    rule: str


def is_case_report(document: Document) -> Verdict:
    """Tell whether a document is a case report, with the reason.

    Args:
        document: of any format. A page of the seed's form (``casepage``) counts as one unless it says otherwise.

    Example:
        >>> from kg.model import Passage
        >>> text = "We report a 37-year-old man who recovered."
        >>> verdict = is_case_report(Document("d", "i", "bioc", "", "A in B", passages=(Passage("abstract", text),)))
        >>> verdict.is_case, verdict.rule
        (True, 'text-reports-case')
        >>> print(verdict.reason)
        the text reports a patient: 'We report a 37-year-old'
    """
    seen = _Document(document)
    for rule, is_case, ask in _RULES:
        if reason := ask(seen):
            return Verdict(is_case, reason, rule)
    return Verdict(
        False, "nothing in publication type, title or text says that it describes single patients", "no-sign"
    )


class _Document:
    """What the rules look at."""

    def __init__(self, document: Document) -> None:
        self.types = document.publication_types
        self.has_subject = bool(document.subjects)
        named = document.title if document.title != document.id else ""
        # Without a title of its own a document begins with what is one.
        self.title = " ".join((named or "".join(p.text for p in document.passages[:1])[:_LONGEST_TITLE]).split())
        self.is_page = document.format == CASE_PAGE
        passages = [
            (re.split(r"[ .]", p.section)[0], p.text)
            for p in document.passages
            if p.section != "title" and not is_references(p.section)
        ]
        self.case_section = any(section == "case" for section, _ in passages)
        summary = "\n".join(text for section, text in passages if section in _SUMMARIES)
        opening = "\n".join(text for section, text in passages if section in _OPENINGS)[:REACH]
        #: What sums the document up, and without that its begin.
        self.summary = summary or opening or "\n".join(text for _, text in passages)[:REACH]
        self.opening = f"{summary}\n{opening}" if summary else self.summary

    @cached_property
    def study(self) -> str:
        """What says that it is a study or of animals; most documents are decided before it is asked for."""
        return _quote(words.STUDY, self.summary) or _quote(words.ANIMAL_IN_TEXT, self.summary)


def _quote(pattern: re.Pattern[str], text: str) -> str:
    """Return what a pattern finds, short enough to be read; "" where it finds nothing."""
    found = pattern.search(text)
    if found is None:
        return ""
    quote = " ".join(found[0].split()).strip(" .:;,")
    return quote if len(quote) <= _LONGEST_QUOTE else quote[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _in_title(pattern: re.Pattern[str], says: str) -> Callable[[_Document], str]:
    return lambda seen: f"the title {says}: '{quote}'" if (quote := _quote(pattern, seen.title)) else ""


def _in_text(pattern: re.Pattern[str], says: str) -> Callable[[_Document], str]:
    """Return the question of a rule that says so much that a study's words do not stand against it."""
    return lambda seen: f"the text {says}: '{quote}'" if (quote := _quote(pattern, seen.opening)) else ""


def _in_summary(pattern: re.Pattern[str], says: str) -> Callable[[_Document], str]:
    return lambda seen: f"the text {says}: '{quote}'" if (quote := _quote(pattern, seen.summary)) else ""


def _without_study(pattern: re.Pattern[str], says: str, of: str = "text") -> Callable[[_Document], str]:
    """Return the question of a rule that holds only where nothing says that it is a study or of animals."""

    def ask(seen: _Document) -> str:
        quote = "" if seen.study else _quote(pattern, seen.title if of == "title" else seen.summary)
        return f"the {of} {says}: '{quote}'" if quote else ""

    return ask


def _of_type(pattern: re.Pattern[str]) -> Callable[[_Document], str]:
    def ask(seen: _Document) -> str:
        found = next((t for t in seen.types if pattern.fullmatch(" ".join(t.split()))), "")
        return f"its publication type is '{found}'" if found else ""

    return ask


def _title_of_case(seen: _Document) -> str:
    if words.MANY_IN_TITLE.search(seen.title):
        return ""
    return _in_title(words.CASE_IN_TITLE, "says so")(seen)


def _the_patient(seen: _Document) -> str:
    if seen.study or len(words.THE_PATIENT.findall(seen.summary)) < 2:
        return ""
    return f"the text speaks of one patient again and again: '{_quote(words.THE_PATIENT, seen.summary)}'"


#: (name, whether it is a case report, what it sees - "" where it does not fire), in the order in which they are asked.
_RULES: Final[tuple[tuple[str, bool, Callable[[_Document], str]], ...]] = (
    ("subject", True, lambda seen: "a phenopacket describes its patient" if seen.has_subject else ""),
    ("publication-type", True, _of_type(words.TYPE)),
    ("title-animal", False, _in_title(words.ANIMAL_IN_TITLE, "speaks of animals or cells")),
    ("title-about-reports", False, _in_title(words.ABOUT_REPORTS, "is about case reports")),
    ("title-case-report", True, _title_of_case),
    ("title-many", False, _in_title(words.MANY_IN_TITLE, "counts many patients")),
    ("other-type", False, _of_type(words.OTHER_TYPE)),
    ("title-study", False, _in_title(words.STUDY_IN_TITLE, "speaks of a study")),
    ("case-page", True, lambda seen: "it is a page of case reports, which says nothing else" if seen.is_page else ""),
    ("text-reports-case", True, _in_text(words.REPORTS_CASE, "reports a patient")),
    ("text-case-reported", True, _in_text(words.IS_REPORTED, "reports a patient")),
    ("text-case-heading", True, _in_text(words.CASE_HEADING, "has the heading of a case")),
    ("text-opens-with-patient", True, _in_summary(words.OPENS_WITH_PATIENT, "opens with a patient")),
    ("text-this-aged-patient", True, _in_text(words.THIS_AGED_PATIENT, "tells of a patient")),
    (
        "case-section",
        True,
        lambda seen: "it has a section for the case" if seen.case_section and not seen.study else "",
    ),
    ("title-patient", True, _without_study(words.PATIENT_IN_TITLE, "speaks of single patients", "title")),
    ("text-aged-patient", True, _without_study(words.AGED_PATIENT, "introduces a patient")),
    ("text-this-case", True, _without_study(words.CASE_SPOKEN_OF, "speaks of its case")),
    ("text-one-patient", True, _without_study(words.INTRODUCED, "tells of one patient")),
    ("text-few-patients", True, _without_study(words.FEW, "tells of a few patients")),
    ("text-the-patient", True, _the_patient),
    ("text-study", False, lambda seen: f"the text speaks as a study does: '{seen.study}'" if seen.study else ""),
)
