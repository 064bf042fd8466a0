"""What an index holds of its sources and files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """What the index holds of one source.

    Attributes:
        source: key (``mondo``, ``mesh``, ``pubchem``, ``mondo-mesh-sssom``).
        title: the vocabulary's name.
        owner: who publishes it.
        licence: its licence, as an SPDX identifier or in the owner's words.
        version: the owner's release.
        url: where the full release comes from.
        complete: whether this is the whole release; False for a slice.
        covers: what a slice holds, and where its facts come from.
        terms: terms compiled (mappings for a mapping set).
        sha256: hash of the files it was compiled from.
    """

    source: str
    title: str
    owner: str
    licence: str
    version: str
    url: str
    complete: bool
    covers: str
    terms: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What one source gave: terms, names and mappings that the index holds."""

    source: str
    terms: int
    names: int
    mappings: int


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What a file held and what became of it; ``records == kept + sum(set_aside)``.

    Attributes:
        source: key of its source.
        file: its name.
        kind: its kind.
        sha256: hash of its bytes.
        size: its bytes.
        records: stanzas, XML records or rows that it holds.
        kept: those that were taken.
        set_aside: reason -> records that were not.
        url: where the full file comes from.
    """

    source: str
    file: str
    kind: str
    sha256: str
    size: int
    records: int
    kept: int
    set_aside: dict[str, int]
    url: str = ""
