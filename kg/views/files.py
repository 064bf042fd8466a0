"""The graph as one file: RDF for triple stores, GraphML and JSON for network tools.

Every format is deterministic: the same graph is the same bytes. RDF is sorted out of core, GraphML streamed; node-link
JSON needs the graph in memory. A file is written beside and renamed, so it is whole or not there.
"""

from __future__ import annotations

import heapq
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO, TextIO

import networkx as nx
import pyoxigraph as ox

from kg.errors import InputError, UnknownNameError
from kg.graph.store import GraphFolder
from kg.views.graphml import graphml_lines
from kg.views.network import to_networkx
from kg.views.rdf import rdf_quads
from kg.views.rdfvocabulary import all_prefixes

#: Lines that are sorted in memory at a time, and sorted runs that are merged at a time.
RUN, FAN_IN = 200_000, 64


def export(folder: GraphFolder, form: str, output: Path | BinaryIO, *, trail: bool = False) -> None:
    """Write the graph in one of :data:`FORMATS`.

    Args:
        folder: the graph.
        form: name of the format.
        output: the file, or an open binary stream.
        trail: whether the network formats hold mentions, evidence, findings, mappings and decisions too; RDF always does.

    Raises:
        UnknownNameError: if there is no such format.
        InputError: if the file cannot be written where it should be.
    """
    if form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS)
    write = FORMATS[form]
    if not isinstance(output, Path):
        write(folder, output, trail)
        return
    if output.is_dir() or not output.parent.is_dir():
        raise InputError(f"{output} is a folder, or stands in none; name a file", value=str(output))
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            write(folder, stream, trail)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def write_nquads(folder: GraphFolder, stream: BinaryIO, _trail: bool = True) -> None:
    """Write canonical N-Quads: each quad once, lines in order of code points.

    There are no blank nodes, so this is the canonical form of RDFC-1.0 (https://www.w3.org/TR/rdf-canon/):
    two files are equal where the graphs are, and `diff` shows what changed.
    """
    for line in sorted_lines(f"{quad} ." for quad in rdf_quads(folder)):
        stream.write(f"{line}\n".encode())


def write_turtle(folder: GraphFolder, stream: BinaryIO, _trail: bool = True) -> None:
    """Write Turtle with prefixes: the union of the named graphs, whose names Turtle cannot hold."""
    lines = sorted_lines(f"{quad.triple} ." for quad in rdf_quads(folder))
    _reserialize(lines, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, stream)


def write_jsonld(folder: GraphFolder, stream: BinaryIO, _trail: bool = True) -> None:
    """Write expanded JSON-LD, one object a named graph (https://www.w3.org/TR/json-ld11/#named-graphs)."""
    # The graph's name comes first, so that each graph stands in one piece.
    lines = sorted_lines(f"{quad.graph_name} {quad.triple}" for quad in rdf_quads(folder))
    quads = ("{2} {0} .".format(*line.partition(" ")) for line in lines)
    _reserialize(quads, ox.RdfFormat.N_QUADS, ox.RdfFormat.JSON_LD, stream)


def write_graphml(folder: GraphFolder, stream: BinaryIO, trail: bool = False) -> None:
    """Write GraphML; lists are joined (see :func:`kg.views.graphml.join_list`)."""
    stream.writelines(line.encode() for line in graphml_lines(folder, trail=trail))


def write_networkx_json(folder: GraphFolder, stream: BinaryIO, trail: bool = False) -> None:
    """Write node-link JSON, which ``networkx.node_link_graph(data, edges="edges")`` reads back."""
    data = nx.node_link_data(to_networkx(folder, trail=trail), edges="edges")
    encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    chunks = iter(encoder.iterencode(data))
    # One piece at a time would be a system call for each comma.
    while piece := "".join(islice(chunks, 50_000)):
        stream.write(piece.encode())
    stream.write(b"\n")


#: Format -> what writes it.
FORMATS: dict[str, Callable[[GraphFolder, BinaryIO, bool], None]] = {
    "turtle": write_turtle,
    "nquads": write_nquads,
    "jsonld": write_jsonld,
    "graphml": write_graphml,
    "networkx-json": write_networkx_json,
}


def sorted_lines(lines: Iterable[str], *, run: int = RUN) -> Iterator[str]:
    """Yield lines sorted by code points, each once, holding no more than ``run`` of them in memory.

    Args:
        lines: lines without line breaks.
        run: lines sorted in memory at a time.

    >>> list(sorted_lines(["b", "a", "c", "a"], run=2))
    ['a', 'b', 'c']
    """
    source = iter(lines)
    first = sorted(islice(source, run))
    if len(first) < run:
        yield from (line for line, _ in groupby(first))
        return
    with tempfile.TemporaryDirectory() as folder:
        waiting = [_spill(first, Path(folder) / "0")]
        for number, chunk in enumerate(iter(lambda: sorted(islice(source, run)), []), 1):
            waiting.append(_spill(chunk, Path(folder) / str(number)))
        # Few files are open at a time, whatever the size.
        count = len(waiting)
        while len(waiting) > FAN_IN:
            merged, waiting = waiting[:FAN_IN], waiting[FAN_IN:]
            waiting.append(_spill(_merge(merged), Path(folder) / str(count)))
            count += 1
            for file in merged:
                file.unlink()
        yield from _merge(waiting)


def _spill(lines: Iterable[str], file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)
    return file


def _merge(files: Iterable[Path]) -> Iterator[str]:
    def read(stream: TextIO) -> Iterator[str]:
        return (line[:-1] for line in stream)

    with ExitStack() as stack:
        streams = [stack.enter_context(file.open(encoding="utf-8", newline="\n")) for file in files]
        yield from (line for line, _ in groupby(heapq.merge(*map(read, streams))))


def _reserialize(lines: Iterable[str], read: ox.RdfFormat, write: ox.RdfFormat, stream: BinaryIO) -> None:
    """Write sorted lines of RDF in another syntax, without holding them in memory."""
    prefixes = all_prefixes() if write == ox.RdfFormat.TURTLE else None
    with tempfile.TemporaryDirectory() as folder:
        plain, made = _spill(lines, Path(folder) / "lines"), Path(folder) / "made"
        # Straight to a file: the serialiser writes a stream in one piece when all is done.
        ox.serialize(ox.parse(path=plain, format=read), made, format=write, prefixes=prefixes)
        with made.open("rb") as source:
            # The serialiser writes the prefixes first, one a line, in another order each time.
            stream.writelines(sorted(source.readline() for _ in prefixes or ()))
            shutil.copyfileobj(source, stream)
