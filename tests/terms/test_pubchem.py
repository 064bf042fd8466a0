"""PubChem's Extras files: joined while streaming, malformed lines told."""

from __future__ import annotations

import gzip
from pathlib import Path

from kg.model import CHEMICAL, Name, Term
from kg.terms.pubchem import MeshName, read_mesh_names, read_terms
from kg.terms.reading import Problems


def load(tmp_path: Path, titles: str | None, synonyms: str | None) -> tuple[list[Term], Problems, Problems]:
    first, second = Problems("pubchem", "CID-Title"), Problems("pubchem", "CID-Synonym-filtered")
    paths = []
    for name, text in (("t.gz", titles), ("s", synonyms)):
        path = tmp_path / name
        if text is not None:
            data = text.encode()
            path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        paths.append(path if text is not None else None)
    return list(read_terms(*paths, first, second)), first, second


def test_titles_and_synonyms_are_joined(tmp_path: Path) -> None:
    terms, first, second = load(tmp_path, "2\tTwo\n10\tTen\n", "1\tone\n1\tuno\n2\tTwo\n2\tdeux\n11\telf\n")
    assert terms == [
        Term("PUBCHEM.COMPOUND:1", CHEMICAL, (Name("one", "label"), Name("uno", "exact")), source="pubchem"),
        Term("PUBCHEM.COMPOUND:2", CHEMICAL, (Name("Two", "label"), Name("deux", "exact")), source="pubchem"),
        Term("PUBCHEM.COMPOUND:10", CHEMICAL, (Name("Ten", "label"),), source="pubchem"),
        Term("PUBCHEM.COMPOUND:11", CHEMICAL, (Name("elf", "label"),), source="pubchem"),
    ]
    assert first.found == second.found == []


def test_one_file_is_enough(tmp_path: Path) -> None:
    assert [term.label for term in load(tmp_path, "1\tone\n", None)[0]] == ["one"]
    assert [term.label for term in load(tmp_path, None, "1\teins\n")[0]] == ["eins"]


def test_bad_lines_are_problems(tmp_path: Path) -> None:
    titles = "1\tone\nx\ttwo\n3\n4\t\n5\tfive\n2\tlate\n5\tcinq\n-1\tminus\n٣\tarabic\n"
    terms, first, _ = load(tmp_path, titles, None)
    assert [term.curie for term in terms] == ["PUBCHEM.COMPOUND:1", "PUBCHEM.COMPOUND:5"]
    assert [(p.code, p.line) for p in first.found] == [
        ("malformed-row", 2), ("malformed-row", 3), ("malformed-row", 4), ("unsorted-row", 6),
        ("malformed-row", 8), ("malformed-row", 9), ("duplicate-id", 0),
    ]  # fmt: skip


def test_a_line_may_name_several_mesh_terms(tmp_path: Path) -> None:
    path = tmp_path / "CID-MeSH"
    path.write_text("938\tNiacin\tNicotinic Acids\nbad\n7\t\n", encoding="utf-8")
    problems = Problems("pubchem", path.name)
    assert list(read_mesh_names(path, problems)) == [
        MeshName("PUBCHEM.COMPOUND:938", "Niacin", 1),
        MeshName("PUBCHEM.COMPOUND:938", "Nicotinic Acids", 1),
    ]
    assert [problem.line for problem in problems.found] == [2, 3]
