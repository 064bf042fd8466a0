"""Telling what an ontology file is by what is in it, and gathering loose files into sources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.curies import prefixes
from kg.errors import InputError, TermsError, UnknownNameError, close_matches
from kg.resources import data_folder
from kg.terms import pubchem, readers, sssom
from kg.terms.reading import Problem, read_start, sha256_file
from kg.terms.sources import KINDS, Source, SourceFile, own_version, read_sources

_ROOTS: Final = {
    "DescriptorRecordSet": "mesh-descriptors", "DescriptorRecord": "mesh-descriptors",
    "SupplementalRecordSet": "mesh-supplementary", "SupplementalRecord": "mesh-supplementary",
    "PharmacologicalActionSet": "mesh-actions", "RDF": "owl",
}  # fmt: skip
_ROOT: Final = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)[\s>/]")
_COMMENT: Final = re.compile(rb"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)")
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^\[>]*+(?:>|\Z|\[.*?(?:\]\s*+>|\Z))", re.DOTALL)
_OBO: Final = re.compile(rb"^(?:format-version:|ontology:|\[Term\])", re.MULTILINE)
_FIRST_TERM: Final = re.compile(rb"^id:\s*([A-Za-z]+):", re.MULTILINE)
_TRIPLE: Final = re.compile(rb"^<http[^>]*id\.nlm\.nih\.gov/mesh", re.MULTILINE)
_SSSOM: Final = re.compile(
    rb"^(?=[^\n]*\bsubject_id\b)(?=[^\n]*\bobject_id\b)[^\n]*\t|^#\s*(?:mapping_set_id|curie_map)\s*:", re.MULTILINE
)
_OLD_NEW: Final = re.compile(rb"^\W*(?:old|from|replaced)\w*\s*[,\t].*\b(?:new|to|replaced_by)\b", re.IGNORECASE)
_LABELS: Final = re.compile(rb"^\W*(?:\w+[,\t])*(?:id|curie|identifier)[,\t\r\n]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Loose files as sources, and the files that are of no known kind."""

    sources: tuple[Source, ...]
    refused: tuple[Problem, ...]


def detect(path: Path) -> str:
    """Return the kind of an ontology file (one of ``KINDS``), told by its content.

    The name is asked only where content cannot tell: PubChem's titles and MeSH names look alike.

    Raises:
        TermsError: if the file cannot be read or is of no known kind; the message says what it seems to be.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "some.file")
    ...     _ = path.write_text("format-version: 1.4\\nontology: mondo\\n\\n[Term]\\nid: MONDO:0000001\\n")
    ...     detect(path)
    'obo'
    """
    start = read_start(path)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        start = start.decode("utf-16", "replace").encode()
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise TermsError(f"{path} is empty; fetch it again", value=str(path))
    if start.startswith(b"SQLite format 3"):
        raise TermsError(f"{path} is a compiled index; name it with --previous or --terms", value=str(path))
    kind = _markup(path, start) if start.startswith(b"<") else _text(path, start)
    if kind:
        return kind
    raise TermsError(
        f"{path} is none of the formats that casegraph reads ({', '.join(KINDS)}); name its kind as KIND={path.name}",
        value=str(path),
    )


def _markup(path: Path, start: bytes) -> str:
    if _TRIPLE.match(start):
        return "mesh-rdf"
    bare = _COMMENT.sub(b"", start)
    low = bare[:2048].lower()
    if b"<html" in low or b"<!doctype html" in low:
        raise TermsError(
            f"{path} is an HTML page, not an ontology: an error page or a login was saved in its place; fetch it again",
            value=str(path),
        )
    match = _ROOT.search(_DOCTYPE.sub(b"", bare))
    return _ROOTS.get(match.group(1).decode(), "") if match else ""


def _text(path: Path, start: bytes) -> str:
    if start.startswith((b"{", b"[")) and not start.startswith(b"[Term]"):
        return "obographs" if b'"graphs"' in start or b'"nodes"' in start else ""
    if _SSSOM.search(start):
        return "sssom"
    if table := pubchem.is_pubchem_table(start, path.name):
        return table
    head = start.split(b"\n", 1)[0]
    if _OLD_NEW.match(head):
        return "replacements"
    if _LABELS.match(head):
        return "labels"
    return "obo" if _OBO.search(start) else ""


def gather(paths: Iterable[str | Path]) -> Gathered:
    """Group loose files into sources; the order in which they are named changes nothing.

    Args:
        paths: files; ``KIND=FILE`` names the kind where content does not tell it; folders with a
            ``sources.toml``, or whose files are taken one by one.

    Raises:
        InputError: if a path does not exist.
        UnknownNameError: if a kind is none of ``KINDS``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_text("ontology: mondo\\n\\n[Term]\\nid: MONDO:0000001\\n")
    ...     [(source.key, source.prefixes, [file.kind for file in source.files]) for source in gather([path]).sources]
    [('mondo', ('MONDO',), ['obo'])]
    """
    sources: list[Source] = []
    refused: list[Problem] = []
    files: dict[Path, SourceFile] = {}
    for path in sorted(map(str, paths)):
        kind, found = _declared(path)
        if found.is_dir() and (found / "sources.toml").is_file():
            declared_there, told = _declared_folder(found)
            sources += declared_there
            refused += told
            continue
        if not found.exists():
            near = close_matches(found.name, [p.name for p in found.parent.iterdir()] if found.parent.is_dir() else [])
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise InputError(f"there is no file {found}{hint}", value=str(found))
        if found.is_dir():
            below = sorted(p.name for p in found.iterdir() if p.is_dir() and not p.name.startswith("."))
            refused += [
                Problem("", name, "folder-in-folder", 0, name, "a folder in a folder is not searched: name it too")
                for name in below
            ]
        for file in sorted(p for p in found.iterdir() if p.is_file()) if found.is_dir() else [found]:
            try:
                files[file.resolve()] = SourceFile(file, kind or detect(file))
            except TermsError as error:
                # In a folder lie files of other kinds too (a README); what is named must be usable.
                code = "other-file" if found.is_dir() and _is_prose(file) else "unusable-file"
                refused.append(Problem("", file.name, code, 0, file.name, str(error)))
    by_source: dict[str, list[SourceFile]] = {}
    for declared in files.values():
        try:
            by_source.setdefault(_source_key(declared), []).append(declared)
        except TermsError as error:
            refused.append(Problem("", declared.path.name, "unusable-file", 0, declared.path.name, str(error)))
    known = {source.key: source for source in read_sources(data_folder("ontologies"))}
    sources += [_source(key, group, known.get(key)) for key, group in by_source.items()]
    refused += [problem for source in sources for problem in _versions(source)]
    return Gathered(tuple(sorted(_united(sources), key=lambda s: s.key)), tuple(refused))


