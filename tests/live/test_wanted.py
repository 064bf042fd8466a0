"""Identifiers as people write them."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.live.wanted import read_pmcids, read_pmids


@given(st.lists(st.integers(1, 99_999_999), max_size=50), st.sampled_from([",", " ", ", ", "\n", ";", "\t"]))
def test_each_once_by_number(numbers: list[int], between: str) -> None:
    assert read_pmids([between.join(map(str, numbers))]) == tuple(map(str, sorted(set(numbers))))
    assert read_pmcids([between.join(f"PMC{n}" for n in numbers)]) == tuple(f"PMC{n}" for n in sorted(set(numbers)))


@pytest.mark.parametrize("text", ["7", "PMID:7", "pmid: 7", "PMID7", "007", " 7 ", "7,7"])
def test_ways_to_write_a_pmid(text: str) -> None:
    assert read_pmids([text]) == ("7",)


@pytest.mark.parametrize("text", ["7", "PMC7", "pmc7", "PMCID:PMC7", "PMCID: PMC7", "PMC7.2", "PMC007"])
def test_ways_to_write_a_pmcid(text: str) -> None:
    assert read_pmcids([text]) == ("PMC7",)


@pytest.mark.parametrize("text", ["x", "0", "-7", "7.5", "123456789", "PMC7", "10.1000/7", "７", "7/8"])
def test_what_is_no_pmid(text: str) -> None:
    with pytest.raises(InputError) as raised:
        read_pmids(["12", text])
    assert text[:40] in str(raised.value)
    assert raised.value.exit_code == 2


def test_much_that_is_wrong_is_counted() -> None:
    with pytest.raises(InputError, match="'x4' and 15 more"):
        read_pmids([",".join(f"x{n}" for n in range(20))])


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf# the first study\r\n33\r\n7, 8 # two more\r\n\r\nPMID: 33\n")
    assert read_pmids([f"@{path}", "9"]) == ("7", "8", "9", "33")
    path.write_text("33\nno\n")
    with pytest.raises(InputError, match=r"'no' \(list.txt, line 2\)"):
        read_pmids([f"@{path}"])


def test_thousands(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("\n".join(str(n) for n in range(50_000, 0, -1)))
    assert read_pmids([f"@{path}"]) == tuple(map(str, range(1, 50_001)))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_pmids([f"@{tmp_path / 'none'}"])
    with pytest.raises(InputError, match="cannot be read"):
        read_pmids([f"@{tmp_path}"])


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"7\n33\n")))
    assert read_pmids(["-"]) == ("7", "33")
