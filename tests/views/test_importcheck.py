"""The pre-flight check against the real importer: for each fault, what the one predicts and the other does."""

from __future__ import annotations

import math
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import neo4j
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.views.importcheck import CODES, check_folder
from kg.views.importrows import Fault, Row, RowReader
from kg.views.importscript import ImportScript, read_script
from kg.views.neo4jtarget import Neo4jTarget
from tests.neo4jserver import Installation, Neo4jServer

NODES_HEADER = "id:ID(casegraph),name:string,n:long,d:double,b:boolean,l:string[]\n"
NODES = '"a","A",1,1.5,true,"x\x1fy"\n"b","B \t ""quoted""",-2,2e3,false,""\n"c",,,,,\n'
LINKS_HEADER = ":START_ID(casegraph),:END_ID(casegraph),id:string,w:double\n"
LINKS = '"a","b","r1",0.5\n"b","c","r2",\n'
SCRIPT = """#!/bin/sh
exec "${NEO4J_ADMIN:-neo4j-admin}" database import full "$database" "$@" \\
  --multiline-fields=true --array-delimiter=U+001F \\
  --nodes=Thing:Casegraph=nodes-header.csv,nodes.csv \\
  --relationships=KNOWS=links-header.csv,links.csv
"""
FILES = {
    "nodes-header.csv": NODES_HEADER,
    "nodes.csv": NODES,
    "links-header.csv": LINKS_HEADER,
    "links.csv": LINKS,
    "import.sh": SCRIPT,
}


@dataclass(frozen=True)
class Case:
    """Files that differ from the flawless ones, and where the check must point: code, file, line."""

    name: str
    places: tuple[tuple[str, str, int], ...]
    files: dict[str, str | bytes | None] = field(default_factory=dict)
    refused: bool = True
    #: Whether the real importer is shown it too; it takes a second or two a case.
    tried: bool = True


def nodes(more: str, code: str, line: int = 4, name: str = "", **rest: Any) -> Case:
    return Case(name or code, ((code, "nodes.csv", line),), {"nodes.csv": NODES + more}, **rest)


def links(more: str, code: str, name: str = "", **rest: Any) -> Case:
    return Case(name or code, ((code, "links.csv", 3),), {"links.csv": LINKS + more}, **rest)


def headers(
    code: str, name: str, nodes_header: str = NODES_HEADER, links_header: str = LINKS_HEADER, **rest: Any
) -> Case:
    file = "nodes-header.csv" if nodes_header != NODES_HEADER else "links-header.csv"
    files: dict[str, str | bytes | None] = {"nodes-header.csv": nodes_header, "links-header.csv": links_header}
    return Case(name, ((code, file, 1),), files, **rest)


