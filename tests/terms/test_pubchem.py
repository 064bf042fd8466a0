"""PubChem's Extras files: joined while streaming, filtered, every row accounted for."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import CHEMICAL, Name, Term
from kg.terms.pubchem import (
    CompoundFiles,
    MeshName,
    is_pubchem_table,
    named_by_title,
    read_mesh_names,
    read_parents,
    read_terms,
)
from kg.terms.pubchem_rows import MOST_FAULTS
from kg.terms.reading import Problems
from tests.terms.full_data import full_data

KEY = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
OTHER_KEY = "PJJJBBJSCAKJQF-UHFFFAOYSA-N"


class Loaded:
    """Files written to a folder, and what comes of them."""

    def __init__(self, folder: Path, keep: set[int] | None = None, **texts: str | bytes) -> None:
        paths: dict[str, Path] = {}
        for kind, text in texts.items():
            data = text.encode() if isinstance(text, str) else text
            paths[f"pubchem-{kind}"] = folder / kind
            paths[f"pubchem-{kind}"].write_bytes(gzip.compress(data) if kind == "titles" else data)
        self.accounts = {kind: Problems("pubchem", path.name) for kind, path in paths.items()}
        self.terms = list(read_terms(CompoundFiles.of_kinds(paths), self.accounts, keep))

    def account(self, kind: str) -> tuple[int, int, dict[str, int]]:
        account = self.accounts[f"pubchem-{kind}"]
        assert account.balanced
        return account.records, account.kept, dict(account.set_aside)

    def codes(self, kind: str) -> list[tuple[str, int]]:
        return [(p.code, p.line) for p in self.accounts[f"pubchem-{kind}"].found]


def compound(cid: int, *names: str, **properties: str) -> Term:
    scoped = tuple(Name(text, "exact" if place else "label") for place, text in enumerate(names))
    return Term(f"PUBCHEM.COMPOUND:{cid}", CHEMICAL, scoped, source="pubchem", properties=tuple(properties.items()))


def test_titles_and_synonyms_are_joined(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, titles="2\tTwo\n10\tTen\n", synonyms="1\tone\n1\tuno\n2\tTwo\n2\tdeux\n11\telf\n")
    assert loaded.terms == [
        compound(1, "one", "uno"),
        compound(2, "Two", "deux"),
        compound(10, "Ten"),
        compound(11, "elf"),
    ]
    assert loaded.codes("titles") == loaded.codes("synonyms") == []
    assert loaded.account("titles") == (2, 2, {})
    assert loaded.account("synonyms") == (5, 5, {})


def test_structures_and_parents_are_properties(tmp_path: Path) -> None:
    loaded = Loaded(
        tmp_path,
        titles="3520\tGuanidine\n5742\tGuanidine hydrochloride\n",
        inchikeys=f"5742\tInChI=1S/CH5N3.ClH/c2-1(3)4;/h(H5,2,3,4);1H\t{OTHER_KEY}\n",
        smiles="3520\tC(=N)(N)N\n5742\tC(=N)(N)N.Cl\n9000\tC\n",
        parents="3520\t3520\n5742\t3520\n",
    )
    assert loaded.terms == [
        compound(3520, "Guanidine", smiles="C(=N)(N)N"),
        compound(
            5742, "Guanidine hydrochloride", inchikey=OTHER_KEY, parent_compound="PUBCHEM.COMPOUND:3520",
            smiles="C(=N)(N)N.Cl",
        ),
        compound(9000, smiles="C"),
    ]  # fmt: skip
    assert loaded.account("parents") == (2, 1, {"own-parent": 1})


def test_only_wanted_compounds_are_decoded_and_the_rest_is_counted(tmp_path: Path) -> None:
    loaded = Loaded(
        tmp_path,
        keep={2, 5, 77},
        titles=b"1\tone\n2\tTwo\n3\t\xff\n5\tcinq\n6\tsix\n",
        synonyms="1\teins\n2\tzwei\n2\tdeux\n6\tsechs\n",
    )
    assert loaded.terms == [compound(2, "Two", "zwei", "deux"), compound(5, "cinq")]
    assert loaded.account("titles") == (5, 2, {"not-named": 3})
    assert loaded.account("synonyms") == (4, 2, {"not-named": 2})
    assert loaded.codes("titles") == []


def test_one_file_is_enough(tmp_path: Path) -> None:
    assert [term.label for term in Loaded(tmp_path, titles="1\tone\n").terms] == ["one"]
    assert [term.label for term in Loaded(tmp_path, synonyms="1\teins\n").terms] == ["eins"]
    assert Loaded(tmp_path).terms == []


def test_bad_rows_are_set_aside_one_by_one(tmp_path: Path) -> None:
    titles = "1\tone\nx\ttwo\n3\n4\t\n5\tfive\n2\tlate\n5\tcinq\n-1\tminus\n٣\tarabic\n007\tzero\n8\t \n"
    loaded = Loaded(tmp_path, titles=titles)
    assert [term.curie for term in loaded.terms] == ["PUBCHEM.COMPOUND:1", "PUBCHEM.COMPOUND:5"]
    assert loaded.codes("titles") == [
        ("malformed-row", 2), ("malformed-row", 3), ("malformed-row", 4), ("unsorted-row", 6),
        ("malformed-row", 8), ("malformed-row", 9), ("malformed-row", 10), ("malformed-row", 11), ("duplicate-id", 0),
    ]  # fmt: skip
    assert loaded.account("titles") == (11, 3, {"malformed-row": 7, "unsorted-row": 1})


def test_rows_that_only_look_plain_when_counted_together_are_malformed(tmp_path: Path) -> None:
    # One cell too many here, one too few there: the file has as many cells as it should.
    loaded = Loaded(tmp_path, inchikeys=f"1\tInChI=1S/A\t{KEY}\n2\tInChI=1S/B\t{KEY}\t3\nInChI=1S/C\t{KEY}\n")
    assert [term.curie for term in loaded.terms] == ["PUBCHEM.COMPOUND:1"]
    assert loaded.account("inchikeys")[2] == {"malformed-row": 2}


def test_a_table_without_inchi_has_its_keys(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, inchikeys=f"1\t\t{KEY}\n2\t\t{OTHER_KEY}\n")
    assert loaded.terms == [compound(1, inchikey=KEY), compound(2, inchikey=OTHER_KEY)]
    assert is_pubchem_table(f"1\t\t{KEY}\n".encode(), "x") == "pubchem-inchikeys"


def test_bad_structures_are_malformed_rows(tmp_path: Path) -> None:
    loaded = Loaded(
        tmp_path,
        inchikeys=f"1\tInChI=1S/A\tnone\n2\tInChI=1S/B\t{KEY}\n2\tInChI=1S/B\t{OTHER_KEY}\n",
        smiles="2\tnot a SMILES\n",
        parents="2\tnone\n3\t4\n3\t5\n",
    )
    assert loaded.terms == [compound(2, inchikey=KEY), compound(3, parent_compound="PUBCHEM.COMPOUND:4")]
    assert loaded.account("inchikeys") == (3, 1, {"malformed-row": 1, "duplicate-id": 1})
    assert loaded.account("smiles") == (1, 0, {"malformed-row": 1})
    assert loaded.account("parents") == (3, 1, {"malformed-row": 1, "duplicate-id": 1})


def test_a_wanted_row_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, titles=b"1\tone\n2\t\xff\xfe\n")
    assert loaded.codes("titles") == [("not-utf8", 2)]
    assert loaded.account("titles") == (2, 1, {"not-utf8": 1})


def test_line_ends_of_windows_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    assert Loaded(tmp_path, titles="\ufeff1\tone\r\n\r\n2\tTwo\r\n").terms == [compound(1, "one"), compound(2, "Two")]
    wide = Loaded(tmp_path, titles="1\tone\n2\tZwölf\n".encode("utf-16"))
    assert wide.terms == [compound(1, "one"), compound(2, "Zwölf")]
    assert wide.codes("titles") == [("wrong-encoding", 0)]


def test_a_cut_file_gives_what_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "CID-Title.gz"
    data = gzip.compress("".join(f"{n}\tcompound {n * n}\n" for n in range(1, 100_000)).encode())
    path.write_bytes(data[: len(data) // 2])
    account = Problems("pubchem", path.name)
    terms = list(read_terms(CompoundFiles(titles=path), {"pubchem-titles": account}))
    assert terms[:1] == [compound(1, "compound 1")]
    assert 10_000 < len(terms) < 99_999
    assert account.balanced
    assert [p.code for p in account.found] == ["damaged-gzip", "cut-short"]
    assert terms[-1].label == f"compound {len(terms) ** 2}"


def test_a_cut_file_of_mesh_names_gives_what_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "CID-MeSH.gz"
    data = gzip.compress("".join(f"{n}\tname {n * n}\n" for n in range(1, 50_000)).encode())
    path.write_bytes(data[: len(data) // 2])
    account = Problems("pubchem", path.name)
    names = list(read_mesh_names(path, account))
    assert 5_000 < len(names) < 49_999
    assert names[-1].name == f"name {len(names) ** 2}"
    assert account.balanced
    assert [p.code for p in account.found] == ["damaged-gzip", "cut-short"]


def test_a_page_in_place_of_a_file_does_not_stop_the_others(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, titles="1\tone\n", synonyms="<!DOCTYPE html><html>Sorry</html>\n")
    assert loaded.terms == [compound(1, "one")]
    assert [p.code for p in loaded.accounts["pubchem-synonyms"].found] == ["unusable-file"]
    with pytest.raises(TermsError, match="fetch it again"):
        Loaded(tmp_path, titles="<html>Sorry</html>", synonyms="no\ntable\n")


def test_a_file_that_is_wrong_throughout_does_not_fill_the_memory(tmp_path: Path) -> None:
    rows = "".join(f"{n}\tx\n" for n in range(5000, 0, -1))
    loaded = Loaded(tmp_path, titles=rows)
    assert loaded.account("titles") == (5000, 1, {"unsorted-row": 4999})
    assert len(loaded.codes("titles")) == MOST_FAULTS + 1
    assert "sort -n" in loaded.accounts["pubchem-titles"].found[-1].message


def test_an_overlong_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "CID-Title"
    path.write_bytes(b"1\tone\n2\t" + b"x" * ((1 << 24) + (1 << 20)) + b"\n3\tdrei\n")
    account = Problems("pubchem", path.name)
    assert list(read_terms(CompoundFiles(titles=path), {"pubchem-titles": account})) == [
        compound(1, "one"), compound(3, "drei"),
    ]  # fmt: skip
    assert [p.code for p in account.found] == ["overlong-line"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["a", "b", "ä", ""])), max_size=60),
    st.none() | st.sets(st.integers(1, 50), max_size=10),
)
def test_every_row_is_accounted_for_and_no_wanted_one_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str]], keep: set[int] | None
) -> None:
    loaded = Loaded(
        tmp_path_factory.mktemp("x"), keep=keep, synonyms="\n".join(f"{c}\t{t}" for c, t in [(1, "a"), *rows])
    )
    expected: dict[int, dict[str, None]] = {}
    last = 0
    for cid, text in [(1, "a"), *rows]:
        if text and cid >= last:
            last = cid
            if keep is None or cid in keep:
                expected.setdefault(cid, {})[text] = None
    assert {int(t.curie.split(":")[1]): [n.text for n in t.names] for t in loaded.terms} == {
        cid: list(texts) for cid, texts in expected.items()
    }
    assert loaded.account("synonyms")[0] == len(rows) + 1


def test_blocks_change_nothing(tmp_path: Path) -> None:
    """A file of many blocks, its rows of unlike length, gives every row."""
    texts = [f"{n}\t{'long ' * (n % 400)}{n}\n" for n in range(1, 4000)]
    loaded = Loaded(tmp_path, titles="".join(texts), synonyms="".join(texts[::3]))
    assert [(t.curie, len(t.names)) for t in loaded.terms] == [(f"PUBCHEM.COMPOUND:{n}", 1) for n in range(1, 4000)]
    assert loaded.terms[3998].label == "long " * (3999 % 400) + "3999"


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "CID-SMILES"
    with path.open("w") as file:
        for n in range(1, 1_000_001):
            file.write(f"{n}\tCCCCCCCCCCCCC\n")
    tracemalloc.start()
    terms = list(read_terms(CompoundFiles(smiles=path), None, {500_000}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert terms == [compound(500_000, smiles="CCCCCCCCCCCCC")]
    assert peak < 8 << 20


def test_a_line_may_name_several_mesh_terms(tmp_path: Path) -> None:
    path = tmp_path / "CID-MeSH"
    path.write_text("938\tNiacin\tNicotinic Acids\nbad\n7\t\n", encoding="utf-8")
    problems = Problems("pubchem", path.name)
    assert list(read_mesh_names(path, problems)) == [
        MeshName("PUBCHEM.COMPOUND:938", "Niacin", 1),
        MeshName("PUBCHEM.COMPOUND:938", "Nicotinic Acids", 1),
    ]
    assert [problem.line for problem in problems.found] == [2, 3]
    assert (problems.records, problems.kept, problems.balanced) == (3, 1, True)


def test_mesh_rows_that_are_not_utf8_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "CID-MeSH"
    path.write_bytes(b"1\tAspirin\n2\tcaf\xe9\n3\tc\n")
    problems = Problems("pubchem", path.name)
    assert [name.line for name in read_mesh_names(path, problems)] == [1, 3]
    assert (problems.records, problems.kept, dict(problems.set_aside)) == (3, 2, {"not-utf8": 1})
    path.write_bytes(b"1\tAspirin\n" + b"2\tcaf\xe9\n" * 1000)
    problems = Problems("pubchem", path.name)
    assert len(list(read_mesh_names(path, problems))) == 1
    assert (problems.set_aside["not-utf8"], len(problems.found)) == (1000, MOST_FAULTS + 1)


def test_a_cut_file_of_mesh_names_gives_every_whole_row(tmp_path: Path) -> None:
    path = tmp_path / "CID-MeSH.gz"
    data = gzip.compress("".join(f"{n}\tname\n" for n in range(1, 50_000)).encode())
    for cut in range(len(data) // 2, len(data) // 2 + 12):
        path.write_bytes(data[:cut])
        inflate = zlib.decompressobj(wbits=31)
        whole = (inflate.decompress(data[:cut]) + inflate.flush()).count(b"\n")
        assert len(list(read_mesh_names(path, Problems("pubchem", path.name)))) == whole


def test_mesh_names_that_are_a_page_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "CID-MeSH"
    path.write_text("<html>\n<body>Sorry\n", encoding="utf-8")
    with pytest.raises(TermsError, match="no row"):
        list(read_mesh_names(path, Problems("pubchem", path.name)))


def test_parents_other_than_the_compound_itself(tmp_path: Path) -> None:
    path = tmp_path / "CID-Parent"
    path.write_text("3520\t3520\n5742\t3520\n6000\t6\n")
    account = Problems("pubchem", path.name)
    assert read_parents(path, account) == {5742: 3520, 6000: 6}
    assert (account.records, account.kept, account.balanced) == (3, 2, True)
    assert read_parents(path, Problems("pubchem", path.name), {5742, 7}) == {5742: 3520}


def test_compounds_are_found_by_title_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "CID-Title.gz"
    path.write_bytes(gzip.compress("1\tAspirin\n2\tStraße\nx\tniacin\n938\tNIACIN\n939\tniacin amide\n".encode()))
    assert named_by_title(path, {"aspirin", "niacin", "strasse"}) == {1, 2, 938}
    path.write_bytes(gzip.compress(b"1\tAspirin\n938\tNIACIN\n"))
    assert named_by_title(path, {"aspirin", "niacin"}) == {1, 938}


@pytest.mark.parametrize(
    ("start", "name", "kind"),
    [
        ("1\t1\n5742\t3520\n", "x", "pubchem-parents"),
        (f"1\tInChI=1S/A\t{KEY}\n2\tInChI=1S/B\t{KEY}\n", "x.tsv", "pubchem-inchikeys"),
        ("1\tCC(=O)OC(CC(=O)[O-])C[N+](C)(C)C\n2\tC[13CH3]\n3\tCl.[Na+]\n", "x", "pubchem-smiles"),
        ("1\tacetyl\n1\tAcetylcarnitine\n2\tx\n", "x", "pubchem-synonyms"),
        ("1\tacetyl\n2\tx\n", "CID-Synonym-filtered.gz", "pubchem-synonyms"),
        ("1\tacetyl\n2\tx\n", "CID-Title", "pubchem-titles"),
        ("1\tCO\n2\tCON\n", "CID-Title", "pubchem-titles"),
        ("1\tacetyl\n2\tx\n", "CID-MeSH.gz", "pubchem-mesh"),
        ("938\tNiacin\tNicotinic Acids\n940\tx\n", "CID-MeSH", "pubchem-mesh"),
        ("1\tacetyl\n2\tx\n", "x.tsv", ""),
        ("id\tname\n1\tx\n", "CID-Title", ""),
        ("", "CID-Title", ""),
        ("[Term]\nid: MONDO:1\n", "CID-Title", ""),
    ],
)
def test_tables_are_told_by_their_rows(start: str, name: str, kind: str) -> None:
    assert is_pubchem_table(start.encode(), name) == kind


def test_many_titles_are_no_smiles() -> None:
    rows = "".join(f"{n}\t{name}\n" for n, name in enumerate(["CO", "Niacin", "CON", "Boron", "SCN"] * 20, start=1))
    assert is_pubchem_table(rows.encode(), "x") == ""


@pytest.mark.parametrize("kind", ["titles", "synonyms", "mesh"])
def test_the_full_files_are_told_and_read(kind: str) -> None:
    name = {"titles": "CID-Title.gz", "synonyms": "CID-Synonym-filtered.gz", "mesh": "CID-MeSH.gz"}[kind]
    path = full_data("pubchem", name)
    with gzip.open(path) as file:
        assert is_pubchem_table(file.read(1 << 16), name) == f"pubchem-{kind}"
        rows = sum(1 for _ in file) + 0
    assert rows > 60_000
    account = Problems("pubchem", name)
    if kind == "mesh":
        assert len({n.curie for n in read_mesh_names(path, account)}) == account.records
    else:
        files = CompoundFiles.of_kinds({f"pubchem-{kind}": path})
        first = next(islice(read_terms(files, {f"pubchem-{kind}": Problems("pubchem", name)}), 1))
        assert first.curie == "PUBCHEM.COMPOUND:4"
        assert len(list(read_terms(files, {f"pubchem-{kind}": account}))) == 77_188
    assert account.balanced
    assert account.found == []
