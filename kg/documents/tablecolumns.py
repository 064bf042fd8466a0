"""Which column of a table of annotations means what: from its header, from words of the user, or from a TOML file.

Example of a file::

    mention = "Surface form"
    type = "Entity"
    identifier = "CUI"
    pmid = "Article"
    offsets = "passage"

The same as words: ``mention=Surface form,type=Entity,identifier=CUI,pmid=Article,offsets=passage``. What is not named
is recognised by the names of the other columns, unless it is named ``-``.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
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
    "license": ("license", "licence"),
    "offsets_in": ("offsets", "offsetsin", "offsettype", "offsetbase", "offsetscount"),
}  # fmt: skip
#: Names of columns that are recognised.
KNOWN: Final = frozenset(name for names in NAMES.values() for name in names) | {"text"}
#: The name that says that a table has no such column, whatever its header.
NONE: Final = "-"


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The names of a table's columns, as its header writes them; "" where it has none or nobody has named it.

    Attributes:
        document: any identifier of a document, where there is no column for its kind.
        abstract: the document's text beside the title.
        section: the passage that a mention stands in (``title`` or ``abstract``).
        mention: the surface form; without this column a row is a document.
        offsets: ``document`` where offsets count over title, one character and abstract, as in PubTator's files;
            ``passage`` where they count in the passage that ``section`` names, the abstract without one. It is said
            of all rows; it names no column.
        offsets_in: the column that says the same of a row, which counts for that row.
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
    license: str = ""
    offsets_in: str = ""
    offsets: Literal["document", "passage"] = "document"

    @classmethod
    def recognise(cls, header: Iterable[str], given: Mapping[str, str] | None = None) -> TableColumns:
        """Return what the names of a header mean by themselves; names that mean nothing are passed over.

        Args:
            header: the names.
            given: fields whose columns are known, "" for one that has none; they and their columns are left as they are.

        ``text`` is the surface form in a table that has a type or an identifier for it and no other column for the
        surface form, elsewhere the document's text. ``id`` is the document's in a table without surface forms.

        >>> columns = TableColumns.recognise(["PMID", "start", "end", "Text", "Type", "Concept ID"])
        >>> columns.pmid, columns.mention, columns.identifier
        ('PMID', 'Text', 'Concept ID')
        >>> columns = TableColumns.recognise(["id", "title", "text"])
        >>> columns.document, columns.abstract, columns.identifier
        ('id', 'text', '')
        """
        given = given or {}
        written: dict[str, str] = {}
        for name in header:
            if name not in given.values():
                written.setdefault(plain(name), name)
        found = {
            field: given.get(field, next((written[n] for n in names if n in written), ""))
            for field, names in NAMES.items()
        }  # fmt: skip
        if "text" in written:
            annotated = found["start"] or found["type"] or found["identifier"] not in {"", written.get("id")}
            field = "mention" if annotated and not found["mention"] and "mention" not in given else "abstract"
            if field not in given:
                found[field] = found[field] or written["text"]
        if not found["mention"] and "identifier" not in given and found["identifier"] == written.get("id", ""):
            if "document" not in given:
                found["document"] = found["document"] or found["identifier"]
            found["identifier"] = ""
        if not found["type"] and "type" not in given:
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
        return cls.of(content, where=f"{path}: ")

    @classmethod
    def parse(cls, words: str) -> TableColumns:
        """Read a mapping as a user gives it: the name of a TOML file, or ``field=column`` parted by commas.

        Raises:
            InputError: if it is neither, or has a field or a value that means nothing.

        >>> TableColumns.parse("pmid=Article, mention=Surface form").mention
        'Surface form'
        >>> TableColumns.parse("mentoin=Surface form")
        Traceback (most recent call last):
        kg.errors.InputError: unknown field 'mentoin' of a table; did you mean mention?
        """
        if "=" not in words or Path(words).is_file():
            return cls.read(words)
        pairs = [part.partition("=") for part in words.split(",")]
        if wrong := next((field for field, equals, _ in pairs if not equals), ""):
            advice = "a column whose name holds a comma is named in a TOML file"
            raise InputError(f"columns are given as field=column,…; {wrong!r} is not ({advice})", value=wrong)
        named = [(field.strip(), column.strip()) for field, _, column in pairs]
        if twice := next((f for i, (f, _) in enumerate(named) if f in dict(named[:i])), ""):
            raise InputError(f"the field {twice!r} is named twice", value=twice)
        return cls.of(dict(named))

    @classmethod
    def of(cls, content: Mapping[str, object], where: str = "") -> TableColumns:
        """Make a mapping of fields and columns; the opposite of `pairs`.

        Args:
            content: column by field.
            where: what the message of an error begins with.

        Raises:
            InputError: if it is empty, or has a field or a value that means nothing.

        >>> TableColumns.of({"pmid": "PubMed", "offsets": "passage"}).pairs
        (('offsets', 'passage'), ('pmid', 'PubMed'))
        """
        known = [f.name for f in dataclasses.fields(cls)]
        for key, value in content.items():
            if key not in known:
                near = close_matches(key, known)
                advice = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
                raise InputError(f"{where}unknown field {key!r} of a table; {advice}", value=key)
            if not isinstance(value, str) or not value or (key == "offsets" and value not in {"document", "passage"}):
                raise InputError(f"{where}{key} cannot be {value!r}", value=value)
        if not content:
            raise InputError(f"{where}no column is named", value="")
        return cls(**content)  # type: ignore[arg-type]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The fields that are named and their columns, sorted."""
        told = ((f.name, str(getattr(self, f.name))) for f in dataclasses.fields(self))
        return tuple(sorted((n, v) for n, v in told if v and (n, v) != ("offsets", "document")))

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that are named."""
        return tuple(v for n, v in self.pairs if n != "offsets" and v != NONE)

    def within(self, header: Iterable[str]) -> TableColumns:
        """Return these columns, and what other names of a header mean for the fields that are not named.

        >>> columns = TableColumns(mention="Name", title="-").within(["pmid", "Name", "id", "title"])
        >>> columns.pmid, columns.mention, columns.identifier, columns.title
        ('pmid', 'Name', 'id', '')
        """
        given = {n: "" if v == NONE else v for n, v in self.pairs if n != "offsets"}
        return dataclasses.replace(TableColumns.recognise(header, given), offsets=self.offsets)

    def missing(self, header: Iterable[str]) -> str:
        """Say which of the columns that are named a header does not have, "" where it has all.

        >>> TableColumns(pmid="PubMed", mention="name").missing(["PubMed", "text", "Name"])
        "no column 'name'; did you mean 'Name'?"
        """
        there = list(header)
        absent = [name for name in self.named if name not in there]
        if not absent:
            return ""
        near = [n for name in absent for n in (close_matches(name, there) or _alike(name, there))]
        advice = f"did you mean {' or '.join(map(repr, dict.fromkeys(near)))}?" if near else _listed(there)
        return f"no column {' and no '.join(map(repr, absent))}; {advice}"

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


def _alike(name: str, there: Iterable[str]) -> list[str]:
    return [other for other in there if plain(other) == plain(name)]


def _listed(names: list[str]) -> str:
    return f"there {'is' if len(names) == 1 else 'are'} {', '.join(map(repr, names[:20])) or 'none'}"


def plain(name: str) -> str:
    """Return the name of a column without case and signs.

    >>> plain(" Concept_ID ")
    'conceptid'
    """
    return "".join(c for c in name.casefold() if c.isalnum())
