"""The folder that documents are fetched into, and its manifest.

::

    fetch.manifest          JSON: what was searched, which file holds which document, what is missing and why
    .fetch.lock             held while a fetch is at work
    pmid-...-1a2b3c4d.json  documents, in files that `kg build` reads

The manifest's name is none that `kg build` looks into. Every file is written beside and renamed into place, the
manifest after the files that it names, so that a fetch that is killed at any moment leaves a sound folder. It holds no
time: the same answers give the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import CasegraphError, DownloadError, InputError
from kg.live.report import FINAL_REASONS, Missing

try:
    import fcntl
except ImportError:  # pragma: no cover - not on this system
    fcntl = None  # type: ignore[assignment]

MANIFEST: Final = "fetch.manifest"
LOCK: Final = ".fetch.lock"
#: Names of files of documents.
OURS: Final = re.compile(r"(?:(?:pmid|pmc)-\d+-\d+-[0-9a-f]{8}\.(?:json|xml|pubtator)|PMC\d+\.xml)")
#: Of this form; another one is not read.
VERSION: Final = 1
#: A manifest is saved again when this many times the time of its last saving has passed.
_PATIENCE: Final = 20


@dataclass(slots=True)
class Search:
    """What a search has found so far.

    Attributes:
        ids: identifiers in the service's order, each once.
        next: what its next page is asked by; "" where there is none.
        count: how many the service says it has.
    """

    ids: list[str] = field(default_factory=list)
    next: str = "1"
    count: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the folder: its hash and size, and the identifiers by which its documents were asked for."""

    sha256: str
    size: int
    documents: tuple[str, ...]


