"""The whole chain behind a mention, a node or an edge, from the tables alone."""

from __future__ import annotations

import json
from typing import Any

from kg.errors import UnknownNameError
from kg.graph.store import GraphFolder

Explanation = dict[str, Any]


def explain_mention(folder: GraphFolder, identifier: str) -> Explanation:
    """Return what a mention asserted, where it stands, what was decided and why.

    Args:
        folder: the graph.
        identifier: a mention's URN.

    Raises:
        UnknownNameError: if there is no such mention.
    """
    found = folder.select("mentions", "id", [identifier])
    if not found:
        raise UnknownNameError("mention", identifier, [])
    return _mentions(folder, found)[0]


def explain_node(folder: GraphFolder, identifier: str) -> Explanation:
    """Return what a node stands for: its identifiers and the mappings that joined them, the mentions that
    were linked to it and the ones that asserted it and were not, findings, and its edges in counts.

    Args:
        folder: the graph.
        identifier: a node's own identifier.

    Raises:
        UnknownNameError: if there is no such node.
    """
    found = folder.select("nodes", "id", [identifier])
    if not found:
        raise UnknownNameError("node", identifier, folder.identifiers)
    node = found[0]
    identifiers = node["equivalent_identifiers"] or [node["id"]]
    linked = {row["mention"] for row in folder.select("links", "node", [identifier])}
    asserted = {row["id"] for row in folder.select("mentions", "asserted", identifiers)}
    mentions = folder.select("mentions", "id", linked | asserted)
    edges = folder.select("edges", "subject", [identifier]) + folder.select("edges", "object", [identifier])
    names = _names(folder, {e["subject"] for e in edges} | {e["object"] for e in edges})
    return {
        "kind": "node",
        "id": node["id"],
        "name": node["name"],
        "category": node["category"],
        "status": node["status"],
        "source": " ".join(filter(None, (node["source"], node["release"]))),
        "identifiers": identifiers,
        "joined_by": [_mapping(row) for row in folder.select("mappings", "node", [identifier]) if row["used"]],
        "not_joined_by": [_mapping(row) for row in folder.select("mappings", "node", [identifier]) if not row["used"]],
        "documents": node["documents"],
        "cases": node["cases"],
        "mentions": [m for m in _mentions(folder, mentions) if m["id"] in linked],
        "asserted_but_linked_elsewhere": [m for m in _mentions(folder, mentions) if m["id"] not in linked],
        "edges": [
            _edge(edge, names) for edge in sorted(edges, key=lambda e: (e["predicate"], e["subject"], e["object"]))
        ],
    }


def explain_edge(folder: GraphFolder, identifier: str) -> Explanation:
    """Return an edge with every piece of evidence behind it, and the decisions behind its mentions.

    Args:
        folder: the graph.
        identifier: an edge's URN.

    Raises:
        UnknownNameError: if there is no such edge.
    """
    found = folder.select("edges", "id", [identifier])
    if not found:
        raise UnknownNameError("edge", identifier, [])
    edge = found[0]
    evidence = folder.select("evidence", "edge", [identifier])
    documents = {
        d["id"]: d for d in folder.select("documents", "id", {e["document"] for e in evidence if e["document"]})
    }
    cases = {c["id"]: c for c in folder.select("cases", "id", {e["case"] for e in evidence if e["case"]})}
    keys = {e[k] for e in evidence for k in ("subject_mention", "object_mention") if e[k]}
    for end in ("subject", "object"):
        # An end without a place of its own in the sentence was meant by the document: its mentions count too.
        if any(e[f"{end}_mention"] is None for e in evidence):
            linked = folder.select("links", "node", [edge[end]])
            keys |= {row["mention"] for row in linked if row["document"] in documents}
    mentions = folder.select("mentions", "id", keys)
    return {
        "kind": "edge",
        **_edge(edge, _names(folder, {edge["subject"], edge["object"]})),
        "evidence": [
            {
                "id": e["id"], "polarity": e["polarity"], "reason": e["polarity_reason"], "method": e["method"],
                "outcome": e["outcome"], "document": e["document"],
                "title": documents[e["document"]]["title"] if e["document"] in documents else None,
                "case": e["case"], "patient": cases[e["case"]]["name"] if e["case"] in cases else None,
                "section": e["section"], "sentence": e["sentence"],
                "source": " ".join(filter(None, (e["source"], e["release"]))),
            }
            for e in evidence
        ],
        "mappings": _edge_mappings(folder, edge, evidence),
        "decisions": _mentions(folder, mentions),
    }  # fmt: skip


