"""Exports: other tools read back the same graph, same graph is same bytes, a file is whole or not there."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import BinaryIO

import networkx as nx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Dataset, Graph, URIRef

from kg.commands import cli
from kg.errors import InputError, UnknownNameError
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.views import files
from kg.views.files import FORMATS, export, sorted_lines
from kg.views.graphml import join_list, split_list
from kg.views.network import to_networkx
from kg.views.rdf import load_store, rdf_quads
from tests.generated import generate


def written(folder: GraphFolder, form: str, *, trail: bool = False) -> bytes:
    """Return what an export writes."""
    out = io.BytesIO()
    export(folder, form, out, trail=trail)
    return out.getvalue()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return GraphFolder(generate(tmp_path_factory.mktemp("small") / "graph", documents=6, diseases=8, chemicals=5))


def test_nquads_are_sorted_whole_and_readable(small: GraphFolder) -> None:
    text = written(small, "nquads").decode()
    lines = text.removesuffix("\n").split("\n")
    assert lines == sorted(set(lines))
    assert set(ox.parse(text, format=ox.RdfFormat.N_QUADS)) == set(rdf_quads(small))
    # A second reader, written by others.
    dataset = Dataset().parse(data=text, format="nquads")
    assert sum(1 for _ in dataset.quads()) == len(lines)


def test_nquads_are_canonical(small: GraphFolder) -> None:
    dataset = ox.Dataset(rdf_quads(small))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    wanted = sorted(ox.serialize([quad], format=ox.RdfFormat.N_QUADS) for quad in dataset)
    assert written(small, "nquads") == b"".join(wanted)


def test_turtle_is_the_union_of_the_graphs(small: GraphFolder) -> None:
    text = written(small, "turtle").decode()
    wanted = {quad.triple for quad in rdf_quads(small)}
    assert set(ox.parse(text, format=ox.RdfFormat.TURTLE)) == {
        ox.Quad(t.subject, t.predicate, t.object) for t in wanted
    }
    assert len(Graph().parse(data=text, format="turtle")) == len(wanted)
    assert "MONDO:9000000 a biolink:Disease" in text
    assert "urn:casegraph:graph-" not in text


def test_jsonld_keeps_the_named_graphs(small: GraphFolder) -> None:
    data = written(small, "jsonld")
    assert set(ox.parse(data, format=ox.RdfFormat.JSON_LD)) == set(rdf_quads(small))
    graphs = [part["@id"] for part in json.loads(data)]
    assert graphs == sorted(set(graphs)) == sorted(g.value for g in load_store(small).named_graphs())
    dataset = Dataset().parse(data=data, format="json-ld")
    counts = Counter(quad.graph_name.value for quad in set(rdf_quads(small)))
    for name, count in counts.items():
        assert len(dataset.graph(URIRef(name))) == count


def test_networkx_json_reads_back(small: GraphFolder) -> None:
    for trail in (True, False):
        graph = nx.node_link_graph(json.loads(written(small, "networkx-json", trail=trail)), edges="edges")
        # The reader keeps a node's `id` as the key alone.
        nx.set_node_attributes(graph, {node: node for node in graph}, "id")
        assert nx.utils.graphs_equal(graph, to_networkx(small, trail=trail))


def test_graphml_reads_back(small: GraphFolder) -> None:
    read = nx.read_graphml(io.BytesIO(written(small, "graphml", trail=True)), force_multigraph=True)
    graph = to_networkx(small, trail=True)

    def plain(attributes: dict[str, object]) -> dict[str, object]:
        return {k: join_list(v) if isinstance(v, list) else v for k, v in attributes.items()}

    assert read.graph["build"] == graph.graph["build"]
    # An empty text comes back as no attribute value: GraphML cannot tell the two apart.
    assert {n: {k: v for k, v in a.items() if v not in {"", None}} for n, a in read.nodes(data=True)} == {
        n: {k: v for k, v in plain(a).items() if v != ""} for n, a in graph.nodes(data=True)
    }
    assert Counter((a, b) for a, b in read.edges()) == Counter((a, b) for a, b in graph.edges())
    found = {k: {c: v for c, v in a.items() if v not in {"", None}} for _, _, k, a in read.edges(keys=True, data=True)}
    wanted = {k: {c: v for c, v in plain(a).items() if v != ""} for _, _, k, a in graph.edges(keys=True, data=True)}
    # networkx reads the edge's own `id` attribute as its key.
    assert {k: v | {"id": k} for k, v in found.items()} == {k: v | {"id": k} for k, v in wanted.items()}


def test_graphml_survives_control_characters(tmp_path: Path) -> None:
    path = generate(tmp_path / "graph", documents=3, diseases=5, chemicals=4)
    folder = GraphFolder(path)
    rows = [{**n, "name": "a\x00b\x0bc\ufffe<&>\r\n", "synonyms": ["x|y", "\\", "\x1b"]} for n in folder.rows("nodes")]
    write_table(path / "nodes.parquet", "nodes", rows)
    read = nx.read_graphml(io.BytesIO(written(folder, "graphml")), force_multigraph=True)
    assert {a["name"] for _, a in read.nodes(data=True)} == {"a\ufffdb\ufffdc\ufffd<&>\r\n"}
    assert {tuple(split_list(a["synonyms"])) for _, a in read.nodes(data=True)} == {("x|y", "\\", "\ufffd")}
    assert set(ox.parse(written(folder, "nquads"), format=ox.RdfFormat.N_QUADS)) == set(rdf_quads(folder))


@pytest.mark.parametrize("form", FORMATS)
def test_same_graph_same_bytes_in_another_process(form: str, small: GraphFolder, tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.out"
        command = [sys.executable, "-m", "kg", "export", str(small.path), form, "-o", str(out)]
        done = subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made.append(out.read_bytes())
    assert made[0] == made[1] == written(small, form)


# Sorting and lists ----------------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\n"))), st.integers(1, 5))
def test_sorting_out_of_core_is_sorting(lines: list[str], run: int) -> None:
    assert list(sorted_lines(lines, run=run)) == sorted(set(lines))


def test_sorting_merges_many_runs_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FAN_IN", 3)
    lines = [f"{(i * 7919) % 1000:04d}" for i in range(2000)]
    assert list(sorted_lines(lines, run=10)) == sorted(set(lines))


@given(st.lists(st.text(alphabet="ab|\\\n"), min_size=1))
def test_lists_come_back(items: list[str]) -> None:
    assert split_list(join_list(items)) == items


# Files ----------------------------------------------------------------------------------------------------


def test_a_failed_export_leaves_the_old_file(
    small: GraphFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "graph.nq"
    out.write_text("old", "utf-8")

    def broken(folder: GraphFolder, stream: BinaryIO, trail: bool) -> None:
        stream.write(b"half")
        raise OSError("disk full")

    monkeypatch.setitem(FORMATS, "nquads", broken)
    with pytest.raises(OSError, match="disk full"):
        export(small, "nquads", out)
    assert [f.name for f in tmp_path.iterdir()] == ["graph.nq"]
    assert out.read_text("utf-8") == "old"


def test_what_cannot_be_written_is_said(small: GraphFolder, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean turtle"):
        export(small, "turtel", tmp_path / "x")
    for bad in (tmp_path, tmp_path / "missing" / "x.ttl"):
        with pytest.raises(InputError):
            export(small, "turtle", bad)


def test_command(small: GraphFolder, tmp_path: Path) -> None:
    runner = CliRunner()
    shown = runner.invoke(cli, ["export", str(small.path), "turtle"])
    assert (shown.exit_code, shown.stdout_bytes) == (0, written(small, "turtle"))
    out = tmp_path / "g.graphml"
    done = runner.invoke(cli, ["export", str(small.path), "graphml", "--trail", "-o", str(out)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert out.read_bytes() == written(small, "graphml", trail=True)
    csv = runner.invoke(cli, ["export", str(small.path), "neo4j-csv", "-o", str(tmp_path / "csv")])
    assert csv.exit_code == 0
    assert (tmp_path / "csv" / "import.sh").is_file()
    assert runner.invoke(cli, ["export", str(small.path), "neo4j-csv"]).exit_code == 2
    assert runner.invoke(cli, ["export", str(small.path), "owl"]).exit_code == 2
