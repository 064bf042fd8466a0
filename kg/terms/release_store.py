"""The user's store of fetched releases: contents by hash, folders that name them, and what the owners said.

::

    releases/sha256/ab/abcdef...            contents, read only
    releases/<source>/<version>/            hard links with the owner's names, and sources.toml
    releases/addresses/<hash>.json          what an address gave last: ETag, Last-Modified, hash
    releases/partial/<hash>/NAME.part       what has come of a file so far

Everything in it can be fetched again; a content is used only if it still has its hash.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from kg.errors import TermsError
from kg.resources import cache_folder
from kg.terms.reading import sha256_file

try:
    import fcntl
except ImportError:  # pragma: no cover - not on this system
    fcntl = None  # type: ignore[assignment]

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address gave last."""

    etag: str
    last_modified: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of a ``sources.toml`` that pins it.

    Attributes:
        file: its name in the folder.
        kind: one of ``kg.terms.sources.KINDS``.
        url: the owner's address of it.
        sha256: hash of its bytes.
        size: its bytes.
        etag: the owner's.
        last_modified: the owner's date, as ISO 8601.
        origin: "" where it came from the owner, else ``mirror ADDRESS``, ``mirror folder`` or ``put there by hand``.
    """

    file: str
    kind: str
    url: str
    sha256: str
    size: int
    etag: str = ""
    last_modified: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class CachedRelease:
    """A release that the store holds.

    Attributes:
        source: its key.
        version: the owner's release or date.
        date: the owner's date, as ISO 8601; "" where the owner says none. An age is today less this.
        owner: who publishes it.
        licence: its licence.
        files: the files.
        folder: where they are.
        problem: why it cannot be used, "" where it can.
    """

    source: str
    version: str
    date: str
    owner: str
    licence: str
    files: tuple[PinnedFile, ...]
    folder: Path
    problem: str = ""

    @property
    def size(self) -> int:
        """The bytes of its files.

        >>> file = PinnedFile("mondo.obo", "obo", "https://owner.example/mondo.obo", "", 30)
        >>> CachedRelease("mondo", "2026-05-05", "", "", "", (file, file), Path("mondo")).size
        60
        """
        return sum(file.size for file in self.files)


class ReleaseStore:
    """The store under one folder; several processes may use it at the same time.

    Args:
        root: its folder; the user's cache if none is named.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or cache_folder() / "releases"

    # -- contents --------------------------------------------------------------------------------------------------

    def content(self, sha256: str) -> Path:
        """Return where a content lies, or would lie.

        >>> ReleaseStore(Path("store")).content("e3b0c442").as_posix()
        'store/sha256/e3/e3b0c442'
        """
        return self.root / "sha256" / sha256[:2] / sha256

    def add(self, path: Path, sha256: str) -> Path:
        """Take a file into the store, by moving it.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "new", "mondo.obo")
        ...     path.parent.mkdir()
        ...     _ = path.write_bytes(b"[Term]")
        ...     content = ReleaseStore(Path(folder)).add(path, sha256_file(path))
        ...     content.read_bytes(), path.exists()
        (b'[Term]', False)
        """
        target = self.content(sha256)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Links to it must not be written through.
            path.chmod(0o444)
            path.replace(target)
        except OSError as error:
            raise _unwritable(self.root, error) from error
        with contextlib.suppress(OSError):
            path.parent.rmdir()
        return target

    def sound(self, sha256: str) -> Path | None:
        """Return a content that is there and has its hash; one that was damaged is removed.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store, path = ReleaseStore(Path(folder, "store")), Path(folder, "mondo.obo")
        ...     _ = path.write_bytes(b"[Term]")
        ...     sha256 = sha256_file(path)
        ...     store.sound(sha256) is None, store.add(path, sha256) == store.sound(sha256)
        (True, True)
        """
        path = self.content(sha256)
        if not _HASH.fullmatch(sha256) or not path.is_file():
            return None
        if sha256_file(path) == sha256:
            return path
        path.unlink(missing_ok=True)
        return None

    # -- addresses -------------------------------------------------------------------------------------------------

    def _address(self, url: str) -> Path:
        return self.root / "addresses" / f"{_hash(url)}.json"

    def address(self, url: str) -> Address | None:
        """Return what an address gave last.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ReleaseStore(Path(folder)).address("https://owner.example/mondo.obo") is None
        True
        """
        try:
            return Address(**json.loads(self._address(url).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def remember(self, url: str, address: Address) -> None:
        """Note what an address gave.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = ReleaseStore(Path(folder))
        ...     store.remember("https://owner.example/mondo.obo", Address('"v1"', "", "e3b0c442", 6))
        ...     store.address("https://owner.example/mondo.obo")
        Address(etag='"v1"', last_modified='', sha256='e3b0c442', size=6)
        """
        self.write(self._address(url), json.dumps(asdict(address), sort_keys=True))

    def part(self, url: str, name: str) -> Path:
        """Return where a file is gathered.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ReleaseStore(Path(folder)).part("https://owner.example/mondo.obo", "mondo.obo").name
        'mondo.obo.part'
        """
        # Without locks, two processes must not write into one file.
        own = "" if fcntl else f"-{os.getpid()}"
        path = self.root / "partial" / (_hash(url) + own) / f"{name}.part"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self.root, error) from error
        return path

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock among the processes that use the store; wait for whoever holds it.

        Args:
            name: what is locked: an address, a folder.

        >>> with tempfile.TemporaryDirectory() as folder, ReleaseStore(Path(folder)).lock("mondo"):
        ...     print("nobody else fetches mondo now")
        nobody else fetches mondo now
        """
        if fcntl is None:
            yield
            return
        path = self.root / "locks" / f"{_hash(name)}.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("wb")
        except OSError as error:
            raise _unwritable(self.root, error) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # -- releases --------------------------------------------------------------------------------------------------

    def folder(self, source: str, version: str, variant: str = "") -> Path:
        """Return the folder of a release; ``variant`` keeps a second format of it apart.

        >>> ReleaseStore(Path("store")).folder("mondo", "releases/2026-05-05", "json").as_posix()
        'store/mondo/releases-2026-05-05-json'
        """
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", version).strip(".-")[:80] or "undated"
        return self.root / source / (f"{name}-{variant}" if variant else name)

    def releases(self) -> tuple[CachedRelease, ...]:
        """Return the releases that the store holds, ordered by source, newest first.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = ReleaseStore(Path(folder))
        ...     tables = {"mondo": {"version": "2026-05-05", "files": [{"file": "mondo.obo", "kind": "obo"}]}}
        ...     store.write(store.folder("mondo", "2026-05-05") / "sources.toml", pins_text(tables))
        ...     [(release.source, release.version, release.problem) for release in store.releases()]
        [('mondo', '2026-05-05', 'missing: mondo.obo')]
        """
        found: list[CachedRelease] = []
        for path in sorted(self.root.glob("*/*/sources.toml")):
            try:
                tables = read_pins(path.parent)
            except TermsError as error:
                found.append(
                    CachedRelease(path.parent.parent.name, path.parent.name, "", "", "", (), path.parent, str(error))
                )
                continue
            for source, table in tables.items():
                files = pinned_files(table)
                version = str(table.get("version", ""))
                gone = [f.file for f in files if not (path.parent / f.file).is_file()]
                problem = f"missing: {', '.join(gone)}" if gone else ""
                found.append(CachedRelease(source, version, _date(version, files), str(table.get("owner", "")),
                                           str(table.get("licence", "")), files, path.parent, problem))  # fmt: skip
        found.sort(key=lambda r: (r.date, r.version, r.folder.name), reverse=True)
        return tuple(sorted(found, key=lambda r: r.source))

    def place(self, content: Path, target: Path) -> None:
        """Put a content into a folder under the owner's name, as a link or, across file systems, as a copy.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     content, target = Path(folder, "content"), Path(folder, "mondo", "mondo.obo")
        ...     _ = content.write_bytes(b"[Term]")
        ...     ReleaseStore(Path(folder)).place(content, target)
        ...     target.read_bytes()
        b'[Term]'
        """
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and target.samefile(content):
                return
            with tempfile.TemporaryDirectory(prefix=".placing-", dir=target.parent) as between:
                new = Path(between) / target.name
                try:
                    new.hardlink_to(content)
                except OSError as error:
                    if error.errno == errno.ENOENT:
                        raise
                    shutil.copyfile(content, new)
                new.replace(target)
        except OSError as error:
            raise _unwritable(target.parent, error) from error

    def write(self, path: Path, text: str) -> None:
        """Write a small file, whole or not at all.

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "mondo", "sources.toml")
        ...     ReleaseStore(Path(folder)).write(path, "[mondo]\\n")
        ...     path.read_text(), len(list(path.parent.iterdir()))
        ('[mondo]\\n', 1)
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
            new = Path(name)
            try:
                with open(handle, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor
                    file.write(text)
                new.chmod(0o644)
                new.replace(path)
            finally:
                with contextlib.suppress(OSError):
                    new.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path.parent, error) from error


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _unwritable(folder: Path, error: OSError) -> TermsError:
    return TermsError(
        f"{folder} cannot be written: {error.strerror or error}; the folder for releases follows $CASEGRAPH_CACHE",
        value=str(folder),
    )


