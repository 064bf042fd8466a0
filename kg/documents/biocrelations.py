"""Relations of BioC -> relations between identifiers.

Corpora name the ends in four ways: infons ``entity1`` and ``entity2`` (BioRED), ``role1`` and ``role2`` (PubTator3),
one infon for each end under its type, as BC5CDR's ``Chemical`` and ``Disease``, or nodes that refer to annotations,
which is BioC's own. A relation between relations, or of one end or more than two, is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.documents.annotationtypes import UNKNOWN, category_of, plain
from kg.documents.biocparts import RawRelation
from kg.documents.identifiers import as_written
from kg.documents.relationends import NO_IDENTIFIER, Ends
from kg.documents.tally import Tally
from kg.model import Mention, Relation

#: Keys of the infon that names the relation, in plain letters, the most telling first.
_KINDS: Final = ("relation", "relationtype", "type", "predicate", "label")
_PAIRS: Final = (("entity1", "entity2"), ("role1identifier", "role2identifier"), ("role1", "role2"), ("arg1", "arg2"))
_SUBJECT: Final = frozenset({"subject", "subj", "agent", "arg1", "governor", "cause", "chemical", "drug"})
_OBJECT: Final = frozenset({"object", "obj", "theme", "target", "arg2", "dependent", "effect", "disease"})


class RelationReader:
    """Reads the relations of one document.

    Args:
        document: its identifier.
        source: who asserts the relations, where they do not say so themselves.
        mentions: its mentions.
        by_id: the mentions of each annotation id; several where the source gave an id twice.
        tally: the input's; it has received the relations.
    """

    def __init__(
        self,
        document: str,
        source: str,
        mentions: Iterable[Mention],
        by_id: Mapping[str, Sequence[Mention]],
        tally: Tally,
    ) -> None:
        self.document = document
        self.source = source
        self.mentions = mentions
        self.by_id = by_id
        self.tally = tally

    def read(self, raw: Sequence[RawRelation]) -> tuple[Relation, ...]:
        """Return the relations that can be read; the tally has all of them.

        >>> from kg.model import CHEMICAL, DISEASE, Mention
        >>> mentions = [
        ...     Mention("a", "PMID:1", 0, "x", CHEMICAL, "aspirin", "D001241", "MESH:D001241"),
        ...     Mention("b", "PMID:1", 0, "x", DISEASE, "fever", "D005334", "MESH:D005334")]
        >>> tally = Tally("a.xml")
        >>> tally.receive("relation")
        >>> reader = RelationReader("PMID:1", "x", mentions, {"T1": mentions[:1], "T2": mentions[1:]}, tally)
        >>> (relation,) = reader.read([RawRelation("R1", {"type": "CID"}, [("T1", ""), ("T2", "")])])
        >>> relation.kind, relation.subject, relation.object
        ('CID', 'MESH:D001241', 'MESH:D005334')
        """
        if not raw:
            return ()
        ends = Ends(self.mentions)
        relation_ids = {relation.id for relation in raw if relation.id}
        made: dict[tuple[str, str, str], None] = {}
        relations: list[Relation] = []
        for relation in raw:
            said = {plain(key): value.strip() for key, value in relation.infons.items()}
            kind = next((said[key] for key in _KINDS if said.get(key)), "")
            annotator = said.get("annotator") or self.source
            found: tuple[Relation, ...] = ()
            if not kind:
                reason = "a relation that does not say which"
            elif pair := _ends_in_infons(relation.infons, said):
                found, reason = ends.relations(self.document, 0, kind, *pair, annotator)
            else:
                found, reason = self._by_nodes(kind, relation.nodes, relation_ids, annotator)
            if reason:
                self.tally.set_aside("relation", reason, text=f"{relation.id} {relation.infons} {relation.nodes}")
                continue
            # The ends as written, so that a composite end is one relation of the source and not a second one.
            key = (kind, found[0].subject_as, found[0].object_as)
            if key in made:
                self.tally.merge("relation", "given twice", text=" ".join(key), target=self.document)
                continue
            made[key] = None
            relations += found
            self.tally.keep("relation")
        return tuple(relations)

    def _by_nodes(
        self, kind: str, nodes: Sequence[tuple[str, str]], relation_ids: set[str], annotator: str
    ) -> tuple[tuple[Relation, ...], str]:
        """Return the relations between the mentions that two nodes refer to, or why there are none."""
        refs = [ref for ref, _ in nodes]
        if any(ref in relation_ids and ref not in self.by_id for ref in refs):
            return (), "it refers to a relation; relations between relations are not read"
        if len(nodes) != 2:
            return (), f"a relation of {len(nodes)} ends" if nodes else "a relation without ends"
        if any(ref not in self.by_id for ref in refs):
            return (), "it refers to an annotation that is not there"
        first, second = nodes
        if first[1].casefold() in _OBJECT and second[1].casefold() in _SUBJECT:
            first, second = second, first
        ends = [self._mention(ref) for ref, _ in (first, second)]
        if None in ends:
            return (), "it refers to an id that several annotations have"
        subjects, objects = (self._identifiers(end) if end else [] for end in ends)
        if not subjects or not objects:
            return (), NO_IDENTIFIER
        written = [end.asserted_as for end in ends if end]
        return tuple(
            Relation(self.document, 0, kind, subject, object_, written[0], written[1], annotator)
            for subject in subjects
            for object_ in objects
        ), ""

    def _identifiers(self, end: Mention) -> list[str]:
        if end.asserted:
            return [end.asserted, *end.further]
        return [as_written(self.document, end.asserted_as)] if end.asserted_as else []

    def _mention(self, ref: str) -> Mention | None:
        """Return the mention of an annotation id; None where it may be one of several with other identifiers."""
        same = self.by_id[ref]
        return same[0] if len({(m.asserted, m.further, m.asserted or m.asserted_as) for m in same}) == 1 else None


def _ends_in_infons(infons: Mapping[str, str], said: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the ends that infons name, None where they do not.

    >>> infons = {"relation": "CID", "Chemical": "D008750", "Disease": "D007022"}
    >>> _ends_in_infons(infons, {k.lower(): v for k, v in infons.items()})
    ('D008750', 'D007022')
    """
    for first, second in _PAIRS:
        if said.get(first) and said.get(second):
            return said[first], said[second]
    typed = [value.strip() for key, value in infons.items() if category_of(key) != UNKNOWN and value.strip()]
    return (typed[0], typed[1]) if len(typed) == 2 else None
