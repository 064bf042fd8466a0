"""A real HTTP server on the loopback that serves releases, honestly or not.

Each file answers Range, If-Range, If-None-Match and If-Modified-Since as an owner's server does, until a fault is set:

    break:N      the connection ends after N bytes of the body
    stall:N      no more bytes after N, but the connection stays
    hang         no answer at all
    long         announces more than it sends, and ends
    short        announces less than it sends
    no-range     sends the whole whatever is asked
    wrong-range  answers a Range with another one
    no-length    no Content-Length: the body ends with the connection
    gzip         compresses the body on the way, unasked
    html         an error page, with 200
    redirect:URL sends elsewhere
    flood:URL    sends elsewhere, in an answer that does not end
    500 ...      a status, without body
"""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body>Try later</body></html>\n"


@dataclass
class Served:
    """A file on the server; ``faults`` are used up one a request, ``always`` is not."""

    body: bytes
    modified: int = 1_777_982_400  # 2026-05-05 12:00 UTC
    etag: str | None = None
    faults: list[str] = field(default_factory=list)
    always: str = ""
    validators: bool = True

    @property
    def tag(self) -> str:
        return self.etag or f'"{hashlib.md5(self.body).hexdigest()}"'

    @property
    def date(self) -> str:
        return formatdate(self.modified, usegmt=True)


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    path: str
    headers: dict[str, str]
    status: int


class ReleaseServer:
    """The server; ``files`` may be changed while it runs."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.files: dict[str, Served] = {}
        self.seen: list[Seen] = []
        self.closing = threading.Event()
        server = self

        class Handler(_Handler):
            owner = server

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        if context:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def requests(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[ReleaseServer]:
    server = ReleaseServer(context)
    try:
        yield server
    finally:
        server.close()


def refused_port() -> int:
    """Return a port of the loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ReleaseServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        served = self.owner.files.get(self.path)
        if served is None:
            self._plain(404)
            return
        fault = served.faults.pop(0) if served.faults else served.always
        name, _, value = fault.partition(":")
        if name == "hang":
            self.owner.closing.wait(20)
            self.close_connection = True
        elif name == "redirect":
            self._plain(302, {"Location": value})
        elif name == "flood":
            self._flood(value)
        elif name == "html":
            self._body(200, PAGE, {"Content-Type": "text/html"}, len(PAGE))
        elif name.isdecimal():
            self._plain(int(name), {"Retry-After": value} if value else {})
        else:
            self._serve(served, name, int(value or 0))

    def _serve(self, served: Served, fault: str, number: int) -> None:
        headers = {"ETag": served.tag, "Last-Modified": served.date} if served.validators else {}
        if self._unchanged(served):
            self._plain(304, headers)
            return
        body, status, wanted = served.body, 200, self._range(served)
        if fault == "gzip":
            body = gzip.compress(served.body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        elif wanted and fault != "no-range":
            if wanted >= len(body):
                self._plain(416, {**headers, "Content-Range": f"bytes */{len(body)}"})
                return
            shown = wanted + 1 if fault == "wrong-range" else wanted
            headers["Content-Range"] = f"bytes {shown}-{len(body) - 1}/{len(body)}"
            body, status = body[wanted:], 206
        length = len(body) + {"long": 1000, "short": -(len(body) // 2)}.get(fault, 0)
        sent = body[:number] if fault in {"break", "stall"} else body
        self._body(status, sent, headers, None if fault == "no-length" else length)
        if fault == "stall":
            self.wfile.flush()
            self.owner.closing.wait(20)
        if fault:
            self.close_connection = True

    def _flood(self, target: str) -> None:
        self._body(302, b"", {"Location": target}, 1 << 50)
        self.close_connection = True
        try:
            while not self.owner.closing.is_set():
                self.wfile.write(bytes(1 << 16))
        except OSError:
            pass

    def _unchanged(self, served: Served) -> bool:
        if tag := self.headers.get("If-None-Match"):
            return tag == served.tag
        since = self.headers.get("If-Modified-Since")
        return bool(since) and served.modified <= parsedate_to_datetime(since).timestamp()

    def _range(self, served: Served) -> int:
        asked = self.headers.get("Range", "")
        condition = self.headers.get("If-Range")
        if not asked or (condition and condition not in {served.tag, served.date}):
            return 0
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def _plain(self, status: int, headers: dict[str, str] | None = None) -> None:
        self._body(status, b"", headers or {}, None if status == 304 else 0)

    def _body(self, status: int, body: bytes, headers: dict[str, str], length: int | None) -> None:
        self.owner.seen.append(Seen(self.path, dict(self.headers.items()), status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        elif status != 304:
            self.close_connection = True
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


def self_signed(folder: Path) -> ssl.SSLContext | None:
    """Return a server's context with a certificate that nobody vouches for; None without the openssl program."""
    import shutil
    import subprocess

    if not shutil.which("openssl"):
        return None
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