# -- sources.toml --------------------------------------------------------------------------------------------------


def read_pins(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the tables of a folder's ``sources.toml``, {} where there is none.

    Raises:
        TermsError: if it cannot be read, or is not of the form that is written here.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_pins(Path(folder))
    ...     _ = Path(folder, "sources.toml").write_text('[mondo]\\nfiles = [{ file = "mondo.obo" }]\\n')
    ...     read_pins(Path(folder))
    {}
    {'mondo': {'files': [{'file': 'mondo.obo'}]}}
    """
    path = folder / "sources.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TermsError(f"{path} cannot be read: {error}", value=str(path)) from error
    if not all(isinstance(t, dict) and isinstance(t.get("files"), list) for t in tables.values()):
        raise TermsError(f"{path} is malformed: a source without files", value=str(path))
    return tables


def pinned_files(table: dict[str, Any]) -> tuple[PinnedFile, ...]:
    """Return the files of a source's table.

    >>> [(file.file, file.size) for file in pinned_files({"files": [{"file": "mondo.obo", "size": 3}]})]
    [('mondo.obo', 3)]
    """
    texts = ("file", "kind", "url", "sha256", "etag", "last_modified", "origin")
    return tuple(
        PinnedFile(size=int(entry.get("size", 0)), **{name: str(entry.get(name, "")) for name in texts})
        for entry in table["files"]
        if isinstance(entry, dict)
    )


def pins_text(tables: dict[str, dict[str, Any]]) -> str:
    """Return the text of a ``sources.toml``: the same for the same tables, sources and files in their order.

    >>> print(pins_text({"mondo": {"version": "2026-05-05", "files": [{"file": "mondo.obo", "size": 3}]}}), end="")
    [mondo]
    version = "2026-05-05"
    files = [
      { file = "mondo.obo", size = 3 },
    ]
    """
    blocks: list[str] = []
    for key, table in tables.items():
        lines = [f"[{_key(key)}]"]
        lines += [f"{_key(name)} = {_value(value)}" for name, value in table.items() if name != "files"]
        lines.append("files = [")
        lines += [
            f"  {{ {', '.join(f'{_key(n)} = {_value(v)}' for n, v in entry.items())} }}," for entry in table["files"]
        ]
        blocks.append("\n".join([*lines, "]", ""]))
    return "\n".join(blocks)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(v) for v in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(str(n))} = {_value(v)}' for n, v in value.items())} }}"
    if isinstance(value, int | float):
        return str(value)
    # A TOML string is a JSON string, but for DEL.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def iso_date(http_date: str) -> str:
    """Return an HTTP date as ISO 8601 in UTC, "" where it is none.

    >>> iso_date("Tue, 05 May 2026 12:00:00 GMT")
    '2026-05-05T12:00:00Z'
    """
    try:
        return parsedate_to_datetime(http_date).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, TypeError, OverflowError):
        return ""


def _date(version: str, files: tuple[PinnedFile, ...]) -> str:
    return version if _DATE.fullmatch(version) else max((f.last_modified[:10] for f in files), default="")