LARGE = "x" * 200_000
REFUSED = [
    nodes('"a","again",,,,\n', "duplicate-id"),
    nodes('"d","D",1.5,,,\n', "not-a-number"),
    nodes('"d","D",+1,,,\n', "not-a-number", name="a plus for an integer", tried=False),
    nodes('"d","D",,inf,,\n', "not-a-number", name="the infinity of Python"),
    nodes('"d","D\n\nand no end,1,,,\n', "unbalanced-quote"),
    nodes('"d","D" ,1,,,\n', "text-after-quote"),
    nodes('"d",D,1,,,,more\n', "extra-column"),
    links('"a","nobody","r3",\n', "dangling-end"),
    links('"a",,"r3",\n', "missing-end"),
    links('"","b","r3",\n', "dangling-end", name="an empty text as an end", tried=False),
    headers("header", "an unknown type", NODES_HEADER.replace("long", "number")),
    headers("header", "a name twice", NODES_HEADER.replace("d:double", "n:double"), tried=False),
    headers("header", "an end among nodes", NODES_HEADER.replace("n:long", ":START_ID(casegraph)"), tried=False),
    headers("header", "a bracket that is not closed", NODES_HEADER.replace("h)", "h")),
    headers("header", "a quote in the header that is not closed", NODES_HEADER.replace("name", '"name')),
    headers("header", "no start", links_header=LINKS_HEADER.replace(":START_ID(casegraph)", "start"), tried=False),
    headers("unknown-id-space", "another space", links_header=LINKS_HEADER.replace("casegraph", "case")),
    Case("missing-file", (("missing-file", "links.csv", 0),), {"links.csv": None}),
    Case(
        "line-end-in-field",
        (("line-end-in-field", "nodes.csv", 4),),
        {"nodes.csv": NODES + '"d","two\nlines",,,,\n', "import.sh": SCRIPT.replace("fields=true", "fields=false")},
    ),
    Case(
        "a field longer than the buffer",
        (("too-long", "nodes.csv", 4),),
        {
            "nodes.csv": f'{NODES}"d","{LARGE}",,,,\n',
            "import.sh": SCRIPT.replace("U+001F", "U+001F --read-buffer-size=64k"),
        },
    ),
    Case(
        "a row longer than the buffer",
        (("too-long", "nodes.csv", 4),),
        {
            "nodes.csv": f'{NODES}"d","{LARGE[:40_000]}",,,,"{LARGE[:40_000]}"\n',
            "import.sh": SCRIPT.replace("fields=true", "fields=false --read-buffer-size=64k"),
        },
    ),
    Case(
        "a tab in an unquoted field, where tabs divide",
        (("extra-column", "nodes.csv", 1),),
        {
            **{name: FILES[name].replace(",", "\t") for name in ("nodes-header.csv", "links-header.csv", "links.csv")},
            "nodes.csv": "a\tA\t1\t\t\t\tB\nb\t\t\t\t\t\nc\t\t\t\t\t\n",
            "import.sh": SCRIPT.replace("U+001F", "U+001F --delimiter=TAB"),
        },
    ),
    Case(
        "an end in another space",
        (("dangling-end", "links.csv", 1),),
        {
            "more-header.csv": "id:ID(other)\n",
            "more.csv": '"z"\n',
            "links.csv": '"a","z","r1",\n',
            "import.sh": SCRIPT.replace("--relationships", "--nodes=More=more-header.csv,more.csv --relationships"),
        },
    ),
    Case(
        "a word in a list of numbers",
        (("not-a-number", "nodes.csv", 1),),
        {
            "nodes-header.csv": NODES_HEADER.replace("l:string", "l:long"),
            "nodes.csv": '"a",,,,,"1\x1ftwo"\n"b",,,,,"1\x1f2"\n"c",,,,,\n',
        },
        tried=False,
    ),
    Case(
        "the array delimiter is the delimiter",
        (("option", "import.sh", 0),),
        {"import.sh": SCRIPT.replace("U+001F", "U+002C")},
    ),
]
#: What the importer takes and stores otherwise: the last column of the first is what it stores.
ALTERED = [
    nodes('"overflow","D",9223372036854775808,,,\n', "overflow", refused=False),
    nodes('"infinite","D",,1e999,,\n', "overflow", name="beyond a double", refused=False),
    nodes('"yes","D",,,yes,\n', "not-a-boolean", refused=False),
    nodes('"short","D"\n', "missing-column", refused=False),
    nodes(',"nobody",,,,\n', "no-id", refused=False),
    Case("encoding", (("encoding", "nodes.csv", 4),), {"nodes.csv": NODES.encode() + b'"latin","caf\xe9",,,,\n'},
         refused=False),
    nodes(f'"{LARGE[:8200]}","D",,,,\n', "long-id", refused=False),
    Case("no-type", (("no-type", "links-header.csv", 1),), {"import.sh": SCRIPT.replace("KNOWS=", "")}, refused=False),
]  # fmt: skip
#: What only seems to be wrong.
RIGHT = [
    Case("flawless", (), refused=False),
    nodes('"odd",un"quoted" with ""quotes"",-0,"  7  ","true",a;b\n', "", name="odd", refused=False),
    nodes('\r\n\n"crlf","D",1,1e5,true,"one"\r\n"cr","E",,,,\r"last","no line end",,,,', "", name="line ends",
          refused=False),
    nodes('"wide","\u2028 \x00 \ufeff \U0001f600 \uffff",,,,"\x1f"\n', "", name="odd characters", refused=False),
    nodes('"large",,"9223372036854775807","-.5e-3f",false,"3\x1f"\n', "", name="odd numbers", refused=False),
]  # fmt: skip
CASES = [*REFUSED, *ALTERED, *RIGHT]


