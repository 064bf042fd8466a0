"""The ends of a source's relations: identifiers as written, resolved by the mentions of their document.

A relation names its ends as the mentions do: bare, with a prefix, or composite. What an identifier means is told by
the mention that carries it (``7157`` is a gene where a gene is so annotated); an end that no mention carries is
known dirt of the corpora. What a mention carries and no vocabulary knows (a variant that tmVar describes) is an end all
the same, under a CURIE of our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kg.curies import normalize
from kg.documents.identifiers import as_written, identifiers
from kg.model import TAXON, Mention, Relation

#: Why a relation is set aside.
NOT_CARRIED: Final = "no mention carries the identifier of an end"
NO_IDENTIFIER: Final = "a mention at an end has no identifier"


class Ends:
    """What the identifiers of one document's mentions mean.

    Args:
        mentions: the mentions of the document.

    >>> from kg.model import GENE
    >>> mention = Mention("m", "d", 0, "x", GENE, "p53", "7157", "NCBIGene:7157")
    >>> Ends([mention]).of("7157"), Ends([mention]).of("NCBIGene:7157"), Ends([mention]).of("9")
    (('NCBIGene:7157',), ('NCBIGene:7157',), ())
    """

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._carried: dict[str, str] = {}
        self._whole: dict[str, tuple[str, ...]] = {}
        self.categories: list[str] = []
        # A bare number that is a gene and a species is the gene: no corpus relates species.
        given = list(mentions)
        for mention in (*(m for m in given if m.category != TAXON), *(m for m in given if m.category == TAXON)):
            curies = (mention.asserted, *mention.further) if mention.asserted else ()
            if mention.asserted_as:
                self._whole.setdefault(mention.asserted_as, curies)
            if mention.category not in self.categories:
                self.categories.append(mention.category)
            for curie in curies:
                self._carried.setdefault(curie, curie)
                self._carried.setdefault(curie.partition(":")[2], curie)

    def of(self, written: str) -> tuple[str, ...]:
        """Return the CURIEs of an end, several for a composite one; none where no mention carries it.

        >>> from kg.model import DISEASE
        >>> both = Mention("m", "d", 0, "x", DISEASE, "fever", "D005334|D010146", "MESH:D005334", (), ("MESH:D010146",))
        >>> Ends([both]).of("D005334|D010146"), Ends([both]).of("D010146")
        (('MESH:D005334', 'MESH:D010146'), ('MESH:D010146',))
        """
        written = written.strip()
        if found := self._carried.get(written):
            return (found,)
        if found_whole := self._whole.get(written):
            return found_whole
        if (curie := normalize(written)) in self._carried:
            return (curie,) if curie else ()
        for category in self.categories:
            curies, unread = identifiers(written, category)
            if curies and not unread and all(curie in self._carried for curie in curies):
                return curies
        return ()

    def carries(self, written: str) -> bool:
        """Tell whether a mention has this identifier, whether it can be read or not.

        >>> from kg.model import GENE
        >>> ends = Ends([Mention("m", "d", 0, "x", GENE, "p53", "odd-1", None)])
        >>> ends.carries("odd-1"), ends.of("odd-1"), ends.carries("7157")
        (True, (), False)
        """
        return written.strip() in self._whole or bool(self.of(written))

    def relations(
        self, document: str, line: int, kind: str, first: str, second: str, annotator: str = ""
    ) -> tuple[tuple[Relation, ...], str]:
        """Return the relations between two ends as written, or why there are none.

        A composite end (``D015458|D016399``) makes one relation for each of its identifiers. An end that is carried and
        cannot be read keeps its relation (`kg.documents.identifiers.as_written`).

        Returns:
            The relations, and "" or the reason (`NOT_CARRIED`).

        >>> from kg.model import GENE
        >>> ends = Ends([Mention("m", "d", 0, "x", GENE, "p53", "7157", "NCBIGene:7157")])
        >>> relations, why = ends.relations("d", 1, "Bind", "7157", "NCBIGene:7157")
        >>> [(relation.subject, relation.object) for relation in relations], why
        ([('NCBIGene:7157', 'NCBIGene:7157')], '')
        >>> ends.relations("d", 1, "Bind", "7157", "9")[1] == NOT_CARRIED
        True
        """
        if not (self.carries(first) and self.carries(second)):
            return (), NOT_CARRIED
        subjects = self.of(first) or (as_written(document, first),)
        objects = self.of(second) or (as_written(document, second),)
        return tuple(
            Relation(document, line, kind, subject, object_, first.strip(), second.strip(), annotator)
            for subject in subjects
            for object_ in objects
        ), ""
