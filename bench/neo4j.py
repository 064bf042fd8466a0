"""How fast a graph comes into Neo4j: `kg load neo4j`, KGX's uploader, and a plain loop of UNWIND and MERGE.

python bench/neo4j.py [--documents N] [--kgx-python PYTHON] [--sessions N ...]

One run, one server of its own, one synthetic graph; before each way the database is emptied and its schema dropped, and
before all of them each loads a small graph, so that none pays for the start of the server's machine. KGX needs its
packages: `python -m venv /tmp/kgx && /tmp/kgx/bin/pip install kgx`, then `--kgx-python /tmp/kgx/bin/python`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# In place of this folder, where this very file would stand for the driver.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.live.neo4jjars import Installation
from kg.live.neo4jserver import Access, Neo4jServer
from kg.views.neo4j import Neo4jTarget, load, schema_statements
from kg.views.propertygraph import MARKER, iter_nodes, iter_relationships, node_groups, relationship_groups
from tests.generated import generate

#: Rows of a transaction of the plain loop, as KGX has them too.
PLAIN = 10_000

#: Run by KGX's interpreter; the password comes from the environment. KGX would fetch the Biolink Model from the web;
#: it gets the one of its package biolink-model, without the maps of older predicates and of prefixes, which nothing here
#: asks for.
KGX = """
import json, os, sys, time
from pathlib import Path
import biolink_model, bmt.toolkit
schema = Path(biolink_model.__path__[0], "schema", "biolink_model.yaml")
bmt.toolkit.Toolkit.__init__.__defaults__ = (str(schema), {"predicate mappings": []})
import kgx.prefix_manager
kgx.prefix_manager.get_jsonld_context = lambda name="biolink": {}
from kgx.transformer import Transformer
nodes, edges, uri, user = sys.argv[1:]
transformer = Transformer(stream=False)
transformer.transform({"filename": [nodes, edges], "format": "jsonl"})
began = time.perf_counter()
transformer.save({"uri": uri, "username": user, "password": os.environ["NEO4J_PASSWORD"], "format": "neo4j"})
print(json.dumps(time.perf_counter() - began))
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One way: seconds in all, those of the relationships alone where they can be told apart, what is there then.

    ``client`` and ``server`` are the seconds of processors that either took, which other programs disturb less.
    """

    way: str
    seconds: float
    relationships: float | None
    client: float
    server: float
    nodes_held: int
    held: int


class Bench:
    """The ways into one server.

    Args:
        access: the server.
        scratch: a folder for files.
        kgx: interpreter with KGX, or None.
        pid: the server's process.
    """

    def __init__(self, access: Access, scratch: Path, kgx: str | None, pid: int) -> None:
        self.access = access
        self.pid = pid
        self.scratch = scratch
        self.kgx = kgx
        self.target = Neo4jTarget(access.uri, access.user, access.password)

    def wipe(self) -> None:
        """Empty the database and drop its schema."""
        with self.target.session(write=True) as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
            for row in session.run("SHOW CONSTRAINTS YIELD name").data():
                session.run(f"DROP CONSTRAINT `{row['name']}`").consume()
            for row in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").data():
                session.run(f"DROP INDEX `{row['name']}`").consume()

    def measured(self, way: str, work: Callable[[], tuple[float, float | None]]) -> Result:
        """Run one way and count what is in the database then."""
        client, server = _own(), _of(self.pid)
        seconds, relationships = work()
        client, server = _own() - client, _of(self.pid) - server
        rows = self.target.run_read(f"RETURN COUNT {{ (n) WHERE NOT n:{MARKER}Load }} AS n, COUNT {{ ()-->() }} AS r")
        return Result(way, seconds, relationships, client, server, rows[0]["n"], rows[0]["r"])

    def ours(self, graph: GraphFolder, sessions: int) -> tuple[float, float | None]:
        """Load as the command does, with a connection of its own."""
        access = self.access
        seen: dict[str, list[float]] = {}

        def progress(what: str, _done: int, _total: int) -> None:
            seen.setdefault(what, []).append(time.perf_counter())

        began = time.perf_counter()
        with Neo4jTarget(access.uri, access.user, access.password) as target:
            load(graph, target, sessions=sessions, progress=progress)
        seconds = time.perf_counter() - began
        if "relationships" not in seen:
            return seconds, None
        return seconds, seen["relationships"][-1] - seen.get("nodes", [began])[-1]

    def plain(self, graph: GraphFolder) -> tuple[float, float | None]:
        """Send maps of 10,000 rows from one session and merge them: what most loaders do. The same schema."""

        def send(query: str, rows: list[dict[str, object]]) -> None:
            session.execute_write(lambda t: t.run(query, rows=rows).consume())

        began = time.perf_counter()
        with self.target.session(write=True) as session:
            for statement in schema_statements():
                session.run(statement).consume()
            session.run("CALL db.awaitIndexes(300)").consume()
            for labels, nodes in node_groups(graph, PLAIN):
                query = f"UNWIND $rows AS r MERGE (n:{MARKER} {{id: r.id}}) SET n:{':'.join(labels)} SET n += r"
                send(query, [node.properties for node in nodes])
            between = time.perf_counter()
            for group, links in relationship_groups(graph, PLAIN):
                query = (
                    f"UNWIND $rows AS r MATCH (a:{MARKER} {{id: r.s}}) MATCH (b:{MARKER} {{id: r.e}}) "
                    f"MERGE (a)-[x:{group.type} {{id: r.p.id}}]->(b) SET x += r.p"
                )
                send(query, [{"s": x.start, "e": x.end, "p": x.properties} for x in links])
        end = time.perf_counter()
        return end - began, end - between

    def uploader(self, graph: GraphFolder) -> tuple[float, float | None]:
        """Let KGX upload the same nodes and edges from JSON lines; its reading of them is not counted.

        Its own statement for the constraint is none that Neo4j 5 knows, and it goes on without an index;
        here the constraint is made for it.
        """
        nodes, edges = self.scratch / "kgx_nodes.jsonl", self.scratch / "kgx_edges.jsonl"
        with nodes.open("w", encoding="utf-8") as stream:
            for node in iter_nodes(graph):
                # Its graph in memory takes no attribute of the name `node`, which mappings have.
                row = {"at" if key == "node" else key: value for key, value in node.properties.items()}
                row["category"] = [f"biolink:{label}" for label in node.labels]
                stream.write(json.dumps(row) + "\n")
        with edges.open("w", encoding="utf-8") as stream:
            for link in iter_relationships(graph):
                ends = {"subject": link.start, "object": link.end, "predicate": f"biolink:{link.type.lower()}"}
                stream.write(json.dumps({**link.properties, **ends}) + "\n")
        with self.target.session(write=True) as session:
            session.run("CREATE CONSTRAINT FOR (n:`biolink:NamedThing`) REQUIRE n.id IS UNIQUE").consume()
        done = subprocess.run(
            [str(self.kgx), "-c", KGX, str(nodes), str(edges), self.access.uri, self.access.user],
            env={**os.environ, "NEO4J_PASSWORD": self.access.password},
            capture_output=True,
            check=False,
        )
        if done.returncode:
            # The bench goes on without it, and says so.
            print(f"KGX failed:\n{done.stderr.decode()[-2000:]}")
            return float("nan"), None
        return float(done.stdout.decode().splitlines()[-1]), None


def _own() -> float:
    """Return the processor seconds of this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _of(pid: int) -> float:
    """Return the processor seconds of another process; 0 where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def changed(graph: GraphFolder, to: Path) -> tuple[GraphFolder, int]:
    """Return a copy of a graph of whose edges every hundredth is changed, and how many that are."""
    shutil.copytree(graph.path, to)
    rows = graph.table("edges").to_pylist()
    for row in rows[::100]:
        row["original_predicate"] = "changed"
    write_table(to / "edges.parquet", "edges", rows)
    return GraphFolder(to), len(rows[::100])


def print_results(results: list[Result], relationships: int) -> None:
    """Print a table in Markdown; ratios are to the plain loop, by the seconds in all."""
    plain = next(result.seconds for result in results if result.way.startswith("plain"))
    print(
        "\n| way | seconds | relationships a second | in their phase | ratio | processor seconds: client, server | held |"
    )
    print("|---|--:|--:|--:|--:|--:|---|")
    for one in results:
        whole = ", first" in one.way or "load neo4j" not in one.way
        alone = f"{relationships / one.relationships:,.0f}" if one.relationships and whole else ""
        rate = f"{relationships / one.seconds:,.0f}" if whole else ""
        print(
            f"| {one.way} | {one.seconds:.2f} | {rate} | {alone} | {plain / one.seconds:.2f} | "
            f"{one.client:.1f}, {one.server:.1f} | {one.nodes_held:,}, {one.held:,} |"
        )


def main(arguments: list[str]) -> None:
    """Measure every way and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--documents", type=int, default=2250, help="documents of the graph; 2,250: 200,000 relationships"
    )
    parser.add_argument("--kgx-python", help="interpreter of an environment that has KGX; without it KGX is left out")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 2, 3], help="sessions of kg load neo4j")
    options = parser.parse_args(arguments)
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as base:
        scratch = Path(base)
        graph = GraphFolder(generate(scratch / "graph", documents=options.documents, diseases=120, chemicals=60))
        small = GraphFolder(generate(scratch / "small", documents=250, diseases=60, chemicals=30))
        other, edges = changed(graph, scratch / "changed")
        relationships = sum(1 for _ in iter_relationships(graph))
        nodes = sum(1 for _ in iter_nodes(graph))
        print(f"{nodes:,} nodes, {relationships:,} relationships; load of the machine before: {os.getloadavg()[0]:.1f}")
        with Neo4jServer(Installation.get(), scratch / "server", grace=5) as server:
            bench = Bench(server.access, scratch, options.kgx_python, server.pid or 0)
            print("warming up ...", flush=True)
            for _ in range(3):
                bench.wipe()
                bench.ours(small, 2)
                bench.wipe()
                bench.plain(small)
            ways: list[tuple[str, bool, Callable[[], tuple[float, float | None]]]] = [
                ("plain UNWIND and MERGE, one session", True, lambda: bench.plain(graph)),
                *(
                    (f"kg load neo4j, first, --sessions {n}", True, lambda n=n: bench.ours(graph, n))
                    for n in options.sessions
                ),
                ("kg load neo4j, unchanged", False, lambda: bench.ours(graph, 2)),
                (f"kg load neo4j, {edges} edges changed", False, lambda: bench.ours(other, 2)),
            ]
            if options.kgx_python:
                ways.append(("KGX, uploader", True, lambda: bench.uploader(graph)))
            else:
                print("KGX is left out: no --kgx-python")
            for way, anew, work in ways:
                if anew:
                    bench.wipe()
                results.append(bench.measured(way, work))
                print(f"{results[-1]} (load {os.getloadavg()[0]:.1f})", flush=True)
            bench.target.close()
    print_results(results, relationships)


if __name__ == "__main__":
    main(sys.argv[1:])