def write(folder: Path, case: Case) -> Path:
    folder.mkdir(parents=True)
    for name, content in {**FILES, **case.files}.items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_check_points_at_each_fault(case: Case, tmp_path: Path) -> None:
    report = check_folder(write(tmp_path / "import", case))
    found = [(p.code, p.file, p.line) for p in report.problems]
    expected = [place for place in case.places if place[0]]
    assert set(expected) <= set(found)
    # The rest of a broken row is read on as rows of its own, which the importer never comes to.
    assert {(file, line >= case.places[0][2]) for _, file, line in found} == {(file, True) for _, file, _ in expected}
    assert report.passed is (not found)
    for problem in report.problems:
        assert problem.step
        assert problem.effect == CODES[problem.code][0]
    assert case.refused is (any(p.effect == "refused" for p in report.problems) or "option" in report.found)


def arguments(folder: Path) -> list[str]:
    """Return the importer's arguments as the script of a folder has them."""
    text = (folder / "import.sh").read_text("utf-8").partition("import full")[2].replace("\\\n", " ")
    return [word for word in shlex.split(text) if word.startswith("--")]


def run_importer(installation: Installation, home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the importer without the process that only starts another."""
    for name in ("conf", "data", "logs"):
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "conf" / "neo4j.conf").touch()
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+UnlockDiagnosticVMOptions"]
    quick.append("-XX:-BytecodeVerificationRemote")
    java, *rest = installation.admin_command(home)[:-1]
    what = ["database", "import", "full", "neo4j", "--verbose", "--overwrite-destination"]
    return subprocess.run(
        [java, *rest, *quick, "org.neo4j.cli.AdminTool", *what, f"--report-file={home}/report", *arguments(folder)],
        cwd=folder,
        env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def outcomes(
    neo4j_installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, subprocess.CompletedProcess[str]]:
    """What the real importer did with the cases that it should refuse, two at a time."""
    cases = [case for case in REFUSED if case.tried]
    base = tmp_path_factory.mktemp("planted")

    def run(case: Case) -> subprocess.CompletedProcess[str]:
        place = base / str(REFUSED.index(case))
        return run_importer(neo4j_installation, place / "home", write(place / "files", case))

    with ThreadPoolExecutor(2) as pool:
        return {case.name: done for case, done in zip(cases, pool.map(run, cases), strict=True)}


#: What the importer says of each kind of fault, so that it fails for the reason that was predicted.
SAID = {
    "dangling-end": "referring to missing node",
    "duplicate-id": "is defined more than once",
    "extra-column": "Extra column not present in header",
    "header": "HeaderException|Expected a closing|MissingEndQuoteException",
    "line-end-in-field": "IllegalMultilineFieldException",
    "missing-end": "is missing END_ID field",
    "missing-file": "File 'links.csv' doesn't exist",
    "not-a-number": "Not an integer|Not a number",
    "option": "is the same as specified by",
    "text-after-quote": "DataAfterQuoteException",
    "too-long": "larger than buffer size|no newline character in the whole buffer",
    "unbalanced-quote": "MissingEndQuoteException",
    "unknown-id-space": "not found. Available groups",
}


@pytest.mark.neo4j
@pytest.mark.parametrize("case", [case for case in REFUSED if case.tried], ids=lambda case: case.name)
def test_the_importer_refuses_what_was_predicted(
    case: Case, outcomes: dict[str, subprocess.CompletedProcess[str]]
) -> None:
    done = outcomes[case.name]
    assert done.returncode != 0
    assert re.search(SAID[case.places[0][0]], done.stdout + done.stderr), (done.stdout + done.stderr)[-3000:]


@pytest.fixture(scope="module")
def taken(neo4j_installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jTarget]:
    """A server on one import of everything that the importer should take."""
    base = tmp_path_factory.mktemp("taken")
    rows = b"".join(
        content.removeprefix(NODES.encode()) + b"\n"
        for case in [*ALTERED, *RIGHT]
        if (content := _bytes(case.files.get("nodes.csv", NODES)))
    )
    more = {
        "nodes.csv": NODES.encode() + rows,
        "typeless-header.csv": LINKS_HEADER,
        "typeless.csv": '"a","c","r3",\n',
        "import.sh": SCRIPT.replace("--rel", "--relationships=typeless-header.csv,typeless.csv --rel"),
    }
    folder = write(base / "files", Case("all", (), more, refused=False))
    report = check_folder(folder)
    assert set(report.found) == {case.places[0][0] for case in ALTERED}
    assert not any(p.effect == "refused" for p in report.problems)
    server = Neo4jServer(neo4j_installation, base / "home", grace=1)
    server.prepare()
    done = run_importer(neo4j_installation, server.home, folder)
    assert done.returncode == 0, done.stderr
    assert not (server.home / "report").exists() or not (server.home / "report").read_text("utf-8")
    assert f"{report.nodes} nodes" in done.stdout
    with server, Neo4jTarget(server.access.uri, server.access.user, server.access.password) as target:
        yield target


def _bytes(content: str | bytes | None) -> bytes:
    return content if isinstance(content, bytes) else (content or "").encode()


@pytest.mark.neo4j
def test_the_importer_alters_what_was_predicted(taken: Neo4jTarget) -> None:
    rows = taken.run_read("MATCH (n:Thing) RETURN n.id AS id, n")
    held = {row["id"]: {key: value for key, value in row["n"].items() if key != "id"} for row in rows}
    assert held["overflow"] == {"name": "D", "n": -(2**63)}
    assert held["infinite"] == {"name": "D", "d": math.inf}
    assert held["yes"] == {"name": "D", "b": False}
    assert held["short"] == {"name": "D"}
    assert held[None] == {"name": "nobody"}
    assert held["latin"] == {"name": "caf\ufffd"}
    types = taken.run_read("MATCH (a)-[r]->(b) RETURN r.id AS id, type(r) AS type ORDER BY id")
    assert [row["type"] for row in types] == ["KNOWS", "KNOWS", ""]
    # The last prediction: the identifier was imported, and no constraint can stand on it.
    assert "x" * 8200 in held
    with taken.session(write=True) as session, pytest.raises(neo4j.exceptions.Neo4jError, match="too large"):
        session.run("CREATE CONSTRAINT FOR (n:Thing) REQUIRE n.id IS UNIQUE").consume()
        session.run("CALL db.awaitIndexes(60)").consume()


@pytest.mark.neo4j
def test_the_importer_takes_what_only_seems_wrong(taken: Neo4jTarget) -> None:
    rows = taken.run_read("MATCH (n:Thing) WHERE n.id IS NOT NULL RETURN n.id AS id, n")
    held = {row["id"]: {key: value for key, value in row["n"].items() if key != "id"} for row in rows}
    assert held["a"] == {"name": "A", "n": 1, "d": 1.5, "b": True, "l": ["x", "y"]}
    assert held["b"] == {"name": 'B \t "quoted"', "n": -2, "d": 2000.0, "b": False}
    assert held["c"] == {}
    assert held["odd"] == {"name": 'un"quoted" with ""quotes""', "n": 0, "d": 7.0, "b": True, "l": ["a;b"]}
    assert held["crlf"] == {"name": "D", "n": 1, "d": 1e5, "b": True, "l": ["one"]}
    assert (held["cr"], held["last"]) == ({"name": "E"}, {"name": "no line end"})
    assert held["wide"] == {"name": "\u2028 \x00 \ufeff \U0001f600 \uffff", "l": ["", ""]}
    assert held["large"] == {"n": 2**63 - 1, "d": -0.0005, "b": False, "l": ["3", ""]}


def _read(text: str, path: Path, **options: Any) -> list[Row | Fault]:
    path.write_bytes(text.encode())
    with RowReader(path, ImportScript(path.parent, **options)) as reader:
        return [row for row in reader.rows() if isinstance(row, Row | Fault)]


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(
        st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4), max_size=5
    ),
    block=st.integers(1, 40),
)
def test_rows_come_back_as_they_were_written(
    rows: list[list[str | None]], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    written = "".join(
        ",".join("" if text is None else '"' + text.replace('"', '""') + '"' for text in row) + "\n" for row in rows
    )
    with pytest.MonkeyPatch.context() as patch:
        # Every boundary of blocks falls everywhere.
        patch.setattr("kg.views.importrows.BLOCK", block)
        found = _read(written, tmp_path_factory.mktemp("rows") / "rows.csv", multiline=True)
    assert [[f.text if f.quoted else None for f in row.fields] for row in found] == rows


def test_lines_are_counted_and_reading_goes_on(tmp_path: Path) -> None:
    text = 'a,"one\ntwo"\n\n"b"x,1\r\nc,"open,\nd,2\n'
    first, fault, open_quote, last = _read(text, tmp_path / "rows.csv", multiline=True)
    assert isinstance(first, Row)
    assert (first.line, first.fields[1].text) == (1, "one\ntwo")
    assert fault == Fault("text-after-quote", 4, 0, '"b"x')
    assert isinstance(open_quote, Fault)
    assert (open_quote.code, open_quote.line, open_quote.column) == ("unbalanced-quote", 5, 1)
    assert isinstance(last, Row)
    assert (last.line, [f.text for f in last.fields]) == (6, ["d", "2"])


def test_the_script_is_read_as_a_shell_reads_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kg export GRAPH neo4j-csv"):
        read_script(tmp_path)
    (tmp_path / "import.sh").write_text(
        "neo4j-admin database import full \"$1\" --delimiter=U+0009 --array-delimiter='|' --read-buffer-size=2m \\\n"
        " --nodes='A:B=a header.csv,a.csv' --nodes=c.csv --trim-strings --id-type=string --threads=3 # a word\n"
    )
    script = read_script(tmp_path)
    assert (script.delimiter, script.array_delimiter, script.buffer, script.multiline) == ("\t", "|", 2 << 20, False)
    assert [(s.words, [f.name for f in s.files]) for s in script.sources] == [
        (("A", "B"), ["a header.csv", "a.csv"]),
        ((), ["c.csv"]),
    ]
    assert script.doubts == ["the check cannot tell what --trim-strings=true does"]
    (tmp_path / "import.sh").write_text("neo4j-admin database import full neo4j --relationships=R=r.csv")
    with pytest.raises(InputError, match="imports no nodes"):
        read_script(tmp_path)


def test_many_faults_are_counted_and_few_listed(tmp_path: Path) -> None:
    rows = "".join(f'"n{i}","again",,,,\n' for _ in range(2) for i in range(300))
    folder = write(tmp_path / "many", Case("many", (), {"nodes.csv": NODES + rows}))
    report = check_folder(folder, shown=3)
    assert report.found == {"duplicate-id": 300}
    assert [(p.line, p.effect) for p in report.problems] == [(304, "refused"), (305, "refused"), (306, "refused")]
    assert "nodes.csv:4 already" in report.problems[0].message
