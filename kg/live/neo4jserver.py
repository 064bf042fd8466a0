"""One Neo4j server on loopback: its home folder, its start until it answers, its end."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.live.neo4jjars import Installation, NoNeo4jError, environment

__all__ = ["HOST", "USER", "Access", "Neo4jServer", "free_port", "home_option", "is_free", "speaks_bolt"]

HOST: Final = "127.0.0.1"
USER: Final = "neo4j"
#: Seconds that a start may take.
PATIENCE: Final = 120.0
_OPENS: Final = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]
# Magic and four offers: 5.8 down to 5.0, 4.4 down to 4.2, 4, 3.
_HANDSHAKE: Final = bytes.fromhex("6060b01700080805000204040000010400000003")


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a server; ``browser`` is the address of its Neo4j Browser, "" where that is not known."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = "neo4j"
    browser: str = ""


class Neo4jServer:
    """One server process on loopback; use as a context manager.

    Args:
        installation: the jars.
        home: its home folder; a new one is laid out, one that is there is used as it is.
        password: of the user `neo4j`; made up if None. It is never printed and never an argument.
        bolt: port of the Bolt protocol; a free one if 0.
        http: port of the Browser; a free one if 0.
        settings: more lines for `neo4j.conf`.
        grace: seconds to wait for its orderly end.
        detached: whether it goes on when this process ends; :meth:`stop` must be called by somebody then.
    """

    def __init__(
        self,
        installation: Installation,
        home: Path,
        *,
        password: str | None = None,
        bolt: int = 0,
        http: int = 0,
        settings: Iterable[str] = (),
        grace: float = 60.0,
        detached: bool = False,
    ) -> None:
        self.installation = installation
        self.home = home.resolve()
        self.bolt = bolt or free_port()
        self.http = http or free_port()
        self.access = Access(
            f"bolt://{HOST}:{self.bolt}",
            USER,
            password or secrets.token_urlsafe(24),
            browser=f"http://{HOST}:{self.http}/browser/",
        )
        self._settings = tuple(settings)
        self._grace = grace
        self._detached = detached
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Neo4jServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process, None where it does not run."""
        return self._process.pid if self._process else None

    def prepare(self) -> None:
        """Lay out the home folder and, in a new one, set the password.

        Raises:
            NoNeo4jError: if the password cannot be set.
        """
        # The file holds the password that the first start takes over; it stays.
        fresh = not (self.home / "data" / "dbms" / "auth.ini").exists()
        for name in ("conf", "data", "logs", "import", "plugins", "run"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        (self.home / "conf" / "neo4j.conf").write_text("\n".join(self._configuration()) + "\n", encoding="utf-8")
        if fresh:
            # An argument file: the command lines of processes are public, files of mode 600 are not.
            file = self.home / "run" / "arguments"
            file.touch(mode=0o600)
            with file.open("w", encoding="utf-8") as stream:
                quoted = self.access.password.replace("\\", "\\\\").replace('"', '\\"')
                # After `--` a password may begin with a dash.
                stream.write(f'--\n"{quoted}"\n')
            try:
                done = self.installation.admin(self.home, "dbms", "set-initial-password", f"@{file}")
            finally:
                file.unlink()
            if done.returncode:
                raise NoNeo4jError(f"neo4j-admin could not set a password (exit status {done.returncode})")

    def start(self, wait: float = PATIENCE) -> None:
        """Start the server and wait until it speaks Bolt.

        Raises:
            NoNeo4jError: if it ends or is not up in ``wait`` seconds.
        """
        self.spawn()
        try:
            self.until_it_answers(wait)
        except BaseException:
            self.stop()
            raise

    def spawn(self) -> None:
        """Start the server's process; :meth:`until_it_answers` waits for it.

        Raises:
            NoNeo4jError: if a new home folder cannot be given a password.
        """
        self.prepare()
        command = self.installation.command(self.installation.release.main, *_OPENS)
        with self._log.open("wb") as stream:
            self._process = subprocess.Popen(
                [*command, home_option(self.home), f"--config-dir={self.home}/conf"],
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=environment(self.home),
                start_new_session=self._detached,
            )

    def until_it_answers(self, wait: float = PATIENCE) -> None:
        """Wait until the server speaks Bolt.

        Raises:
            NoNeo4jError: if it ends or is not up in ``wait`` seconds; with the end of its log.
        """
        end = time.monotonic() + wait
        while not speaks_bolt(self.bolt):
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                raise NoNeo4jError(f"the Neo4j server did not come up; the end of {self._log}:\n{self._tail()}")
            time.sleep(0.2)

    @property
    def _log(self) -> Path:
        return self.home / "logs" / "console.log"

    def _tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-1500:]

    def stop(self) -> None:
        """Stop the server, politely first."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(self._grace)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the server as a crash would: at once, with whatever it was writing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def wait(self) -> int:
        """Wait until the server ends by itself; return its exit status."""
        return self._process.wait() if self._process else 0

    def _configuration(self) -> tuple[str, ...]:
        return (
            f"server.default_listen_address={HOST}",
            f"server.bolt.listen_address={HOST}:{self.bolt}",
            f"server.bolt.advertised_address={HOST}:{self.bolt}",
            f"server.http.listen_address={HOST}:{self.http}",
            f"server.http.advertised_address={HOST}:{self.http}",
            "server.memory.pagecache.size=128m",
            "dbms.usage_report.enabled=false",
            *self._settings,
        )


def home_option(home: Path) -> str:
    """Return the argument by which the process of a home folder's server is known."""
    return f"--home-dir={home}"


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether nobody listens on a port of loopback.

    >>> is_free(free_port())
    True
    """
    with socket.socket() as probe:
        # As servers do: a connection that is only waiting for its end does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def speaks_bolt(port: int) -> bool:
    """Tell whether a server answers the Bolt handshake with a version.

    >>> speaks_bolt(free_port())
    False
    """
    try:
        with socket.create_connection((HOST, port), timeout=2) as link:
            link.sendall(_HANDSHAKE)
            return link.recv(4) not in (b"", b"\0\0\0\0")
    except OSError:
        return False
