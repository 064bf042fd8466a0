"""What a check may look at besides the mention itself: the same document, its patients, the index."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.curies import prefix_of
from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, NAMED_THING, OTHER, TAXON, VARIANT, Mapping, Mention, Passage
from kg.terms.index import TermIndex
from kg.terms.keys import Hit
from kg.terms.names import normalize_name

if TYPE_CHECKING:
    from kg.linking.matching.taught import Taught

EXACT_MATCH = "skos:exactMatch"
#: `normalize_name`, which several checks ask of a mention, and many documents of a name.
name_key = lru_cache(maxsize=65_536)(normalize_name)

#: How Mondo's labels of diseases of animals end.
_ANIMALS = "non-human animal"

#: Vocabularies in which a category's names are looked up, the preferred one, which names the node, first.
VOCABULARIES: dict[str, tuple[str, ...]] = {DISEASE: ("MONDO", "MESH"), CHEMICAL: ("PUBCHEM.COMPOUND", "MESH")}


def preference(curie: str, category: str) -> int:
    """Return the place of an identifier's vocabulary among those of a category; the preferred one is 0.

    >>> preference("MONDO:0009807", DISEASE), preference("MESH:D012516", DISEASE), preference("DOID:3347", DISEASE)
    (0, 1, 2)
    """
    order = VOCABULARIES.get(category, ())
    prefix = prefix_of(curie)
    return order.index(prefix) if prefix in order else len(order)


#: What an identifier of a vocabulary without a loaded ontology must be.
KIND_OF_PREFIX = {
    "NCBIGene": GENE, "HGNC": GENE, "NCBITaxon": TAXON, "DBSNP": VARIANT, "CLINVAR": VARIANT,
    "Cellosaurus": CELL_LINE, "CHEBI": CHEMICAL, "CHEMBL.COMPOUND": CHEMICAL, "DRUGBANK": CHEMICAL,
    "PUBCHEM.COMPOUND": CHEMICAL, "MONDO": DISEASE, "DOID": DISEASE, "Orphanet": DISEASE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of the mentions of one document.

    Attributes:
        index: the term index.
        mentions: every mention of the document.
        ages: the patients' ages in years.
        sexes: the patients' sexes.
        passages: the document's text.
        nearest: categories whose mentions may be linked to the nearest term.
        taught: what the linkers of these were taught by what people linked, by category.
        surroundings: what `kg.linking.nearest` knows of the document, by category; filled when it is asked for.
    """

    index: TermIndex
    mentions: tuple[Mention, ...]
    ages: tuple[float, ...] = ()
    sexes: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    by_name: dict[tuple[str, str], tuple[Mention, ...]] = field(default_factory=dict)
    nearest: tuple[str, ...] = ()
    surroundings: dict[str, Any] = field(default_factory=dict)
    taught: Map[str, Taught] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        index: TermIndex,
        mentions: Iterable[Mention],
        ages: Iterable[float] = (),
        sexes: Iterable[str] = (),
        passages: Iterable[Passage] = (),
        nearest: Iterable[str] = (),
        taught: Map[str, Taught] | None = None,
    ) -> Context:
        """Make the context of one document's mentions."""
        everything = tuple(mentions)
        grouped: dict[tuple[str, str], list[Mention]] = {}
        for mention in everything:
            grouped.setdefault((name_key(mention.text), mention.category), []).append(mention)
        by_name = {key: tuple(group) for key, group in grouped.items()}
        return cls(index, everything, tuple(ages), tuple(sexes), tuple(passages), by_name, tuple(nearest),
                   taught=taught or {})  # fmt: skip

    def namesakes(self, mention: Mention) -> tuple[Mention, ...]:
        """Return the document's other mentions of the same name and category."""
        group = self.by_name.get((name_key(mention.text), mention.category), ())
        return tuple(m for m in group if m.id != mention.id)

    def hits(self, mention: Mention, vocabulary: str | None = None) -> tuple[Hit, ...]:
        """Return the terms of the mention's own category that bear its name, best first.

        Args:
            mention: the mention.
            vocabulary: a prefix to keep to; every vocabulary of the category without it.
        """
        return lookup_names(self.index, mention.text, mention.category, vocabulary)

    def exact_mappings(self, curie: str, vocabulary: str) -> tuple[tuple[str, Mapping], ...]:
        """Return (term of ``vocabulary``, row) for each exact mapping of ``curie``."""
        rows = []
        for row in self.index.mappings(curie):
            other = row.object_id if row.subject_id == curie else row.subject_id
            if row.predicate_id == EXACT_MATCH and prefix_of(other) == vocabulary:
                rows.append((other, row))
        return tuple(rows)


@lru_cache(maxsize=32_768)
def lookup_names(index: TermIndex, text: str, category: str, vocabulary: str | None) -> tuple[Hit, ...]:
    """Return what `Context.hits` does; it is asked several times of a mention, and of a name by many documents."""
    prefixes = VOCABULARIES.get(category, ())
    if vocabulary is not None:
        prefixes = tuple(p for p in prefixes if p == vocabulary)
    found = index.lookup(text, prefixes=prefixes) if prefixes else ()
    return tuple(
        hit
        for hit in found
        if not hit.obsolete
        and compatible(hit.category, category)
        and _same_case(hit.name, text)
        and not _of_animals(hit)
    )


def _of_animals(hit: Hit) -> bool:
    """Mondo gives diseases of animals the names of people's as synonyms: a name alone means people's."""
    return hit.label.endswith(_ANIMALS) and not hit.name.endswith(_ANIMALS)


def _same_case(name: str, text: str) -> bool:
    """An abbreviation is met in its own case: "COLD" is a name of a disease, "cold" is not that name."""
    abbreviation = len(name) <= 6 and name.isupper()
    return not abbreviation or text.isupper()


def unique_hit(hits: tuple[Hit, ...]) -> Hit | None:
    """Return the one term that a name stands for: the only label, else the only exact synonym, else None.

    >>> hits = tuple(Hit(c, "a", "a", s, "biolink:Disease", True) for c, s in (("X:1", "label"), ("X:2", "exact")))
    >>> unique_hit(hits).curie
    'X:1'
    >>> unique_hit(hits + hits[:1]) is None
    True
    """
    for scope in ("label", "exact"):
        scoped = [hit for hit in hits if hit.scope == scope]
        if scoped:
            return scoped[0] if len(scoped) == 1 else None
    return None


def compatible(term_category: str, mention_category: str) -> bool:
    """Tell whether a term of one category can be what a mention of another category means.

    A mention of which the source does not say what it is can be anything.

    >>> compatible(CHEMICAL, DISEASE), compatible(OTHER, DISEASE), compatible(DISEASE, NAMED_THING)
    (False, True, True)
    """
    if mention_category in {NAMED_THING, term_category}:
        return True
    return OTHER in {term_category, mention_category}
