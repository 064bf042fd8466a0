"""Is the identifier written with another prefix, or in other letters, than the CURIE that it is read as?"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curies import prefix_of
from kg.linking.checks.observation import Doubt, Observation
from kg.linking.context import Context
from kg.model import Mention, Term

#: Ways of writing that the formats of the readers prescribe: pages write "PubChem CID 5291", PubTator "D012516".
PRESCRIBED = ("PubChem CID ", "NCBI Gene ", "taxon ", "CVCL_", "rs")


def look(mention: Mention, term: Term | None, context: Context) -> Iterator[Doubt]:
    """Yield what an identifier was read as, where that is not how a format of ours writes it.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     one = Mention("m", "d", 1, "", "biolink:Disease", "gout", "ORPHA:1", "Orphanet:1")
    ...     [doubt.code for doubt in look(one, None, Context.of(index, (one,)))]
    ['prefix-alias']
    """
    del term, context
    written, curie = mention.asserted_as, mention.asserted
    if not written or curie is None or written == curie or written.startswith(PRESCRIBED):
        return
    prefix, local = prefix_of(curie), curie.partition(":")[2]
    # A bare local part, of which the reader knows the vocabulary, and a prefix in small letters are no aliases.
    if written in {local, f"{prefix.lower()}:{local}"} or written.casefold() == curie.casefold():
        return
    message = f"{written!r} is read as {curie}"
    yield Doubt("prefix-alias", "info", message, (Observation("identifier", "for", message),))
