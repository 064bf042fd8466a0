"""GraphML, streamed from the projection: a node or an edge in memory at a time.

Format: http://graphml.graphdrawing.org/primer/graphml-primer.html. networkx writes it too, but builds the whole
document in memory first, many times the size of the graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS
from kg.views.network import edge_attributes, graph_attributes, node_attributes
from kg.views.propertygraph import TRAIL_LABELS, iter_nodes, iter_relationships, relationship_keys

_HEAD = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
# Whatever is not named here (texts, and lists joined into one) is a string.
_TYPES = {pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean"}
# Characters that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A parser would make a plain carriage return a newline.
_ENTITIES = {"\r": "&#13;"}


def graphml_lines(folder: GraphFolder, *, trail: bool = False) -> Iterator[str]:
    """Yield the GraphML document of a graph in pieces that end in a newline.

    A list becomes its items joined by ``|`` (see :func:`join_list`), a character that XML cannot hold U+FFFD.

    Args:
        folder: the graph.
        trail: whether mentions, evidence, findings, mappings and decisions are nodes too.
    """
    yield _HEAD
    yield '  <key id="build" for="graph" attr.name="build" attr.type="string"/>\n'
    nodes, edges = _node_keys(trail=trail), _edge_keys(trail=trail)
    # The key of an attribute of nodes and of edges alike would be one identifier twice.
    for where, keys in (("node", nodes), ("edge", edges)):
        for name, kind in keys.items():
            yield f'  <key id="{where}.{name}" for="{where}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '  <graph edgedefault="directed">\n'
    for name, value in graph_attributes(folder).items():
        yield f'    <data key="{name}">{_text(value)}</data>\n'
    for node in iter_nodes(folder, trail=trail):
        yield f"    <node id={_attribute(node.id)}>\n"
        yield from _data("node", nodes, node_attributes(node))
        yield "    </node>\n"
    for edge in iter_relationships(folder, trail=trail):
        ends = f"source={_attribute(edge.start)} target={_attribute(edge.end)}"
        yield f"    <edge id={_attribute(edge.id)} {ends}>\n"
        yield from _data("edge", edges, edge_attributes(edge))
        yield "    </edge>\n"
    yield "  </graph>\n</graphml>\n"


def join_list(items: Iterable[str]) -> str:
    r"""Return a list as one text: items joined by ``|``, a ``|`` or ``\`` inside an item behind a ``\``.

    >>> print(join_list(["a", "b|c"]))
    a|b\|c
    """
    return "|".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


def split_list(text: str) -> list[str]:
    r"""Return the items that :func:`join_list` joined.

    >>> split_list("a|b\\|c")
    ['a', 'b|c']
    """
    items = [""]
    for part in re.findall(r"\\.|[^\\]", text, re.DOTALL):
        if part == "|":
            items.append("")
        else:
            items[-1] += part[-1]
    return items


def _node_keys(*, trail: bool) -> dict[str, str]:
    tables = ("nodes", "documents", "cases", *(TRAIL_LABELS if trail else ()))
    columns = {f.name: _TYPES.get(f.type, "string") for table in tables for f in SCHEMAS[table]}
    return {**columns, "name": "string", "labels": "string"}


def _edge_keys(*, trail: bool) -> dict[str, str]:
    columns = {f.name: _TYPES.get(f.type, "string") for f in SCHEMAS["edges"] if f.name not in ("subject", "object")}
    more = dict.fromkeys(relationship_keys("LINKED_TO"), "string") if trail else {}
    return {**columns, **more, "type": "string"}


def _data(where: str, keys: dict[str, str], attributes: dict[str, Any]) -> Iterator[str]:
    for name in keys:
        if (value := attributes.get(name)) is not None:
            yield f'      <data key="{where}.{name}">{_text(value)}</data>\n'


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = join_list(value) if isinstance(value, list) else str(value)
    return escape(_NO_XML.sub("\ufffd", text), _ENTITIES)


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text), _ENTITIES)
