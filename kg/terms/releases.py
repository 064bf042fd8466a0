"""Fetching the owners' full releases: from their addresses, a mirror or a folder, into the user's store.

What cannot be had is said, with why and what to do; what the store holds takes its place. The folder of a release
has the owner's file names and a ``sources.toml`` that pins every file by its hash, so that a build can be repeated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from kg.errors import DownloadError, InputError, TermsError
from kg.terms.download import Downloaded, download, examine, take
from kg.terms.reading import read_start, sha256_file
from kg.terms.release_catalogue import PublishedFile, Publisher, Request, choose, read_catalogue
from kg.terms.release_mirror import Mirror
from kg.terms.release_store import (
    Address,
    CachedRelease,
    PinnedFile,
    ReleaseStore,
    iso_date,
    pinned_files,
    pins_text,
    read_pins,
)
from kg.terms.sources import KINDS, SourceFile, own_version
from kg.terms.transfer import Progress, Validators
from kg.transfer import USUAL, Limits, file_name, open_session, public_url

_BY_HAND: Final = "put there by hand"
_IN_THE_WAY: Final = "in-the-way"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
#: How a file of a kind begins; only what is certain, as an owner may change the rest.
_BEGINS: Final = {
    "obo": re.compile(rb"(?m)^(?:format-version:|ontology:|data-version:|\[Term\])"),
    "obographs": re.compile(rb"\A\s*\{"),
    "sssom": re.compile(rb"(?m)^(?:#|[^<{\n]*subject_id)"),
    "mesh-rdf": re.compile(rb"(?m)^<http"),
    "xml": re.compile(rb"\A\s*<"),
    "pubchem": re.compile(rb"\A\d+\t"),
}


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file.

    Attributes:
        source: key of its source.
        file: its name.
        kind: its kind.
        status: ``fetched``; ``unchanged``, the owner has no newer one; ``cached``, the store's, as the owner's was not to
            be had; ``by-hand``, the user's own in the folder; ``missing``.
        version: the release, or the owner's date.
        size: its bytes.
        received: bytes that came over the network.
        sha256: hash of its bytes.
        last_modified: the owner's date.
        url: the owner's address.
        origin: as in ``PinnedFile``.
        checked_by: the owner's checksum that it was compared with, "" for none.
        path: where it is.
        reason: why it is cached or missing.
        advice: what to do about it.
    """

    source: str
    file: str
    kind: str
    status: str
    version: str = ""
    size: int = 0
    received: int = 0
    sha256: str = ""
    last_modified: str = ""
    url: str = ""
    origin: str = ""
    checked_by: str = ""
    path: str = ""
    reason: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What became of every file, and the folders that hold them."""

    files: tuple[FileReport, ...]
    folders: tuple[Path, ...]

    @property
    def missing(self) -> tuple[FileReport, ...]:
        """The files that are not to be had at all.

        >>> report = FileReport("mondo", "mondo.obo", "obo", "missing", reason="the server answers 404")
        >>> FetchReport((report,), ()).missing == (report,)
        True
        """
        return tuple(file for file in self.files if file.status == "missing")

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON.

        >>> FetchReport((), (Path("mondo"),)).as_dict()
        {'files': [], 'folders': ['mondo']}
        """
        return {"files": [asdict(file) for file in self.files], "folders": [str(folder) for folder in self.folders]}


def cached_releases(store: ReleaseStore | None = None) -> tuple[CachedRelease, ...]:
    """Return the releases that the user's store holds, ordered by source, newest first.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cached_releases(ReleaseStore(Path(folder)))
    ()
    """
    return (store or ReleaseStore()).releases()


