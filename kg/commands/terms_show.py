"""`kg terms show`, `kg terms search`: one term in full, and the terms that bear a name."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.common import heading, json_option, print_json, print_table, wrapped
from kg.commands.terms import release_name, spelled, terms_option, version_name
from kg.curies import compress, normalize, prefix_of
from kg.curies import prefixes as known_prefixes
from kg.errors import UnknownNameError

if TYPE_CHECKING:
    from kg.model import Term
    from kg.terms.history import Step
    from kg.terms.index import TermIndex
    from kg.terms.keys import Hit

_CATEGORIES = {
    "disease": "biolink:Disease", "chemical": "biolink:ChemicalEntity", "taxon": "biolink:OrganismTaxon",
    "other": "biolink:OntologyClass",
}  # fmt: skip
#: Properties whose value is another term.
_REFERENCES = {"heading", "parent_compound", "pharmacological_action"}


@click.command()
@click.argument("text")
@click.option(
    "--prefix", "prefixes", multiple=True, help="Only terms with this prefix, such as MONDO. May be repeated."
)
@click.option("--category", type=click.Choice(list(_CATEGORIES)), help="Only terms of this category.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Number of terms.")
@terms_option
@json_option
def search(text: str, prefixes: tuple[str, ...], category: str | None, limit: int, index_path: Path | None,
           as_json: bool) -> None:  # fmt: skip
    """Find the terms that bear a name, else those with a name that begins so."""
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        only = spelled(prefixes, filter(index.source_of_prefix, known_prefixes())) or None

        def wanted(hits: tuple[Hit, ...]) -> list[Hit]:
            return [hit for hit in hits if category is None or hit.category == _CATEGORIES[category]]

        # A category is told from the hits: enough of them are asked for that some are left.
        hits = wanted(index.lookup(text, prefixes=only)) or wanted(
            index.names_by_prefix(text, limit if category is None else limit * 50, prefixes=only)
        )
        hits = hits[:limit]
        if not hits:
            hint = "(with this --prefix or --category)" if index.lookup(text) else ""
            raise UnknownNameError("name", text, () if hint else index.suggest(text), hint=hint)
        states = {hit.curie: index.status(hit.curie) for hit in hits}
    if as_json:
        print_json([{**hit._asdict(), "status": states[hit.curie]} for hit in hits])
        return
    rows = [(h.curie, h.label, h.scope, h.name if h.name != h.label else "", states[h.curie]) for h in hits]
    header = ("term", "label", "scope", "matched", "status")
    # Nearly every search finds current terms alone.
    columns = 5 if any(h.obsolete for h in hits) else 4
    print_table([row[:columns] for row in rows], header[:columns])


@click.command()
@click.argument("term")
@terms_option
@json_option
def show(term: str, index_path: Path | None, as_json: bool) -> None:
    """Show a term: names, status through time, properties, ancestors, mappings with their source.

    TERM is an identifier in any spelling (MONDO:0009807, mesh:D012516, CID 25017411), or a name.
    """
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        found = find_term(index, term)
        if isinstance(found, tuple):
            _list_bearers(term, found, as_json)
            return
        facts = describe(index, found)
        if as_json:
            print_json(facts)
        else:
            _print(index, facts)


def find_term(index: TermIndex, text: str) -> Term | tuple[Hit, ...]:
    """Return the term of an identifier or of a name; where several terms bear the name, all of them.

    Raises:
        UnknownNameError: if the index holds neither; it names what is close, and the next step.
    """
    curie = normalize(compress(text.strip().replace("https://", "http://", 1)))
    term = index.term(curie) if curie else None
    if term:
        return term
    hits = index.lookup(text)
    if len(hits) == 1 and (term := index.term(hits[0].curie)):
        return term
    if hits:
        return hits
    if curie is None:
        raise UnknownNameError("name or identifier", text, index.suggest(text), hint="(try: kg terms search TEXT)")
    release = index.source_of_prefix(prefix_of(curie))
    if release is None:
        hint = f"(no source of the index defines {prefix_of(curie)} identifiers; see: kg terms status)"
    elif release.complete:
        hint = f"(it is not in {release_name(release)})"
    else:
        hint = f"(it is not in {release_name(release)}; for the full release: kg terms compile FILE... -o INDEX)"
    raise UnknownNameError("term", curie, near_identifiers(index, curie), hint=hint)


def near_identifiers(index: TermIndex, curie: str) -> list[str]:
    """Return identifiers that the index holds and that one wrong or two swapped digits turn into ``curie``."""
    prefix, _, local = curie.partition(":")
    variants = set()
    for place, sign in enumerate(local):
        if sign.isdecimal():
            variants |= {local[:place] + digit + local[place + 1 :] for digit in "0123456789"}
        if place:
            variants.add(local[: place - 1] + sign + local[place - 1] + local[place + 1 :])
    return [found for variant in sorted(variants - {local}) if (found := f"{prefix}:{variant}") in index]


def describe(index: TermIndex, term: Term) -> dict[str, Any]:
    """Return all that the index tells of a term, as JSON has it."""
    ancestors = index.ancestors(term.curie)
    release = index.release(term.source)
    mappings = []
    for row in index.mappings(term.curie):
        subject = row.subject_id == term.curie
        other, label = (row.object_id, row.object_label) if subject else (row.subject_id, row.subject_label)
        mappings.append({**asdict(row), "other_id": other, "other_label": index.label(other) or label})
    return {
        **asdict(term),
        "label": term.label,
        "status": index.status(term.curie),
        "release": {"source": term.source, "version": release.version if release else "",
                    "complete": bool(release and release.complete)},
        "steps": [{**asdict(s), "sentence": _sentence(s)} for s in index.steps(term.curie)],
        "renamed": [{**asdict(s), "sentence": s.sentence()} for s in index.history(term.curie) if s.step == "renamed"],
        "stands_for": [_labelled(index, c) for c in index.resolve(term.curie) if c != term.curie],
        "consider": [_labelled(index, c) for c in term.consider],
        "mapped_to": [_labelled(index, c) for c in term.mapped_to],
        "properties": [
            {"property": key, "value": value, **({"label": index.label(value)} if key in _REFERENCES else {})}
            for key, value in term.properties
        ],
        "parents": [_labelled(index, c) for c in term.parents],
        "ancestors": [{**_labelled(index, c), "parents": list(index.parents(c))} for c in ancestors],
        "mappings": mappings,
    }  # fmt: skip


def _sentence(step: Step) -> str:
    if step.step == "gone" and not step.old_version:
        return f"{step.curie} was withdrawn by its owner, who names no successor"
    return step.sentence()


def _labelled(index: TermIndex, curie: str) -> dict[str, str | None]:
    return {"curie": curie, "label": index.label(curie)}


def _list_bearers(text: str, hits: tuple[Hit, ...], as_json: bool) -> None:
    if as_json:
        print_json([hit._asdict() for hit in hits])
    else:
        print_table([(h.curie, h.label, h.scope, h.name if h.name != h.label else "") for h in hits],
                    ("term", "label", "scope", "matched"))  # fmt: skip
    click.echo(f"kg: {len(hits)} terms bear the name {text!r}; name one of them", err=True)
    sys.exit(2)


def _print(index: TermIndex, facts: dict[str, Any]) -> None:
    click.secho(f"{facts['curie']}  {facts['label']}", bold=True)
    release = release_name(index.release(facts["source"]))
    click.echo(f"  {facts['category']}, {facts['status']}" + (f", in {release}" if release else ""))
    for step in (*facts["steps"], *facts["renamed"]):
        click.echo(wrapped(step["sentence"], "  "))
    _print_terms("stands for", facts["stands_for"])
    _print_terms("consider", facts["consider"])
    if len(facts["names"]) > 1:
        heading("Names")
        scope = ""
        for name in facts["names"][1:]:
            click.echo(wrapped(f"{name['scope'] if name['scope'] != scope else '':<8} {name['text']}", "  ", " " * 9))
            scope = name["scope"]
    if facts["tree_numbers"] or facts["mapped_to"] or facts["properties"]:
        heading("Facts")
        for tree in facts["tree_numbers"]:
            click.echo(f"  tree number: {tree}")
        _print_terms("MeSH heading", facts["mapped_to"])
        for fact in facts["properties"]:
            label = f"  {fact['label']}" if fact.get("label") else ""
            click.echo(wrapped(f"{fact['property'].replace('_', ' ')}: {fact['value']}{label}", "  "))
    if facts["mappings"]:
        heading("Mappings")
        for row in facts["mappings"]:
            click.echo(f"  {row['subject_id']} {row['predicate_id']} {row['object_id']}  {row['other_label']}".rstrip())
            source = (row["mapping_source"], version_name(row["mapping_set_version"]), row["record"])
            click.echo(wrapped(", ".join(filter(None, source)), "    "))
            details = (row["mapping_justification"], row["confidence"] and f"confidence {row['confidence']}",
                       row["author_id"], row["mapping_date"], row["comment"])  # fmt: skip
            click.echo(wrapped(", ".join(filter(None, details)), "    "))
    if facts["ancestors"]:
        heading("Place in the hierarchy")
        print_tree(facts)


def _print_terms(word: str, terms: list[dict[str, str]]) -> None:
    for term in terms:
        click.echo(f"  {word}: {term['curie']}  {term['label'] or '(not held)'}")


def print_tree(facts: dict[str, Any]) -> None:
    """Print the ancestors of a term from the top down to it; below a term that stands there twice, only once."""
    labels = {term["curie"]: term["label"] for term in facts["ancestors"]} | {facts["curie"]: facts["label"]}
    children: dict[str, list[str]] = {curie: [] for curie in labels}
    parents = {term["curie"]: [p for p in term["parents"] if p in labels] for term in facts["ancestors"]}
    parents[facts["curie"]] = [term["curie"] for term in facts["parents"]]
    for child in sorted(parents):
        for parent in parents[child]:
            children[parent].append(child)
    shown: set[str] = set()
    # A cycle at the top has no root: then the walk begins at its first term.
    for root in (*(c for c in sorted(labels) if not parents[c]), *sorted(labels)):
        if root in shown:
            continue
        stack = [(root, 1)]
        while stack:
            curie, depth = stack.pop()
            again = curie in shown and bool(children[curie])
            line = f"{'  ' * depth}{curie}  {labels[curie] or ''}{'  (see above)' if again else ''}"
            click.secho(line, bold=curie == facts["curie"])
            if curie not in shown:
                shown.add(curie)
                stack += [(child, depth + 1) for child in reversed(children[curie])]
