"""``releases.toml``: where the owners of the ontologies publish their full releases, as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ParameterError, TermsError, UnknownNameError
from kg.resources import data_folder
from kg.terms.sources import KINDS
from kg.transfer import file_name


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of a release.

    Attributes:
        name: what a user calls it (``CID-SMILES``).
        kind: one of ``kg.terms.sources.KINDS``.
        format: the format it is one of (``obo``), "" where the source has one only.
        urls: addresses of the newest, in the order in which they are tried.
        release_urls: addresses of a named release, with ``{release}``.
        default: whether it is fetched unasked.
        mb: about how large it is in megabytes, 0 where that is not known.
        checksums: endings of the owner's checksum files beside it.
    """

    name: str
    kind: str
    format: str = ""
    urls: tuple[str, ...] = ()
    release_urls: tuple[str, ...] = ()
    default: bool = True
    mb: int = 0
    checksums: tuple[str, ...] = ()

    def addresses(self, release: str) -> tuple[str, ...]:
        """Return the addresses of a release, or of the newest for "".

        >>> PublishedFile("desc", "mesh-descriptors", release_urls=("https://x/desc{release}.gz",)).addresses("2026")
        ('https://x/desc2026.gz',)
        """
        return tuple(url.replace("{release}", release) for url in self.release_urls) if release else self.urls

    def owner_names(self, release: str) -> tuple[str, ...]:
        """Return the names under which the owner publishes the file.

        >>> PublishedFile("desc", "mesh-descriptors", release_urls=("https://x/desc{release}.gz",)).owner_names("2026")
        ('desc2026.gz',)
        """
        return tuple(dict.fromkeys(file_name(url) for url in self.addresses(release)))


@dataclass(frozen=True, slots=True)
class Publisher:
    """One owner's source of releases; the attributes are those of ``releases.toml``."""

    key: str
    files: tuple[PublishedFile, ...]
    title: str = ""
    owner: str = ""
    licence: str = ""
    url: str = ""
    prefixes: tuple[str, ...] = ()
    group: str = ""
    releases: str = ""
    newest: str = "owner"
    version: str = "content"
    mixed: bool = False

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that the owner publishes, the usual one first.

        >>> files = (PublishedFile("mondo", "obo", "obo"), PublishedFile("mondo-json", "obographs", "json"))
        >>> Publisher("mondo", files).formats
        ('obo', 'json')
        """
        return tuple(dict.fromkeys(f.format for f in self.files if f.format))


@dataclass(frozen=True, slots=True)
class Request:
    """Files of one source, in one format, of one release ("" for the newest)."""

    publisher: Publisher
    files: tuple[PublishedFile, ...]
    release: str = ""
    format: str = ""


def read_catalogue(path: Path | None = None) -> tuple[Publisher, ...]:
    """Read ``releases.toml``, the one that ships with casegraph if none is named.

    Raises:
        TermsError: if it cannot be read, or says something that is not known.

    >>> [publisher.key for publisher in read_catalogue()][:3]
    ['mondo', 'mesh', 'pubchem']
    """
    path = path or data_folder("ontologies") / "releases.toml"
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_publisher(key, table) for key, table in declared.items())
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, KeyError, re.error) as error:
        raise TermsError(f"{path} is malformed: {error}", value=str(path)) from error


def _publisher(key: str, table: dict[str, Any]) -> Publisher:
    files = tuple(PublishedFile(**_values(entry)) for entry in table.pop("files"))
    publisher = Publisher(key, files, **_values(table))
    re.compile(publisher.releases)
    unknown = [file.kind for file in files if file.kind not in KINDS]
    if (
        unknown
        or publisher.newest not in {"owner", "year"}
        or publisher.version not in {"release", "content", "modified"}
    ):
        raise TypeError(f"[{key}] has a value that is not known")
    return publisher


def _values(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def choose(
    catalogue: Sequence[Publisher],
    names: Sequence[str],
    *,
    releases: Sequence[str] = (),
    formats: Sequence[str] = (),
    all_files: bool = False,
) -> tuple[Request, ...]:
    """Return what a user asks for.

    Args:
        catalogue: from ``read_catalogue``.
        names: sources, groups of sources (``mappings``), ``all``, or single files (``CID-SMILES``).
        releases: ``RELEASE`` for every source named that has releases, or ``SOURCE=RELEASE``.
        formats: formats (``json``); each goes to the source that has it.
        all_files: also the files that are not fetched unasked.

    Raises:
        UnknownNameError: if a name is not known.
        ParameterError: if a release or format fits no source that is asked for.

    >>> requests = choose(read_catalogue(), ["mondo"], formats=["json"])
    >>> [(request.publisher.key, request.format, len(request.files)) for request in requests]
    [('mondo', 'json', 1)]
    """
    known = {"all", *(p.key for p in catalogue), *(p.group for p in catalogue if p.group),
             *(f.name for p in catalogue for f in p.files)}  # fmt: skip
    wanted = list(names) or ["all"]
    for name in wanted:
        if name not in known:
            raise UnknownNameError("source or file", name, known)
    chosen: list[Request] = []
    for publisher in catalogue:
        whole = bool({"all", publisher.key, publisher.group} & set(wanted))
        named = {file.name for file in publisher.files} & set(wanted)
        if not whole and not named:
            continue
        form = _format(publisher, named, formats)
        files = tuple(
            file
            for file in publisher.files
            if file.name in named
            or (whole and (file.default or all_files) and file.format in {"", form})
        )  # fmt: skip
        chosen.append(Request(publisher, files, "", form))
    if unused := [f for f in formats if not any(f in request.publisher.formats for request in chosen)]:
        raise ParameterError(f"no source that is asked for has the format {', '.join(unused)}", value=unused)
    return _with_releases(chosen, releases)


def _format(publisher: Publisher, named: set[str], formats: Sequence[str]) -> str:
    """Return the one format of a source: two would give every term twice."""
    own = [f for f in dict.fromkeys(formats) if f in publisher.formats]
    own += [file.format for file in publisher.files if file.name in named and file.format and file.format not in own]
    if len(own) > 1:
        raise ParameterError(f"{publisher.key}: one format at a time, not {' and '.join(own)}", value=own)
    return own[0] if own else next(iter(publisher.formats), "")


def _with_releases(chosen: Sequence[Request], releases: Sequence[str]) -> tuple[Request, ...]:
    by_source: dict[str, str] = {}
    for given in releases:
        key, equals, release = given.rpartition("=")
        takers = [r.publisher for r in chosen if (r.publisher.key == key if equals else bool(r.publisher.releases))]
        if not takers:
            what = f"{key} is not asked for" if equals else "no source that is asked for has releases"
            raise ParameterError(f"--release {given}: {what}", value=given)
        for publisher in takers:
            if not publisher.releases:
                raise ParameterError(f"{publisher.key} has no releases, only the owner's date of a file", value=given)
            if not re.fullmatch(publisher.releases, release):
                shape = "a year as 2026" if publisher.newest == "year" else "a date as 2026-05-05"
                raise ParameterError(f"--release {given}: a release of {publisher.key} is {shape}; name a source's own with "
                                     f"--release {publisher.key}=RELEASE", value=given)  # fmt: skip
            by_source[publisher.key] = release
    return tuple(Request(r.publisher, r.files, by_source.get(r.publisher.key, ""), r.format) for r in chosen)
