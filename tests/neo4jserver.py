"""A real Neo4j Community server for tests and demonstrations, started from Maven artifacts.

`Installation.get()` brings the server's jars once into a cache folder; `Neo4jServer` runs one server with a
fresh home folder on free loopback ports. `python -m tests.neo4jserver HOME` runs one until it is stopped,
with the password of ``NEO4J_PASSWORD``.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "5.26.16"
BROWSER_VERSION = "5.24.0"
USER = "neo4j"

_ARTIFACTS = (
    ("org.neo4j.app", "neo4j-server", VERSION),
    ("org.neo4j", "neo4j", VERSION),
    ("org.neo4j", "neo4j-import-tool", VERSION),
    ("org.neo4j", "neo4j-consistency-check", VERSION),
    ("org.neo4j", "neo4j-record-storage-engine", VERSION),
    ("org.neo4j.client", "neo4j-browser", BROWSER_VERSION),
)
_OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]


class NoNeo4jError(RuntimeError):
    """Neo4j cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a server."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = "neo4j"


@dataclass(frozen=True, slots=True)
class Installation:
    """The server's jars."""

    lib: Path

    @classmethod
    def get(cls, folder: Path | None = None) -> Installation:
        """Return the jars of ``folder``, brought by Maven where they are not there yet.

        Args:
            folder: where they lie; ``CASEGRAPH_NEO4J_HOME`` or the user's cache folder if None.

        Raises:
            NoNeo4jError: if there is no Java or no Maven, or Maven cannot bring them.
        """
        base = os.environ.get("CASEGRAPH_CACHE") or Path(
            os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser(), "casegraph"
        )
        folder = folder or Path(os.environ.get("CASEGRAPH_NEO4J_HOME") or Path(base, f"neo4j-{VERSION}"))
        lib = folder / "lib"
        if not shutil.which("java"):
            raise NoNeo4jError("no java on the path; Neo4j 5 needs Java 17 or 21")
        if not lib.is_dir():
            if not shutil.which("mvn"):
                raise NoNeo4jError("no mvn on the path to bring Neo4j's jars")
            _bring(folder)
        return cls(lib)

    def admin(self, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `neo4j-admin` on a home folder and return what it did."""
        return subprocess.run(
            [*self.admin_command(home), *arguments],
            capture_output=True,
            text=True,
            env=_environment(home),
            check=False,
        )

    def admin_command(self, home: Path) -> list[str]:
        """Return the command line that is `neo4j-admin` for a home folder."""
        main = "org.neo4j.server.startup.Neo4jAdminCommand"
        return ["java", "-Xmx1g", "-cp", f"{self.lib}/*", f"-Dbasedir={home}", main]


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
    """

    def __init__(
        self,
        installation: Installation,
        home: Path,
        *,
        password: str | None = None,
        bolt: int = 0,
        http: int = 0,
        settings: tuple[str, ...] = (),
        grace: float = 60.0,
    ) -> None:
        self.installation = installation
        self.home = home.resolve()
        self.bolt = bolt or _free_port()
        self.http = http or _free_port()
        self.access = Access(f"bolt://127.0.0.1:{self.bolt}", USER, password or secrets.token_urlsafe(24))
        self._settings = settings
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Neo4jServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def prepare(self) -> None:
        """Lay out the home folder and, in a new one, set the password.

        Raises:
            NoNeo4jError: if the password cannot be set.
        """
        fresh = not (self.home / "data" / "dbms").exists()
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

    def start(self, wait: float = 120.0) -> None:
        """Start the server and wait until it speaks Bolt.

        Raises:
            NoNeo4jError: if it ends or is not up in ``wait`` seconds.
        """
        self.prepare()
        log = self.home / "logs" / "console.log"
        with log.open("wb") as stream:
            self._process = subprocess.Popen(
                [
                    "java", "-Xmx1g", "-cp", f"{self.installation.lib}/*", *_OPENS,
                    "org.neo4j.server.CommunityEntryPoint",
                    f"--home-dir={self.home}", f"--config-dir={self.home}/conf",
                ],
                stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=_environment(self.home),
            )  # fmt: skip
        end = time.monotonic() + wait
        while not _speaks_bolt(self.bolt):
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                tail = log.read_text(encoding="utf-8", errors="replace")[-1500:]
                raise NoNeo4jError(f"the Neo4j server did not come up; the end of its log:\n{tail}")
            time.sleep(0.2)

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

    def wait(self) -> int:
        """Wait until the server ends by itself; return its exit status."""
        return self._process.wait() if self._process else 0

    def _configuration(self) -> tuple[str, ...]:
        return (
            "server.default_listen_address=127.0.0.1",
            f"server.bolt.listen_address=127.0.0.1:{self.bolt}",
            f"server.bolt.advertised_address=127.0.0.1:{self.bolt}",
            f"server.http.listen_address=127.0.0.1:{self.http}",
            f"server.http.advertised_address=127.0.0.1:{self.http}",
            "server.memory.pagecache.size=128m",
            "dbms.usage_report.enabled=false",
            *self._settings,
        )


def given() -> Access | None:
    """Return the server that ``NEO4J_URI`` names, or None."""
    uri = os.environ.get("NEO4J_URI")
    if not uri:
        return None
    return Access(uri, os.environ.get("NEO4J_USERNAME") or USER, os.environ.get("NEO4J_PASSWORD", ""))


def _bring(folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    partial.mkdir(parents=True, exist_ok=True)
    rows = "".join(
        f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>"
        for g, a, v in _ARTIFACTS
    )
    (partial / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>casegraph</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{rows}</dependencies></project>\n",
        encoding="utf-8",
    )
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={partial}/lib"]
    done = subprocess.run(
        [*command, "-DincludeScope=runtime"], cwd=partial, capture_output=True, text=True, check=False
    )
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise NoNeo4jError(f"mvn could not bring Neo4j's jars: {(done.stdout + done.stderr)[-500:]}")
    try:
        partial.rename(folder)
    except OSError:
        # Another process was first.
        shutil.rmtree(partial, ignore_errors=True)
        if not (folder / "lib").is_dir():
            raise


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("NEO4J_")}
    return {**kept, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _speaks_bolt(port: int) -> bool:
    """Tell whether a server answers the Bolt handshake with a version."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.sendall(bytes.fromhex("6060b01700080805000204040000010400000003"))
            return link.recv(4) not in (b"", b"\0\0\0\0")
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    """Run a server in the home folder ``arguments[0]`` until it is stopped."""
    password = os.environ.get("NEO4J_PASSWORD")
    if len(arguments) != 1 or not password:
        print("usage: NEO4J_PASSWORD=... python -m tests.neo4jserver HOME", file=sys.stderr)
        return 2
    ports = {
        "bolt": int(os.environ.get("BOLT_PORT", "7687")),
        "http": int(os.environ.get("HTTP_PORT", "7474")),
    }
    # Ended by TERM as by Control-C: the server's process must not outlive this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Neo4jServer(Installation.get(), Path(arguments[0]), password=password, **ports) as server:
        print(f"{server.access.uri}, http://127.0.0.1:{server.http}/browser/", flush=True)
        try:
            return server.wait()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
