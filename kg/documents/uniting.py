"""Several records of one document -> one document: the fullest text, everybody's metadata, everybody's annotations.

What the sources disagree about is kept and told: a finding ``sources-disagree`` for a value of the metadata, a finding
``annotators-disagree`` for a place that two sources identify differently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from kg.curies import association_id
from kg.documents.casepage import document_id
from kg.documents.placing import Placer
from kg.model import NAMED_THING, Document, Finding, LedgerEntry, Mention, Reason, Relation, Severity

#: Formats in the order in which the same text is taken from them.
FORMATS: Final = ("casepage", "jats", "bioc", "pubtator", "table", "phenopacket")
#: Sections that every record of a document may have; any other one makes it more than an abstract.
_BRIEF: Final = frozenset({"title", "abstract"})
#: Single values of the metadata, and how grave it is when sources disagree about one.
_FIELDS: Final[dict[str, Severity]] = {
    "pmid": "warning", "pmcid": "warning", "doi": "warning", "title": "info", "journal": "info", "date": "info",
    "authors": "info",
}  # fmt: skip
#: Values that are taken from another source where the first has none, and not compared.
_FILLED: Final = ("figure_count", "figure_url", "source_url", "license")


def unite(documents: Sequence[Document]) -> tuple[Document, tuple[LedgerEntry, ...]]:
    """Make one document of the records of one.

    The order of the records changes nothing. The text is that of the fullest record: a page or a full text before an
    abstract, then the longer one, then by `FORMATS`, then by the input's name.

    Args:
        documents: at least one; several share an identifier.

    Returns:
        The document, and what became of the records that are a part of it now: entries of outcome ``merged`` for
        documents, mentions and relations. A mention or relation that has no entry stands in the document.

    Example:
        >>> from kg.model import Passage
        >>> page = Document("PMID:7", "a", "bioc", "1", "A", pmid="7", passages=(Passage("title", "A"),))
        >>> other = Document("PMID:7", "b", "pubtator", "2", "A", pmid="7", doi="10.5555/x", passages=page.passages)
        >>> united, merged = unite([other, page])
        >>> united.input, united.doi, [(e.input, e.kind, e.target) for e in merged]
        ('a', '10.5555/x', [('b', 'document', 'PMID:7')])
    """
    ordered = sorted(map(_with_input, documents), key=_rank)
    base = ordered[0]
    if len(ordered) == 1:
        return base, ()
    different: list[Document] = [base]
    merged: list[LedgerEntry] = []
    values = _metadata(ordered)
    identifier = _identifier(base, values)
    for other in ordered[1:]:
        if twin := next((known for known in different if _same_record(known, other)), None):
            where = "given twice" if twin.input == other.input else f"the same record as in {twin.input}"
            merged += _all_of(other, where, identifier)
        else:
            different.append(other)
            reason = f"another record of the document in {base.input}"
            merged.append(LedgerEntry(other.input, "document", "merged", 1, reason, target=identifier))
    annotations = _Annotations(base, identifier)
    for other in different[1:]:
        annotations.add(other)
    findings = [*_disagreements(different, values, identifier), *annotations.findings]
    united = replace(
        base, **values, id=identifier, mentions=annotations.mentions(), relations=annotations.relations(),
        findings=tuple({finding.id: finding for finding in reversed(findings)}.values())[::-1],
        subjects=tuple(dict.fromkeys(subject for record in different for subject in record.subjects)),
    )  # fmt: skip
    return united, (*merged, *annotations.merged)


def _with_input(document: Document) -> Document:
    """Let the relations of a record say which input asserts them."""
    if not document.relations:
        return document
    return replace(document, relations=tuple(replace(r, input=document.input) for r in document.relations))


def _rank(document: Document) -> tuple[Any, ...]:
    full = any(re.split(r"[ .]", p.section)[0] not in _BRIEF for p in document.passages)
    length = sum(len(p.text) for p in document.passages)
    form = FORMATS.index(document.format) if document.format in FORMATS else len(FORMATS)
    lines = [mention.line for mention in document.mentions]
    ids = [mention.id for mention in document.mentions]
    return not full, -length, form, document.input, document.sha256, lines, ids


def _same_record(one: Document, other: Document) -> bool:
    """Tell whether two records are the same, annotations and all: the hash of some covers their text alone."""
    return (
        one.sha256 == other.sha256
        and one.format == other.format
        and {m.id for m in one.mentions} == {m.id for m in other.mentions}
        and {_relation_key(r) for r in one.relations} == {_relation_key(r) for r in other.relations}
    )


def _all_of(document: Document, reason: str, target: str) -> list[LedgerEntry]:
    """Return the entries of a record of which nothing is new."""
    counts = {"document": 1, "mention": len(document.mentions), "relation": asserted_relations(document)}
    return [
        LedgerEntry(document.input, kind, "merged", count, reason, target=target)  # type: ignore[arg-type]
        for kind, count in counts.items()
        if count
    ]


# Metadata


def _metadata(ordered: Sequence[Document]) -> dict[str, Any]:
    """Return the values of the document: the first record's that has one, types of all."""
    values: dict[str, Any] = {}
    for field in (*_FIELDS, *_FILLED):
        given = [getattr(document, field) for document in ordered]
        values[field] = next((value for value in given if value not in (None, "", ())), given[0])
    titles = [d.title for d in ordered if d.title and d.title != d.id]
    values["title"] = titles[0] if titles else ordered[0].title
    dates = [d.date for d in ordered if d.date and d.date.startswith(values["date"] or "")]
    # Of dates that say the same the more precise one is taken.
    values["date"] = max(dates, key=len) if dates else None
    types = {
        " ".join(kind.split()).casefold(): kind for d in reversed(ordered) for kind in reversed(d.publication_types)
    }
    order = dict.fromkeys(" ".join(kind.split()).casefold() for d in ordered for kind in d.publication_types)
    values["publication_types"] = tuple(types[key] for key in order)
    return values


