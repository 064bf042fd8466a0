"""The guide that Neo4j Browser plays: a walk through one case of the graph, with queries to click.

A guide is HTML in Browser's own frame: a slide a station, and a ``pre`` of the class ``runnable`` a query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from kg.findingcodes import meaning
from kg.graph.store import GraphFolder
from kg.views.browser.savedqueries import SavedQuery, Value, params_command
from kg.views.browser.walk import Walk
from kg.views.propertygraph import relationship_type
from kg.wording import counted

GUIDE: Final = "guide.html"
STYLE: Final = "style.grass"
QUERIES: Final = "queries.zip"
_TITLE: Final = "A walk through the graph"


def guide_page(folder: GraphFolder, walk: Walk, queries: Mapping[str, SavedQuery], address: str = "") -> str:
    """Return the guide as HTML.

    Args:
        folder: the graph.
        walk: the stations.
        queries: the saved queries, by name.
        address: where guide, style and archive are served, ending in a slash; "" where that is not known.

    Returns:
        The page. A slide whose station the graph does not have is left out.
    """
    slides = "".join(
        f'<slide class="row-fluid"><div class="col-sm-12">{slide}</div></slide>\n'
        for slide in _slides(folder, walk, queries, address)
    )
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{_TITLE}</title></head><body>\n'
        f'<article class="guide">\n<carousel class="deck container-fluid">\n{slides}</carousel>\n</article>\n'
        "</body></html>\n"
    )


def guide_parameters(queries: Mapping[str, SavedQuery]) -> dict[str, Value]:
    """Return the value of every parameter of the queries: what the guide sets on its first slide."""
    return {name: value for query in queries.values() for name, value in query.parameters.items()}


def _slides(folder: GraphFolder, walk: Walk, queries: Mapping[str, SavedQuery], address: str) -> Iterator[str]:
    def ask(name: str, words: str) -> str:
        return f"<p>{escape(words)}</p>{_runnable(queries[name].cypher)}"

    yield _first(folder, queries, address)
    if walk.case:
        yield (
            f"<h3>The case</h3><p>A case is one patient of one document. Here: <b>{_shown(walk, walk.case)}</b>, told in "
            f"<i>{_shown(walk, walk.document)}</i>.</p>"
            + ask("picture-of-case", "See the case with its document, diagnosis and treatment:")
            + "<p>Click a node to read its properties; double-click it to see its neighbours.</p>"
        )
    if walk.drug and walk.disease:
        drug, disease, said = (
            _shown(walk, walk.drug),
            _shown(walk, walk.disease),
            escape(relationship_type(walk.predicate)),
        )
        yield (
            f"<h3>The drug and the disease</h3><p><b>{drug}</b> and <b>{disease}</b> are joined by <code>{said}</code>. "
            "Support, contradiction and unknown are counted apart on the edge and never netted.</p>"
            + ask("picture-of-link", "See the edge:")
            + ask("drugs-for-disease", "See every drug that was applied to treat the disease, or a kind of it:")
        )
        yield (
            "<h3>The evidence</h3><p>An edge is a sum of evidence: the sentences of the documents that say so.</p>"
            + ask("evidence-for-link", "Read the sentences:")
            + ask("picture-of-evidence", "See them, with the cases and documents in which they stand:")
        )
    if walk.finding:
        yield (
            f"<h3>What the audit found</h3>{_finding(walk)}"
            + ask("picture-of-finding", "See the finding, the mention it is about, and the terms:")
            + ask("audit-findings", "See every finding:")
        )
    if walk.start:
        yield (
            f"<h3>The ancestors</h3><p>The ontologies say what <b>{_shown(walk, walk.start)}</b> is a kind of. A question "
            "about a general term finds the cases of its kinds.</p>"
            + ask("picture-of-ancestors", "See the hierarchy above it:")
            + ask("ontology-path", "Read it as a table:")
        )
    yield (
        "<h3>Search by name</h3><p>Names and synonyms are in a full-text index. Write other words between the quotes, "
        "then search; the last word may be unfinished.</p>"
        + _runnable(f':param search => "{walk.words}"')
        + ask("search-by-name", "Search:")
        + ask("graph-summary", "See what the graph holds, counted by kind:")
    )
    yield _last(queries, address)


def _first(folder: GraphFolder, queries: Mapping[str, SavedQuery], address: str) -> str:
    holds = ", ".join(
        counted(folder.count(table), noun, separate=True)
        for table, noun in (
            ("documents", "document"),
            ("cases", "case"),
            ("nodes", "node"),
            ("edges", "edge"),
            ("findings", "finding"),
        )
    )
    style = (
        f"<p>1. Give each kind of node its colour, size and name:</p>{_runnable(f':style {address}{STYLE}')}"
        if address
        else f"<p>1. Give each kind of node its colour, size and name: drop the file {STYLE} on this window.</p>"
    )
    return (
        f"<h3>{_TITLE}</h3><p>This graph holds {holds}. Each slide has queries: a click on the triangle before a query runs it, a "
        "click on its text puts it into the editor.</p>"
        f"{style}<p>2. Set the values that the queries of this guide use (without them a query says that a parameter is missing):</p>"
        f"{_runnable(params_command(guide_parameters(queries), indent=1))}"
    )


def _last(queries: Mapping[str, SavedQuery], address: str) -> str:
    named = f'<a href="{escape(address + QUERIES)}" target="_blank">{QUERIES}</a>' if address else QUERIES
    listed = "".join(f"<li>{escape(query.summary)}</li>" for query in queries.values())
    return (
        f"<h3>Keep the queries</h3><p>Save {named} and drop the file on this window: its queries are then in the drawer of "
        f"saved queries (the star at the left).</p><ul>{listed}</ul>"
    )


def _finding(walk: Walk) -> str:
    about = walk.about
    words = f"<p><code>{escape(about['code'])}</code>: {escape(meaning(about['code']))}</p>"
    if about["text"] and about["asserted"]:
        words += f"<p>The source says that <i>{_plain(about['text'])}</i> is {_named(walk, about['asserted'])}."
        words += f" The audit suggests {_named(walk, about['suggested'])}.</p>" if about["suggested"] else "</p>"
    return words


def _named(walk: Walk, identifier: str) -> str:
    name = walk.name(identifier)
    return escape(identifier) + (f" (<b>{_plain(name)}</b>)" if name != identifier else "")


def _shown(walk: Walk, identifier: str) -> str:
    return _plain(walk.name(identifier))


def _plain(text: str) -> str:
    return escape(" ".join(text.split()))


def _runnable(text: str) -> str:
    return f'<pre mode="cypher" class="highlight pre-scrollable code runnable">{escape(text.strip())}</pre>'
