"""The import CSV: deterministic bytes, and a real importer and server that read it back exactly."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.errors import GraphError, InputError, ServerError
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.queries.run import check_loaded
from kg.views.importcheck import check_folder
from kg.views.neo4j import Neo4jTarget, load, stamp
from kg.views.neo4jcsv import write_csv
from kg.views.propertygraph import iter_nodes, iter_relationships
from tests.neo4jserver import Installation, Neo4jServer

ODD = [
    'quote " and "" and \\" and \\',
    "a,b;c|d\te",
    "first\nsecond\r\nthird\n",
    " spaces before and after ",
    "\u03b1\u03b2 \U0001f600 e\u0301 \u202eabc",
    "",
    "NULL",
    "007",
    "'single' `back` ${HOME} $(id)",
    '"',
    '""',
    'ends in a quote"',
    '"begins with one',
    "\\",
    "ends in a backslash\\",
    'a backslash and a quote \\"',
    ",",
    "\n",
    "\r",
    "\r\n\r\n",
    "\u2028line\u2029paragraph\x85next\x0bvertical\x0cform",
    "nul \x00, escape \x1b, bell \x07, delete \x7f",
    "\ufeffmark, \ufffe and \uffff, " + chr(0x10FFFF),
    '"\uffff"\uffff',
    "1e5",
    "-0",
    "true",
    "FALSE",
    "[1, 2]",
    "{}",
    ":ID",
    "id:ID(casegraph),name:string",
    "#+ comment",
    "=1+1",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "long " + 'x,"\n' * 20_000,
]
#: Longer than the importer's usual buffer, in characters of UTF-16.
LONGEST = "\U0001f600" * 2_200_000


@pytest.fixture(scope="module")
def odd(generated: GraphFolder, tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """The generated graph with odd strings in text and list columns of several tables."""
    folder = tmp_path_factory.mktemp("odd") / "graph"
    shutil.copytree(generated.path, folder)

    def text(i: int) -> str:
        return ODD[i % len(ODD)]

    nodes = generated.table("nodes").to_pylist()
    for i, row in enumerate(nodes):
        row["source"] = text(i)
        row["synonyms"] = [s for s in (text(i), text(i + 1), text(i + 2)) if s]
    evidence = generated.table("evidence").to_pylist()
    for i, row in enumerate(evidence):
        row["release"] = text(i)
        row["outcome"] = text(i + 1) if i % 2 else None
    mentions = generated.table("mentions").to_pylist()
    for i, row in enumerate(mentions):
        row["text"] = text(i)
    edges = generated.table("edges").to_pylist()
    for i, row in enumerate(edges):
        row["original_predicate"] = text(i)
    edges[0]["lift"], edges[1]["lift"], edges[2]["lift"] = float("inf"), float("-inf"), 5e-324
    evidence[0]["sentence"] = LONGEST
    for name, rows in (("nodes", nodes), ("evidence", evidence), ("mentions", mentions), ("edges", edges)):
        write_table(folder / f"{name}.parquet", name, rows)
    return GraphFolder(folder)


def _read(out: Path, name: str) -> list[dict[str, str]]:
    with (out / f"{name}-header.csv").open(encoding="utf-8", newline="") as file:
        (header,) = csv.reader(file)
    csv.field_size_limit(1 << 24)
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [dict(zip(header, row, strict=True)) for row in csv.reader(file)]


def test_files_hold_every_record(odd: GraphFolder, tmp_path: Path) -> None:
    report = write_csv(odd, tmp_path)
    assert report.nodes == dict(Counter(n.labels[0] for n in iter_nodes(odd)))
    assert report.relationships == dict(Counter(r.type for r in iter_relationships(odd)))
    for label, count in report.nodes.items():
        assert len(_read(tmp_path, f"nodes-{label}")) == count
    for kind, count in report.relationships.items():
        assert len(_read(tmp_path, f"relationships-{kind}")) == count
    assert sorted(report.files) == sorted(p.name for p in tmp_path.iterdir())
    rows = {row["id:ID(casegraph)"]: row for row in _read(tmp_path, "nodes-Disease")}
    node = next(n for n in iter_nodes(odd) if n.labels[0] == "Disease" and len(n.properties["synonyms"]) == 3)
    assert rows[node.id]["synonyms:string[]"].split("\x1f") == node.properties["synonyms"]
    assert rows[node.id]["documents:long"] == str(node.properties["documents"])


def test_same_graph_same_bytes(odd: GraphFolder, tmp_path: Path) -> None:
    first, second = write_csv(odd, tmp_path / "a"), write_csv(odd, tmp_path / "b")
    assert first.files == second.files
    for name in first.files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_another_delimiter_where_a_name_holds_the_first(odd: GraphFolder, tmp_path: Path) -> None:
    shutil.copytree(odd.path, tmp_path / "graph")
    rows = odd.table("nodes").to_pylist()
    rows[0]["synonyms"] = ["one\x1funit", "two"]
    write_table(tmp_path / "graph" / "nodes.parquet", "nodes", rows)
    write_csv(GraphFolder(tmp_path / "graph"), tmp_path / "csv")
    assert "--array-delimiter=U+001E" in (tmp_path / "csv" / "import.sh").read_text("utf-8")
    found = [r for p in (tmp_path / "csv").glob("nodes-*-header.csv") for r in _read(p.parent, p.name[:-11])]
    assert "one\x1funit\x1etwo" in {row.get("synonyms:string[]") for row in found}


def test_what_is_written_passes_the_check(odd: GraphFolder, tmp_path: Path) -> None:
    written = write_csv(odd, tmp_path)
    report = check_folder(tmp_path)
    assert report.problems == []
    assert (report.nodes, report.relationships) == (sum(written.nodes.values()), sum(written.relationships.values()))


def test_the_buffer_and_the_line_ends_are_those_of_the_files(generated: GraphFolder, tmp_path: Path) -> None:
    def script(**columns: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(generated.path, folder)
        for table in ("nodes", "documents", "mentions", "evidence", "findings"):
            rows = generated.table(table).to_pylist()
            for row in rows:
                for key, value in row.items():
                    if isinstance(value, str | list):
                        row[key] = json.loads(json.dumps(value).replace("\\n", " "))
            rows[0] |= columns if table == "evidence" else {}
            write_table(folder / f"{table}.parquet", table, rows)
        write_csv(GraphFolder(folder), folder / "csv")
        assert check_folder(folder / "csv").passed
        return (folder / "csv" / "import.sh").read_text("utf-8")

    assert "--multiline-fields=false" in script()
    assert "--read-buffer-size=4m" in script()
    assert "--multiline-fields=true" in script(outcome="two\rlines")
    assert "--read-buffer-size=8m" in script(outcome="x" * 2_200_000)


def test_what_csv_cannot_say_is_an_error(generated: GraphFolder, tmp_path: Path) -> None:
    shutil.copytree(generated.path, tmp_path / "graph")
    rows = generated.table("nodes").to_pylist()
    rows[0]["synonyms"] = [""]
    write_table(tmp_path / "graph" / "nodes.parquet", "nodes", rows)
    with pytest.raises(GraphError, match="kg load neo4j"):
        write_csv(GraphFolder(tmp_path / "graph"), tmp_path / "csv")


def test_the_graph_folder_is_no_place_for_it(odd: GraphFolder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder of their own"):
        write_csv(odd, odd.path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="folder of their own"):
        write_csv(odd, tmp_path / "file")


@pytest.fixture(scope="module")
def imported(
    odd: GraphFolder, neo4j_installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Neo4jServer]:
    """The folder of files, and a server (not started) whose database they were imported into."""
    out = tmp_path_factory.mktemp("csv")
    write_csv(odd, out)
    server = Neo4jServer(neo4j_installation, tmp_path_factory.mktemp("imported"), grace=1)
    server.prepare()
    admin = server.home / "neo4j-admin"
    command = shlex.join(neo4j_installation.admin_command(server.home))
    admin.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    admin.chmod(0o700)
    report = server.home / "import.report"
    home = {"NEO4J_HOME": str(server.home), "NEO4J_CONF": str(server.home / "conf")}
    done = subprocess.run(
        ["sh", str(out / "import.sh"), "neo4j", f"--report-file={report}"],
        env={**os.environ, **home, "NEO4J_ADMIN": str(admin)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    # The importer reports what it skipped: nothing.
    assert not report.exists() or not report.read_text("utf-8").strip()
    return out, server


@pytest.mark.neo4j
def test_a_read_only_server_is_not_loaded(
    odd: GraphFolder, imported: tuple[Path, Neo4jServer], neo4j_installation: Installation
) -> None:
    _, before = imported
    readonly = Neo4jServer(
        neo4j_installation,
        before.home,
        password=before.access.password,
        settings=("server.databases.default_to_read_only=true",),
        grace=1,
    )
    with readonly as server, Neo4jTarget(server.access.uri, server.access.user, server.access.password) as target:
        with pytest.raises(ServerError, match=r"database neo4j .*cannot be written .*make it writable"):
            load(odd, target)
        assert target.run_read("MATCH (n:Disease) RETURN count(n) AS n") == [{"n": 40}]


@pytest.mark.neo4j
def test_the_importer_reads_it_back(odd: GraphFolder, imported: tuple[Path, Neo4jServer]) -> None:
    out, server = imported
    nodes = {n.id: (frozenset((*n.labels, "Casegraph")), n.properties) for n in iter_nodes(odd)}
    links = {r.id: (r.type, r.start, r.end, r.properties) for r in iter_relationships(odd)}
    with server, Neo4jTarget(server.access.uri, server.access.user, server.access.password) as target:
        assert _nodes(target) == nodes
        rows = target.run_read("MATCH (a)-[r]->(b) RETURN a.id AS s, b.id AS e, type(r) AS t, r")
        assert {row["r"]["id"]: (row["t"], row["s"], row["e"], row["r"]) for row in rows} == links
        # The schema comes with the files, and a load over Bolt finds everything as it would have left it.
        with target.session(write=True) as session:
            for statement in (out / "schema.cypher").read_text("utf-8").split(";\n"):
                if statement:
                    session.run(statement).consume()
        check_loaded(odd, target)
        report = load(odd, target)
        assert report.stamp == stamp(odd)
        assert (report.written_nodes, report.written_relationships) == (0, 0)
        assert (report.stale_nodes, report.stale_relationships) == (0, 0)
        assert _nodes(target) == nodes
        assert target.run_read("MATCH ()-[r]->() RETURN count(r) AS n") == [{"n": len(links)}]


def _nodes(target: Neo4jTarget) -> dict[str, Any]:
    rows = target.run_read("MATCH (n) WHERE NOT n:CasegraphLoad RETURN n, labels(n) AS l")
    assert len({row["n"]["id"] for row in rows}) == len(rows)
    return {row["n"]["id"]: (frozenset(row["l"]), row["n"]) for row in rows}
