"""Which term a name without a usable identifier means, where each vocabulary may give it to another one.

Each vocabulary of a category has at most one say: the only term that has the name as its label, else the only one that has
it as an exact synonym. The preferred vocabulary's term is meant where its say is as good as any other's, or an exact match
joins it with the other's term. Else the better scope wins: the label of a heading ("Cisplatin") outweighs a synonym of
some compound that was given the name as well. What is outweighed is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.linking.checks import Observation
from kg.linking.checks.names import bears_name
from kg.linking.context import EXACT_MATCH, VOCABULARIES, Context, unique_hit
from kg.model import OTHER, Mention
from kg.terms.index import TermIndex
from kg.terms.keys import Hit
from kg.terms.names import RANK


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means.

    Attributes:
        hit: the term that is meant, None where none is, or several are alike.
        outweighed: terms of more preferred vocabularies that bear the name less well and are not the same.
        kindless: terms that bear the name and are of no kind that the mention can be of.
    """

    hit: Hit | None = None
    outweighed: tuple[Hit, ...] = ()
    kindless: tuple[Hit, ...] = ()

    def reasons(self, text: str) -> Iterator[Observation]:
        """Yield why the term is meant, and what it outweighs."""
        if self.hit is None:
            return
        yield Observation("name", "other", f"{text!r} is {_as(self.hit)}", self.hit.curie)
        for other in self.outweighed:
            told = (
                f"{text!r} is also {_as(other)}, which no exact match joins with it; {_scope(self.hit)} outweighs that"
            )
            yield Observation("name", "against", told)


def named(mention: Mention, context: Context) -> Named:
    """Return what the name of a mention means by the vocabularies of its category.

    Several compounds may bear a name that is one heading of MeSH: the heading is meant, not either of them. A term of no
    kind (a population, a process, a device) is not what a disease or a chemical means, though it has the name.

    >>> from kg.model import CHEMICAL
    >>> from kg.terms.bundled import default_index
    >>> mention = Mention("m", "d", 1, "", CHEMICAL, "cisplatin", "", None)
    >>> with default_index() as index:
    ...     found = named(mention, Context.of(index, (mention,)))
    >>> found.hit.label, [hit.curie for hit in found.outweighed]
    ('Cisplatin', ['PUBCHEM.COMPOUND:441203'])
    """
    hits = context.hits(mention)
    of_kind = tuple(hit for hit in hits if hit.category != OTHER)
    if not of_kind:
        return Named(kindless=hits)
    found: list[Hit] = []
    for vocabulary in VOCABULARIES.get(mention.category, ()):
        if hit := unique_hit(tuple(h for h in of_kind if h.curie.startswith(f"{vocabulary}:"))):
            found.append(hit)
    chosen: Hit | None = None
    outweighed: list[Hit] = []
    for hit in found:
        if chosen is None:
            chosen = hit
        elif RANK[hit.scope] < RANK[chosen.scope] and not _joined(context.index, chosen.curie, hit.curie):
            outweighed.append(chosen)
            chosen = hit
    return Named(chosen, tuple(outweighed))


def mapped_namesake(mention: Mention, context: Context, vocabulary: str | None = None) -> str | None:
    """Return the one current term that the document's namesakes stand for, None where there are more."""
    found: set[str] = set()
    for namesake in context.namesakes(mention):
        term = context.index.term(namesake.asserted) if namesake.asserted else None
        if term is None or term.obsolete or not bears_name(term, mention.text):
            continue
        if vocabulary is None:
            found.add(term.curie)
        else:
            found |= {target for target, _ in context.exact_mappings(term.curie, vocabulary)}
    return found.pop() if len(found) == 1 else None


def _joined(index: TermIndex, one: str, other: str) -> bool:
    rows = (row for row in index.mappings(one) if row.predicate_id == EXACT_MATCH)
    return any(other in {row.subject_id, row.object_id} for row in rows)


def _as(hit: Hit) -> str:
    return f"{_scope(hit)} of {hit.curie} ({hit.label!r})"


def _scope(hit: Hit) -> str:
    return "the label" if hit.scope == "label" else f"a name ({hit.scope})"
