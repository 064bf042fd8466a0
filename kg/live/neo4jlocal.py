"""A Neo4j on this machine with Browser and guide, which goes on when the command that started it has ended.

One folder holds all of it: the server's home, the password, the guide's files, and a note of which processes run.
A note that is older than the processes, after a crash or a kill, is known by their command lines.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from kg.errors import InputError
from kg.live.browserfiles import settings as browser_settings
from kg.live.neo4jjars import LTS, Installation, NoNeo4jError, Release
from kg.live.neo4jserver import HOST, USER, Access, Neo4jServer, free_port, home_option, is_free, speaks_bolt

__all__ = ["BOLT", "HTTP", "LocalNeo4j", "start", "status", "stop"]

BOLT: Final = 7687
HTTP: Final = 7474
#: Seconds for an orderly end, before the process is killed.
GRACE: Final = 60.0
_NOTE, _PASSWORD, _GUIDE = "casegraph.json", "password", "guide"
_GUIDE_MODULE: Final = "kg.live.guideserver"


@dataclass(frozen=True, slots=True)
class LocalNeo4j:
    """A server that runs.

    Attributes:
        home: the folder that holds everything.
        version: of the server.
        bolt: port of the Bolt protocol.
        http: port of Browser.
        guide: port of the guide.
        server_pid: the server's process.
        guide_pid: the guide's process.
    """

    home: Path
    version: str
    bolt: int
    http: int
    guide: int
    server_pid: int
    guide_pid: int

    @property
    def browser(self) -> str:
        """The address of Browser, which fills its form in."""
        return f"http://{HOST}:{self.http}/browser/?dbms=bolt://{USER}@{HOST}:{self.bolt}"

    @property
    def guide_address(self) -> str:
        """Where guide, style and saved queries are, ending in a slash."""
        return f"http://localhost:{self.guide}/"

    @property
    def password_file(self) -> Path:
        """The file of mode 600 that holds the password."""
        return self.home / _PASSWORD

    @property
    def access(self) -> Access:
        """How the driver reaches it."""
        password = self.password_file.read_text(encoding="utf-8").strip()
        return Access(f"bolt://{HOST}:{self.bolt}", USER, password, browser=self.browser)

    def write_guide(self, files: Mapping[str, bytes]) -> None:
        """Put the guide's files where they are served, each in one piece."""
        for name, content in files.items():
            part = self.home / _GUIDE / f".{name}.part"
            part.write_bytes(content)
            part.replace(part.with_name(name))


def start(
    home: Path,
    *,
    release: Release = LTS,
    bolt: int = BOLT,
    http: int = HTTP,
    say: Callable[[str], None] = lambda _words: None,
) -> tuple[LocalNeo4j, bool]:
    """Start a server with its guide, or find the one that runs.

    Args:
        home: a folder of its own; made where there is none.
        release: of the server.
        bolt: wished port of the Bolt protocol; where it is in use a free one is taken.
        http: wished port of Browser, likewise.
        say: told what is being done where that takes time.

    Returns:
        The server, which answers, and whether it was started now.

    Raises:
        InputError: if the folder is another's.
        NoNeo4jError: if there is no Java or no Maven, or the server does not come up.
    """
    home = home.resolve()
    _claim(home)
    with _locked(home, say):
        known = _read(home)
        if known and _is_ours(known.server_pid, home_option(home)):
            if not _answers(known, say):
                say("The server that runs does not answer; it is started anew ...")
                _end(known.server_pid, home_option(home))
            else:
                return _with_guide(known), False
        if known:
            _end(known.guide_pid, _guide_mark(home))
        _note(home).unlink(missing_ok=True)
        return _start(home, release, bolt, http, say), True


def stop(home: Path, *, grace: float = GRACE, say: Callable[[str], None] = lambda _words: None) -> bool:
    """End the server and the guide of a folder; its data stay.

    Args:
        home: the folder.
        grace: seconds for an orderly end, before the processes are killed.
        say: told what is being done where that takes time.

    Returns:
        Whether anything ran.
    """
    home = home.resolve()
    if not _note(home).exists():
        return False
    with _locked(home, say):
        known = _read(home)
        ended = []
        if known:
            ended = [
                _end(known.guide_pid, _guide_mark(home), grace),
                _end(known.server_pid, home_option(home), grace),
            ]
        _note(home).unlink(missing_ok=True)
    return any(ended)


def status(home: Path) -> LocalNeo4j | None:
    """Return the server that runs in a folder, None where none does."""
    home = home.resolve()
    known = _read(home)
    return known if known and _is_ours(known.server_pid, home_option(home)) else None


