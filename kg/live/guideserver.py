"""A web server on loopback for the guide, the style and the saved queries of Neo4j Browser.

Browser is a page of another origin: it may read what it is told it may (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol),
and asks first with OPTIONS. `python -m kg.live.guideserver FOLDER PORT` serves the files of a folder until it is ended.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from kg.errors import ServerError
from kg.live.neo4jserver import HOST

#: File -> its kind. Nothing else is served.
KINDS: Final = {
    "guide.html": "text/html; charset=utf-8",
    "style.grass": "text/plain; charset=utf-8",
    "queries.zip": "application/zip",
}


class GuideServer(ThreadingHTTPServer):
    """Serves the files of a folder that :data:`KINDS` names, each as it is at the moment, to Browser's origin too.

    Args:
        folder: the files; what is written there later is served later.
        port: a free one if 0.

    Raises:
        ServerError: if the port is in use.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise ServerError(
                f"port {port} of {HOST} cannot be used: {error.strerror}; name another", value=port
            ) from error

    @property
    def address(self) -> str:
        """Where the files are, ending in a slash."""
        return f"http://{HOST}:{self.server_port}/"


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
        try:
            content = (self.server.folder / name).read_bytes() if name in KINDS else None
        except OSError:
            content = None
        if content is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"no such file\n", body=body)
        else:
            self._send(HTTPStatus.OK, KINDS[name], content, body=body)

    def _send(self, status: HTTPStatus, kind: str, content: bytes, *, body: bool) -> None:
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        self.send_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
        # A page of the public web that asks for an address of this machine: browsers ask for this leave too.
        self.send_header("Access-Control-Allow-Private-Network", "true")
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
