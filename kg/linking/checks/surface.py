"""Does one name have several identifiers of one vocabulary in a document?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kg.curies import prefix_of
from kg.linking.checks.names import bears_name, stands_for
from kg.linking.checks.observation import Doubt, Observation
from kg.linking.context import Context, compatible
from kg.model import Mention, Term


def look(mention: Mention, term: Term | None, context: Context) -> Iterator[Doubt]:
    """Yield a doubt of an identifier that others of the same name in the document do not share.

    Where one of them bears the name, the others are doubted; else those that are rarer, and of equal ones all. A
    mention that the source gives several identifiers, and a name that both terms bear, are left alone.
    """
    if term is None or term.obsolete or mention.further or not compatible(term.category, mention.category):
        return
    if not (group := context.namesakes(mention)):
        return
    vocabulary = prefix_of(term.curie)
    counts = Counter(m.asserted for m in group if m.asserted and not m.further and prefix_of(m.asserted) == vocabulary)
    counts[term.curie] += 1
    if len(counts) < 2 or _borne(term, mention, context):
        return
    rivals = sorted((curie for curie in counts if curie != term.curie), key=lambda curie: (-counts[curie], curie))
    named = [c for c in rivals if (other := context.index.term(c)) and _borne(other, mention, context)]
    most = counts[rivals[0]]
    if not named and counts[term.curie] > most:
        return
    chosen = named[0] if named else rivals[0] if most > counts[term.curie] else None
    told = ", ".join(f"{curie} ({context.index.label(curie)}) {counts[curie]} times" for curie in rivals)
    message = f"{mention.text!r} is asserted as {term.curie} ({term.label}) {counts[term.curie]} times, and as {told}"
    seen = Observation("surface", "other" if chosen else "against", f"the document gives the same name {told}", chosen)
    yield Doubt("several-identifiers", "warning", message, (seen,), chosen)


def _borne(term: Term, mention: Mention, context: Context) -> bool:
    return bears_name(term, mention.text) or stands_for(context.index, mention.text, mention.category, term)
