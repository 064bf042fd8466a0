"""What the guide walks through: one case of the graph, its drug and disease, a finding, chosen by the tables alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb

from kg.graph.store import GraphFolder
from kg.model import APPLIED_TO_TREAT, CHEMICAL, DISEASE, HAS_ADVERSE_EVENT, OCCURS_TOGETHER, PHENOTYPE, SUBCLASS_OF

_SEARCH_WORDS: Final = 3
_SEVERITIES: Final = ("error", "warning", "info")
_TABLES: Final = ("nodes", "edges", "evidence", "cases", "findings", "links")

# The best statement of a drug and a disease: a treatment before an adverse event before a co-mention; then one that
# has a case, whose disease the audit speaks of, that supports, whose disease has ancestors; then the least identifier.
_LINK: Final = """
SELECT e.subject, e.predicate, e.object, e.document,
  coalesce(e."case", (SELECT min(c.id) FROM cases c WHERE c.document = e.document)) AS "case"
FROM evidence e
JOIN nodes s ON s.id = e.subject AND s.category = $chemical
JOIN nodes o ON o.id = e.object AND o.category IN ($disease, $phenotype)
WHERE e.document IS NOT NULL
ORDER BY
  CASE e.predicate WHEN $treat THEN 0 WHEN $adverse THEN 1 WHEN $together THEN 3 ELSE 2 END,
  "case" IS NULL,
  NOT EXISTS (FROM findings f JOIN links l ON l.mention = f.mention WHERE f.document = e.document AND l.node = e.object),
  NOT EXISTS (FROM findings f WHERE f.document = e.document),
  e.polarity <> 'support',
  NOT EXISTS (FROM edges h WHERE h.subject = e.object AND h.predicate = $above),
  "case", e.subject, e.object, e.id
LIMIT 1
"""
# A finding about the disease in the case's document, else of that document, else any; the gravest first.
_FINDING: Final = """
SELECT f.id, f.code, f.document, f.text, f.asserted, f.suggested
FROM findings f
ORDER BY
  NOT EXISTS (FROM links l WHERE l.mention = f.mention AND l.node = $about) OR f.document IS DISTINCT FROM $document,
  f.document IS DISTINCT FROM $document,
  list_position($severities, f.severity), f.document, f.id
LIMIT 1
"""
# Where the hierarchy is climbed from: the disease, else the entity with parents that most documents name.
_START: Final = """
SELECT h.subject AS id FROM edges h JOIN nodes n ON n.id = h.subject
WHERE h.predicate = $above ORDER BY h.subject IS DISTINCT FROM $about, n.documents DESC, h.subject LIMIT 1
"""
_DISEASE: Final = "SELECT id FROM nodes WHERE category = $disease ORDER BY documents DESC, id LIMIT 1"


@dataclass(frozen=True, slots=True)
class Walk:
    """The stations of a guide, each the identifier of a node, "" where the graph has none of the kind.

    Attributes:
        document: the document of the case.
        case: the patient.
        drug: what the patient was given, or what else the text names with the disease.
        predicate: what the text says of drug and disease, as a CURIE.
        disease: what the patient has.
        finding: what the audit says.
        start: where the hierarchy is climbed from.
        names: identifier -> name, of every node above.
        about: the finding's row: ``code``, ``text``, ``asserted``, ``suggested``.
    """

    document: str = ""
    case: str = ""
    drug: str = ""
    predicate: str = ""
    disease: str = ""
    finding: str = ""
    start: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    def name(self, identifier: str) -> str:
        """Return the name of a station."""
        return self.names.get(identifier) or identifier

    @property
    def words(self) -> str:
        """Words to search for: the first of the name of the disease, or of the drug; plain letters and digits."""
        found = re.findall(r"[^\W_]+", self.name(self.disease or self.drug or self.start))
        return " ".join(found[:_SEARCH_WORDS]) or "case"

    def parameters(self) -> dict[str, str | bool]:
        """Return values for the parameters that queries have: the stations, under each name they go by."""
        disease = self.disease or self.start
        return {
            "case": self.case,
            "code": "",
            "disease": disease,
            "drug": self.drug,
            "end": "",
            "entity": disease or self.drug,
            "finding": self.finding,
            "include_descendants": True,
            "object": self.disease,
            "predicate": self.predicate,
            "search": self.words,
            "severity": "",
            "start": self.start or disease,
            "subject": self.drug,
        }


def choose(folder: GraphFolder) -> Walk:
    """Choose the stations of a guide through a graph: the same for the same tables.

    Args:
        folder: the graph.

    Returns:
        Stations that hang together as far as the graph has them: the case of the document whose text says the
        most of a drug and a disease, and about whose disease the audit has a finding, if there is such a one.
    """
    with duckdb.connect(":memory:") as db:
        for table in _TABLES:
            # A view's query takes no parameters: the path is quoted, and no character of it is a pattern.
            path = re.sub(r"([*?\[])", r"[\1]", str(folder.file(table))).replace("'", "''")
            db.execute(f"CREATE VIEW {table} AS FROM read_parquet('{path}')")
        link = _first(db, _LINK, chemical=CHEMICAL, disease=DISEASE, phenotype=PHENOTYPE, treat=APPLIED_TO_TREAT,
                      adverse=HAS_ADVERSE_EVENT, together=OCCURS_TOGETHER, above=SUBCLASS_OF)  # fmt: skip
        case = link.get("case") or _first(db, "SELECT min(id) AS id FROM cases").get("id", "")
        document = link.get("document") or _first(db, "SELECT document FROM cases WHERE id = $id", id=case).get(
            "document", ""
        )
        disease = link.get("object") or _first(db, _DISEASE, disease=DISEASE).get("id", "")
        found = _first(db, _FINDING, about=disease, document=document, severities=list(_SEVERITIES))
        start = _first(db, _START, above=SUBCLASS_OF, about=disease).get("id", "")
    stations = (
        document,
        case,
        link.get("subject", ""),
        disease,
        start,
        found.get("asserted", ""),
        found.get("suggested", ""),
    )
    named = folder.select("nodes", "id", filter(None, stations))
    return Walk(
        document=document,
        case=case,
        drug=link.get("subject", ""),
        predicate=link.get("predicate", ""),
        disease=disease,
        finding=found.get("id", ""),
        start=start,
        names={row["id"]: row["name"] or row["id"] for row in named},
        about={key: found[key] for key in ("code", "text", "asserted", "suggested") if found},
    )


def _first(db: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> dict[str, str]:
    cursor = db.execute(query, parameters)
    row = cursor.fetchone()
    return {column[0]: value or "" for column, value in zip(cursor.description or (), row or (), strict=False)}
