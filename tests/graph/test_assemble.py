"""Names of documents, with and without a title, through a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.graph.assemble import name_of
from kg.graph.build import build
from kg.model import DOCUMENT, Document, Passage
from tests.bundled import index


@pytest.mark.parametrize(
    ("identifier", "title", "text", "name"),
    [
        ("PMID:7", "A title", "A text", "A title"),
        ("PMID:7", "", "A text", "PMID:7"),
        ("casegraph:document-1", "", " A\n text ", "A text"),
        ("casegraph:document-1", "", "word " * 40, "word " * 15 + "word…"),
        ("casegraph:document-1", "", "x" * 200, "x" * 79 + "…"),
        ("casegraph:document-1", "", " ", "a.txt: casegraph:document-1"),
    ],
)
def test_every_document_has_a_name_that_can_be_read(identifier: str, title: str, text: str, name: str) -> None:
    document = Document(identifier, "a.txt", "table", "0", title, passages=(Passage("abstract", text),))
    assert name_of(document) == name


def test_documents_without_title_in_every_format(tmp_path: Path) -> None:
    files = {
        "a.pubtator": "7000001|t|\n7000001|a|Fever fell.\n",
        "b.csv": "pmid,mention\n7000002,Fever\n",
        "c.csv": "doc,mention\nnote 4,Fever\n",
        "d.json": '{"id": "", "passages": [{"offset": 0, "text": "Fever fell again."}]}',
        "e.xml": "<article><body><p>Fever fell once more.</p></body></article>",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    folder = build([tmp_path], tmp_path / "g", index=index()).folder
    names = {row["id"]: row["name"] for row in folder.rows("nodes") if row["category"] == DOCUMENT}
    assert sorted(names.values()) == [
        "Fever fell again.",
        "Fever fell once more.",
        "PMID:7000001",
        "PMID:7000002",
        "note 4",
    ]
    titles = {row["id"]: row["title"] for row in folder.rows("documents")}
    assert sorted(titles.values()) == ["", "", "", "", "note 4"]
