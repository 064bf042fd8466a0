"""Annotated abstracts and full texts from PubTator3 (https://www.ncbi.nlm.nih.gov/research/pubtator3/api).

What the owner documents there: ``publications/export/FORMAT?pmids=...`` gives annotations as ``pubtator``, ``biocxml``
or ``biocjson``; ``full=true`` gives full texts, not as ``pubtator``; ``publications/pmc_export/FORMAT?pmcids=...``
gives full texts by PMCID; ``search/?text=...&page=N`` gives ten publications a page, by free text, entities
(``@CHEMICAL_remdesivir``) or relations; and no more than three requests a second are to be sent. No key is asked for.

What the service does and the page does not say: identifiers that are not known are left out without a word, and where
none is known the answer is 400, ``{"detail": "Could not retrieve publications"}``; a page of a search holds ``count``,
``total_pages``, and in ``facets`` how many of what was found have which publication type. The web site narrows a
search to publication types by ``filters`` in JSON; that this was heeded is seen in those facets, and told if not.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final, cast

from kg.errors import DownloadError
from kg.live.exports import SUFFIXES, Form, Part, join, pieces, split
from kg.live.folder import OURS, FetchFolder, open_folder
from kg.live.report import FetchReport
from kg.live.searching import Page, Progress, search
from kg.live.service import Answer, Service
from kg.transfer import BrokenError, public_url

ADDRESS: Final = "https://www.ncbi.nlm.nih.gov/research/pubtator3-api"
#: Names a mirror.
VARIABLE: Final = "KG_PUBTATOR_URL"
#: Requests a second that the owner allows.
RATE: Final = 3.0
#: Documents that are asked for at once; a full text is some forty times as long as an abstract.
BATCH: Final = 100
FULL_BATCH: Final = 25
#: So many requests in a row that fail, each after its attempts, end a run.
PATIENCE: Final = 5
_CASE_REPORTS: Final = "Case Reports"
#: Reasons for which a smaller request may succeed.
_SMALLER: Final = frozenset({"busy", "damaged", "too-large", "refused", "wrong-content"})
_NONE_KNOWN: Final = "could not retrieve publications"


@dataclass(frozen=True, slots=True)
class Question:
    """A search.

    Attributes:
        text: free text, entities or relations, in the service's own syntax.
        case_reports: whether only case reports are wanted.
        limit: documents that are enough, None for all.
    """

    text: str
    case_reports: bool = False
    limit: int | None = None


def fetch_pubtator(
    path: Path,
    service: Service,
    *,
    pmids: Sequence[str] = (),
    pmcids: Sequence[str] = (),
    question: Question | None = None,
    form: Form = "biocjson",
    full: bool = False,
    target: Path | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch documents into a folder that `kg build` reads; what is there is not asked for again.

    Args:
        path: the folder.
        service: PubTator3 or a mirror.
        pmids: numbers; the abstracts, or full texts with ``full``.
        pmcids: the full texts (``PMC7``).
        question: a search whose documents are wanted.
        form: what the service is to write.
        full: whether full texts are wanted where there are any.
        target: one file to write the documents into as well, compressed where its name ends in ``.gz``.
        refresh: whether to ask for what is there as well, and for what was not to be had.
        progress: told of what is done.

    Returns:
        What came of it; a service that fails is no error, but missing documents with their reason.

    Raises:
        InputError: if the folder holds something else.
        DownloadError: if the folder or the file cannot be written to.
    """
    report = FetchReport("pubtator", path)
    began = service.pace.requests
    kind = {"service": "pubtator", "form": form, "full": full}
    with open_folder(path, kind) as folder:
        folder.address = public_url(service.base)
        asked = [*(f"PMID:{one}" for one in pmids), *pmcids]
        if question:
            found = search(folder, json.dumps({"case_reports": question.case_reports, "text": question.text}), "1",
                           question.limit, lambda number: _ask_page(service, question, number),
                           refresh=refresh, progress=progress)  # fmt: skip
            asked += found.ids
            report.found, report.complete = found.count, not found.problem
            report.notes += found.notes
            if found.problem:
                report.notes.append(f"the search is not whole: {found.problem}")
        asked = sorted(dict.fromkeys(asked), key=_order)
        _Run(folder, service, report, form, full, progress).fetch(asked, refresh=refresh)
        if target:
            _write_file(folder, target, sorted({*report.fetched, *report.kept}, key=_order), form)
    report.requests = service.pace.requests - began
    report.check()
    return report


def _write_file(folder: FetchFolder, target: Path, wanted: Iterable[str], form: Form) -> None:
    """Write documents of a folder as one file, in place of one of its name."""
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as file:
            out = cast("IO[bytes]", gzip.GzipFile("", "wb", fileobj=file, mtime=0) if target.suffix == ".gz" else file)
            for piece in pieces(_in_order(folder, wanted, form), form):
                out.write(piece)
            if out is not file:
                out.close()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror or error}"
        raise DownloadError(message, reason="disk", value=str(target)) from error
    finally:
        partial.unlink(missing_ok=True)


