"""Neo4j Community and its Browser from Maven Central: which releases, a Java that runs them, the jars.

No package of Neo4j is needed, only a Java and Maven. The jars of a release come once into the cache folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import ServerError
from kg.resources import cache_folder

__all__ = ["CURRENT", "LTS", "RELEASES", "Installation", "NoNeo4jError", "Release", "find_java", "java_version"]

#: Where Linux distributions put their Javas.
JAVA_FOLDERS: Final = (Path("/usr/lib/jvm"),)
_ADMIN: Final = "org.neo4j.server.startup.Neo4jAdminCommand"


class NoNeo4jError(ServerError):
    """Neo4j cannot be had, or started, on this machine; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of Neo4j Community.

    Attributes:
        name: what the command line calls it.
        version: of the server.
        browser: version of Neo4j Browser.
        java: the oldest Java that runs it.
        main: the server's entry point.
    """

    name: str
    version: str
    browser: str
    java: int
    main: str


LTS: Final = Release("lts", "5.26.16", "5.24.0", 17, "org.neo4j.server.CommunityEntryPoint")
CURRENT: Final = Release("current", "2026.08.1", "5.24.0", 21, "org.neo4j.server.Neo4jCommunity")
RELEASES: Final[Mapping[str, Release]] = {release.name: release for release in (LTS, CURRENT)}


@dataclass(frozen=True, slots=True)
class Installation:
    """What runs a server.

    Attributes:
        lib: folder of the jars.
        java: the program that runs them.
        release: whose jars they are.
    """

    lib: Path
    java: Path
    release: Release = LTS

    @staticmethod
    def folder(release: Release) -> Path:
        """Return the folder in which ``lib`` holds a release's jars, once they are there.

        That is ``CASEGRAPH_NEO4J_HOME``, for the LTS release alone, else a folder of the cache.
        """
        named = os.environ.get("CASEGRAPH_NEO4J_HOME") if release is LTS else None
        return Path(named) if named else cache_folder() / f"neo4j-{release.version}"

    @classmethod
    def get(
        cls, release: Release = LTS, folder: Path | None = None, *, say: Callable[[str], None] = lambda _words: None
    ) -> Installation:
        """Return the jars of a release, brought by Maven where they are not there yet.

        Args:
            release: which one.
            folder: where they lie; :meth:`folder` without it.
            say: told when Maven begins to bring them.

        Raises:
            NoNeo4jError: if there is no Java that runs it or no Maven, or Maven cannot bring the jars.
        """
        folder = folder or cls.folder(release)
        java = find_java(release.java)
        lib = folder / "lib"
        if not lib.is_dir():
            if not shutil.which("mvn"):
                raise NoNeo4jError(
                    "no mvn on the path: Maven brings Neo4j's jars; install it (Debian and Ubuntu: apt-get install "
                    "maven), or name a folder whose lib/ holds them in CASEGRAPH_NEO4J_HOME"
                )
            say(f"Maven brings Neo4j {release.version} (120 MB, once) ...")
            _bring(release, folder)
        return cls(lib, java, release)

    def command(self, main: str, *options: str) -> list[str]:
        """Return the command line of one of the server's programs."""
        return [str(self.java), "-Xmx1g", "-cp", f"{self.lib}/*", *options, main]

    def admin_command(self, home: Path) -> list[str]:
        """Return the command line that is `neo4j-admin` for a home folder."""
        return self.command(_ADMIN, f"-Dbasedir={home}")

    def admin(self, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `neo4j-admin` on a home folder and return what it did."""
        return subprocess.run(
            [*self.admin_command(home), *arguments],
            capture_output=True,
            text=True,
            env=environment(home),
            check=False,
        )


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a server's programs: ours without what would point them elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("NEO4J_")}
    return {**kept, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}


def find_java(oldest: int) -> Path:
    """Return a Java of version ``oldest`` or newer: that of JAVA_HOME, of the PATH, or one in /usr/lib/jvm.

    Raises:
        NoNeo4jError: if there is none; the message names those that are too old.
    """
    seen: dict[Path, int] = {}
    for java in _javas():
        version = seen.setdefault(java, java_version(java))
        if version >= oldest:
            return java
    older = ", ".join(f"{java} is {version}" for java, version in seen.items() if version)
    raise NoNeo4jError(
        f"no Java {oldest} or newer in JAVA_HOME, on the path or in /usr/lib/jvm{f' ({older})' if older else ''}; "
        f"install one (Debian and Ubuntu: apt-get install openjdk-{oldest}-jre-headless)"
    )


def java_version(java: Path) -> int:
    """Return the feature version of a Java, such as 17; 0 if it has none or does not run.

    >>> java_version(Path("no/such/java"))
    0
    """
    try:
        # Every Java since 9 has this file, and reading it is a hundred times faster than asking.
        text = (java.resolve().parent.parent / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    if not (found := re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)):
        try:
            asked = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return 0
        found = re.search(r'version "(\d+)', asked.stderr)
    return int(found[1]) if found else 0


def _javas() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    for folder in JAVA_FOLDERS:
        # The oldest first: the one that a release asks for has been tried longest with it.
        yield from sorted(folder.glob("*/bin/java"), key=lambda java: (java_version(java), java))


def _bring(release: Release, folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    partial.mkdir(parents=True, exist_ok=True)
    artifacts = (
        ("org.neo4j.app", "neo4j-server", release.version),
        ("org.neo4j", "neo4j", release.version),
        ("org.neo4j", "neo4j-import-tool", release.version),
        ("org.neo4j", "neo4j-consistency-check", release.version),
        ("org.neo4j", "neo4j-record-storage-engine", release.version),
        ("org.neo4j.client", "neo4j-browser", release.browser),
    )
    rows = "".join(
        f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>"
        for g, a, v in artifacts
    )
    (partial / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>casegraph</groupId><artifactId>neo4j-server</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{rows}</dependencies></project>\n",
        encoding="utf-8",
    )
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={partial}/lib"]
    done = subprocess.run(
        [*command, "-DincludeScope=runtime"], cwd=partial, capture_output=True, text=True, check=False
    )
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise NoNeo4jError(f"mvn could not bring Neo4j {release.version}: {(done.stdout + done.stderr).strip()[-500:]}")
    try:
        partial.rename(folder)
    except OSError:
        # Another process was first.
        shutil.rmtree(partial, ignore_errors=True)
        if not (folder / "lib").is_dir():
            raise
