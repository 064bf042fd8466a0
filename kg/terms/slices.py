"""Cutting a slice out of full ontology releases: chosen terms, closed under what makes them usable.

A slice is a query of a compiled index. It holds its chosen terms, every ancestor, the headings, actions and
parent compounds that they refer to, the other end of every exact match, and the compounds that bear the names
of its MeSH terms, again and again until nothing is added. So nothing in it dangles, and what it says of a term is
what the full release says. Only facts are
carried over: identifiers, names, hierarchy, successors, mappings; no definitions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.curies import prefix_of
from kg.model import CHEMICAL, DISEASE, Mapping, Name, Term
from kg.terms.choices import Choice
from kg.terms.index import TermIndex
from kg.terms.names import RANK
from kg.terms.slice_files import Slice, write_slice

#: Longer names are left out of a slice, and of a chemical's names at most this many stay.
LONGEST_NAME: Final = 200
MOST_NAMES: Final = 30
_COMPOUND: Final = "PUBCHEM.COMPOUND"
_EXACT: Final = "skos:exactMatch"
#: Properties whose value is another term.
_REFERENCES: Final = ("heading", "parent_compound", "pharmacological_action")
_WITHDRAWN: Final = ("obsolete", "alternative", "replaced", "merged", "promoted", "gone")


@dataclass(frozen=True, slots=True)
class SliceReport:
    """What a slice holds: terms by source, mapping rows, and what of the choice the index does not know."""

    terms: dict[str, int]
    mappings: int
    unknown: tuple[str, ...]


def slice_index(index: TermIndex, out: Path, choice: Choice) -> SliceReport:
    """Cut a slice out of an index and write it in the owners' formats.

    Args:
        index: the full releases, compiled.
        out: the folder to write the slice and its ``sources.toml`` to; files there are replaced.
        choice: what the slice is grown from.

    Returns:
        Counts, and the names and identifiers that were not found.

    Raises:
        TermsError: if the folder cannot be written.

    >>> import tempfile
    >>> from kg.terms.bundled import default_index
    >>> with tempfile.TemporaryDirectory() as folder, default_index() as index:
    ...     report = slice_index(index, Path(folder), Choice(terms=("MONDO:0009807",), names=("no such name",)))
    ...     report.unknown, "mondo.obo" in {path.name for path in Path(folder).iterdir()}
    (('no such name',), True)
    """
    cut = _Cut(index)
    chosen, unknown = cut.choose(choice)
    parts = cut.parts(chosen, choice)
    write_slice(out, index, parts, choice.sources)
    counts = Counter(term.source for term in parts.terms.values())
    return SliceReport(dict(sorted(counts.items())), len(parts.mappings), tuple(sorted(unknown)))


class _Cut:
    """The choosing of terms in one index."""

    def __init__(self, index: TermIndex) -> None:
        self._index = index

    def choose(self, choice: Choice) -> tuple[set[str], set[str]]:
        """Return the closed set of chosen terms, and the names and identifiers that the index does not know."""
        seeds: set[str] = set()
        unknown: set[str] = set()
        for curie in (*choice.terms, *(curie for curie, _ in choice.further_names)):
            (seeds if curie in self._index else unknown).add(curie)
            seeds.update(self._index.resolve(curie))
        for curie in choice.branches:
            (seeds if curie in self._index else unknown).add(curie)
            seeds.update(self._index.descendants(curie))
        wanted = (
            (choice.names, None, None),
            (choice.conditions, DISEASE, ("MONDO", "MESH")),
            (choice.drugs, CHEMICAL, ("MESH",)),
        )
        for names, category, prefixes in wanted:
            for name in names:
                found = self._named(name, category, prefixes)
                seeds.update(found)
                if not found:
                    unknown.add(name)
        return self._closed(seeds), unknown

    def _named(self, name: str, category: str | None, prefixes: tuple[str, ...] | None) -> list[str]:
        """Return the current terms that bear a name, of each vocabulary: as a label, else as an exact name."""
        hits = [
            hit
            for hit in self._index.lookup(name, prefixes=prefixes)
            if not hit.obsolete and (category is None or hit.category == category)
        ]
        found = []
        for prefix in sorted({prefix_of(hit.curie) for hit in hits}):
            mine = [hit for hit in hits if prefix_of(hit.curie) == prefix]
            labelled = [hit.curie for hit in mine if hit.scope == "label"]
            found += labelled or [hit.curie for hit in mine if hit.scope == "exact"]
        return found

    def _closed(self, seeds: Iterable[str]) -> set[str]:
        """Return terms with all that they refer to, and the compounds of their MeSH chemicals."""
        closed: set[str] = set()
        queue = sorted(seeds)
        while queue:
            while queue:
                curie = queue.pop()
                term = None if curie in closed else self._index.term(curie)
                if term is None:
                    continue
                closed.add(curie)
                queue += [*term.parents, *term.mapped_to, *self._partners(curie)]
                queue += [value for key, value in term.properties if key in _REFERENCES]
            queue = sorted(self._compounds(closed) - closed)
        return closed

    def _partners(self, curie: str) -> Iterator[str]:
        """Yield the other ends of exact matches; of a compound, the MeSH terms of every match."""
        compound = prefix_of(curie) == _COMPOUND
        for row in self._index.mappings(curie):
            other = row.object_id if row.subject_id == curie else row.subject_id
            # The compounds of a MeSH term are chosen when all terms are known.
            if compound or (row.predicate_id == _EXACT and prefix_of(other) != _COMPOUND):
                yield other

    def _compounds(self, closed: set[str]) -> set[str]:
        """Return the compounds that bear the names of MeSH terms, and what else decides which match they are.

        Which compound a name stands for depends on all that bear it, on their other names, and on whether a term
        without a registry number has narrower ones (``kg.terms.forms``): one of these comes along.
        """
        found = set()
        for curie in closed:
            if prefix_of(curie) == _COMPOUND:
                continue
            rows = self._index.mappings(curie)
            borne = {row.subject_id for row in rows if prefix_of(row.subject_id) == _COMPOUND}
            found |= borne
            term = self._index.term(curie)
            if borne and term and ("registry_number", "0") in term.properties:
                found.update(self._narrower(curie))
        return found

    def _narrower(self, curie: str) -> list[str]:
        """Return the first chemical directly below a term."""
        for below in self._index.descendants(curie):
            term = self._index.term(below)
            if term and term.category == CHEMICAL and curie in term.parents:
                return [below]
        return []

    def parts(self, chosen: set[str], choice: Choice) -> Slice:
        """Return what the slice holds: chosen and withdrawn terms, their mapping rows."""
        kept = chosen | self._withdrawn(chosen, choice.obsolete_without_successor)
        terms = {curie: _trimmed(term) for curie in sorted(kept) if (term := self._index.term(curie))}
        for curie, names in choice.further_names:
            if curie in terms:
                terms[curie] = _with_names(terms[curie], names)
        tables = {file.file for file in self._index.files() if file.kind == "sssom" or file.kind.startswith("pubchem-")}
        rows: dict[Mapping, None] = {}
        for curie in terms:
            for row in self._index.mappings(curie):
                outside = [end for end in (row.subject_id, row.object_id) if end not in terms]
                beside = choice.cross_references and not any(map(self._is_owned, outside))
                from_table = row.record.rpartition(":")[0] in tables
                if (not outside or beside) and (from_table or choice.cross_references):
                    rows[row] = None
        return Slice(terms, tuple(sorted(rows, key=_order)))

    def _is_owned(self, curie: str) -> bool:
        return self._index.source_of_prefix(prefix_of(curie)) is not None

    def _withdrawn(self, chosen: set[str], without_successor: int) -> set[str]:
        found, left = set(), without_successor
        for curie in self._index.curies(statuses=_WITHDRAWN):
            term = self._index.term(curie)
            if term is None:
                continue
            if term.replaced_by and chosen.issuperset(term.replaced_by):
                found.add(curie)
            elif not term.replaced_by and left > 0 and self._index.status(curie) == "obsolete":
                found.add(curie)
                left -= 1
        return found


def _order(row: Mapping) -> tuple[str, ...]:
    return (row.subject_id, row.predicate_id, row.object_id, row.mapping_source, row.record)


def _trimmed(term: Term) -> Term:
    """Drop overlong names; of a chemical's names keep the shortest of the closest scopes."""
    names = [name for name in term.names if name.scope == "label" or len(name.text) <= LONGEST_NAME]
    if term.category == CHEMICAL and len(names) > MOST_NAMES:
        ranked = sorted(names, key=lambda n: (RANK[n.scope], len(n.text), n.text))
        kept = set(ranked[:MOST_NAMES])
        names = [name for name in names if name in kept]
    return replace(term, names=tuple(names))


def _with_names(term: Term, texts: Iterable[str]) -> Term:
    """Add exact names that a term lacks, in the order in which the loaders give names."""
    held = {name.text for name in term.names}
    added = [Name(text, "exact") for text in texts if text not in held]
    names = sorted((*term.names, *added), key=lambda n: (RANK[n.scope], n.text))
    return replace(term, names=tuple(names))
