"""A web server on loopback for the guide, the style and the saved queries of Neo4j Browser.

Browser is a page of another origin: it may read what it is told it may (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol),
and asks first with OPTIONS. `python -m kg.live.guideserver FOLDER PORT` serves the files of a folder until it is ended.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kg.errors import ServerError
from kg.live.neo4jserver import HOST

#: File -> its kind. Nothing else is served.
KINDS: Final = {
    "guide.html": "text/html; charset=utf-8",
    "style.grass": "text/plain; charset=utf-8",
    "queries.zip": "application/zip",
}


#: Hosts whose pages run on this machine, and by which it is asked.
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class GuideServer(ThreadingHTTPServer):
    """Serves the files of a folder that :data:`KINDS` names, each as it is at the moment, to Browser's origin too.

    The guide names a case of the graph: pages of other origins than Browser's may not read it.

    Args:
        folder: the files; what is written there later is served later.
        port: a free one if 0.
        origins: where Browser is, if not on this machine, such as ``https://graph.example:7473``.

    Raises:
        ServerError: if the port is in use.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0, origins: Iterable[str] = ()) -> None:
        self.folder = folder
        self.origins = frozenset(origin.rstrip("/") for origin in origins)
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise ServerError(
                f"port {port} of {HOST} cannot be used ({error.strerror}); name another", value=port
            ) from error

    @property
    def address(self) -> str:
        """Where the files are, ending in a slash."""
        # Browser fetches from `localhost` whatever its settings say.
        return f"http://localhost:{self.server_port}/"

    def may_read(self, origin: str) -> bool:
        """Tell whether a page of this origin may read the files."""
        return origin in self.origins or _host(origin) in LOOPBACK


def _host(address: str) -> str | None:
    """Return the host of an address.

    >>> _host("http://[::1]:7474"), _host("null"), _host("//localhost:80")
    ('::1', None, 'localhost')
    """
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


class _Handler(BaseHTTPRequestHandler):
    """Answers GET, HEAD and OPTIONS."""

    server: GuideServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_OPTIONS(self) -> None:
        self._send(HTTPStatus.NO_CONTENT, "", b"", body=False)

    def _answer(self, *, body: bool) -> None:
        name = self.path.partition("?")[0].removeprefix("/") or "guide.html"
        # A page elsewhere may have a name made that leads here; it asks by that name.
        here = _host(f"//{self.headers.get('Host', '')}") in LOOPBACK
        try:
            content = (self.server.folder / name).read_bytes() if here and name in KINDS else None
        except OSError:
            content = None
        if content is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"no such file\n", body=body)
        else:
            self._send(HTTPStatus.OK, KINDS[name], content, body=body)

    def _send(self, status: HTTPStatus, kind: str, content: bytes, *, body: bool) -> None:
        self.send_response(status)
        origin = self.headers.get("Origin", "")
        if self.server.may_read(origin):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
            # A page of another machine that asks this one: browsers want this leave too.
            self.send_header("Access-Control-Allow-Private-Network", "true")
        self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        if kind:
            self.send_header("Content-Type", kind)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a request is no news."""


def main(arguments: list[str]) -> int:
    """Serve the folder ``arguments[0]`` on the port ``arguments[1]`` until the process is ended."""
    GuideServer(Path(arguments[0]), int(arguments[1])).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