def fetch(
    names: Sequence[str] = (),
    folder: Path | None = None,
    *,
    releases: Sequence[str] = (),
    mirror: str = "",
    formats: Sequence[str] = (),
    all_files: bool = False,
    offline: bool = False,
    limits: Limits = USUAL,
    catalogue: Sequence[Publisher] | None = None,
    store: ReleaseStore | None = None,
    this_year: int = 0,
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch releases into the store, and into a folder that a compilation can read.

    Args:
        names: sources, groups, ``all`` or single files; see ``choose``.
        folder: one folder for everything; without it each release has its own in the store.
        releases: ``RELEASE`` or ``SOURCE=RELEASE``; the newest without.
        mirror: an address that takes the place of the owners' hosts, or a folder with the owners' files.
        formats: ``json``, ``owl``, ``rdf`` in place of the usual format.
        all_files: also the large files.
        offline: ask nobody; a folder as mirror may be used.
        limits: times, attempts, size.
        catalogue: where the owners publish; what ships with casegraph if none is named.
        store: where contents are kept; the user's cache if none is named.
        this_year: the year in which the newest release is looked for first; today's if 0.
        progress: told of what has come.

    Returns:
        What became of every file. Files that could not be had are in it, not raised.

    Raises:
        UnknownNameError: if a name is not known.
        ParameterError: if a release or format does not fit.
        InputError: if the mirror is no folder and no http(s) address.
        TermsError: if the store or the folder cannot be written, or the folder's ``sources.toml`` is malformed.

    >>> import tempfile
    >>> text = "format-version: 1.4\\ndata-version: 2026-05-05\\nontology: mondo\\n\\n[Term]\\nid: MONDO:0009807\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     owners, store = Path(folder, "owners"), ReleaseStore(Path(folder, "store"))
    ...     owners.mkdir()
    ...     _ = (owners / "mondo.obo").write_text(text)
    ...     report = fetch(["mondo"], Path(folder, "mine"), mirror=str(owners), store=store)
    ...     [(file.file, file.status, file.version, file.origin) for file in report.files]
    [('mondo.obo', 'fetched', '2026-05-05', 'mirror folder')]
    """
    requests = choose(catalogue or read_catalogue(), names, releases=releases, formats=formats, all_files=all_files)
    fetcher = _Fetcher(
        folder, Mirror.of(mirror), offline, limits, store or ReleaseStore(), this_year or date.today().year, progress
    )
    reports: list[FileReport] = []
    folders: list[Path] = []
    for request in requests:
        files, where = fetcher.fetch(request)
        reports += files
        folders += [where] if where and where not in folders else []
    return FetchReport(tuple(reports), tuple(folders))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A file on its way: where its bytes are, or why they are not."""

    file: PublishedFile
    release: str
    report: FileReport
    content: Path | None = None
    why: str = ""
    etag: str = ""


@dataclass(slots=True)
class _Fetcher:
    folder: Path | None
    mirror: Mirror
    offline: bool
    limits: Limits
    store: ReleaseStore
    this_year: int
    progress: Progress | None
    dead: dict[str, DownloadError] = field(default_factory=dict)

    def fetch(self, request: Request) -> tuple[list[FileReport], Path | None]:
        """Fetch the files of one source and put them into their folder."""
        pins = read_pins(self.folder) if self.folder else {}
        mine = {f.file: f for f in pinned_files(pins.get(request.publisher.key, {"files": []}))}
        outcomes = self._newest(request, mine)
        outcomes = self._or_cached(request, outcomes, mine)
        got = [o for o in outcomes if o.content]
        if not got:
            return [o.report for o in outcomes], None
        version = _version(request.publisher, got)
        outcomes = [_dated(request.publisher, o, version) for o in outcomes]
        return self._publish(request, outcomes, version)

    def _newest(self, request: Request, mine: dict[str, PinnedFile]) -> list[_Outcome]:
        """Try the release that is asked for, or the newest: of yearly releases this year's, then the one before."""
        tries = [request.release]
        if not request.release and request.publisher.newest == "year":
            tries = [str(self.this_year), str(self.this_year - 1)]
        first: list[_Outcome] = []
        for release in tries:
            outcomes = [self._one(request, file, release, mine) for file in request.files]
            if any(o.content for o in outcomes):
                return outcomes
            first = first or outcomes
        return first

    def _one(self, request: Request, file: PublishedFile, release: str, mine: dict[str, PinnedFile]) -> _Outcome:
        """Get one file of one release, from the user's folder, the mirror or the owner."""
        urls = file.addresses(release)
        names = file.owner_names(release)
        report = FileReport(request.publisher.key, names[0], file.kind, "missing", url=public_url(urls[0]))
        if (own := self._by_hand(names, mine)) is not None:
            try:
                sha256 = examine(own, own.name)
                _check(own, file, release)
            except TermsError as error:
                reason = f"the file that lies in {own.parent} cannot be used: {error}"
                return _Outcome(file, release, replace(report, file=own.name, reason=reason,
                                advice=f"remove {own.name} there to have it fetched"), why=_IN_THE_WAY)  # fmt: skip
            report = replace(report, file=own.name, status="by-hand", sha256=sha256, size=own.stat().st_size,
                             origin=_BY_HAND)  # fmt: skip
            return _Outcome(file, release, report, own)
        failed: DownloadError | None = None
        for url in urls:
            try:
                return self._get(request, file, release, url)
            except DownloadError as error:
                if failed is None or failed.reason == "not-found":
                    failed = error
        assert failed is not None
        report = replace(report, reason=str(failed), advice=self._advice(failed.reason, request, report))
        return _Outcome(file, release, report, why=failed.reason)

    def _by_hand(self, names: Sequence[str], mine: dict[str, PinnedFile]) -> Path | None:
        """Return a file of the folder that was not put there by an earlier fetch."""
        if self.folder is None or not any((self.folder / name).is_file() for name in names):
            return None
        if any((self.folder / name).is_file() and name not in mine for name in names):
            # Another process may have put it there since the pins were read: it pins under the same lock.
            with self.store.lock(str(self.folder.resolve())):
                pins = read_pins(self.folder)
            mine = mine | {pin.file: pin for table in pins.values() for pin in pinned_files(table)}
        for name in names:
            pin = mine.get(name)
            if (self.folder / name).is_file() and (not (pin and pin.sha256) or pin.origin == _BY_HAND):
                return self.folder / name
        return None

    def _get(self, request: Request, file: PublishedFile, release: str, url: str) -> _Outcome:
        """Get a file from one address.

        Raises:
            DownloadError: if it cannot be had there.
        """
        report = FileReport(request.publisher.key, file_name(url), file.kind, "fetched", url=public_url(url),
                            origin=self.mirror.origin)  # fmt: skip
        if self.mirror.folder:
            path = self.mirror.find(url)
            if not path:
                raise DownloadError(f"{self.mirror.folder} has no {file_name(url)}", reason="not-found")
            with self.store.lock(str(path)):
                part = self.store.part(str(path), path.name)
                taken = take(path, part, limits=self.limits, checksums=file.checksums,
                             check=lambda p: _check(p, file, release))  # fmt: skip
                known = self.store.content(taken.sha256).is_file()
                content = self.store.add(part, taken.sha256)
            return _outcome(file, release, replace(report, status="unchanged" if known else "fetched"), content, taken)
        if self.offline:
            raise DownloadError("nothing is fetched with --offline", reason="offline")
        asked = self.mirror.address(url)
        host = urlsplit(asked).netloc
        if host in self.dead:
            raise self.dead[host]
        with self.store.lock(asked):
            before = self.store.address(asked)
            content_before = self.store.sound(before.sha256) if before else None
            known_as = Validators(before.etag, before.last_modified) if before and content_before else None
            part = self.store.part(asked, file_name(url))
            with open_session() as session:
                try:
                    arrived = download(asked, part, session, limits=self.limits, known=known_as, checksums=file.checksums,
                                       check=lambda p: _check(p, file, release), progress=self.progress)  # fmt: skip
                except DownloadError as error:
                    if error.reason == "unreachable":
                        self.dead[host] = error
                    raise
            if arrived is None:
                assert before and content_before and known_as
                again = Downloaded(before.size, before.sha256, known_as, 0, "")
                return _outcome(file, release, replace(report, status="unchanged"), content_before, again)
            content = self.store.add(part, arrived.sha256)
            self.store.remember(asked, Address(arrived.validators.etag, arrived.validators.last_modified,
                                               arrived.sha256, arrived.size))  # fmt: skip
            same = before is not None and content_before is not None and before.sha256 == arrived.sha256
            return _outcome(file, release, replace(report, status="unchanged" if same else "fetched"), content, arrived)

    def _advice(self, reason: str, request: Request, report: FileReport) -> str:
        if reason == "too-large":
            return "allow it with --max-size"
        if reason == "disk":
            return "make room, or let $CASEGRAPH_CACHE name a folder with more"
        if self.mirror.folder:
            return f"put the owner's file there, from {report.url}"
        if reason == "not-found":
            return "name another --release" if request.publisher.releases else f"see {request.publisher.url}"
        again = "try again later, or " if reason in {"busy", "damaged", "unreachable"} else ""
        return f"{again}fetch {report.url} elsewhere and name its folder with --mirror FOLDER"

    # -- what the store has ----------------------------------------------------------------------------------------

    def _or_cached(self, request: Request, outcomes: list[_Outcome], mine: dict[str, PinnedFile]) -> list[_Outcome]:
        """Put what the store holds in the place of what could not be had; never two years side by side."""
        if all(o.content for o in outcomes):
            return outcomes
        yearly = request.publisher.newest == "year"
        releases = [r for r in self.store.releases() if r.source == request.publisher.key]
        wanted = request.release or next((o.release for o in outcomes if o.content), "") if yearly else request.release
        if wanted:
            releases = [r for r in releases if r.version == wanted]
        elif yearly:
            newest = next((r.version for r in releases if any(_pinned(r, o.file) for o in outcomes)), "")
            releases = [r for r in releases if r.version == newest]
        return [o if o.content else self._from_store(request, o, releases, mine) for o in outcomes]

    def _from_store(
        self, request: Request, outcome: _Outcome, releases: Sequence[CachedRelease], mine: dict[str, PinnedFile]
    ) -> _Outcome:
        if outcome.why == _IN_THE_WAY:
            return outcome
        for release in releases:
            for pin in _pinned(release, outcome.file):
                if content := self.store.sound(pin.sha256):
                    return _cached(outcome, pin, content, release.version if request.publisher.newest == "year" else "")
        for name in outcome.file.owner_names(outcome.release):
            pin_there = mine.get(name)
            if self.folder and pin_there and (self.folder / name).is_file():
                content = self.folder / name
                if examine(content, name) == pin_there.sha256 and _is_release(content, outcome):
                    return _cached(outcome, pin_there, content, outcome.release)
        for url in outcome.file.addresses(outcome.release):
            known = self.store.address(self.mirror.address(url))
            if known and (found := self.store.sound(known.sha256)):
                pin = PinnedFile(file_name(url), outcome.file.kind, public_url(url), known.sha256, known.size, known.etag,
                                 iso_date(known.last_modified), self.mirror.origin)  # fmt: skip
                return _cached(outcome, pin, found, outcome.release)
        return outcome

    # -- the folder ------------------------------------------------------------------------------------------------

    def _publish(self, request: Request, outcomes: list[_Outcome], version: str) -> tuple[list[FileReport], Path]:
        """Put the files under the owner's names into the release's folder, and pin them."""
        usual = next(iter(request.publisher.formats), "")
        own = self.store.folder(request.publisher.key, version, request.format if request.format != usual else "")
        got = [o for o in outcomes if o.content]
        if kept := [o for o in got if o.report.status != "by-hand"]:
            self._write(own, request, kept, version)
        if self.folder:
            self._write(self.folder, request, got, version)
        where = self.folder or own
        return [replace(o.report, path=str(where / o.report.file)) if o.content else o.report for o in outcomes], where

    def _write(self, folder: Path, request: Request, got: Sequence[_Outcome], version: str) -> None:
        publisher = request.publisher
        with self.store.lock(str(folder.resolve())):
            tables = read_pins(folder)
            new: dict[str, PinnedFile] = {}
            for outcome in got:
                r = outcome.report
                assert outcome.content
                if r.status != "by-hand":
                    _not_the_users(folder / r.file, r.sha256, tables)
                    self.store.place(outcome.content, folder / r.file)
                new[r.file] = PinnedFile(
                    r.file, r.kind, r.url, r.sha256, r.size, outcome.etag, r.last_modified, r.origin
                )
            before = tables.get(publisher.key, {})
            kinds = {f.kind for f in publisher.files if f.format in {"", request.format}}
            if before and (publisher.mixed or before.get("version") == version):
                for pin in pinned_files(before):
                    # A second format of one release would give every term twice.
                    if pin.file not in new and pin.kind in kinds and (folder / pin.file).is_file():
                        same = not publisher.mixed and any(pin.kind == other.kind for other in new.values())
                        if not same:
                            new[pin.file] = pin
            ordered = sorted(new.values(), key=lambda pin: (KINDS.index(pin.kind), pin.file))
            tables[publisher.key] = _table(publisher, request.format, version, ordered)
            self.store.write(folder / "sources.toml", pins_text(dict(sorted(tables.items()))))


def _not_the_users(target: Path, sha256: str, tables: dict[str, dict[str, Any]]) -> None:
    """Raise ``InputError`` before a file would be written over one that no fetch has put there."""
    pinned = {pin.file for table in tables.values() for pin in pinned_files(table)}
    if target.exists() and target.name not in pinned and sha256_file(target) != sha256:
        raise InputError(f"{target} is there already and is another file; name another folder", value=str(target))


def _table(publisher: Publisher, form: str, version: str, files: Sequence[PinnedFile]) -> dict[str, Any]:
    """Return the table of ``sources.toml`` for a source."""
    names = {pin.file for pin in files}
    release = version if publisher.version == "release" else ""
    complete = all(
        names & {*file.owner_names(""), *file.owner_names(release)}
        for file in publisher.files
        if file.default and file.format in {"", form}
    )
    return {
        "title": publisher.title,
        "owner": publisher.owner,
        "licence": publisher.licence,
        "version": version,
        "url": publisher.url,
        "complete": complete,
        **({"prefixes": list(publisher.prefixes)} if publisher.prefixes else {}),
        "files": [{name: value for name, value in asdict(pin).items() if value != ""} for pin in files],
    }


def _outcome(file: PublishedFile, release: str, report: FileReport, content: Path, got: Downloaded) -> _Outcome:
    report = replace(report, size=got.size, received=got.received, sha256=got.sha256, checked_by=got.checked_by,
                     last_modified=iso_date(got.validators.last_modified))  # fmt: skip
    return _Outcome(file, release, report, content, etag=got.validators.etag)


def _cached(outcome: _Outcome, pin: PinnedFile, content: Path, release: str) -> _Outcome:
    report = replace(outcome.report, file=pin.file, status="cached", sha256=pin.sha256, size=pin.size, advice="",
                     last_modified=pin.last_modified, url=pin.url, origin=pin.origin)  # fmt: skip
    return replace(outcome, release=release or outcome.release, report=report, content=content, etag=pin.etag)


def _pinned(release: CachedRelease, file: PublishedFile) -> tuple[PinnedFile, ...]:
    names = {*file.owner_names(""), *file.owner_names(release.version)}
    return tuple(pin for pin in release.files if pin.kind == file.kind and pin.file in names)


# -- what it is ----------------------------------------------------------------------------------------------------


def _is_release(path: Path, outcome: _Outcome) -> bool:
    """Tell whether a file does not say that it is of another release than the one that is asked for."""
    try:
        _check(path, outcome.file, outcome.release)
    except TermsError:
        return False
    return True


def _check(path: Path, file: PublishedFile, release: str) -> None:
    """Raise ``DownloadError`` if a file does not begin like one of its kind, or names another release."""
    start = read_start(path, 1 << 16).removeprefix(b"\xef\xbb\xbf")
    family = "pubchem" if file.kind.startswith("pubchem-") else file.kind if file.kind in _BEGINS else "xml"
    if not _BEGINS[family].search(start):
        raise DownloadError(f"{path.name.removesuffix('.part')} does not begin like a file of its kind ({file.kind})",
                            reason="wrong-content", value=path.name)  # fmt: skip
    if release and file.kind in {"obo", "obographs", "owl"}:
        own = _short(own_version((SourceFile(path, file.kind),)))
        if own and own != release:
            raise DownloadError(f"the file is release {own}, not {release}", reason="wrong-content", value=own)


def _short(version: str) -> str:
    """Return the date in a version such as ``releases/2026-05-05``, or the version."""
    dates = _DATE.findall(version)
    return dates[-1] if dates else version.strip()


def _own(publisher: Publisher, outcome: _Outcome) -> str:
    """Return the version that a file has of its own."""
    if publisher.version == "release":
        return outcome.release
    dated = outcome.report.last_modified[:10]
    if publisher.version == "modified" or outcome.content is None:
        return dated
    try:
        return _short(own_version((SourceFile(outcome.content, outcome.file.kind),))) or dated
    except TermsError:
        return dated


def _version(publisher: Publisher, got: Sequence[_Outcome]) -> str:
    """Return the version of a source: the newest of its files', else one made of their hashes."""
    if newest := max(_own(publisher, outcome) for outcome in got):
        return newest
    return "sha256-" + hashlib.sha256("".join(sorted(o.report.sha256 for o in got)).encode()).hexdigest()[:12]


def _dated(publisher: Publisher, outcome: _Outcome, version: str) -> _Outcome:
    if not outcome.content:
        return outcome
    own = _own(publisher, outcome) if publisher.mixed else version
    return replace(outcome, report=replace(outcome.report, version=own or version))