def _edge_mappings(folder: GraphFolder, edge: dict[str, Any], evidence: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the mapping rows behind an edge that a mapping makes: those that reach from one end to the other."""
    if not any(e["method"] == "mapping" for e in evidence):
        return []
    ends = {
        row["id"]: set(row["equivalent_identifiers"])
        for row in folder.select("nodes", "id", [edge["subject"], edge["object"]])
    }
    one, other = ends.get(edge["subject"], set()), ends.get(edge["object"], set())
    rows = folder.select("mappings", "node", [edge["subject"], edge["object"]])
    found = {
        row["id"]: _mapping(row)
        for row in rows
        if {row["subject_id"], row["object_id"]} & one and {row["subject_id"], row["object_id"]} & other
    }
    return [found[key] for key in sorted(found)]


def edges_between(folder: GraphFolder, one: str, other: str) -> list[str]:
    """Return the identifiers of the edges between two nodes, either way, strongest predicate first."""
    rows = [
        row
        for row in folder.select("edges", "subject", [one, other])
        if {row["subject"], row["object"]} == {one, other}
    ]
    order = ("biolink:applied_to_treat", "biolink:has_adverse_event", "biolink:associated_with")
    rows.sort(
        key=lambda e: (order.index(e["predicate"]) if e["predicate"] in order else len(order), e["predicate"], e["id"])
    )
    return [row["id"] for row in rows]


def _mentions(folder: GraphFolder, mentions: list[dict[str, Any]]) -> list[Explanation]:
    keys = [m["id"] for m in mentions]
    links: dict[str, list[dict[str, Any]]] = {}
    for row in folder.select("links", "mention", keys):
        links.setdefault(row["mention"], []).append(row)
    places: dict[str, list[dict[str, Any]]] = {}
    for row in folder.select("occurrences", "mention", keys):
        places.setdefault(row["mention"], []).append(row)
    findings: dict[str, list[dict[str, Any]]] = {}
    for row in folder.select("findings", "mention", keys):
        findings.setdefault(row["mention"], []).append(row)
    nodes = {row["node"] for rows in links.values() for row in rows if row["node"]}
    names = _names(folder, nodes)
    identifiers = {row["id"]: row["equivalent_identifiers"] for row in folder.select("nodes", "id", nodes)}
    told = {key for rows in (*links.values(), *findings.values()) for row in rows for key in row["decisions"] or ()}
    decisions = {row["id"]: _decision(row) for row in folder.select("decisions", "id", told)}
    return [
        {
            "kind": "mention", "id": m["id"], "document": m["document"], "line": m["line"], "list": m["source_list"],
            "text": m["text"], "category": m["category"], "asserted_as": m["asserted_as"], "asserted": m["asserted"],
            "occurrences": [
                {"section": o["section"], "start": o["start"], "end": o["end"], "text": o["text"]} for o in places.get(m["id"], [])
            ],
            "links": [
                {
                    "term": row["term"], "node": row["node"], "name": names.get(row["node"]), "rule": row["rule"],
                    "verdict": row["verdict"], "confidence": row["confidence"],
                    "mapping_confidence": row["mapping_confidence"],
                    "identifiers": identifiers.get(row["node"], []), "reasons": json.loads(row["reasons"]),
                    "candidates": json.loads(row["candidates"]), "chain": [_mapping(step) for step in json.loads(row["chain"])],
                    "decisions": [decisions[key] for key in row["decisions"] or ()],
                }
                for row in links.get(m["id"], [])
            ],
            "findings": [
                {
                    "code": f["code"], "severity": f["severity"], "asserted": f["asserted"], "suggested": f["suggested"],
                    "suggested_name": f["suggested_name"], "message": f["message"], "reasons": json.loads(f["reasons"]),
                    "decisions": [decisions[key] for key in f["decisions"] or ()],
                }
                for f in findings.get(m["id"], [])
            ],
        }
        for m in mentions
    ]  # fmt: skip


def _decision(row: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "scope", "decision", "target", "curator", "orcids", "date", "comment", "file", "line")
    return {key: row[key] for key in keys}


def _mapping(row: dict[str, Any]) -> dict[str, str]:
    keys = ("subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_source", "mapping_set_version")
    return {key: row[key] for key in keys} | {key: row.get(key) or "" for key in ("comment", "record")}


def _edge(edge: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    kept = ("support", "contradiction", "unknown", "documents", "cases", "primary_knowledge_source")
    return {
        "id": edge["id"], "subject": edge["subject"], "subject_name": names.get(edge["subject"]), "predicate": edge["predicate"],
        "object": edge["object"], "object_name": names.get(edge["object"]), **{key: edge[key] for key in kept},
    }  # fmt: skip


def _names(folder: GraphFolder, identifiers: set[str]) -> dict[str, str]:
    return {row["id"]: row["name"] for row in folder.select("nodes", "id", identifiers)}
