"""Does the same name carry an identifier of another vocabulary in this document, and do the two agree?"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curies import prefix_of
from kg.linking.checks.names import bears_name
from kg.linking.checks.observation import Observation
from kg.linking.context import Context
from kg.linking.equivalence import joined_entity, joined_term
from kg.model import Mention, Term


def check(mention: Mention, term: Term, context: Context) -> Iterator[Observation]:
    """Yield agreement or contradiction with namesakes, through exact mappings only.

    A namesake whose identifier has no exact mapping into this vocabulary says nothing. One vocabulary
    counts once, however often the document repeats it.
    """
    vocabulary = prefix_of(term.curie)
    told: set[str] = set()
    for namesake in context.namesakes(mention):
        if not namesake.asserted or namesake.asserted in told or prefix_of(namesake.asserted) == vocabulary:
            continue
        told.add(namesake.asserted)
        other = context.index.term(namesake.asserted) or joined_term(context.index, namesake.asserted)
        if other is None:
            continue
        # An identifier that does not bear the name itself is no witness for another term; it can agree, or not.
        witness = bears_name(other, mention.text)
        sources: dict[str, list[str]] = {}
        if prefix_of(other.curie) == vocabulary and (joined := joined_entity(context.index, namesake.asserted)):
            # An identifier that stands only in mappings, and these lead straight to a term of this vocabulary.
            sources[other.curie] = list(dict.fromkeys(r.mapping_source for r in joined.chain(namesake.asserted)[0]))
        for target, row in context.exact_mappings(other.curie, vocabulary):
            # One mapping that several sets publish is one witness.
            if row.mapping_source not in sources.setdefault(target, []):
                sources[target].append(row.mapping_source)
        for target, sets in sources.items():
            seen = (
                f"the document also gives {namesake.asserted} for {namesake.text!r} ({namesake.source_list}), "
                f"which maps exactly to {target} ({', '.join(sets)})"
            )
            if target == term.curie:
                yield Observation("vocabulary", "for", seen)
            elif witness:
                yield Observation("vocabulary", "other", seen, target)
            elif term.curie not in sources:
                yield Observation("vocabulary", "against", seen)
