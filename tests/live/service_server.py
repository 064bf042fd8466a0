"""PubTator3 and Europe PMC on this machine: a real HTTP server that speaks the answers that are documented.

Faults are used up one a request; ``always`` names one for each request whose path it matches.

    429, 429:2, 500 ...   a status, with Retry-After
    hang                  no answer at all
    cut, cut-quietly      half of the body, with the whole length announced, or with none
    html                  a web page, with 200
    text:..., 400-text:   these words, with 200 or 400
    wrong                 documents that nobody asked for, in place of all
    other                 the first document is another one
    extra, twice          one document more; the first once more
    redirect:URL          leads elsewhere
    gzip, gzip-cut        compresses the body; half of it
    flood                 a body that does not end
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

PAGE = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Come back later</body></html>\n"
TITLE = "Fever after aspirin"


def abstract(number: int, text: str = "") -> dict[str, Any]:
    """Return a document as PubTator3 writes an abstract, in words of our own."""
    told = text or f"A woman of {20 + number % 60} years had fever after aspirin. It was stopped."
    at = told.find("aspirin")
    chemical = {"identifier": "MESH:D001241", "type": "Chemical", "valid": True, "normalized": ["D001241"],
                "database": "ncbi_mesh", "normalized_id": "D001241", "biotype": "chemical", "name": "Aspirin",
                "accession": "@CHEMICAL_Aspirin"}  # fmt: skip
    disease = {"identifier": "MESH:D005334", "type": "Disease", "valid": True, "normalized": ["D005334"],
               "database": "ncbi_mesh", "normalized_id": "D005334", "biotype": "disease", "name": "Fever",
               "accession": "@DISEASE_Fever"}  # fmt: skip
    behind = len(TITLE) + 1
    mentions = [{"id": "3", "infons": chemical, "text": "aspirin", "locations": [{"offset": behind + at, "length": 7}]}]
    return {
        "_id": f"{number}|None", "id": str(number), "infons": {},
        "passages": [
            {"infons": {"journal": "J Made Up. 2020;1(1):1", "year": "2020", "type": "title", "authors": "Doe J"},
             "offset": 0, "text": TITLE, "sentences": [], "relations": [],
             "annotations": [
                 {"id": "1", "infons": disease, "text": "Fever", "locations": [{"offset": 0, "length": 5}]},
                 {"id": "2", "infons": chemical, "text": "aspirin", "locations": [{"offset": 12, "length": 7}]}]},
            {"infons": {"type": "abstract"}, "offset": behind, "text": told, "sentences": [], "relations": [],
             "annotations": mentions if at >= 0 else []},
        ],
        "relations": [], "pmid": number, "pmcid": None, "meta": {}, "date": "2020-03-28T00:00:00Z",
        "journal": "J Made Up", "authors": ["Doe J"], "relations_display": [],
    }  # fmt: skip


def full_text(number: int, pmid: int) -> dict[str, Any]:
    """Return a document as PubTator3 writes a full text: its ``id`` is the number of the PMCID."""
    document = abstract(pmid)
    document |= {"_id": f"{pmid}|PMC{number}", "id": str(number), "pmcid": f"PMC{number}"}
    document["passages"][0]["infons"] |= {"article-id_pmc": str(number), "article-id_pmid": str(pmid), "type": "front",
                                          "section_type": "TITLE"}  # fmt: skip
    return document


def as_xml(documents: list[dict[str, Any]], source: str = "PubTator") -> str:
    """Return documents as BioC XML."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection>'
             f"<source>{source}</source><date/><key>BioC.key</key>"]  # fmt: skip
    for document in documents:
        parts.append(f"<document><id>{document['id']}</id>")
        for passage in document["passages"]:
            infons = "".join(f'<infon key="{k}">{escape(str(v))}</infon>' for k, v in passage["infons"].items())
            marks = "".join(
                f'<annotation id="{a["id"]}"><infon key="type">{a["infons"]["type"]}</infon><infon key="identifier">'
                f'{a["infons"]["identifier"]}</infon><location offset="{a["locations"][0]["offset"]}" '
                f'length="{a["locations"][0]["length"]}"/><text>{escape(a["text"])}</text></annotation>'
                for a in passage["annotations"]
            )  # fmt: skip
            parts.append(f"<passage>{infons}<offset>{passage['offset']}</offset><text>{escape(passage['text'])}</text>"
                         f"{marks}</passage>")  # fmt: skip
        parts.append("</document>")
    return "".join(parts) + "</collection>\n"


def as_pubtator(documents: list[dict[str, Any]]) -> str:
    """Return documents as PubTator."""
    blocks = []
    for document in documents:
        key, (title, body) = document["pmid"], document["passages"]
        lines = [f"{key}|t|{title['text']}", f"{key}|a|{body['text']}"]
        for a in (*title["annotations"], *body["annotations"]):
            begin = a["locations"][0]["offset"]
            cells = (key, begin, begin + a["locations"][0]["length"], a["text"], a["infons"]["type"],
                     a["infons"]["identifier"])  # fmt: skip
            lines.append("\t".join(map(str, cells)))
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks) + "\n"


