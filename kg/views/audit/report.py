"""The findings of a graph with what is needed to judge them: the place, the sentence, what is linked instead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from kg.curies import normalize
from kg.errors import UnknownNameError
from kg.findingcodes import CODES
from kg.graph.store import GraphFolder

#: Severity -> place in the order, the worst first.
SEVERITIES: Final = {"error": 0, "warning": 1, "info": 2}
#: The check of the reason that a curator's decision leaves in a finding (kg/linking/curation.py).
DECISION: Final = "decision"
#: Findings about the curators' file; their text is the file's name and the line.
OF_DECISIONS: Final = ("decision-unreadable", "decision-not-applied", "decisions-contradict")
#: Code points of a sentence that are shown before and after the mention.
_BEFORE, _AFTER = 280, 280


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mention stands: offsets in the passage, and the sentence in three parts."""

    section: str
    start: int
    end: int
    before: str
    words: str
    after: str

    @property
    def sentence(self) -> str:
        """The sentence in one piece."""
        return self.before + self.words + self.after


@dataclass(frozen=True, slots=True)
class Item:
    """One finding.

    Attributes:
        finding: the row of the table, its reasons read.
        document: row of the document, empty where it is of none.
        mention: row of the mention, empty where it is of none.
        place: the first place of the mention; None where it stands nowhere.
        linked: (term, name, rule, verdict) of what the mention is linked to.
        united: whether several inputs make the document; which one a line is of is not known then.
        record: file and line of the mapping that the finding is about, "" where it is about none.
        decided: file and line of each curator's decision that settled it.
    """

    finding: Mapping[str, Any]
    document: Mapping[str, Any] = field(default_factory=dict)
    mention: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None
    linked: tuple[tuple[str, str, str, str], ...] = ()
    united: bool = False
    record: str = ""
    decided: tuple[tuple[str, int], ...] = ()

    @property
    def settled(self) -> str:
        """Who decided about the finding and how, "" where nobody did; several curators are parted by semicolons."""
        return "; ".join(r["statement"] for r in self.finding["reasons"] if r["check"] == DECISION)

    @property
    def confidence(self) -> str | None:
        """How sure the suggestion is, in words; None where nothing is said."""
        return self.finding.get("confidence")

    @property
    def input(self) -> str:
        """The input that the finding is about, "" where that is not known."""
        if self.finding["code"] in OF_DECISIONS:
            return str(self.finding["text"]).rpartition(":")[0]
        return str(self.document.get("input") or "")

    @property
    def line(self) -> int:
        """1-based line of the input, 0 where the format has none, or where several inputs make the document."""
        if self.finding["code"] in OF_DECISIONS:
            return int(str(self.finding["text"]).rpartition(":")[2])
        return 0 if self.united else int(self.mention.get("line") or 0)

    @property
    def short(self) -> str:
        """The beginning of the identifier, by which a person names the finding."""
        return str(self.finding["id"]).removeprefix("urn:uuid:")[:8]

    @property
    def key(self) -> tuple[Any, ...]:
        """What equal findings of several documents share."""
        row = self.finding
        return (
            row["severity"], row["code"], row["message"], row["text"], row["asserted"], row["suggested"],
            self.confidence, bool(self.settled),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """Which findings are wanted.

    Attributes:
        codes: only these; all where there are none.
        severity: this severe or more.
        document: only those of one document, by any identifier of it.
    """

    codes: tuple[str, ...] = ()
    severity: str | None = None
    document: str | None = None


class Report:
    """The findings of a graph.

    Args:
        folder: the graph.
        selection: which of them.

    Raises:
        UnknownNameError: if there is no such code or document; with close matches.
    """

    def __init__(self, folder: GraphFolder, selection: Selection | None = None) -> None:
        self.folder = folder
        self.selection = wanted = selection or Selection()
        everything: list[dict[str, Any]] = [
            {**row, "reasons": json.loads(row["reasons"] or "[]")} for row in folder.rows("findings")
        ]
        everything.sort(key=_order)
        # A graph that lost its last finding of a code is clean, and no wrong call.
        known = CODES.keys() | {row["code"] for row in everything}
        for code in wanted.codes:
            if code not in known:
                raise UnknownNameError("code", code, known)
        self.of_graph = everything
        document = self._document(wanted.document) if wanted.document else None
        #: Findings of the codes and the document that are wanted, of any severity.
        self.asked = [
            row
            for row in everything
            if (not wanted.codes or row["code"] in wanted.codes) and (document is None or row["document"] == document)
        ]
        worst = SEVERITIES[wanted.severity] if wanted.severity else len(SEVERITIES)
        self.rows = [row for row in self.asked if SEVERITIES[row["severity"]] <= worst]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """Severity -> how many findings."""
        return {s: sum(row["severity"] == s for row in self.rows) for s in SEVERITIES}

    def fails(self, severity: str) -> bool:
        """Tell whether a finding that is asked for is this severe or more."""
        return any(SEVERITIES[row["severity"]] <= SEVERITIES[severity] for row in self.asked)

    def _document(self, text: str) -> str:
        wanted = normalize(text) or text
        known: dict[str, str] = {}
        for row in self.folder.rows("documents"):
            names = [row["id"], row["input"]]
            names += [name for p, c in _IDENTIFIERS if row[c] for name in (f"{p}:{row[c]}", row[c])]
            for name in names:
                known.setdefault(name, row["id"])
        if wanted not in known:
            raise UnknownNameError("document", text, known)
        return known[wanted]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every finding with its place, in the order of the report."""
        return tuple(self.of(self.rows))

    def of(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
        """Yield items of findings, in their order."""
        folder = self.folder
        keys = {row["mention"] for row in rows if row["mention"]}
        mentions = {row["id"]: row for row in folder.select("mentions", "id", keys)}
        documents = {
            r["id"]: r for r in folder.select("documents", "id", {r["document"] for r in rows if r["document"]})
        }
        places = _places(folder, mentions)
        links = _links(folder, keys)
        united = {row["target"] for row in folder.select("ledger", "kind", ["document"]) if row["outcome"] == "merged"}
        records = _records(folder, rows)
        keys = {key for row in rows for key in row.get("decisions") or ()}
        decisions = {row["id"]: (row["file"], row["line"]) for row in folder.select("decisions", "id", keys)}
        for row in rows:
            yield Item(
                row, documents.get(row["document"], {}), mentions.get(row["mention"], {}), places.get(row["mention"]),
                links.get(row["mention"], ()), row["document"] in united, records.get(row["id"], ""),
                tuple(decisions[key] for key in row.get("decisions") or ()),
            )  # fmt: skip

    def groups(self) -> list[tuple[Item, ...]]:
        """Return the findings, equal ones of several documents together, in the order of the report."""
        return grouped(self.items)

    def find(self, name: str) -> dict[str, Any]:
        """Return the one finding of the graph whose identifier is or begins with ``name``.

        Raises:
            UnknownNameError: if there is none, or several; with close matches.
        """
        wanted = name.removeprefix("urn:uuid:").casefold()
        found = [row for row in self.of_graph if wanted and _plain(row).startswith(wanted)]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            more = ", ".join(_plain(row) for row in found[:5])
            raise UnknownNameError("finding", name, (), hint=f"(several begin with it: {more})")
        known = {_plain(row)[: max(8, len(wanted))] for row in self.of_graph}
        raise UnknownNameError("finding", name, known, hint="(kg audit shows each one's identifier in brackets)")


_IDENTIFIERS: Final = (("PMID", "pmid"), ("PMCID", "pmcid"), ("doi", "doi"))


def grouped(items: Iterable[Item]) -> list[tuple[Item, ...]]:
    """Return equal findings together, each group at the place of its first."""
    groups: dict[tuple[Any, ...], list[Item]] = {}
    for item in items:
        groups.setdefault(item.key, []).append(item)
    return [tuple(group) for group in groups.values()]


def _plain(row: Mapping[str, Any]) -> str:
    return str(row["id"]).removeprefix("urn:uuid:")


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return SEVERITIES[row["severity"]], row["code"], row["document"] or "", row["text"], row["id"]


def _places(folder: GraphFolder, mentions: Mapping[str, Mapping[str, Any]]) -> dict[str, Place]:
    """Return the first place of each mention with its sentence."""
    first: dict[str, dict[str, Any]] = {}
    for row in folder.select("occurrences", "mention", mentions):
        known = first.get(row["mention"])
        if known is None or (row["section"], row["start"]) < (known["section"], known["start"]):
            first[row["mention"]] = row
    texts = {
        (row["document"], row["section"]): row["text"]
        for row in folder.select("passages", "document", {mentions[key]["document"] for key in first})
    }
    found: dict[str, Place] = {}
    for key, row in first.items():
        text = texts.get((mentions[key]["document"], row["section"]), "")
        start, end = row["start"], row["end"]
        left, right = max(row["sentence_start"], start - _BEFORE), min(row["sentence_end"], end + _AFTER)
        before = ("…" if left > row["sentence_start"] else "") + text[left:start]
        after = text[end:right] + ("…" if right < row["sentence_end"] else "")
        found[key] = Place(row["section"], start, end, before, text[start:end], after)
    return found


def _records(folder: GraphFolder, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return finding -> where the mapping stands that it is about; a finding names the mapping's two ends."""
    about = [row for row in rows if not row["document"] and row["code"] not in OF_DECISIONS]
    found: dict[str, str] = {}
    mappings = folder.select("mappings", "object_id", {row["asserted"] for row in about if row["asserted"]})
    for row in about:
        records = {
            m["record"]
            for m in mappings
            if m["object_id"] == row["asserted"] and row["text"] in (m["subject_label"], m["subject_id"])
            and m["subject_id"] in row["message"] and m["record"]
        }  # fmt: skip
        if records:
            found[row["id"]] = min(records)
    return found


def _links(folder: GraphFolder, mentions: Iterable[str]) -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    rows = folder.select("links", "mention", mentions)
    nodes = {row["node"] for row in rows if row["node"]}
    names = {row["id"]: row["name"] for row in folder.select("nodes", "id", nodes)}
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in rows:
        if row["term"]:
            found.setdefault(row["mention"], []).append(
                (row["term"], names.get(row["node"]) or "", row["rule"], row["verdict"])
            )
    return {key: tuple(linked) for key, linked in found.items()}