def _in_order(folder: FetchFolder, wanted: Iterable[str], form: Form) -> Iterator[Part]:
    """Yield the documents, one file in memory at a time: files hold neighbours."""
    name, parts = "", {}
    for key in wanted:
        if folder.documents[key] != name:
            name = folder.documents[key]
            parts = _by_key((folder.path / name).read_bytes(), form)
        yield parts[key]


def _by_key(data: bytes, form: Form) -> dict[str, Part]:
    return {key: part for part in reversed(split(data, form)) for key in part.ids}


def _order(key: str) -> tuple[str, int]:
    """Order identifiers by kind and number.

    >>> sorted(["PMID:30", "PMC4", "PMID:9"], key=_order)
    ['PMC4', 'PMID:9', 'PMID:30']
    """
    kind = key.rstrip("0123456789")
    return kind, int(key[len(kind) :] or 0)


# -- searching -------------------------------------------------------------------------------------------------------


def _ask_page(service: Service, question: Question, number: str) -> Page:
    options = {"text": question.text, "page": number}
    if question.case_reports:
        options["filters"] = json.dumps({"type": [_CASE_REPORTS]}, separators=(",", ":"))
    return service.get("search/", options, lambda answer: _read_page(answer, number, question.case_reports))


def _read_page(answer: Answer, number: str, case_reports: bool) -> Page:
    try:
        value = json.loads(answer.body)
        results, count, pages = list(value["results"]), int(value["count"]), int(value["total_pages"])
        ids = [_identifier(result) for result in results]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenError("the answer is no page of a search", "damaged") from error
    note = ""
    if case_reports and count and _typed(value.get("facets")) not in {None, count}:
        note = "the service did not narrow the search to case reports; `kg build` tells them by itself"
    following = str(int(number) + 1) if int(number) < pages else ""
    return Page(tuple(one for one in ids if one), count, following, note)


def _identifier(result: dict[str, Any]) -> str:
    """Return the identifier of something found: its PMID, else its PMCID, else ``""``."""
    for key in ("pmid", "_id"):
        written = str(result.get(key) or "").strip()
        if written.isascii() and written.isdigit():
            return f"PMID:{int(written)}"
    written = str(result.get("pmcid") or "").strip().upper()
    return written if written.startswith("PMC") and written[3:].isdigit() else ""


def _typed(facets: Any) -> int | None:
    """Return how many of what was found are case reports as the facets have it, None where they have no types.

    >>> _typed({"facet_fields": {"type": [{"name": "Case Reports", "value": 7}]}}), _typed({})
    (7, None)
    """
    try:
        types = {str(one["name"]): int(one["value"]) for one in facets["facet_fields"]["type"]}
    except (KeyError, TypeError, ValueError):
        return None
    return types.get(_CASE_REPORTS, 0)