def _start(home: Path, release: Release, bolt: int, http: int, say: Callable[[str], None]) -> LocalNeo4j:
    installation = Installation.get(release, say=say)
    bolt, http, guide = (port if port and is_free(port) else free_port() for port in (bolt, http, 0))
    (home / _GUIDE).mkdir(exist_ok=True)
    server = Neo4jServer(
        installation,
        home,
        password=_password(home),
        bolt=bolt,
        http=http,
        detached=True,
        settings=(
            *browser_settings(f"http://localhost:{guide}/"),
            "client.allow_telemetry=false",
        ),
    )
    say(f"Starting Neo4j {release.version} ...")
    server.spawn()
    running = LocalNeo4j(home, release.version, bolt, http, guide, server.pid or 0, 0)
    try:
        # Noted at once: what is started can be stopped, even where this process is killed the next moment.
        _write(running)
        running = _with_guide(running)
        server.until_it_answers()
    except BaseException:
        known = _read(home)
        if known:
            _end(known.guide_pid, _guide_mark(home))
        server.stop()
        _note(home).unlink(missing_ok=True)
        raise
    return running


def _with_guide(known: LocalNeo4j) -> LocalNeo4j:
    """Start the guide's process where it does not run."""
    mark = _guide_mark(known.home)
    if _is_ours(known.guide_pid, mark):
        return known
    if not is_free(known.guide):
        # The server's settings name the port, and are read when it starts.
        raise NoNeo4jError(
            f"another program has taken the guide's port {known.guide}; stop the server and start it again",
            value=known.guide,
        )
    with (known.home / "logs" / "guide.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", _GUIDE_MODULE, mark, str(known.guide)],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    running = replace(known, guide_pid=process.pid)
    _write(running)
    end = time.monotonic() + 30
    while is_free(known.guide) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    return running


def _answers(known: LocalNeo4j, say: Callable[[str], None]) -> bool:
    """Wait for a server whose start another process began, perhaps one that was killed."""
    end = time.monotonic() + GRACE
    told = False
    while not speaks_bolt(known.bolt):
        if not _is_ours(known.server_pid, home_option(known.home)) or time.monotonic() > end:
            return False
        if not told:
            say("Waiting for the server ...")
            told = True
        time.sleep(0.2)
    return True


def _claim(home: Path) -> None:
    """Make the folder, or make sure that it is ours.

    Raises:
        InputError: if there is something else.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        foreign = not (home / _PASSWORD).exists() and any(home.iterdir())
    except OSError as error:
        raise InputError(f"{home} cannot be the server's folder: {error.strerror}", value=str(home)) from error
    if foreign:
        raise InputError(
            f"{home} holds something else, or a server whose password is lost; name another folder, or remove it",
            value=str(home),
        )
    _password(home)


def _password(home: Path) -> str:
    file = home / _PASSWORD
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{secrets.token_urlsafe(12)}\n")
    password = file.read_text(encoding="utf-8").strip()
    if not password:
        raise InputError(f"{file} is empty; remove {home} and start again", value=str(file))
    return password


@contextmanager
def _locked(home: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder; the system lets go of it when this process ends, however it ends."""
    with (home / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command on this folder ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _note(home: Path) -> Path:
    return home / _NOTE


def _write(known: LocalNeo4j) -> None:
    note = _note(known.home)
    part = note.with_name(f".{note.name}.part")
    # Where it is says where it stands: a folder may be moved while nothing runs.
    fields = {name: value for name, value in asdict(known).items() if name != "home"}
    part.write_text(json.dumps(fields) + "\n", encoding="utf-8")
    part.replace(note)


def _read(home: Path) -> LocalNeo4j | None:
    try:
        return LocalNeo4j(home=home, **json.loads(_note(home).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _guide_mark(home: Path) -> str:
    return str(home / _GUIDE)


def _is_ours(pid: int, mark: str) -> bool:
    """Tell whether a process runs and has ``mark`` among its arguments: another may have got its number."""
    return pid > 0 and mark in _arguments(pid)


def _arguments(pid: int) -> list[str] | str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
    if Path("/proc/self").exists():
        return []
    # A system without /proc gives its arguments as one text.
    asked = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout


def _end(pid: int, mark: str, grace: float = GRACE) -> bool:
    """End a process of ours, politely first; tell whether it ran."""
    if not _is_ours(pid, mark):
        return False
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            with suppress(ChildProcessError):
                # Where it is a child of this very process it stays in the table until it is asked for.
                os.waitpid(pid, os.WNOHANG)
            if not _is_ours(pid, mark):
                return True
            time.sleep(0.1)
    raise NoNeo4jError(f"the process {pid} cannot be ended", value=pid)