def article(pmcid: str, pmid: str = "", words: str = "") -> str:
    """Return an article in JATS, in words of our own."""
    also = f'<article-id pub-id-type="pmid">{pmid}</article-id>' if pmid else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving '
        'and Interchange DTD v1.0 20120330//EN" "JATS-archivearticle1.dtd">\n<article article-type="case-report"><front>'
        f'<journal-meta><journal-title-group><journal-title>J Made Up</journal-title></journal-title-group></journal-meta>'
        f'<article-meta>{also}<article-id pub-id-type="pmc">{pmcid.removeprefix("PMC")}</article-id><title-group>'
        f"<article-title>{TITLE}: a case report</article-title></title-group><pub-date><year>2020</year></pub-date>"
        f"<abstract><p>A woman of 31 years had fever after aspirin.</p></abstract></article-meta></front>"
        f"<body><sec><title>Case</title><p>It was stopped. {words}</p></sec></body><back><ref-list><ref><mixed-citation>"
        '<article-id pub-id-type="pmc">1</article-id></mixed-citation></ref></ref-list></back></article>\n'
    )  # fmt: skip


@dataclass
class Seen:
    """A request that came."""

    moment: float
    path: str
    options: dict[str, str]
    headers: dict[str, str]


@dataclass
class Found:
    """What Europe PMC's search holds of an article."""

    pmcid: str = ""
    licence: str = "cc by"
    open: bool = True
    pmid: str = ""
    types: tuple[str, ...] = ("Case Reports",)