class FetchFolder:
    """A folder of fetched documents. Use ``open_folder``.

    Attributes:
        path: the folder.
        documents: identifier -> the file that holds the document.
        missing: identifier -> why it did not come.
        searches: question -> what was found.
        articles: identifier -> what a search said of it (licence, whether there is a full text).
        address: of the service that was asked last; for the record.
    """

    def __init__(self, path: Path, kind: Mapping[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self.kind = dict(kind)
        self.address = ""
        self.files: dict[str, Held] = {}
        self.documents: dict[str, str] = {}
        self.missing: dict[str, Missing] = {}
        self.searches: dict[str, Search] = {}
        self.articles: dict[str, dict[str, Any]] = {}
        self._clock = clock
        self._due = 0.0

    def load(self) -> None:
        """Read the manifest, if there is one; a document whose file is gone or was cut is forgotten.

        Raises:
            InputError: if the folder holds something else.
        """
        path = self.path / MANIFEST
        try:
            value = json.loads(path.read_text("utf-8"))
            stated = {key: value[key] for key in ("version", *self.kind)}
            searches = {key: Search(**one) for key, one in value["searches"].items()}
            missing = {key: Missing(key, **one) for key, one in value["missing"].items()}
            files = {
                name: Held(one["sha256"], one["size"], tuple(one["documents"])) for name, one in value["files"].items()
            }
            articles = {str(key): dict(one) for key, one in value["articles"].items()}
        except FileNotFoundError:
            self._must_be_ours()
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"{path} is damaged ({error}); fetch into another folder, or remove this one"
            raise InputError(message, value=str(path)) from error
        wanted = {"version": VERSION, **self.kind}
        if stated != wanted:
            told = ", ".join(f"{key} {stated[key]!r}" for key in wanted if stated[key] != wanted[key])
            raise InputError(f"{self.path} was fetched with {told}; fetch into another folder", value=str(self.path))
        self.searches, self.missing, self.articles = searches, missing, articles
        for name, held in files.items():
            with contextlib.suppress(OSError):
                if (self.path / name).stat().st_size == held.size:
                    self.files[name] = held
                    self.documents |= dict.fromkeys(held.documents, name)

    def _must_be_ours(self) -> None:
        # A fetch that is killed in its first seconds leaves files of these names and no manifest.
        names = (path.name for path in self.path.iterdir())
        if any(not name.startswith(".") and not OURS.fullmatch(name) for name in names):
            message = f"{self.path} is not empty and was not made by `kg fetch`; name a new folder"
            raise InputError(message, value=str(self.path))

    def write(self, name: str, data: bytes, documents: Iterable[str]) -> None:
        """Write a file in place of any of its name, and note which documents it holds.

        Raises:
            DownloadError: if it cannot be written.
        """
        self._replace(name, data)
        self.hold(name, data, documents)

    def remove(self, name: str) -> None:
        """Remove a file and forget its documents."""
        (self.path / name).unlink(missing_ok=True)
        self._forget(name)

    def _forget(self, name: str) -> None:
        held = self.files.pop(name, None)
        for key in held.documents if held else ():
            # It may lie in another file by now.
            if self.documents.get(key) == name:
                del self.documents[key]

    def strays(self) -> list[str]:
        """Return the files that the manifest does not name: what a fetch wrote last before it was killed, or others'.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as path:
        ...     Path(path, "PMC7.xml").touch()
        ...     FetchFolder(Path(path), {}).strays()
        ['PMC7.xml']
        """
        known = {MANIFEST, LOCK, *self.files}
        found = (p for p in self.path.iterdir() if p.is_file() and not p.name.startswith("."))
        return sorted(p.name for p in found if p.name not in known)

    def hold(self, name: str, data: bytes, documents: Iterable[str]) -> None:
        """Note that a file which is there holds documents."""
        self._forget(name)
        held = tuple(documents)
        self.files[name] = Held(hashlib.sha256(data).hexdigest(), len(data), held)
        for key in held:
            self.documents[key] = name
            self.missing.pop(key, None)

    def miss(self, key: str, reason: str, message: str) -> None:
        """Note that a document did not come. One that is there from before stays."""
        stays = "; the copy that was there stays" if key in self.documents else ""
        self.missing[key] = Missing(key, reason, message + stays)

    def is_settled(self, key: str) -> bool:
        """Tell whether a document need not be asked for: it is there, or will not come.

        >>> folder = FetchFolder(Path("f"), {})
        >>> folder.miss("PMID:1", "not-found", "unknown")
        >>> folder.miss("PMID:2", "busy", "the service answers 503")
        >>> folder.is_settled("PMID:1"), folder.is_settled("PMID:2")
        (True, False)
        """
        return key in self.documents or (key in self.missing and self.missing[key].reason in FINAL_REASONS)

    def save(self, *, now: bool = False) -> None:
        """Write the manifest: at once, or when enough time has passed that the saving of a large one is no burden.

        Raises:
            DownloadError: if it cannot be written.
        """
        began = self._clock()
        if not now and began < self._due:
            return
        value = {
            "version": VERSION,
            **self.kind,
            "address": self.address,
            "searches": {key: asdict(one) for key, one in sorted(self.searches.items())},
            "files": {name: asdict(held) for name, held in sorted(self.files.items())},
            "missing": {
                key: {"reason": one.reason, "message": one.message} for key, one in sorted(self.missing.items())
            },
            "articles": dict(sorted(self.articles.items())),
        }
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
        self._replace(MANIFEST, text.encode("utf-8", "surrogatepass"))
        ended = self._clock()
        self._due = ended + _PATIENCE * (ended - began)

    def _replace(self, name: str, data: bytes) -> None:
        partial = self.path / f".{name}.part"
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path / name)
        except OSError as error:
            message = f"{self.path / name} cannot be written: {error.strerror or error}"
            raise DownloadError(message, reason="disk", value=str(self.path / name)) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


@contextmanager
def open_folder(path: Path, kind: Mapping[str, Any]) -> Iterator[FetchFolder]:
    """Yield a folder of fetched documents, made if it is not there; its manifest is saved whatever happens.

    Args:
        path: the folder.
        kind: what was asked of which service; a folder holds one kind.

    Raises:
        InputError: if the folder holds something else, or cannot be made.
        CasegraphError: if another fetch is at work in it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     for _ in range(2):
    ...         with open_folder(Path(parent, "new"), {"service": "pubtator"}) as folder:
    ...             print(sorted(folder.documents), (folder.path / MANIFEST).exists())
    ...             folder.write("a.json", b"{}", ["PMID:1"])
    [] False
    ['PMID:1'] True
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / LOCK).open("wb")
    except OSError as error:
        message = f"{path} cannot be used as a folder: {error.strerror or error}"
        raise InputError(message, value=str(path)) from error
    with lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CasegraphError(f"another fetch is at work in {path}", value=str(path)) from error
        folder = FetchFolder(path, kind)
        folder.load()
        try:
            yield folder
        finally:
            folder.save(now=True)
