"""``sources.toml``: what a folder of ontology files holds, who owns it and where the full release is.

::

    [mondo]
    title = "Mondo Disease Ontology"
    owner = "Monarch Initiative"
    licence = "CC-BY-4.0"
    version = "2026-05-05"       # optional: without it the file's own
    url = "https://..."
    complete = false
    covers = "what a slice holds"
    prefixes = ["MONDO"]         # identifiers that this source defines
    files = [{ file = "mondo.obo", kind = "obo", url = "https://..." }]
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from kg.errors import TermsError
from kg.terms import readers, sssom
from kg.terms.reading import read_start

#: Kinds of files, in the order in which a compilation reads them: terms, what is said of them, mappings, compounds.
KINDS: Final = (
    "obo", "obographs", "owl", "mesh-descriptors", "mesh-supplementary", "mesh-rdf", "labels", "mesh-actions",
    "replacements", "sssom", "pubchem-mesh", "pubchem-titles", "pubchem-synonyms", "pubchem-inchikeys",
    "pubchem-smiles", "pubchem-parents",
)  # fmt: skip


_MESH_DTD: Final = re.compile(r"recordset_(\d{4})\d{4}\.dtd")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_MESH_NAME: Final = re.compile(r"(?:desc|supp|pa|mesh)_?(\d{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a source.

    Attributes:
        path: where it lies.
        kind: of which kind it is (``KINDS``).
        url: where the full one comes from.
        sha256: hash that its bytes must have, "" where none is pinned.
    """

    path: Path
    kind: str
    url: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of terms or mappings; the attributes are those of ``sources.toml``."""

    key: str
    files: tuple[SourceFile, ...]
    title: str = ""
    owner: str = ""
    licence: str = ""
    version: str = ""
    url: str = ""
    complete: bool = False
    covers: str = ""
    prefixes: tuple[str, ...] = ()


def read_sources(folder: Path, missing: list[str] | None = None) -> tuple[Source, ...]:
    """Return the sources that a folder's ``sources.toml`` declares, in its order.

    Args:
        folder: the folder with ``sources.toml`` and the files it names.
        missing: takes the names of declared files that are not there; without it such a file is an error. A
            source that lacks a file is not complete.

    Raises:
        TermsError: if the file is missing or malformed, or names a file that is missing or leaves the
            folder, or a kind that is not known.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "mondo.obo").write_text("data-version: 2026-05-05\\n")
    ...     _ = Path(folder, "sources.toml").write_text('[mondo]\\nfiles = [{ file = "mondo.obo", kind = "obo" }]\\n')
    ...     [(source.key, source.version) for source in read_sources(Path(folder))]
    [('mondo', '2026-05-05')]
    """
    path = folder / "sources.toml"
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TermsError(f"{path} is malformed: {error}", value=str(path)) from error
    return tuple(_source(folder, key, table, missing) for key, table in declared.items())


def _source(folder: Path, key: str, table: Any, missing: list[str] | None) -> Source:
    where = f"[{key}] of {folder / 'sources.toml'}"
    if not isinstance(table, dict) or not isinstance(table.get("files"), list):
        raise TermsError(f"{where} has no list of files", value=key)
    read = [_file(folder, where, entry) for entry in table["files"]]
    files = tuple(file for file in read if file.path.is_file())
    if absent := [file.path.name for file in read if not file.path.is_file()]:
        if missing is None:
            raise TermsError(f"{where}: there is no file {absent[0]!r}", value=absent[0])
        missing += absent
    text = {name: table.get(name, "") for name in ("title", "owner", "licence", "version", "url", "covers")}
    if wrong := [name for name, value in text.items() if not isinstance(value, str)]:
        raise TermsError(f"{where}: {', '.join(wrong)} must be text", value=wrong)
    text["covers"] = " ".join(text["covers"].split())
    text["version"] = text["version"] or own_version(files)
    prefixes = table.get("prefixes", [])
    if not (isinstance(prefixes, list) and all(isinstance(prefix, str) for prefix in prefixes)):
        raise TermsError(f"{where}: prefixes must be a list of text", value=prefixes)
    complete = table.get("complete", False)
    if not isinstance(complete, bool):
        raise TermsError(f"{where}: complete must be true or false", value=complete)
    return Source(key, files, complete=complete and not absent, prefixes=tuple(prefixes), **text)


def _file(folder: Path, where: str, entry: Any) -> SourceFile:
    if not isinstance(entry, dict) or not {"file", "kind"} <= entry.keys():
        raise TermsError(f"{where}: a file needs `file` and `kind`", value=entry)
    values = cast("dict[str, object]", entry)
    name, kind, url, sha256 = (str(values.get(k, "")) for k in ("file", "kind", "url", "sha256"))
    if kind not in KINDS:
        raise TermsError(f"{where}: {kind!r} is none of {', '.join(KINDS)}", value=kind)
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TermsError(f"{where}: {name!r} leaves the folder", value=name)
    return SourceFile(path, kind, url, sha256)


def own_version(files: tuple[SourceFile, ...]) -> str:
    """Return the release that the files themselves name, "" where none does.

    OBO, OBO Graphs, OWL and SSSOM name it inside; MeSH's files in their document type (a date) or their
    name, tables of labels in their name (a year).

    Raises:
        TermsError: if a file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_text("data-version: 2026-05-05\\n")
    ...     own_version((SourceFile(path, "obo"),))
    '2026-05-05'
    """
    for file in files:
        if file.kind in {"obo", "obographs", "owl"}:
            found = readers.read_header(file.path, file.kind)[1]
        elif file.kind == "sssom":
            found = sssom.read_metadata(file.path).mapping_set_version
        elif file.kind.startswith("mesh-"):
            start = read_start(file.path, 4096).decode("utf-8", "replace")
            match = _MESH_DTD.search(start) or _MESH_NAME.search(file.path.name)
            found = match.group(1) if match else ""
        elif file.kind == "labels":
            match = _YEAR.search(file.path.name)
            found = match.group() if match else ""
        else:
            found = ""
        if found:
            return found
    return ""