def _identifier(base: Document, values: dict[str, Any]) -> str:
    found = document_id(values["pmid"], values["pmcid"], values["doi"], base.sha256)
    return base.id if found.startswith("casegraph:") else found


def _disagreements(documents: Sequence[Document], values: dict[str, Any], identifier: str) -> list[Finding]:
    """Return a finding for each value of the metadata about which the sources disagree."""
    findings = []
    for field, severity in _FIELDS.items():
        taken = values[field]
        told: dict[str, list[str]] = {}
        for document in documents:
            value = getattr(document, field)
            if value in (None, "", ()) or (field == "title" and value == document.id):
                continue
            if not _agree(field, taken, value):
                told.setdefault(_written(value), []).append(document.input)
        if told:
            others = "; ".join(f"{value!r} in {', '.join(dict.fromkeys(names))}" for value, names in told.items())
            message = f"the sources disagree about the {field}: {_written(taken)!r} is taken, {others}"
            findings.append(_finding(identifier, "sources-disagree", severity, field, _written(taken), message))
    return findings


def _written(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _agree(field: str, one: Any, other: Any) -> bool:
    """Tell whether two values of the metadata say the same.

    >>> _agree("date", "2020-03", "2020"), _agree("title", "A case.", "[A case]"), _agree("pmid", "1", "2")
    (True, True, False)
    >>> _agree("journal", "J Med Case Rep", "Journal of Medical Case Reports")
    True
    >>> _agree("authors", ("Ann Smith",), ("Smith A",)), _agree("authors", ("Ann Smith",), ("Jones B",))
    (True, False)
    """
    if field == "date":
        return bool(one.startswith(other) or other.startswith(one))
    if field == "authors":
        return len(one) == len(other) and all(_words(a) & _words(b) for a, b in zip(one, other, strict=True))
    if field == "journal":
        return _abbreviates(one, other) or _abbreviates(other, one)
    first, second = _plain(one), _plain(other)
    # A title that is cut, or lacks its subtitle, is no other title.
    return first == second or (field == "title" and (first.startswith(second) or second.startswith(first)))


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 1}