# -- exporting -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """One run of exports."""

    folder: FetchFolder
    service: Service
    report: FetchReport
    form: Form
    full: bool
    progress: Progress | None

    def fetch(self, asked: list[str], *, refresh: bool) -> None:
        """Ask for what is not settled, in batches; one that fails is asked for in halves, after the others."""
        report = self.report
        report.asked = len(asked)
        self._adopt()
        wanted = asked if refresh else [key for key in asked if not self.folder.is_settled(key)]
        settled = set(asked) - set(wanted)
        report.kept = [key for key in asked if key in settled and key in self.folder.documents]
        report.missing = [
            self.folder.missing[key] for key in asked if key in settled and key not in self.folder.documents
        ]
        batches = deque(_batches(wanted, self.full))
        failures, done = 0, 0
        while batches:
            batch = batches.popleft()
            if failures >= PATIENCE:
                self._missing(batch, "not-asked", f"not asked: {failures} requests in a row had failed")
                continue
            try:
                self._ask(batch)
                failures = 0
            except DownloadError as error:
                if error.reason == "disk":
                    raise
                # Too much at once says nothing of the service.
                failures += error.reason != "too-large"
                if len(batch) > 1 and error.reason in _SMALLER:
                    middle = len(batch) // 2
                    batches += (batch[:middle], batch[middle:])
                    continue
                self._missing(batch, error.reason, str(error))
            done += len(batch)
            self.folder.save()
            if self.progress:
                self.progress(done, len(wanted), "Fetching")
        report.missing.sort(key=lambda one: _order(one.id))
        report.fetched.sort(key=_order)

    def _adopt(self) -> None:
        """Take up the files that a fetch wrote before it was killed and could not note any more."""
        for name in self.folder.strays():
            keys: set[str] = set()
            if OURS.fullmatch(name) and name.endswith(SUFFIXES[self.form]):
                kind = "PMID:" if name.startswith("pmid-") else "PMC"
                with contextlib.suppress(BrokenError, DownloadError, OSError):
                    data = (self.folder.path / name).read_bytes()
                    keys = {key for part in split(data, self.form) for key in part.ids if key.startswith(kind)}
            if not keys:
                self.report.notes.append(f"{name} was not made by `kg fetch`; `kg build` may read it as well")
                continue
            before = {self.folder.documents[key] for key in keys if key in self.folder.documents}
            self.folder.hold(name, data, sorted(keys, key=_order))
            for old in sorted(before):
                self._thin(old)

    def _missing(self, batch: Iterable[str], reason: str, message: str) -> None:
        for key in batch:
            self.folder.miss(key, reason, message)
            self.report.missing.append(self.folder.missing[key])

    def _ask(self, batch: list[str]) -> None:
        """Ask for documents of one kind and keep what comes."""
        tries = 0

        def read(answer: Answer) -> tuple[list[Part], bool]:
            nonlocal tries
            tries += 1
            first = tries == 1 and self.service.limits.attempts > 1
            parts = _read_export(answer, self.form)
            if first and answer.status != 200:
                # "Could not retrieve" may be said of a moment's trouble; said twice it is believed.
                raise BrokenError("the service says that it has none of the documents", "refused")
            known = {key for part in parts for key in part.ids}
            strange = any(part.ids.isdisjoint(batch) for part in parts) and not known.issuperset(batch)
            if strange and first:
                raise BrokenError("other documents came than were asked for", "wrong-content")
            return parts, strange

        by_pmid = batch[0].startswith("PMID:")
        options = {"pmids" if by_pmid else "pmcids": ",".join(key.removeprefix("PMID:") for key in batch)}
        if by_pmid and self.full:
            options["full"] = "true"
        place = "export" if by_pmid else "pmc_export"
        parts, strange = self.service.get(f"publications/{place}/{self.form}", options, read, accept={200, 400})
        self._keep(batch, parts, strange)

    def _keep(self, batch: list[str], parts: list[Part], strange: bool) -> None:
        wanted = set(batch)
        chosen: dict[str, Part] = {}
        for part in parts:
            keys = sorted(wanted & part.ids, key=_order)
            if not keys:
                self.report.aside.append(part.label)
            elif any(key in chosen for key in keys):
                self.report.twice += keys
            else:
                chosen |= dict.fromkeys(keys, part)
        if chosen:
            name = _name(batch, self.form)
            before = {self.folder.documents[key] for key in chosen if key in self.folder.documents} - {name}
            unique = {id(part): part for _, part in sorted(chosen.items(), key=lambda item: _order(item[0]))}
            self.folder.write(name, join(unique.values(), self.form), sorted(chosen, key=_order))
            for old in sorted(before):
                self._thin(old)
            self.report.fetched += chosen
        absent = [key for key in batch if key not in chosen]
        if strange:
            self._missing(absent, "wrong-content", f"{self.service.name} gave other documents in its place")
        else:
            self._missing(absent, "not-found", f"{self.service.name} has no such document")

    def _thin(self, name: str) -> None:
        """Take out of a file what has come anew."""
        left = [key for key, file in self.folder.documents.items() if file == name]
        if not left:
            self.folder.remove(name)
            return
        parts = _by_key((self.folder.path / name).read_bytes(), self.form)
        unique = {id(parts[key]): parts[key] for key in sorted(left, key=_order)}
        self.folder.write(name, join(unique.values(), self.form), sorted(left, key=_order))


def _batches(wanted: Iterable[str], full: bool) -> Iterator[list[str]]:
    """Yield what is asked for at once: identifiers of one kind."""
    by_pmid: list[str] = []
    by_pmcid: list[str] = []
    for key in wanted:
        (by_pmid if key.startswith("PMID:") else by_pmcid).append(key)
    for keys, size in ((by_pmid, FULL_BATCH if full else BATCH), (by_pmcid, FULL_BATCH)):
        for begin in range(0, len(keys), size):
            yield keys[begin : begin + size]


def _name(batch: Sequence[str], form: Form) -> str:
    """Return the name of the file of a batch: what is asked for tells it, so that asking again replaces it.

    >>> _name(["PMID:7", "PMID:33"], "biocjson")
    'pmid-7-33-0642f7ec.json'
    """
    kind = "pmid" if batch[0].startswith("PMID:") else "pmc"
    first, last = _order(batch[0])[1], _order(batch[-1])[1]
    digest = sha256(",".join(batch).encode()).hexdigest()[:8]
    return f"{kind}-{first}-{last}-{digest}{SUFFIXES[form]}"


def _read_export(answer: Answer, form: Form) -> list[Part]:
    """Return the documents of an answer; none where the service knows none of what was asked for.

    Raises:
        BrokenError: if the answer is damaged.
        DownloadError: if the service refuses.
    """
    if answer.status == 200:
        return split(answer.body, form)
    try:
        said = json.loads(answer.body)
        detail = str(said["detail"] if isinstance(said, dict) else said)
    except (ValueError, KeyError, RecursionError):
        detail = ""
    if _NONE_KNOWN in detail.lower():
        return []
    message = f"the service answers {answer.status}" + (f": {detail[:200]}" if detail else "")
    raise DownloadError(message, reason="refused")
