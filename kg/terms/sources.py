"""``sources.toml``: what a folder of ontology files holds, who owns it and where the full release is.

::

    [mondo]
    title = "Mondo Disease Ontology"
    owner = "Monarch Initiative"
    licence = "CC-BY-4.0"
    version = "2026-05-05"       # optional for OBO and SSSOM: then the file's own
    url = "https://..."
    complete = false
    covers = "what a slice holds"
    prefixes = ["MONDO"]         # identifiers that this source defines
    files = [{ file = "mondo.obo", kind = "obo", url = "https://..." }]
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from kg.errors import TermsError
from kg.terms import obo, sssom

KINDS: Final = (
    "obo", "mesh-descriptors", "mesh-supplementary",
    "pubchem-titles", "pubchem-synonyms", "pubchem-mesh", "sssom",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a source: where it lies, of which kind (``KINDS``), where the full one comes from."""

    path: Path
    kind: str
    url: str = ""


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


def read_sources(folder: Path) -> tuple[Source, ...]:
    """Return the sources that a folder's ``sources.toml`` declares, in its order.

    Args:
        folder: the folder with ``sources.toml`` and the files it names.

    Raises:
        TermsError: if the file is missing or malformed, or names a file that is missing or leaves the
            folder, or a kind that is not known.
    """
    path = folder / "sources.toml"
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TermsError(f"{path} is malformed: {error}", value=str(path)) from error
    return tuple(_source(folder, key, table) for key, table in declared.items())


def _source(folder: Path, key: str, table: Any) -> Source:
    where = f"[{key}] of {folder / 'sources.toml'}"
    if not isinstance(table, dict) or not isinstance(table.get("files"), list):
        raise TermsError(f"{where} has no list of files", value=key)
    files = tuple(_file(folder, where, entry) for entry in table["files"])
    text = {name: table.get(name, "") for name in ("title", "owner", "licence", "version", "url", "covers")}
    if wrong := [name for name, value in text.items() if not isinstance(value, str)]:
        raise TermsError(f"{where}: {', '.join(wrong)} must be text", value=wrong)
    text["covers"] = " ".join(text["covers"].split())
    text["version"] = text["version"] or _own_version(files)
    prefixes = table.get("prefixes", [])
    if not (isinstance(prefixes, list) and all(isinstance(prefix, str) for prefix in prefixes)):
        raise TermsError(f"{where}: prefixes must be a list of text", value=prefixes)
    complete = table.get("complete", False)
    if not isinstance(complete, bool):
        raise TermsError(f"{where}: complete must be true or false", value=complete)
    return Source(key, files, complete=complete, prefixes=tuple(prefixes), **text)


def _file(folder: Path, where: str, entry: Any) -> SourceFile:
    if not isinstance(entry, dict) or not {"file", "kind"} <= entry.keys():
        raise TermsError(f"{where}: a file needs `file` and `kind`", value=entry)
    name, kind, url = (str(cast("dict[str, object]", entry).get(k, "")) for k in ("file", "kind", "url"))
    if kind not in KINDS:
        raise TermsError(f"{where}: {kind!r} is none of {', '.join(KINDS)}", value=kind)
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TermsError(f"{where}: {name!r} leaves the folder", value=name)
    if not path.is_file():
        raise TermsError(f"{where}: there is no file {name!r}", value=name)
    return SourceFile(path, kind, url)


def _own_version(files: tuple[SourceFile, ...]) -> str:
    for file in files:
        if file.kind == "obo":
            return obo.read_version(file.path)
        if file.kind == "sssom":
            return sssom.read_metadata(file.path).mapping_set_version
    return ""
