"""A PUG REST service on this machine, and PubChem's own answers, for the tests of the client.

The server is a real HTTP server; what it answers is written down by a test, or taken from genuine exchanges.
"""

from __future__ import annotations

import gzip
import json
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NOT_FOUND = (
    "Status: 404\nCode: PUGREST.NotFound\nMessage: No CID found\nDetail: No CID found that matches the given name\n"
)


@dataclass(frozen=True)
class Reply:
    """One answer of the server; ``cut`` bytes of the body are not sent, ``silent`` closes without an answer."""

    body: str | bytes = ""
    status: int = 200
    kind: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    silent: bool = False


@dataclass
class Service:
    """A running server: its address, and the paths that were asked for, in order."""

    address: str
    asked: list[str]


@contextmanager
def serve(replies: Mapping[str, Reply | str | Sequence[Reply | str]]) -> Iterator[Service]:
    """Serve answers by path; of several answers each is given once, the last one for good; else a genuine 404."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/rest/pug/")
            seen = asked.count(path)
            asked.append(path)
            given = replies.get(path, Reply(NOT_FOUND, 404))
            several = [given] if isinstance(given, str | Reply) else list(given)
            reply = several[min(seen, len(several) - 1)]
            self._send(Reply(reply, kind="application/json" if reply[:1] == "{" else "text/plain")
                       if isinstance(reply, str) else reply)  # fmt: skip

        def _send(self, reply: Reply) -> None:
            if reply.silent:
                self.close_connection = True
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) - reply.cut])

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Service(f"http://127.0.0.1:{server.server_port}/rest/pug", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def properties(cid: int, **facts: str) -> str:
    """Return a table of properties as the service writes it."""
    return json.dumps({"PropertyTable": {"Properties": [{"CID": cid, **facts}]}})


def property_path(cid: int) -> str:
    """Return the path by which the client asks for a compound's properties."""
    return f"compound/cid/{cid}/property/Title,InChIKey,SMILES/JSON"


def recorded(path: Path) -> tuple[str, bytes]:
    """Return path and body of a recorded exchange (BSON of an HTTP library's response: nested tags and data)."""
    response = read_bson(gzip.decompress(path.read_bytes()))["_backrefs"][0]["data"]
    body, request = response[3], response[4]["data"]
    return request[1].removeprefix("/rest/pug/"), bytes(body)


def read_bson(data: bytes) -> dict[str, Any]:
    """Return a BSON document of the types that the recordings use (https://bsonspec.org)."""
    return _document(data, 0)[0]


def _document(data: bytes, at: int) -> tuple[dict[str, Any], int]:
    end = at + struct.unpack_from("<i", data, at)[0] - 1
    at += 4
    found: dict[str, Any] = {}
    while at < end:
        kind = data[at]
        stop = data.index(0, at + 1)
        key = data[at + 1 : stop].decode()
        at = stop + 1
        value: Any
        if kind in {3, 4}:
            inner, at = _document(data, at)
            value = list(inner.values()) if kind == 4 else inner
        elif kind in {2, 5}:
            size = struct.unpack_from("<i", data, at)[0]
            if kind == 2:
                value, at = data[at + 4 : at + 3 + size].decode("utf-8", "replace"), at + 4 + size
            else:
                value, at = data[at + 5 : at + 5 + size], at + 5 + size
        elif kind == 10:
            value = None
        else:
            form, width = {1: ("<d", 8), 8: ("<?", 1), 16: ("<i", 4), 18: ("<q", 8)}[kind]
            value, at = struct.unpack_from(form, data, at)[0], at + width
        found[key] = value
    return found, end + 1
