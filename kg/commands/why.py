"""`kg why`: the chain behind a mention, a node or an edge."""

from __future__ import annotations

from typing import Any

import click

from kg.commands.common import graph_argument, heading, json_option, print_json, wrapped
from kg.graph.store import GraphFolder
from kg.wording import counted


@click.command()
@graph_argument
@click.argument("what")
@click.argument("other", required=False)
@json_option
def why(folder: GraphFolder, what: str, other: str | None, as_json: bool) -> None:
    """Print why something is in the graph.

    WHAT is a node (CURIE or name), or the URN of a mention, an edge, a finding or a piece of evidence. With OTHER, the edges between the
    two nodes:  kg why DIR anlotinib osteosarcoma
    """
    explanations = _explain(folder, what, other)
    if as_json:
        print_json(explanations if other else explanations[0])
        return
    for explanation in explanations:
        show(explanation)


def _explain(folder: GraphFolder, what: str, other: str | None) -> list[dict[str, Any]]:
    from kg.errors import UnknownNameError
    from kg.graph.why import edges_between, explain_edge, explain_mention, explain_node
    from kg.queries.parameters import resolve_node

    if other is None and what.startswith("urn:uuid:"):
        if folder.select("mentions", "id", [what]):
            return [explain_mention(folder, what)]
        for table, column, explain in (("findings", "mention", explain_mention), ("evidence", "edge", explain_edge)):
            for row in folder.select(table, "id", [what]):
                if row[column]:
                    return [explain(folder, row[column])]
        if folder.select("edges", "id", [what]):
            return [explain_edge(folder, what)]
        raise UnknownNameError("identifier", what, (), hint="(no mention, edge, finding or evidence of this graph)")
    node = resolve_node(folder, what)
    if other is None:
        return [explain_node(folder, node)]
    second = resolve_node(folder, other)
    edges = edges_between(folder, node, second)
    if not edges:
        raise UnknownNameError("edge", f"{node} - {second}", [], hint="(nothing in the graph joins the two directly)")
    return [explain_edge(folder, edge) for edge in edges]


def show(explanation: dict[str, Any]) -> None:
    """Print an explanation for people."""
    {"mention": _show_mention, "node": _show_node, "edge": _show_edge}[explanation["kind"]](explanation)


def _show_node(node: dict[str, Any]) -> None:
    heading(f"{node['name']}  {node['id']}")
    click.echo(f"  {node['category']}, {node['status']}, {node['source']}")
    click.echo(f"  in {counted(node['documents'], 'document')}, {counted(node['cases'], 'case')}")
    click.echo(f"  identifiers: {', '.join(node['identifiers'])}")
    for row in node["joined_by"]:
        click.echo(wrapped(f"joined by {mapping_text(row)}", "    "))
    if node["mentions"]:
        heading("Mentions linked to it")
        for mention in node["mentions"]:
            _show_mention(mention)
    if node["asserted_but_linked_elsewhere"]:
        heading("Mentions that assert it and were linked elsewhere")
        for mention in node["asserted_but_linked_elsewhere"]:
            _show_mention(mention)
    if node["edges"]:
        heading("Edges")
        for edge in node["edges"]:
            click.echo(f"  {edge_text(edge)}")


def _show_mention(mention: dict[str, Any]) -> None:
    asserted = mention["asserted_as"] or "no identifier"
    click.echo()
    click.secho(f"  {mention['text']!r} ({asserted})", bold=True, nl=False)
    click.echo(f"  {mention['document']}, {mention['list']}, line {mention['line']}")
    if mention["occurrences"]:
        places = ", ".join(f"{o['section']} {o['start']}-{o['end']}" for o in mention["occurrences"])
        click.echo(wrapped(f"stands in {places}", "    "))
    for link in mention["links"]:
        target = f"{link['term']} ({link['name']})" if link["term"] else "nothing"
        click.echo(
            f"    linked to {target} by rule {link['rule']!r}: {link['verdict']}, confidence {link['confidence']}"
        )
        if link["node"] and link["node"] != link["term"]:
            click.echo(
                f"      which is the node {link['node']}, by mappings of combined confidence {link['mapping_confidence']:g}"
            )
        if len(link["identifiers"]) > 1:
            click.echo(wrapped(f"identifiers: {', '.join(link['identifiers'])}", "      "))
        for reason in link["reasons"]:
            click.echo(wrapped(f"{reason['check']}: {reason['statement']}", "      - "))
        if others := [one for one in link["candidates"] if one["term"] != link["term"]]:
            click.echo(wrapped(f"other terms that came up: {'; '.join(map(_candidate_text, others))}", "      "))
        for row in link["chain"]:
            click.echo(wrapped(f"mapping: {mapping_text(row)}", "      - "))
    for finding in mention["findings"]:
        click.secho(f"    finding {finding['code']} ({finding['severity']})", fg="red", nl=False)
        click.echo(
            f": asserted {finding['asserted']}"
            + (f", suggested {finding['suggested']} ({finding['suggested_name']})" if finding["suggested"] else "")
        )


def _show_edge(edge: dict[str, Any]) -> None:
    heading(edge_text(edge))
    for evidence in edge["evidence"]:
        click.echo()
        click.echo(
            f"  {evidence['polarity']} ({evidence['reason']}) by {evidence['method']}"
            + (f"; outcome: {evidence['outcome']}" if evidence["outcome"] else "")
        )
        if evidence["sentence"]:
            click.echo(wrapped(f"“{evidence['sentence']}”", "    "))
        where = ", ".join(filter(None, (evidence["document"], evidence["section"], evidence["patient"])))
        click.echo(f"    {where or evidence['source']}")
    for row in edge["mappings"]:
        click.echo(wrapped(f"mapping: {mapping_text(row)}", "    "))
    if edge["decisions"]:
        heading("Decisions behind its mentions")
        for mention in edge["decisions"]:
            _show_mention(mention)


def _candidate_text(candidate: dict[str, str]) -> str:
    """Return a term that a mention could mean, and how it came up."""
    name = candidate["matched"]
    by = f"{candidate['origin']}: {name!r}" if name and name != candidate["name"] else candidate["origin"]
    return f"{candidate['term']} ({candidate['name']}; {by})"


def edge_text(edge: dict[str, Any]) -> str:
    """Return an edge in one line."""
    counts = f"+{edge['support']} -{edge['contradiction']} ?{edge['unknown']}"
    ends = [f"{edge[f'{end}_name'] or ''} ({edge[end]})".strip() for end in ("subject", "object")]
    met = f"{counted(edge['documents'], 'document')}, {counted(edge['cases'], 'case')}"
    return f"{ends[0]} {edge['predicate']} {ends[1]}  [{counts}, {met}]"


def mapping_text(row: dict[str, str]) -> str:
    """Return a mapping row in one line."""
    return (
        f"{row['subject_id']} {row['predicate_id']} {row['object_id']} "
        f"({row['mapping_justification']}, {row['mapping_source']}"
        + (f", {row['record']}" if row.get("record") else "")
        + ")"
        + (f": {row['comment']}" if row.get("comment") else "")
    )
