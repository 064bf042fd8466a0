"""Cutting a slice out of full ontology releases: chosen terms, closed under what makes them usable.

A slice holds its chosen terms, every ancestor, the headings that supplementary records map to, and the
other end of every mapping, again and again until nothing is added. So nothing in it dangles, and what it
says of a term is what the full release says. Only facts are carried over: identifiers, names, hierarchy,
successors, mappings; no definitions.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.curies import prefix_of
from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, Mapping, Name, Term
from kg.terms import mesh, obo, pubchem, sssom
from kg.terms.names import normalize_name
from kg.terms.reading import Problems
from kg.terms.slice_files import Slice, write_slice
from kg.terms.sources import Source, read_sources

#: Longer names are left out of a slice, and of a chemical's names at most this many stay.
LONGEST_NAME: Final = 200
MOST_NAMES: Final = 30
_RANK: Final = {"label": 0, "exact": 1, "narrow": 2, "broad": 3, "related": 4}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a slice is grown from.

    Attributes:
        terms: identifiers that are kept.
        branches: identifiers that are kept with all their descendants.
        conditions: names of diseases, looked up in Mondo and MeSH.
        drugs: names of chemicals, looked up in MeSH.
        obsolete_without_successor: how many obsolete terms without a successor are kept, beside all whose
            successors are kept.
        further_names: exact names to add, by identifier; the terms are kept too.
    """

    terms: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    obsolete_without_successor: int = 0
    further_names: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SliceReport:
    """What a slice holds, and which names of the choice no vocabulary knows."""

    terms: dict[str, int]
    mappings: int
    unknown_names: tuple[str, ...]