def _abbreviates(short: str, long: str) -> bool:
    """Tell whether every word of one name begins a word of the other, in their order."""
    words = iter(re.findall(r"\w+", long.casefold()))
    return all(any(word.startswith(part) for word in words) for part in re.findall(r"\w+", short.casefold()))


# Annotations

_Place = tuple[str, int, int]
_Ids = tuple[str, ...]


class _Annotations:
    """The mentions and relations of the document, as records are added.

    Args:
        base: the record whose text it is.
        document: the identifier of the document.
    """

    def __init__(self, base: Document, document: str) -> None:
        self.document = document
        self.placer = Placer(base.passages)
        self.merged: list[LedgerEntry] = []
        self.findings: list[Finding] = [replace(f, document=document) for f in base.findings]
        self._mentions: list[Mention] = []
        self._from: list[str] = []
        self._ids: set[str] = set()
        self._said: dict[tuple[object, ...], int] = {}
        self._at: dict[_Place, list[int]] = {}
        self._relations: list[Relation] = []
        self._related: dict[tuple[str, str, str], list[int]] = {}
        self._disputed: set[tuple[object, ...]] = set()
        for mention in base.mentions:
            self._keep(replace(mention, document=document), base.input)
        for relation in base.relations:
            self._relate(relation)

    def mentions(self) -> tuple[Mention, ...]:
        """Return the mentions: the base's in their order, then what others have besides."""
        return tuple(self._mentions)

    def relations(self) -> tuple[Relation, ...]:
        """Return the relations in the same order."""
        return tuple(self._relations)

    def add(self, other: Document) -> None:
        """Unite the annotations of another record with those that are there."""
        kept_as: dict[str, str] = {}
        known = len(self._mentions)
        for mention in other.mentions:
            moved = replace(mention, document=self.document, occurrences=self.placer.move(mention, other))
            targets = [self._said[key] for key in _keys(moved) if key in self._said]
            if len(targets) == len(_keys(moved)):
                for target in dict.fromkeys(targets):
                    self._credit(target, mention.source_list)
                target_id = self._mentions[targets[0]].id
                kept_as[mention.id] = target_id
                reason = f"the same mention as in {self._from[targets[0]]}"
                entry = LedgerEntry(other.input, "mention", "merged", 1, reason, mention.line, mention.text, target_id)
                self.merged.append(entry)
                continue
            if moved.id in self._ids:
                # The records give one name to two places, because their texts differ.
                moved = replace(moved, id=association_id("mention", moved.id, other.input, other.sha256))
            kept_as[mention.id] = moved.id
            self._dispute(moved, other.input, known)
            self._keep(moved, other.input)
        self.findings += [
            replace(f, document=self.document, mention=kept_as.get(f.mention or "", f.mention)) for f in other.findings
        ]
        self._add_relations(other)

    def _keep(self, mention: Mention, name: str) -> None:
        number = len(self._mentions)
        self._mentions.append(mention)
        self._from.append(name)
        self._ids.add(mention.id)
        for key in _keys(mention):
            self._said.setdefault(key, number)
        for o in mention.occurrences:
            self._at.setdefault((o.section, o.start, o.end), []).append(number)

    def _credit(self, number: int, annotator: str) -> None:
        mention = self._mentions[number]
        self._mentions[number] = replace(mention, source_list=_joined(mention.source_list, annotator))

    def _dispute(self, mention: Mention, name: str, known: int) -> None:
        """Report what other records say of the places of a mention, where it is something else."""
        for o in mention.occurrences:
            for number in self._at.get((o.section, o.start, o.end), ()):
                other = self._mentions[number]
                if number >= known or not _contradict(mention, other):
                    continue
                key = (mention.text.casefold(), mention.category, _ids(mention), other.category, _ids(other))
                if key in self._disputed:
                    continue
                self._disputed.add(key)
                said = [
                    f"{_kind(m)} {' and '.join(_ids(m)) or 'without identifier'} by {m.source_list or 'unnamed'} in {i}"
                    for m, i in ((other, self._from[number]), (mention, name))
                ]
                message = f"{o.text!r} is annotated as {said[0]}, and as {said[1]}"
                finding = _finding(self.document, "annotators-disagree", "warning", o.text, mention.asserted, message)
                reasons = tuple(Reason("annotator", text) for text in said)
                self.findings.append(replace(finding, mention=mention.id, reasons=reasons))

    def _add_relations(self, other: Document) -> None:
        rows: dict[tuple[object, ...], list[Relation]] = {}
        for relation in other.relations:
            rows.setdefault(_row(relation), []).append(relation)
        there = {_row(relation) for relation in self._relations}
        for identity, row in rows.items():
            new = identity not in there and any(_relation_key(relation) not in self._related for relation in row)
            for relation in row:
                self._confirm(relation)
            if not new:
                first = row[0]
                text = f"{first.kind} {first.subject_as} {first.object_as}"
                reason = "the same relation as in another record of the document"
                entry = LedgerEntry(other.input, "relation", "merged", 1, reason, first.line, text, self.document)
                self.merged.append(entry)
            else:
                for relation in row:
                    self._relate(relation)

    def _relate(self, relation: Relation) -> None:
        self._related.setdefault(_relation_key(relation), []).append(len(self._relations))
        self._relations.append(replace(relation, document=self.document))

    def _confirm(self, relation: Relation) -> None:
        """Credit a relation that is there to one more annotator."""
        for number in self._related.get(_relation_key(relation), ()):
            known = self._relations[number]
            self._relations[number] = replace(known, annotator=_joined(known.annotator, relation.annotator))


