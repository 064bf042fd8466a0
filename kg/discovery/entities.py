"""Which node a CURIE or a name that a person typed means."""

from __future__ import annotations

from kg.curies import normalize
from kg.discovery.network import Network
from kg.errors import ParameterError, UnknownNameError
from kg.graph.store import GraphFolder

_WORDS = {"biolink:ChemicalEntity": "drug", "biolink:Disease": "disease"}


def find_entity(folder: GraphFolder, network: Network, text: str, category: str) -> str:
    """Return the node of a category that ``text`` means: a CURIE in any spelling, a name or a synonym.

    Raises:
        UnknownNameError: if the graph has none; it carries close matches.
        ParameterError: if a name means several nodes.
    """
    text = " ".join(text.split())
    for curie in (text, normalize(text)):
        node = folder.identifiers.get(curie) if curie else None
        if node is not None and node in network.nodes:
            return _of_category(network, node, text, category)
    found = [str(row["id"]) for row in folder.named(text, category)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ParameterError(f"{text!r} means several: {', '.join(found)}; name one by its identifier", value=text)
    known = (node.name for node in network.nodes.values() if node.category == category)
    raise UnknownNameError(_WORDS.get(category, "entity"), text, known)


def _of_category(network: Network, node: str, text: str, category: str) -> str:
    if network.nodes[node].category != category:
        word, is_a = _WORDS.get(category, category), network.nodes[node].category
        raise ParameterError(f"{text} ({network.nodes[node].name}) is a {is_a}, not a {word}", value=text)
    return node
