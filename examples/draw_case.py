"""Draw one document of a graph as SVG: the page, what it asserts, what was linked, and what that is a kind of.

python examples/draw_case.py DIR [DOCUMENT] > case.svg
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import kg

COLUMNS = ("document and case", "mention, as asserted", "entity", "hierarchy")
FILL = {"biolink:Disease": "#fde2e2", "biolink:ChemicalEntity": "#dff0e3", "biolink:JournalArticle": "#e6ecf7",
        "biolink:Case": "#f6eed6", "mention": "#f4f4f4"}  # fmt: skip
WIDTH, GAP, HEIGHT = 325, 100, 62


@dataclass(frozen=True)
class Box:
    """A node of the picture: where it stands and what it says."""

    column: int
    row: float
    title: str
    below: str
    fill: str

    @property
    def x(self) -> float:
        return 20 + self.column * (WIDTH + GAP)

    @property
    def y(self) -> float:
        return 60 + self.row * (HEIGHT + 26)

    def svg(self) -> str:
        lines = wrap(self.title, 38)[:2]
        text = "".join(f'<tspan x="{self.x + 10}" dy="16">{escape(line)}</tspan>' for line in lines)
        return (
            f'<rect x="{self.x}" y="{self.y}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{self.fill}" stroke="#777"/>'
            f'<text x="{self.x + 10}" y="{self.y + 4}" font-weight="bold">{text}</text>'
            f'<text x="{self.x + 10}" y="{self.y + HEIGHT - 9}" fill="#555" font-size="11">{escape(self.below)}</text>'
        )


def arrow(start: Box, end: Box, label: str, colour: str, *, dashed: bool = False) -> str:
    """Return an arrow between two boxes, curved, with a label at its middle."""
    same = start.column == end.column
    if same:
        down = end.y > start.y
        x1 = x2 = start.x + WIDTH / 2
        y1, y2 = (start.y + HEIGHT, end.y) if down else (start.y, end.y + HEIGHT)
    else:
        right = start.column < end.column
        x1, x2 = (start.x + WIDTH, end.x) if right else (start.x, end.x + WIDTH)
        y1, y2 = start.y + HEIGHT / 2, end.y + HEIGHT / 2
    bend = 0 if same else (x2 - x1) / 2
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    return (
        f'<path d="M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}" fill="none" stroke="{colour}" stroke-width="1.6"'
        f'{dash} marker-end="url(#tip)"/>'
        f'<text x="{(x1 + x2) / 2 + (6 if same else 0)}" y="{(y1 + y2) / 2 + (4 if same else -8):g}" font-size="11" fill="{colour}"'
        f' text-anchor="{"start" if same else "middle"}">{escape(label)}</text>'
    )


def draw(graph: kg.Graph, document: str) -> Iterator[str]:
    """Yield the lines of the picture of a document."""
    folder = graph.folder
    nodes = {n["id"]: n for n in folder.rows("nodes")}
    mentions = folder.select("mentions", "document", [document])
    links = {link["mention"]: link for link in folder.select("links", "document", [document])}
    page = Box(0, 0, nodes[document]["name"], document, FILL["biolink:JournalArticle"])
    boxes = {document: page}
    shown: list[str] = []
    for i, case in enumerate(folder.select("cases", "document", [document]), 1):
        follow = f"followed {case['follow_up']:g} {case['follow_up_unit']}s" if case["follow_up"] else ""
        told = ", ".join(filter(None, (case["outcome"], follow)))
        boxes[case["id"]] = Box(0, 1.4 * i, case["name"].partition(": ")[2] or case["name"], told, FILL["biolink:Case"])
        shown.append(arrow(page, boxes[case["id"]], "mentions", "#777"))
    rank = {link["node"]: i for i, link in enumerate(sorted(links.values(), key=lambda k: str(k["node"])))}
    for i, mention in enumerate(sorted(mentions, key=lambda m: (rank.get(links[m["id"]]["node"], 0), m["line"]))):
        boxes[mention["id"]] = Box(
            1, i, mention["text"], f"{mention['asserted_as']} · {mention['source_list']}", FILL["mention"]
        )
        shown.append(arrow(page, boxes[mention["id"]], "", "#999"))
    wanted = dict.fromkeys(link["node"] for link in links.values() if link["node"])
    for node in wanted:
        rows = [boxes[m].row for m, link in links.items() if link["node"] == node]
        below = ", ".join(nodes[node]["equivalent_identifiers"])
        boxes[node] = Box(
            2, sum(rows) / len(rows), nodes[node]["name"], below, FILL.get(nodes[node]["category"], "#eee")
        )
    up = 0.0
    edges = [e for e in folder.rows("edges") if e["predicate"] in {"biolink:subclass_of", "biolink:broad_match"}]
    height_of = {node: boxes[node].row for node in wanted}
    edges.sort(key=lambda e: (height_of.get(e["subject"], height_of.get(e["object"], 0)), e["object"], e["subject"]))
    for edge in edges:
        if (edge["subject"] in wanted) != (edge["object"] in wanted):
            other = edge["object"] if edge["subject"] in wanted else edge["subject"]
            if other not in boxes:
                boxes[other] = Box(3, up, nodes[other]["name"], other, FILL.get(nodes[other]["category"], "#eee"))
                up += 1
            shown.append(
                arrow(boxes[edge["subject"]], boxes[edge["object"]], edge["predicate"].partition(":")[2], "#777")
            )
    for mention in mentions:
        link = links[mention["id"]]
        if link["node"]:
            wrong = link["verdict"] == "corrected"
            shown.append(
                arrow(boxes[mention["id"]], boxes[link["node"]], link["verdict"], "#c0392b" if wrong else "#1e8449")
            )
    for edge in folder.rows("edges"):
        if edge["predicate"] == "biolink:applied_to_treat" and document in edge["publications"]:
            label = f"applied_to_treat +{edge['support']} −{edge['contradiction']} ?{edge['unknown']}"
            shown.append(arrow(boxes[edge["subject"]], boxes[edge["object"]], label, "#1f4e9c"))
    height = max(b.y for b in boxes.values()) + HEIGHT + 20
    width = 20 + len(COLUMNS) * (WIDTH + GAP) - GAP + 20
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" font-family="sans-serif" font-size="13">'
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    yield '<path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs><rect width="100%" height="100%" fill="white"/>'
    for i, title in enumerate(COLUMNS):
        yield f'<text x="{20 + i * (WIDTH + GAP)}" y="32" fill="#555" font-size="15">{title}</text>'
    yield from shown
    yield from (box.svg() for box in boxes.values())
    yield "</svg>"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    opened = kg.open(sys.argv[1])
    first = next(iter(opened.folder.rows("documents")))["id"]
    print("\n".join(draw(opened, sys.argv[2] if len(sys.argv) > 2 else first)))
