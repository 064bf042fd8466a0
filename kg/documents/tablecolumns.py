"""Which column of a table of annotations means what: from its header, or from a TOML file.

Example of a file::

    mention = "Surface form"
    type = "Entity"
    identifier = "CUI"
    pmid = "Article"
    offsets = "passage"
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kg.errors import InputError, close_matches

#: Names of columns that are recognised, without case and signs; the first that is there counts.
NAMES: Final = {
    "document": ("document", "documentid", "docid", "doc", "articleid", "article", "record", "recordid", "source"),
    "pmid": ("pmid", "pubmedid", "pubmed"),
    "pmcid": ("pmcid", "pmc", "pmcidentifier"),
    "doi": ("doi",),
    "title": ("title", "articletitle", "documenttitle"),
    "abstract": ("abstract", "abstracttext", "documenttext", "body", "content", "passage"),
    "section": ("section", "passagetype", "field", "where"),
    "start": ("start", "begin", "startoffset", "offset", "from", "spanstart", "startindex", "startchar", "startpos"),
    "end": ("end", "stop", "endoffset", "to", "spanend", "endindex", "endchar", "endpos"),
    "mention": ("mention", "mentiontext", "surface", "surfaceform", "entity", "entitytext", "annotation", "span", "term",
                "matchedtext", "name", "label"),
    "type": ("type", "entitytype", "category", "semantictype", "entityclass", "class", "kind", "entitygroup", "concepttype"),
    "identifier": ("identifier", "id", "curie", "conceptid", "entityid", "identifiers", "meshid", "mesh", "normalizedid",
                   "ontologyid", "termid", "code"),
    "annotator": ("annotator", "annotatedby", "tagger", "resource", "tool", "annotationsource"),
    "journal": ("journal", "journaltitle"),
    "date": ("date", "publicationdate", "pubdate", "year"),
    "authors": ("authors", "author"),
    "publication_type": ("publicationtype", "publicationtypes", "pubtype", "articletype"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The names of a table's columns, as its header writes them; "" where it has none.

    Attributes:
        document: any identifier of a document, where there is no column for its kind.
        abstract: the document's text beside the title.
        section: the passage that a mention stands in (``title`` or ``abstract``); offsets count in it.
        mention: the surface form; without this column a row is a document.
        offsets: ``document`` where offsets count over title, one character and abstract, as in PubTator's files;
            ``passage`` where they count in the passage that ``section`` names, the abstract without one.
        Others are what their names say.
    """

    document: str = ""
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    title: str = ""
    abstract: str = ""
    section: str = ""
    start: str = ""
    end: str = ""
    mention: str = ""
    type: str = ""
    identifier: str = ""
    annotator: str = ""
    journal: str = ""
    date: str = ""
    authors: str = ""
    publication_type: str = ""
    offsets: Literal["document", "passage"] = "document"

    @classmethod
    def recognise(cls, header: Iterable[str]) -> TableColumns:
        """Return what the names of a header mean by themselves; names that mean nothing are passed over.

        ``text`` is the surface form in a table that has a type or an identifier for it and no other column for the
        surface form, elsewhere the document's text. ``id`` is the document's in a table without surface forms.

        >>> columns = TableColumns.recognise(["PMID", "start", "end", "Text", "Type", "Concept ID"])
        >>> columns.pmid, columns.mention, columns.identifier
        ('PMID', 'Text', 'Concept ID')
        >>> columns = TableColumns.recognise(["id", "title", "text"])
        >>> columns.document, columns.abstract, columns.identifier
        ('id', 'text', '')
        """
        written: dict[str, str] = {}
        for name in header:
            written.setdefault(plain(name), name)
        found = {
            field: next((written[n] for n in names if n in written), "")
            for field, names in NAMES.items()
        }  # fmt: skip
        if "text" in written:
            annotated = found["start"] or found["type"] or found["identifier"] not in {"", written.get("id")}
            field = "mention" if annotated and not found["mention"] else "abstract"
            found[field] = found[field] or written["text"]
        if not found["mention"] and found["identifier"] == written.get("id", ""):
            found["document"] = found["document"] or found["identifier"]
            found["identifier"] = ""
        if not found["type"]:
            # `label` is the type in what taggers write beside a surface form.
            found["type"] = (
                written["label"] if found["mention"] not in {"", written.get("label")} and "label" in written else ""
            )
        return cls(**found)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: str | Path) -> TableColumns:
        """Read a mapping from a TOML file: names of the fields of this class = names of columns.

        Raises:
            InputError: if the file cannot be read, is no TOML, or has a key or a value that means nothing.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "columns.toml")
        ...     _ = path.write_text('pmid = "PubMed"\\nmention = "name"\\n')
        ...     columns = TableColumns.read(path)
        >>> columns.pmid, columns.mention, columns.title
        ('PubMed', 'name', '')
        """
        try:
            content = tomllib.loads(Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"cannot read the columns in {path}: {error}", value=str(path)) from None
        known = [f.name for f in dataclasses.fields(cls)]
        for key, value in content.items():
            if key not in known:
                near = close_matches(key, known)
                advice = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
                raise InputError(f"{path} names the unknown field {key!r}; {advice}", value=key)
            if not isinstance(value, str) or (key == "offsets" and value not in {"document", "passage"}):
                raise InputError(f"{path}: {key} cannot be {value!r}", value=value)
        return cls(**content)

    def missing(self, header: Iterable[str]) -> list[str]:
        """Return the columns named here that a header does not have.

        >>> TableColumns(pmid="PubMed", mention="name").missing(["PubMed", "text"])
        ['name']
        """
        there = set(header)
        named = [getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "offsets"]
        return [name for name in named if name and name not in there]

    @property
    def problem(self) -> str:
        """Say why a table with these columns cannot be read, "" where it can.

        >>> TableColumns(pmid="PubMed").problem
        "no column holds a mention or a document's text"
        """
        if not any((self.document, self.pmid, self.pmcid, self.doi, self.title, self.abstract)):
            return "no column says which document a row belongs to"
        if not self.mention and not self.title and not self.abstract:
            return "no column holds a mention or a document's text"
        return ""


def plain(name: str) -> str:
    """Return the name of a column without case and signs.

    >>> plain(" Concept_ID ")
    'conceptid'
    """
    return "".join(c for c in name.casefold() if c.isalnum())
