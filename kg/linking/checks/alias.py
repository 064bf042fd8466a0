"""Is the identifier written with another prefix, or in other letters, than the CURIE that it is read as?"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curies import normalize
from kg.linking.checks.observation import Doubt, Observation
from kg.linking.context import Context
from kg.model import Mention, Term

#: Ways of writing that the formats of the readers prescribe: pages write "PubChem CID 5291", PubTator "D012516".
PRESCRIBED = ("PubChem CID ", "NCBI Gene ", "taxon ", "dbSNP ", "CVCL_", "rs")


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
    if curie is not None and "://" in written:
        # An IRI is no CURIE, and as good.
        return
    if curie is None or written.casefold() == curie.casefold() or written.startswith(PRESCRIBED):
        return
    # What is no CURIE by itself is a bare local part, of which the reader knows the vocabulary, or a list of several.
    if normalize(written) != curie:
        return
    message = f"{written!r} is read as {curie}"
    yield Doubt("prefix-alias", "info", message, (Observation("identifier", "for", message),))
