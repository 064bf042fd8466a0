"""The style of nodes and relationships in Neo4j Browser, in its own language GraSS (`:style` reads it).

A rule holds for a node that has all its labels, and where several hold, the last one wins. So the labels that every
node or every entity has come first: without a rule of their own Browser would make one up and put it last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from kg.model import (
    APPLIED_TO_TREAT,
    ASSOCIATED_WITH,
    BROAD_MATCH,
    CHEMICALLY_SIMILAR_TO,
    CLOSE_MATCH,
    HAS_ADVERSE_EVENT,
    HAS_PART,
    HAS_PHENOTYPE,
    MENTIONS,
    OCCURS_TOGETHER,
    SUBCLASS_OF,
)
from kg.views.propertygraph import MARKER, relationship_type


class NodeStyle(NamedTuple):
    """A node's colours (fill, rim, words on it) and its diameter in pixels."""

    color: str
    border: str
    text: str
    diameter: int


class LineStyle(NamedTuple):
    """A relationship's colour and width in pixels."""

    color: str
    width: int


_DARK, _LIGHT = "#1F2430", "#FFFFFF"
_PLAIN: Final = NodeStyle("#C4C9D1", "#8A919D", _DARK, 50)

#: Label -> style, the general labels first. What the graph is about, and what has a long name, is large.
NODES: Final[Mapping[str, NodeStyle]] = {
    MARKER: _PLAIN,
    "Entity": _PLAIN,
    "NamedThing": _PLAIN,
    "OntologyClass": NodeStyle("#E3E6EB", "#A9B0BC", _DARK, 50),
    "Disease": NodeStyle("#B3362B", "#8A261D", _LIGHT, 80),
    "PhenotypicFeature": NodeStyle("#F2A48F", "#D2745B", _DARK, 65),
    "ChemicalEntity": NodeStyle("#1F6FB2", "#15507F", _LIGHT, 80),
    "Gene": NodeStyle("#2E7D4F", "#205A38", _LIGHT, 65),
    "SequenceVariant": NodeStyle("#A8D5B5", "#6FAE83", _DARK, 65),
    "OrganismTaxon": NodeStyle("#C8D46A", "#97A33F", _DARK, 65),
    "CellLine": NodeStyle("#8ED1C6", "#57A598", _DARK, 65),
    "CaseReport": NodeStyle("#F3C64B", "#C4972A", _DARK, 80),
    "Publication": NodeStyle("#6B4A9E", "#4D3375", _LIGHT, 80),
    "Mention": NodeStyle("#D9C7EE", "#AD93CC", _DARK, 80),
    "Evidence": NodeStyle("#FBE8B0", "#D8BC66", _DARK, 80),
    "Finding": NodeStyle("#F08A24", "#BE6712", _DARK, 80),
    "Decision": NodeStyle("#3A4150", "#232833", _LIGHT, 80),
    "Mapping": NodeStyle("#B9D4EA", "#86AACA", _DARK, 65),
}

_GREY: Final = "#8A919D"
_TRAIL: Final = LineStyle("#B4BAC4", 1)
#: Relationship type -> style. A type that is not here, such as one that only a source asserts, has the plain one.
LINES: Final[Mapping[str, LineStyle]] = {
    **{
        relationship_type(predicate): style
        for predicate, style in {
            APPLIED_TO_TREAT: LineStyle("#1F6FB2", 5),
            HAS_ADVERSE_EVENT: LineStyle("#B3362B", 5),
            ASSOCIATED_WITH: LineStyle("#C4972A", 3),
            HAS_PHENOTYPE: LineStyle("#D2745B", 3),
            MENTIONS: LineStyle("#6B4A9E", 1),
            OCCURS_TOGETHER: LineStyle("#B4BAC4", 2),
            SUBCLASS_OF: LineStyle("#5C6470", 3),
            BROAD_MATCH: LineStyle("#86AACA", 2),
            CLOSE_MATCH: LineStyle("#86AACA", 2),
            CHEMICALLY_SIMILAR_TO: LineStyle("#86AACA", 2),
            HAS_PART: LineStyle("#15507F", 2),
        }.items()
    },
    "IN_DOCUMENT": _TRAIL,
    "IN_CASE": LineStyle("#C4972A", 1),
    "LINKED_TO": LineStyle("#AD93CC", 2),
    "EVIDENCE_SUBJECT": LineStyle("#D8BC66", 2),
    "EVIDENCE_OBJECT": LineStyle("#D8BC66", 2),
    "ABOUT_MENTION": LineStyle("#D97A1E", 2),
    "DECIDED_BY": LineStyle("#3A4150", 2),
    "MAPS": LineStyle("#86AACA", 2),
}


def grass() -> str:
    """Return the style as a GraSS file, without comments: the language has none.

    >>> grass().splitlines()[:2]
    ['node {', '  diameter: 50px;']
    """
    rules = [_rule("node", _node(_PLAIN, caption="{name}"))]
    rules += [_rule(f"node.{label}", _node(style, caption="{name}")) for label, style in NODES.items()]
    rules.append(_rule("relationship", _line(LineStyle(_GREY, 1))))
    rules += [_rule(f"relationship.{kind}", _line(style)) for kind, style in LINES.items()]
    return "\n".join(rules)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).

    >>> round(contrast("#000000", "#FFFFFF")), round(contrast("#777777", "#FFFFFF"), 1)
    (21, 4.5)
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _node(style: NodeStyle, caption: str) -> dict[str, str]:
    return {
        "diameter": f"{style.diameter}px",
        "color": style.color,
        "border-color": style.border,
        "border-width": "2px",
        "text-color-internal": style.text,
        "font-size": "10px",
        "caption": f"'{caption}'",
    }


def _line(style: LineStyle) -> dict[str, str]:
    return {
        "color": style.color,
        "shaft-width": f"{style.width}px",
        "font-size": "8px",
        "padding": "3px",
        "text-color-external": _DARK,
        # The words of the type's own label in the overview.
        "text-color-internal": max(_DARK, _LIGHT, key=lambda words: contrast(words, style.color)),
        "caption": "'<type>'",
    }


def _rule(selector: str, properties: Mapping[str, str]) -> str:
    return f"{selector} {{\n" + "".join(f"  {key}: {value};\n" for key, value in properties.items()) + "}\n"
