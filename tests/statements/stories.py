"""Stories for the statement rules: text in which {c:name} is a chemical and {d:name} a disease."""

from __future__ import annotations

import re

from kg.model import CHEMICAL, DISEASE, Document, Evidence, Passage
from kg.statements.drugs import read_drug_statements
from kg.statements.patients import read_patients
from kg.statements.places import Place, Story, tell_story

_MARK = re.compile(r"\{([cd]):([^}]*)\}")
_KIND = {"c": CHEMICAL, "d": DISEASE}


def story(*passages: str, title: str = "") -> Story:
    """Return the story of a document whose passages are marked up; nodes are `c:name` and `d:name`."""
    plain: list[Passage] = []
    places: list[Place] = []
    for section, text in [("title", title), *((f"abstract.{i}", t) for i, t in enumerate(passages, 1))]:
        out = ""
        last = 0
        for mark in _MARK.finditer(text):
            out += text[last : mark.start()]
            kind, name = mark.groups()
            places.append(
                Place(f"{kind}:{name.lower()}", _KIND[kind], section, len(out), len(out) + len(name), f"m:{name}")
            )
            out += name
            last = mark.end()
        plain.append(Passage(section, out + text[last:]))
    document = Document("doi:10.5555/x", "x.md", "casepage", "0", plain[0].text, passages=tuple(plain))
    diseases = {p.node for p in places if p.category == DISEASE}
    return tell_story(document, places, diseases, read_patients(document))


def treatments(*passages: str, title: str = "") -> list[tuple[str, str, str]]:
    """Return (drug, disease, reason) of the treatment evidence, in reading order."""
    return [_short(e) for e in treatment_evidence(*passages, title=title)]


def treatment_evidence(*passages: str, title: str = "") -> list[Evidence]:
    """Return the treatment evidence of a marked-up document."""
    return read_drug_statements(story(*passages, title=title))[1]


def adverse(*passages: str, title: str = "") -> list[tuple[str, str, str]]:
    """Return (drug, condition, reason) of the adverse-event evidence, in reading order."""
    return [_short(e) for e in read_drug_statements(story(*passages, title=title))[0]]


def _short(evidence: Evidence) -> tuple[str, str, str]:
    return evidence.subject[2:], evidence.object[2:], evidence.polarity_reason
