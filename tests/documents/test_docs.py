"""docs/documents.md: its examples are read as they stand, and its tables are those of the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.documents import identifiers, tablecolumns
from kg.documents.identifiers import identifiers as read_identifiers
from kg.documents.intake import COMPRESSED, SUFFIXES, find_inputs, searched_for
from kg.documents.reading import read_streams
from kg.documents.tablecolumns import TableColumns
from kg.graph.build import build
from kg.model import CHEMICAL, DISEASE, GENE, VARIANT, Document, LedgerEntry
from tests.bundled import index

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "documents.md").read_text("utf-8")
SOURCES = {path: path.read_text("utf-8") for path in sorted((ROOT / "kg" / "documents").glob("*.py"))}
#: Info string of a block -> what is in it.
BLOCKS: dict[str, str] = dict(re.findall(r"^```\w+ (\S+\.\w+[^\n]*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))


def section(heading: str) -> str:
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def cells(heading: str, column: int) -> list[str]:
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section(heading).splitlines() if line.startswith("|")]
    return [row[column].replace("\\|", "|") for row in rows[2:]]


def quoted(heading: str, column: int) -> list[str]:
    return [word for cell in cells(heading, column) for word in re.findall(r"`([^`]+)`", cell)]


def examples() -> Iterator[tuple[str, str, str]]:
    for info, text in BLOCKS.items():
        name, _, option = info.partition(" --columns ")
        if not name.endswith(".toml"):
            yield name, text, option.strip('"')


def read(path: Path, columns: str = "") -> tuple[list[Document], list[LedgerEntry]]:
    documents, ledger = [], []
    for stream in read_streams(*find_inputs([path]), TableColumns.parse(columns) if columns else None):
        documents += stream.documents
        ledger += stream.entries()
    return documents, ledger


@pytest.mark.parametrize(("name", "text", "columns"), list(examples()), ids=lambda v: v[:20])
def test_the_examples_are_read_whole(name: str, text: str, columns: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    (document,), ledger = read(path, columns)
    assert document.pmid is not None
    aside = [e.reason for e in ledger if e.outcome == "set_aside"]
    assert [reason.partition(":")[0] for reason in aside] == (["excluded"] if name == "packet.json" else [])
    assert document.mentions or document.format == "jats"
    assert document.findings == ()
    if name != "packet.json" and not columns:
        assert all(m.occurrences for m in document.mentions)
    assert len(document.relations) == (name in {"fever.pubtator", "fever.json"})


def test_what_the_examples_say(tmp_path: Path) -> None:
    read_as = {}
    for name, text, columns in examples():
        (tmp_path / name).write_text(text)
        (read_as[name],), _ = read(tmp_path / name, columns)
    assert [(m.asserted, m.further) for m in read_as["fever.pubtator"].mentions][-1] == (
        "MESH:D005334",
        ("MESH:D023341",),
    )
    assert [(o.start, o.text) for o in read_as["fever.bioc.xml"].mentions[0].occurrences] == [
        (0, "Ocular"),
        (20, "toxicity"),
    ]
    assert read_as["fever.json"].license == "CC BY"
    assert read_as["case.nxml"].license == "https://creativecommons.org/licenses/by/4.0/"
    assert [p.text for p in read_as["case.nxml"].passages if p.section == "case"] == ["He took aspirin."]
    assert [m.asserted for m in read_as["packet.json"].mentions] == ["MONDO:0005148"]
    (subject,) = read_as["packet.json"].subjects
    assert [(c.concept.label, c.excluded) for c in subject.conditions] == [
        ("Fever", True),
        ("type 2 diabetes mellitus", False),
    ]
    assert [m.asserted for m in read_as["other.csv"].mentions] == ["MESH:D005334"]


def test_the_examples_make_a_graph(tmp_path: Path) -> None:
    for name, text, columns in examples():
        if not columns:
            (tmp_path / name).write_text(text)
    result = build([tmp_path], tmp_path / "g", index=index())
    assert result.set_aside == 1
    assert result.totals["document"]["kept"] == 6


def test_both_ways_to_name_columns_are_one(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(BLOCKS["columns.toml"])
    (words,) = (columns for _, _, columns in examples() if columns)
    assert TableColumns.read(path) == TableColumns.parse(words)
    listed = section("Formats").partition("Fields are ")[2].partition("`offsets`")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(tablecolumns.NAMES)


@pytest.mark.parametrize("written", quoted("Identifiers", 0))
def test_identifiers_are_read_as_the_page_says(written: str) -> None:
    category = (
        GENE if written[0] == "3" else VARIANT if written[0] == "p" else CHEMICAL if "foo" in written else DISEASE
    )
    curies, unread = read_identifiers(written, category)
    said = {
        GENE: (("NCBIGene:3172", "NCBIGene:365"), ""), VARIANT: ((), written), CHEMICAL: (("MESH:C046498",), "foo"),
        DISEASE: (("MESH:D014786", "MESH:D006311"), ""),
    }  # fmt: skip
    assert (curies, unread) == said[category]
    assert {"-", "-1", "none", "nan"} <= identifiers.NOTHING


def test_what_a_folder_is_searched_for() -> None:
    inputs = section("Inputs")
    assert [s for s in (*SUFFIXES, *COMPRESSED, ".tgz", ".txz") if s not in inputs or s not in searched_for()] == []


# What the program says and what the page says of it


def parts(reason: str) -> list[str]:
    """Return the fixed parts of a reason: what a value stands in for is left out."""
    return [part for piece in re.split(r"…|\{[^}]*\}", reason) if len(part := piece.strip(" :;(")) > 3]


def test_every_reason_of_the_page_is_one_of_the_program() -> None:
    everything = "".join(SOURCES.values()) + (ROOT / "kg" / "unpacking.py").read_text("utf-8")
    joined = re.sub(r'"\s*\n\s*f?"', "", everything)
    told = quoted("Reasons in the ledger", 1)
    assert len(told) > 60
    assert [reason for reason in told if not all(part in joined for part in parts(reason))] == []


def _reasons() -> Iterator[tuple[str, str]]:
    """Yield the reasons that stand in calls of the program's readers, as far as they are written there."""
    for path, text in SOURCES.items():
        constants = {
            node.target.id: node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
        }
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {
                "set_aside",
                "merge",
                "_set_aside",
                "_lost",
                "XmlRecord",
                "JsonRecord",
                "_BrokenError",
                "_stray",
            }:
                for argument in (*node.args, *(k.value for k in node.keywords if k.arg in {"reason", "problem"})):
                    value = constants.get(argument.id, argument) if isinstance(argument, ast.Name) else argument
                    if isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value:
                        yield path.name, value.value
                    elif isinstance(value, ast.JoinedStr):
                        yield path.name, "".join(v.value if isinstance(v, ast.Constant) else "…" for v in value.values)


def test_every_reason_of_the_program_is_on_the_page() -> None:
    found = sorted(set(_reasons()))
    assert len(found) > 40
    told = section("Reasons in the ledger")
    assert [pair for pair in found if not any(part in told for part in parts(pair[1])) and parts(pair[1])] == []


def test_every_finding_of_the_readers_is_on_the_page() -> None:
    told = set(quoted("Findings of the readers", 0))
    source = "".join(text for path, text in SOURCES.items() if path.name != "casereport.py")
    codes = set(
        re.findall(
            r'"((?:span|text|encoding|characters|document|identifier|rows|several|sources|annotators)-[a-z]+)"', source
        )
    )
    assert codes == told
