"""Open-access full texts from Europe PMC, as JATS (https://europepmc.org/RestfulWebService).

What is used of the service: ``search?query=...&format=json&resultType=core`` with ``cursorMark`` (``*`` first, then
``nextCursorMark`` until there is none or it stays the same; ``pageSize`` up to 1,000), and ``{PMCID}/fullTextXML``.
Full texts are given of the open-access subset only; ``isOpenAccess`` and ``license`` of a core result tell which
articles these are and what may be done with them. ``hitCount`` may be larger than what the pages hold
(https://github.com/ContentMine/getpapers/issues/153). The documentation names no rate.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.errors import DownloadError
from kg.live.articles import pmcid_of
from kg.live.folder import OURS, FetchFolder, open_folder
from kg.live.report import FetchReport
from kg.live.searching import Page, Progress, search
from kg.live.service import Answer, Service
from kg.transfer import BrokenError, public_url

ADDRESS: Final = "https://www.ebi.ac.uk/europepmc/webservices/rest"
#: Names a mirror.
VARIABLE: Final = "KG_EUROPEPMC_URL"
#: Requests a second; the owner names no number, and users of the service report ten.
RATE: Final = 5.0
#: Results a page: a core result holds the abstract and all metadata.
PAGE: Final = 100
#: Articles that are looked up at once: what an address holds.
LOOK_UP: Final = 50
#: So many requests in a row that fail, each after its attempts, end a run.
PATIENCE: Final = 5
_FIRST: Final = "*"
_NOT_TOLD: Final = "not told"


@dataclass(frozen=True, slots=True)
class Question:
    """A search.

    Attributes:
        text: in the syntax of Europe PMC (https://europepmc.org/searchsyntax).
        case_reports: whether only case reports are wanted.
        limit: articles that are enough, None for all.
        open_access: whether only articles with an open full text are wanted.
    """

    text: str
    case_reports: bool = False
    limit: int | None = None
    open_access: bool = True

    @property
    def query(self) -> str:
        """The query that is sent.

        >>> Question("aspirin OR ibuprofen", case_reports=True).query
        '(aspirin OR ibuprofen) AND PUB_TYPE:"Case Reports" AND OPEN_ACCESS:y AND HAS_FT:y'
        """
        parts = [f"({self.text})"]
        if self.case_reports:
            parts.append('PUB_TYPE:"Case Reports"')
        if self.open_access:
            parts.append("OPEN_ACCESS:y AND HAS_FT:y")
        return " AND ".join(parts)


def fetch_europepmc(
    path: Path,
    service: Service,
    *,
    pmcids: Sequence[str] = (),
    question: Question | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch full texts into a folder that `kg build` reads, one file an article; what is there is not asked for again.

    Args:
        path: the folder.
        service: Europe PMC or a mirror.
        pmcids: articles (``PMC7``).
        question: a search whose articles are wanted.
        refresh: whether to ask for what is there as well, and for what was not to be had.
        progress: told of what is done.

    Returns:
        What came of it; a service that fails is no error, but missing articles with their reason.

    Raises:
        InputError: if the folder holds something else.
        DownloadError: if the folder cannot be written to.
    """
    report = FetchReport("europepmc", path)
    began = service.pace.requests
    with open_folder(path, {"service": "europepmc"}) as folder:
        folder.address = public_url(service.base)
        run = _Run(folder, service, report, progress)
        asked = list(pmcids)
        if question:
            found = search(folder, question.query, _FIRST, question.limit,
                           lambda cursor: run.page(question.query, cursor), refresh=refresh, progress=progress)  # fmt: skip
            asked += found.ids
            report.found, report.complete = found.count, not found.problem
            report.notes += found.notes
            if found.problem:
                report.notes.append(f"the search is not whole: {found.problem}")
        run.fetch(sorted(dict.fromkeys(asked), key=_order), refresh=refresh)
        here = (key for key in (*report.fetched, *report.kept))
        licences = Counter(str(folder.articles.get(key, {}).get("licence") or _NOT_TOLD) for key in here)
        report.licences = dict(sorted(licences.items()))
    report.requests = service.pace.requests - began
    report.check()
    return report


def _order(key: str) -> tuple[str, int, str]:
    """Order identifiers by kind and number.

    >>> sorted(["PMC30", "PMC4", "MED:9"], key=_order)
    ['MED:9', 'PMC4', 'PMC30']
    """
    kind = key.rstrip("0123456789")
    return kind, int(key[len(kind) :] or 0), key


@dataclass(slots=True)
class _Run:
    """One run."""

    folder: FetchFolder
    service: Service
    report: FetchReport
    progress: Progress | None
    failures: int = 0

    def page(self, query: str, cursor: str) -> Page:
        """Return a page of results, and keep what it says of the articles."""
        options = {"query": query, "resultType": "core", "format": "json", "pageSize": str(PAGE), "cursorMark": cursor}
        page, articles = self.service.get("search", options, _read_page)
        self.folder.articles |= articles
        return page

    def fetch(self, asked: list[str], *, refresh: bool) -> None:
        """Ask for what is not settled, article by article."""
        report, folder = self.report, self.folder
        report.asked = len(asked)
        self._adopt()
        wanted = asked if refresh else [key for key in asked if not folder.is_settled(key)]
        settled = set(asked) - set(wanted)
        report.kept = [key for key in asked if key in settled and key in folder.documents]
        report.missing = [folder.missing[key] for key in asked if key in settled and key not in folder.documents]
        told = self._look_up([key for key in wanted if refresh or key not in folder.articles])
        for number, key in enumerate(wanted, 1):
            if key in told:
                self._missing(key, *told[key])
            elif self.failures >= PATIENCE:
                self._missing(key, "not-asked", f"not asked: {self.failures} requests in a row had failed")
            else:
                self._article(key)
            folder.save()
            if self.progress:
                self.progress(number, len(wanted), "Fetching")
        report.missing.sort(key=lambda one: _order(one.id))

    def _adopt(self) -> None:
        """Take up the files that a fetch wrote before it was killed and could not note any more."""
        for name in self.folder.strays():
            try:
                data = (self.folder.path / name).read_bytes()
                whole = OURS.fullmatch(name) and pmcid_of(data) in {"", Path(name).stem}
            except (BrokenError, DownloadError, OSError):
                whole = False
            if whole:
                self.folder.hold(name, data, [Path(name).stem])
            else:
                self.report.notes.append(f"{name} was not made by `kg fetch`; `kg build` may read it as well")

    def _look_up(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Learn of articles whether they have an open full text, and their licence; return why some are missing."""
        told: dict[str, tuple[str, str]] = {}
        keys = [key for key in keys if key.startswith("PMC")]
        for begin in range(0, len(keys), LOOK_UP):
            batch = keys[begin : begin + LOOK_UP]
            if self.failures >= PATIENCE:
                told |= dict.fromkeys(batch, ("not-asked", f"not asked: {self.failures} requests in a row had failed"))
                continue
            try:
                page = self.page(" OR ".join(f"PMCID:{key}" for key in batch), _FIRST)
            except DownloadError as error:
                self.failures += 1
                told |= dict.fromkeys(batch, (error.reason, str(error)))
                continue
            self.failures = 0
            words = ("not-found", f"{self.service.name} has no such article")
            told |= {key: words for key in batch if key not in page.ids}
        return told

    def _article(self, key: str) -> None:
        article = self.folder.articles.get(key, {})
        if not key.startswith("PMC"):
            self._missing(key, "no-full-text", "the article is not in PMC")
            return
        if not article.get("open"):
            self._missing(key, "not-open-access", "the article is not in the open-access subset")
            return
        try:
            body = self.service.get(f"{key}/fullTextXML", {}, lambda answer: _read_article(answer, key))
        except DownloadError as error:
            if error.reason == "disk":
                raise
            if error.reason == "not-found":
                self.failures = 0
                self._missing(key, "no-full-text", f"{self.service.name} has no full text of the article")
            else:
                # One large article says nothing of the service.
                self.failures += error.reason != "too-large"
                self._missing(key, error.reason, str(error))
            return
        self.failures = 0
        self.folder.write(f"{key}.xml", body, [key])
        self.report.fetched.append(key)

    def _missing(self, key: str, reason: str, message: str) -> None:
        self.folder.miss(key, reason, message)
        self.report.missing.append(self.folder.missing[key])


def _read_page(answer: Answer) -> tuple[Page, dict[str, dict[str, Any]]]:
    try:
        value = json.loads(answer.body)
        results = list(value["resultList"]["result"])
        count = int(value["hitCount"])
        articles = dict(map(_article, results))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenError("the answer is no page of a search", "damaged") from error
    articles.pop("", None)
    return Page(tuple(articles), count, str(value.get("nextCursorMark") or "")), articles


def _article(result: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the identifier of a result and what is kept of it."""
    pmcid = str(result.get("pmcid") or "").strip().upper()
    source, own = str(result.get("source") or "").strip(), str(result.get("id") or "").strip()
    key = pmcid if pmcid.startswith("PMC") else f"{source}:{own}" if own else ""
    return key, {"licence": str(result.get("license") or ""), "open": result.get("isOpenAccess") == "Y"}


def _read_article(answer: Answer, key: str) -> bytes:
    """Return an article's XML as it came, after a look whether it is whole and the one.

    Raises:
        BrokenError: if it is not.
    """
    stated = pmcid_of(answer.body)
    if stated not in {"", key}:
        raise BrokenError(f"{stated} came in its place", "wrong-content")
    return answer.body
