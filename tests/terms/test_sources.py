"""``sources.toml``: read whole, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.terms.sources import read_sources
from tests.terms.build import write


def test_sources_are_read_in_order(tmp_path: Path) -> None:
    sources = read_sources(write(tmp_path))
    assert [source.key for source in sources] == ["mondo", "mesh", "pubchem", "pairs"]
    mondo = sources[0]
    assert (mondo.title, mondo.licence, mondo.complete) == ("Mondo", "CC-BY-4.0", False)
    assert mondo.version == "releases/2026-01-01", "told by the file"
    assert sources[1].version == "2025"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[mondo", "malformed"),
        ("[mondo]\n", "no list of files"),
        ("mondo = 3\n", "no list of files"),
        ("[mondo]\nfiles = [{ file = 'mondo.obo' }]\n", "needs `file` and `kind`"),
        ("[mondo]\nfiles = [{ file = 'mondo.obo', kind = 'rdf' }]\n", "'rdf' is none of"),
        ("[mondo]\nfiles = [{ file = 'gone.obo', kind = 'obo' }]\n", "there is no file"),
        ("[mondo]\nfiles = [{ file = '../x.obo', kind = 'obo' }]\n", "leaves the folder"),
        ("[mondo]\ntitle = 3\nfiles = []\n", "title must be text"),
        ("[mondo]\ncomplete = 'yes'\nfiles = []\n", "complete must be"),
        ("[mondo]\nprefixes = 'MONDO'\nfiles = []\n", "prefixes must be"),
    ],
)
def test_a_bad_declaration_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TermsError, match=message):
        read_sources(write(tmp_path, sources_toml=text))


def test_a_folder_without_declaration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match=r"sources\.toml cannot be read"):
        read_sources(tmp_path)