def _is_prose(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix.lower() in {".md", ".rst", ".pdf"} or path.stem.upper() in {
        "README", "LICENSE", "LICENCE", "CHANGELOG", "MD5SUMS", "SHA256SUMS"
    }  # fmt: skip


def _declared(path: str) -> tuple[str, Path]:
    kind, equals, rest = path.partition("=")
    if equals and kind in KINDS:
        return kind, Path(rest)
    if equals and not Path(path).exists() and Path(rest).exists():
        raise UnknownNameError("kind", kind, KINDS)
    return "", Path(path)


def _source_key(file: SourceFile) -> str:
    if file.kind in {"obo", "obographs", "owl"}:
        identifier = readers.read_header(file.path, file.kind)[0]
        name = identifier.rstrip("/").rsplit("/", 1)[-1].partition(".")[0] or _first_prefix(file.path)
        # A module or sample of Mondo is Mondo.
        return re.split(r"[-_]", name.lower())[0] or file.path.name.partition(".")[0].lower()
    if file.kind == "sssom":
        identifier = sssom.read_metadata(file.path).mapping_set_id or file.path.name
        *before, name = identifier.rstrip("/").removesuffix(".gz").split("/")
        name = name.removesuffix(".tsv").removesuffix(".sssom")
        # `.../biomappings/sssom/positive.sssom.tsv`: the last part alone does not say whose it is.
        owner = next((part for part in reversed(before) if part not in {"sssom", "mappings"}), "")
        return name if "_" in name or not owner else f"{owner}_{name}"
    return "pubchem" if file.kind.startswith("pubchem-") else "mesh"


def _declared_folder(folder: Path) -> tuple[tuple[Source, ...], list[Problem]]:
    """Read a folder as its ``sources.toml`` says; tell of what is missing and of what it does not declare."""
    missing: list[str] = []
    sources = read_sources(folder, missing)
    named = {file.path.name for source in sources for file in source.files}
    there = sorted(
        p.name for p in folder.iterdir() if p.is_file() and p.suffix != ".toml" and not p.name.startswith(".")
    )
    lost = [
        Problem("", name, "missing-file", 0, name, "sources.toml names the file, and it is not there: fetch it again")
        for name in missing
    ]
    extra = [
        Problem("", name, "undeclared-file", 0, name, "sources.toml does not name the file: it is left out")
        for name in there
        if name not in named
    ]
    return sources, [*lost, *extra]


def _versions(source: Source) -> list[Problem]:
    """Tell where the files of one source are of several releases: identifiers of both would stand as current."""
    found: dict[str, str] = {}
    for file in source.files:
        if file.kind in readers.TERM_READERS and (version := own_version((file,))):
            found.setdefault(version.rpartition("/")[2], file.path.name)
    if len(found) < 2:
        return []
    told = ", ".join(f"{name} is {version}" for version, name in found.items())
    message = f"the files are of several releases ({told}); compile the older one apart and name it with --previous"
    return [Problem(source.key, "", "several-releases", 0, source.key, message)]


def _first_prefix(path: Path) -> str:
    """Return the prefix of the first term of an OBO file that does not name its ontology."""
    match = _FIRST_TERM.search(read_start(path))
    return match.group(1).decode() if match else ""


def _ordered(files: Collection[SourceFile]) -> tuple[SourceFile, ...]:
    """Order files by what they are and hold, not by where they lie; of one kind and name the content decides."""
    named = Counter((file.kind, file.path.name) for file in files)

    def order(file: SourceFile) -> tuple[int, str, str]:
        # A full release has gigabytes: it is read for its hash only where nothing else tells two files apart.
        alike = named[file.kind, file.path.name] > 1
        return KINDS.index(file.kind), file.path.name, sha256_file(file.path) if alike else ""

    return tuple(sorted(files, key=order))


def _source(key: str, files: Sequence[SourceFile], known: Source | None) -> Source:
    """Make a source of loose files; owner and licence are those of the bundled source of that key."""
    ordered = _ordered(files)
    prefix = next((p for p in prefixes() if p.casefold() == key.casefold()), None)
    base = known or Source(key, (), title=key, prefixes=(prefix,) if prefix else ())
    return replace(base, files=ordered, version=own_version(ordered), complete=True, covers="")


def _united(sources: Iterable[Source]) -> Iterable[Source]:
    """Unite sources of one key: files of one owner may come from several folders."""
    united: dict[str, Source] = {}
    for source in sources:
        if source.key in united:
            before = united[source.key]
            files = {file.path.resolve(): file for file in (*before.files, *source.files)}
            ordered = _ordered(files.values())
            united[source.key] = replace(before, files=ordered, complete=before.complete and source.complete)
        else:
            united[source.key] = source
    return united.values()
