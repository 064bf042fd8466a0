"""Hashes by which a database and a graph are compared: one of the whole build, one of each record.

A record's hash stands on it in the database, as the property ``casegraph_hash``. What a load has to write is what has
a hash that the database does not hold, so that nothing but whole numbers is read to find it out.
"""

from __future__ import annotations

import json
from hashlib import blake2b

from kg.graph.store import GraphFolder
from kg.views.propertygraph import PNode, PRelationship, fingerprint

#: Hash of a record that the graph in the database no longer has, and that nobody asked to remove.
STALE = 0

_json = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def stamp(folder: GraphFolder) -> str:
    """Return the stamp of a graph: the build's identifier and a hash of its tables."""
    return f"{folder.manifest.get('build', 'unknown')}+{fingerprint(folder)[:16]}"


def node_stamp(node: PNode) -> int:
    """Return the hash of a node's labels and properties, a positive number of 63 bits.

    >>> node_stamp(PNode("a", ("Disease",), {"id": "a"})) == node_stamp(PNode("a", ("Gene",), {"id": "a"}))
    False
    """
    return _number(_json([node.labels, node.properties]))


def relationship_stamp(link: PRelationship) -> int:
    """Return the hash of a relationship's type, ends and properties, a positive number of 63 bits.

    >>> 0 < relationship_stamp(PRelationship("r", "MAPS", "a", "b", {"id": "r"})) < 2**63
    True
    """
    return _number(_json([link.type, link.start, link.end, link.properties]))


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("ascii"), digest_size=8).digest(), "big") >> 1 or 1