def read_choice(path: Path) -> Choice:
    """Read a choice from a TOML file (``ontologies/slice.toml``).

    Raises:
        TermsError: if the file is missing or malformed.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TermsError(f"{path} cannot be used: {error}", value=str(path)) from error
    lists = {name: tuple(values.get(name, ())) for name in ("terms", "branches", "conditions", "drugs")}
    further = tuple((curie, tuple(names)) for curie, names in sorted(values.get("further_names", {}).items()))
    return Choice(
        **lists,
        obsolete_without_successor=int(values.get("obsolete_without_successor", 0)),
        further_names=further,
    )


def slice_sources(folder: Path, out: Path, choice: Choice) -> SliceReport:
    """Cut a slice out of the full files of a folder and write it in the owners' formats.

    Args:
        folder: the full files, with ``sources.toml``.
        out: the folder to write the slice and its ``sources.toml`` to; files there are replaced.
        choice: what the slice is grown from.

    Returns:
        Counts, and the names that were not found.

    Raises:
        TermsError: if the files cannot be read.
    """
    sources = read_sources(folder)
    everything = _Everything(sources)
    chosen, unknown = everything.choose(choice)
    result = everything.cut(chosen, choice)
    write_slice(out, sources, result)
    counts: defaultdict[str, int] = defaultdict(int)
    for term in result.terms.values():
        counts[term.source] += 1
    mappings = sum(map(len, result.mappings.values())) + len(result.mesh_names)
    return SliceReport(dict(sorted(counts.items())), mappings, tuple(sorted(unknown)))


class _Everything:
    """The full sources in memory, without the compounds, which stream past."""

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self.sources = sources
        self.terms: dict[str, Term] = {}
        self.children: defaultdict[str, set[str]] = defaultdict(set)
        self.mappings: dict[str, list[Mapping]] = {}
        self.partners: defaultdict[str, set[str]] = defaultdict(set)
        self.bearers: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for term in self._read_terms():
            self._add(term)
        self._take_diseases()
        for source in sources:
            for file in source.files:
                if file.kind == "sssom":
                    self._add_mappings(source.key, sssom.read_mappings(file.path, _unheard(source)))

    def _read_terms(self) -> Iterator[Term]:
        readers = {
            "obo": obo.read_terms,
            "mesh-descriptors": mesh.read_descriptors,
            "mesh-supplementary": mesh.read_supplementary,
        }
        for source in self.sources:
            for file in source.files:
                if file.kind in readers:
                    yield from readers[file.kind](file.path, _unheard(source))

    def _add(self, term: Term) -> None:
        if term.curie in self.terms:
            return
        self.terms[term.curie] = term
        for parent in term.parents:
            self.children[parent].add(term.curie)
        if not term.obsolete:
            for name in term.names:
                self.bearers[normalize_name(name.text)].append((term.curie, name.scope))

    def _take_diseases(self) -> None:
        """Class supplementary records by their headings, as the compiler does."""
        for curie, term in self.terms.items():
            headings = (self.terms.get(heading) for heading in term.mapped_to)
            if term.category == CHEMICAL and any(h and h.category == DISEASE for h in headings):
                self.terms[curie] = replace(term, category=DISEASE)

    def _add_mappings(self, key: str, rows: Iterable[Mapping]) -> None:
        kept = [r for r in rows if r.subject_id in self.terms and r.object_id in self.terms]
        self.mappings.setdefault(key, []).extend(kept)
        for row in kept:
            self.partners[row.subject_id].add(row.object_id)
            self.partners[row.object_id].add(row.subject_id)

    def choose(self, choice: Choice) -> tuple[set[str], set[str]]:
        """Return the closed set of chosen terms and the names that nothing bears."""
        named = [curie for curie, _ in choice.further_names]
        chosen = {curie for curie in (*choice.terms, *named) if curie in self.terms}
        branch = [curie for curie in choice.branches if curie in self.terms]
        reached: set[str] = set()
        while branch:
            curie = branch.pop()
            if curie not in reached:
                reached.add(curie)
                branch += self.children[curie]
        chosen |= reached
        unknown = set()
        for names, category, prefixes in (
            (choice.conditions, DISEASE, ("MONDO", "MESH")),
            (choice.drugs, CHEMICAL, ("MESH",)),
        ):
            for name in names:
                found = {c for prefix in prefixes for c in self._named(name, category, prefix)}
                chosen |= found
                if not found:
                    unknown.add(name)
        return self._closed(chosen), unknown

    def _named(self, name: str, category: str, prefix: str) -> list[str]:
        """Return the terms that bear a name: as a label, else as an exact name."""
        bearers = [
            (curie, scope)
            for curie, scope in self.bearers.get(normalize_name(name), ())
            if prefix_of(curie) == prefix and self.terms[curie].category == category
        ]
        labelled = [curie for curie, scope in bearers if scope == "label"]
        return labelled or [curie for curie, scope in bearers if scope == "exact"]

    def _closed(self, chosen: Collection[str]) -> set[str]:
        closed: set[str] = set()
        queue = sorted(chosen)
        while queue:
            curie = queue.pop()
            if curie in closed or curie not in self.terms:
                continue
            closed.add(curie)
            term = self.terms[curie]
            queue += [*term.parents, *term.mapped_to, *sorted(self.partners[curie])]
        return closed

    def cut(self, chosen: set[str], choice: Choice) -> Slice:
        """Return the slice: chosen and obsolete terms, their mappings and compounds."""
        result = Slice()
        kept = chosen | self._obsolete(chosen, choice.obsolete_without_successor)
        for curie in sorted(kept):
            result.terms[curie] = _trimmed(self.terms[curie])
        for curie, names in choice.further_names:
            if term := result.terms.get(curie):
                result.terms[curie] = _with_names(term, names)
        for key, rows in self.mappings.items():
            result.mappings[key] = [r for r in rows if r.subject_id in kept and r.object_id in kept]
        self._cut_compounds(result, choice)
        return result

    def _obsolete(self, chosen: set[str], without_successor: int) -> set[str]:
        found, left = set(), without_successor
        for curie in sorted(self.terms):
            term = self.terms[curie]
            if not term.obsolete:
                continue
            if term.replaced_by and all(successor in chosen for successor in term.replaced_by):
                found.add(curie)
            elif not term.replaced_by and left > 0:
                found.add(curie)
                left -= 1
        return found

    def _cut_compounds(self, result: Slice, choice: Choice) -> None:
        labels = {
            term.label
            for term in result.terms.values()
            if prefix_of(term.curie) == "MESH" and term.category == CHEMICAL
        }
        wanted = {curie for curie in choice.terms if prefix_of(curie) == "PUBCHEM.COMPOUND"}
        entries: list[pubchem.MeshName] = []
        for source in self.sources:
            for file in source.files:
                if file.kind == "pubchem-mesh":
                    entries += pubchem.read_mesh_names(file.path, _unheard(source))
        names_of: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            names_of[entry.curie].add(entry.name)
        # A compound with a further MeSH name outside the slice would look less ambiguous than it is.
        wanted |= {curie for curie, names in names_of.items() if names <= labels}
        result.mesh_names = [e for e in entries if e.curie in wanted and e.name in labels]
        for source in self.sources:
            paths = {file.kind: file.path for file in source.files if file.kind.startswith("pubchem-")}
            if not paths:
                continue
            problems = _unheard(source)
            titles, synonyms = paths.get("pubchem-titles"), paths.get("pubchem-synonyms")
            for term in pubchem.read_terms(titles, synonyms, problems, problems):
                if term.curie in wanted:
                    result.terms[term.curie] = _trimmed(term)


def _unheard(source: Source) -> Problems:
    # The compiler reports a full release's problems; a slice only takes what is sound.
    return Problems(source.key, "")


def _trimmed(term: Term) -> Term:
    """Drop overlong names; of a chemical's names keep the shortest of the closest scopes."""
    names = [name for name in term.names if name.scope == "label" or len(name.text) <= LONGEST_NAME]
    if term.category == CHEMICAL and len(names) > MOST_NAMES:
        ranked = sorted(names, key=lambda n: (_RANK[n.scope], len(n.text), n.text))
        kept = set(ranked[:MOST_NAMES])
        names = [name for name in names if name in kept]
    return replace(term, names=tuple(names))


def _with_names(term: Term, texts: Iterable[str]) -> Term:
    """Add exact names that a term lacks, in the order in which the loaders give names."""
    held = {name.text for name in term.names}
    added = [Name(text, "exact") for text in texts if text not in held]
    names = sorted((*term.names, *added), key=lambda n: (_RANK[n.scope], n.text))
    return replace(term, names=tuple(names))
