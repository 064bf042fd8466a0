"""Exports: what is written can be read back, and twice is the same bytes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib

from kg.errors import UnknownNameError
from kg.graph.store import GraphFolder
from kg.views.files import FORMATS, export
from kg.views.network import to_networkx
from kg.views.rdf import rdf_quads


def _written(folder: GraphFolder, form: str) -> bytes:
    out = io.BytesIO()
    export(folder, form, out)
    return out.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_same_bytes_in_another_process(form: str, generated: GraphFolder, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from kg.views.files import export; from kg.graph.store import GraphFolder; export(GraphFolder(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))"
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(generated.path), form, str(tmp_path / "x")], check=True, env=env)
    assert (tmp_path / "x").read_bytes() == _written(generated, form)


def test_nquads_hold_every_quad(generated: GraphFolder) -> None:
    read = set(ox.parse(_written(generated, "nquads"), ox.RdfFormat.N_QUADS))
    assert read == set(rdf_quads(generated))


def test_turtle_holds_every_triple(generated: GraphFolder) -> None:
    text = _written(generated, "turtle")
    read = {q.triple for q in ox.parse(text, ox.RdfFormat.TURTLE)}
    assert read == {q.triple for q in rdf_quads(generated)}
    # rdflib is the other parser; it must read as many.
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == len(read)


def test_jsonld_holds_every_quad(generated: GraphFolder) -> None:
    read = set(ox.parse(_written(generated, "jsonld"), ox.RdfFormat.JSON_LD))
    assert read == set(rdf_quads(generated))


def test_networkx_json_comes_back(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    read = nx.node_link_graph(json.loads(_written(generated, "networkx-json")), edges="edges")
    for _, data in graph.nodes(data=True):
        del data["id"]  # in node-link JSON the identifier is the node's key alone
    assert nx.utils.graphs_equal(graph, read)


def test_graphml_comes_back(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    read = nx.read_graphml(io.BytesIO(_written(generated, "graphml")), force_multigraph=True)
    assert set(read.nodes) == set(graph.nodes)
    assert read.number_of_edges() == graph.number_of_edges()
    node = "MONDO:9000003"
    assert read.nodes[node]["equivalent_identifiers"] == "|".join(graph.nodes[node]["equivalent_identifiers"])
    names = {read.nodes[n]["name"].replace("\r\n", "\n") for n in read.nodes}
    assert names == {data["name"] for _, data in graph.nodes(data=True)}


def test_a_file_is_replaced_whole(generated: GraphFolder, tmp_path: Path) -> None:
    path = tmp_path / "g.nq"
    export(generated, "nquads", path)
    export(generated, "nquads", path)
    assert [p.name for p in path.parent.iterdir()] == ["g.nq"]


def test_unknown_format(generated: GraphFolder, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean turtle"):
        export(generated, "turtel", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