@dataclass
class State:
    """What the server holds; it may be changed while it runs."""

    abstracts: dict[int, dict[str, Any]] = field(default_factory=dict)
    full_texts: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: What every search of PubTator3 finds; the case reports among it.
    found: list[dict[str, Any]] = field(default_factory=list)
    case_reports: set[int] = field(default_factory=set)
    heeds_filters: bool = True
    articles: dict[str, str] = field(default_factory=dict)
    results: list[Found] = field(default_factory=list)
    overstated: int = 0
    faults: list[str] = field(default_factory=list)
    always: Callable[[Seen], str] = lambda _seen: ""
    seen: list[Seen] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients hang up on what they do not want."""


class LiveServer:
    """The server: PubTator3 below ``/pubtator``, Europe PMC below ``/europepmc``."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.closing = threading.Event()
        server = self

        class Handler(_Handler):
            owner = server

        self._http = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def pubtator(self) -> str:
        return f"{self.url}/pubtator"

    @property
    def europepmc(self) -> str:
        return f"{self.url}/europepmc"

    def requests(self, part: str = "") -> list[Seen]:
        return [seen for seen in self.state.seen if part in seen.path]

    def asked(self) -> list[str]:
        """Return every identifier that was asked to be exported, in order."""
        return [
            key
            for seen in self.state.seen
            for name in ("pmids", "pmcids")
            for key in seen.options.get(name, "").split(",")
            if key
        ]

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(state: State | None = None) -> Iterator[LiveServer]:
    server = LiveServer(state or State())
    try:
        yield server
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: a second one would wait for the first one's receipt.
    wbufsize = -1
    owner: LiveServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        options = {key: values[0] for key, values in parse_qs(parts.query).items()}
        seen = Seen(time.monotonic(), parts.path, options, dict(self.headers.items()))
        state = self.owner.state
        state.seen.append(seen)
        fault = state.faults.pop(0) if state.faults else state.always(seen)
        name, _, value = fault.partition(":")
        if name.isdecimal():
            self._send(int(name), b"", {"Retry-After": value} if value else {})
        elif name == "hang":
            self.owner.closing.wait(20)
            self.close_connection = True
        elif name == "html":
            self._send(200, PAGE, {"Content-Type": "text/html"})
        elif name in {"text", "400-text"}:
            self._send(200 if name == "text" else 400, value.encode())
        elif name == "redirect":
            self._send(302, b"", {"Location": value + self.path})
        elif name == "flood":
            self._flood()
        else:
            status, body = self._answer(seen, name)
            self._spoilt(status, body.encode(), name)

    def _spoilt(self, status: int, body: bytes, fault: str) -> None:
        headers = {"Content-Type": "application/json"}
        if fault.startswith("gzip"):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
            body = body[: len(body) // 2] if fault == "gzip-cut" else body
        if fault == "cut":
            self._send(status, body, headers, sent=len(body) // 2)
        elif fault == "cut-quietly":
            self._send(status, body[: len(body) // 2], headers, announce=False)
        else:
            self._send(status, body, headers)

    def _flood(self) -> None:
        self._send(200, b"", {}, announce=False)
        try:
            while not self.owner.closing.is_set():
                self.wfile.write(b" " * (1 << 16))
        except OSError:
            pass

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, announce: bool = True,
              sent: int | None = None) -> None:  # fmt: skip
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        if announce:
            self.send_header("Content-Length", str(len(body)))
        if not announce or sent is not None:
            self.close_connection = True
        self.end_headers()
        try:
            self.wfile.write(body[:sent])
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    # -- what the services say ----------------------------------------------------------------------------------

    def _answer(self, seen: Seen, fault: str) -> tuple[int, str]:
        path = seen.path
        if path.startswith("/pubtator/publications/"):
            return self._export(seen, fault)
        if path == "/pubtator/search/":
            return 200, json.dumps(self._search(seen.options))
        if path == "/europepmc/search":
            return 200, json.dumps(self._results(seen.options))
        pmcid = path.removeprefix("/europepmc/").removesuffix("/fullTextXML")
        if fault == "other":
            return 200, article("PMC999")
        body = self.owner.state.articles.get(pmcid)
        return (200, body) if body else (404, "")

    def _export(self, seen: Seen, fault: str) -> tuple[int, str]:
        state = self.owner.state
        form = seen.path.rpartition("/")[2]
        if "pmids" in seen.options:
            numbers = [int(one) for one in seen.options["pmids"].split(",")]
            by_pmid = {d["pmid"]: d for d in state.full_texts.values()} if seen.options.get("full") == "true" else {}
            documents = [by_pmid.get(n) or state.abstracts[n] for n in numbers if n in by_pmid or n in state.abstracts]
        else:
            numbers = [int(one.removeprefix("PMC")) for one in seen.options["pmcids"].split(",")]
            documents = [state.full_texts[n] for n in numbers if n in state.full_texts]
        if not documents:
            return 400, json.dumps({"detail": "Could not retrieve publications"})
        # The genuine service keeps no order either.
        documents = documents[::-1]
        if fault == "wrong":
            documents = [abstract(99_999_999)]
        elif fault == "other":
            documents[0] = abstract(99_999_999)
        elif fault == "extra":
            documents.append(abstract(99_999_999))
        elif fault == "twice":
            documents.append(documents[0])
        if form == "biocjson":
            return 200, json.dumps({"PubTator3": documents}, ensure_ascii=False)
        return 200, as_xml(documents) if form == "biocxml" else as_pubtator(documents)

    def _search(self, options: dict[str, str]) -> dict[str, Any]:
        state = self.owner.state
        found = state.found
        reports = [one for one in found if one.get("pmid") in state.case_reports]
        if state.heeds_filters and json.loads(options.get("filters", "{}")) == {"type": ["Case Reports"]}:
            found = reports
        page = int(options.get("page", "1"))
        types = [{"name": "Journal Article", "type": "int", "value": len(found)},
                 {"name": "Case Reports", "type": "int", "value": len(reports)}]  # fmt: skip
        return {
            "results": found[10 * (page - 1) : 10 * page],
            "facets": {"facet_queries": {}, "facet_fields": {"journal": [], "type": types}} if found else {},
            "page_size": 10, "current": page, "count": len(found) + state.overstated,
            "total_pages": -(-len(found) // 10),
        }  # fmt: skip

    def _results(self, options: dict[str, str]) -> dict[str, Any]:
        state, query = self.owner.state, options["query"]
        found = state.results
        if query.startswith("PMCID:"):
            wanted = {one.removeprefix("PMCID:") for one in query.split(" OR ")}
            found = [one for one in found if one.pmcid in wanted]
        else:
            if 'PUB_TYPE:"Case Reports"' in query:
                found = [one for one in found if "Case Reports" in one.types]
            if "OPEN_ACCESS:y" in query:
                found = [one for one in found if one.open]
        size, cursor = int(options["pageSize"]), options["cursorMark"]
        begin = 0 if cursor == "*" else int(cursor.removeprefix("AoI"))
        page = found[begin : begin + size]
        results = []
        for number, one in enumerate(page, begin + 1):
            result = {"id": one.pmid or str(number), "source": "MED", "isOpenAccess": "Y" if one.open else "N",
                      "title": TITLE, "pubTypeList": {"pubType": list(one.types)}}  # fmt: skip
            result |= {"pmcid": one.pmcid} if one.pmcid else {}
            result |= {"license": one.licence} if one.licence else {}
            results.append(result)
        # A page that is not full ends the search; some versions repeat the cursor in place of leaving it out.
        following = {"nextCursorMark": f"AoI{begin + len(page)}"} if page else {"nextCursorMark": cursor}
        return {"version": "6.9", "hitCount": len(found) + state.overstated, **following, "request": {},
                "resultList": {"result": results}}  # fmt: skip