def _ids(mention: Mention) -> _Ids:
    """Return the identifiers of a mention, in no order of the source's."""
    if mention.asserted is None:
        return (mention.asserted_as,) if mention.asserted_as else ()
    return tuple(sorted({mention.asserted, *mention.further}))


def _keys(mention: Mention) -> list[tuple[object, ...]]:
    """Return what a mention says, a key for each of its places; of one without places, its name is the place."""
    what = (mention.category, _ids(mention))
    places = [(o.section, o.start, o.end, *what) for o in mention.occurrences]
    return list(dict.fromkeys(places)) or [("", mention.text.casefold(), *what)]


def _contradict(one: Mention, other: Mention) -> bool:
    """Tell whether two mentions of one place cannot both be right: other kinds, or other terms of one vocabulary."""
    if one.category != other.category:
        return NAMED_THING not in {one.category, other.category}
    first, second = _ids(one), _ids(other)
    vocabularies = [{curie.partition(":")[0] for curie in ids} for ids in (first, second)]
    named = one.asserted is not None and other.asserted is not None
    return named and first != second and bool(vocabularies[0] & vocabularies[1])


def _kind(mention: Mention) -> str:
    return mention.category.partition(":")[2]


def _joined(known: str, annotator: str) -> str:
    """Return the names of annotators with one more.

    >>> _joined("pubtator", "TaggerOne"), _joined("a; b", "b"), _joined("", "b")
    ('pubtator; TaggerOne', 'a; b', 'b')
    """
    names = dict.fromkeys(filter(None, (*known.split("; "), *annotator.split("; "))))
    return "; ".join(names)


def _relation_key(relation: Relation) -> tuple[str, str, str]:
    return relation.kind, relation.subject, relation.object


def asserted_relations(document: Document) -> int:
    """Return how many relations the sources assert of a document; one with composite ends makes several of ours."""
    return len(set(map(_row, document.relations)))


def _row(relation: Relation) -> tuple[object, ...]:
    """Return what tells the source's relations apart."""
    return relation.input, relation.line, relation.kind, relation.subject_as, relation.object_as


def _finding(document: str, code: str, severity: Severity, text: str, asserted: str | None, message: str) -> Finding:
    return Finding(
        id=association_id("finding", document, code, message), code=code, severity=severity, document=document,
        mention=None, text=text, asserted=asserted, asserted_name=None, suggested=None, suggested_name=None,
        message=message,
    )  # fmt: skip
