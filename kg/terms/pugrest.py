"""Single look-ups of compounds at PubChem's PUG REST service (https://pubchem.ncbi.nlm.nih.gov/docs/pug-rest).

A text is looked up as what it is: a CID, an InChIKey, else a name. What comes back are the compounds as terms: title,
synonyms, InChIKey, SMILES, parent. The service is asked at most five times a second, as its owner wishes, slower when
it says that it is busy, and never more often than a few times for one answer. Answers are kept in a folder, so that
the same look-up works again without a network; a whole ontology is loaded from files, not from here.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg import __version__
from kg.curies import normalize, prefix_of
from kg.errors import DownloadError, InputError
from kg.model import CHEMICAL, Name, Term

#: PubChem's address; the environment variable CASEGRAPH_PUG_REST names a mirror.
PUG_REST: Final = "https://pubchem.ncbi.nlm.nih.gov/rest/pug"
ENVIRONMENT: Final = "CASEGRAPH_PUG_REST"
_PREFIX: Final = "PUBCHEM.COMPOUND"
_SOURCE: Final = "pubchem"

#: Answers are some kilobytes; a compound with very many synonyms has some hundreds.
LARGEST_ANSWER: Final = 8 << 20
#: PubChem asks for no more than five requests a second.
_SPACING: Final = 0.2
_LONGEST_WAIT: Final = 60.0
_PAUSE: Final = {"Yellow": 1.0, "Red": 5.0, "Black": 30.0}
_BUSY: Final = frozenset({429, 500, 502, 503, 504})

_INCHIKEY: Final = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_DIGITS: Final = re.compile(r"[1-9]\d{0,11}", re.ASCII)
_NUMBER: Final = re.compile(r"(?:CID)?([1-9]\d{0,11})", re.ASCII | re.IGNORECASE)
_STATUS: Final = re.compile(r"status: (\w+)")
# A name with these cannot stand in the path of an address.
_NOT_IN_PATH: Final = re.compile(r"[/\\?#%]|^\.{1,2}$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said: HTTP status (200 or 404) and text."""

    status: int
    text: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The service does not redirect; a login page in between does."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


@dataclass(slots=True)
class PugRest:
    """A client of PUG REST.

    Args:
        base: address of the service; the environment variable ``CASEGRAPH_PUG_REST``, else PubChem's own.
        cache: folder in which answers are kept, None for none.
        offline: whether only kept answers are given.
        timeout: seconds to wait for one answer.
        tries: how often one answer is asked for where the service is busy or cannot be reached.
        first_wait: seconds before the second try; doubled for each further one, unless the service says how long.

    Raises:
        InputError: if the address is none of ``http`` or ``https``, or holds a password.
    """

    base: str = ""
    cache: Path | None = None
    offline: bool = False
    timeout: float = 30.0
    tries: int = 4
    first_wait: float = 1.0
    requests: int = 0
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.base = (self.base or os.environ.get(ENVIRONMENT) or PUG_REST).rstrip("/")
        parts = urllib.parse.urlsplit(self.base)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise InputError(f"{self.base!r} is no address of a PUG REST service (http or https)", value=self.base)
        if "@" in parts.netloc:
            self.base = ""
            raise InputError("the address of the PUG REST service must not hold a user or password")

    # -- what can be asked ---------------------------------------------------------------------------------------

    def cids_of_name(self, name: str) -> tuple[int, ...]:
        """Return the compounds that have a name, in the service's order.

        Raises:
            DownloadError: if the service cannot be asked, or its answer cannot be read.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     client = PugRest("https://pubchem.example", cache=Path(folder), offline=True)
        ...     client._keep("compound/name/aspirin/cids/TXT", Answer(200, "2244\\n"))
        ...     client.cids_of_name("aspirin")
        (2244,)
        """
        return self._cids(_address("name", name, "cids/TXT"))

    def cids_of_inchikey(self, key: str) -> tuple[int, ...]:
        """Return the compounds that have an InChIKey.

        Raises:
            DownloadError: as ``cids_of_name``.

        >>> import tempfile
        >>> key = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     client = PugRest("https://pubchem.example", cache=Path(folder), offline=True)
        ...     client._keep(f"compound/inchikey/{key}/cids/TXT", Answer(200, "2244\\n"))
        ...     client.cids_of_inchikey(key)
        (2244,)
        """
        return self._cids(_address("inchikey", key, "cids/TXT"))

    def parent_of(self, cid: int) -> int | None:
        """Return the parent of a compound, None where it has none other than itself.

        Raises:
            DownloadError: as ``cids_of_name``.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     client = PugRest("https://pubchem.example", cache=Path(folder), offline=True)
        ...     client._keep("compound/cid/2244/cids/TXT?cids_type=parent", Answer(200, "2244\\n"))
        ...     client._keep("compound/cid/5742/cids/TXT?cids_type=parent", Answer(200, "3520\\n"))
        ...     client.parent_of(2244), client.parent_of(5742)
        (None, 3520)
        """
        found = self._cids(_address("cid", str(cid), "cids/TXT", cids_type="parent"))
        return next((parent for parent in found if parent != cid), None)

    def synonyms_of(self, cid: int) -> tuple[str, ...]:
        """Return the names of a compound, the weightiest first.

        Raises:
            DownloadError: as ``cids_of_name``.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     client = PugRest("https://pubchem.example", cache=Path(folder), offline=True)
        ...     client._keep("compound/cid/2244/synonyms/TXT", Answer(200, "aspirin\\nacetylsalicylic acid\\n"))
        ...     client.synonyms_of(2244)
        ('aspirin', 'acetylsalicylic acid')
        """
        answer = self.get(_address("cid", str(cid), "synonyms/TXT"))
        if answer.status == 404:
            return ()
        return tuple(dict.fromkeys(line.strip() for line in answer.text.splitlines() if line.strip()))

    def term(self, cid: int) -> Term | None:
        """Return a compound as a term, None where PubChem has no such compound.

        Raises:
            DownloadError: as ``cids_of_name``.

        >>> import tempfile
        >>> facts = '{"PropertyTable": {"Properties": [{"CID": 2244, "Title": "Aspirin"}]}}'
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     client = PugRest("https://pubchem.example", cache=Path(folder), offline=True)
        ...     client._keep("compound/cid/2244/property/Title,InChIKey,SMILES/JSON", Answer(200, facts))
        ...     client._keep("compound/cid/2244/synonyms/TXT", Answer(200, "acetylsalicylic acid\\n"))
        ...     client._keep("compound/cid/2244/cids/TXT?cids_type=parent", Answer(200, "2244\\n"))
        ...     (term := client.term(2244)) and (term.curie, [name.text for name in term.names])
        ('PUBCHEM.COMPOUND:2244', ['Aspirin', 'acetylsalicylic acid'])
        """
        path = _address("cid", str(cid), "property/Title,InChIKey,SMILES/JSON")
        answer = self.get(path)
        if answer.status == 404:
            return None
        facts = self._properties(answer, path, cid)
        title = facts.get("Title", "").strip()
        texts = dict.fromkeys([*([title] if title else []), *self.synonyms_of(cid)])
        names = tuple(Name(text, "exact" if place else "label") for place, text in enumerate(texts))
        parent = self.parent_of(cid)
        properties = {
            "inchikey": facts.get("InChIKey", ""),
            "parent_compound": f"{_PREFIX}:{parent}" if parent else "",
            # The older spelling is what a mirror may still answer.
            "smiles": facts.get("SMILES") or facts.get("IsomericSMILES", ""),
        }
        given = tuple((key, value) for key, value in properties.items() if value)
        return Term(f"{_PREFIX}:{cid}", CHEMICAL, names, source=_SOURCE, properties=given)

    # -- asking --------------------------------------------------------------------------------------------------

    def get(self, path: str, *, refresh: bool = False) -> Answer:
        """Return the service's answer to a path below its address, kept or new.

        Args:
            path: such as ``compound/name/aspirin/cids/TXT``.
            refresh: whether a kept answer is passed over.

        Raises:
            DownloadError: if there is no kept answer and the service cannot be asked, refuses, stays busy, or
                answers with something else than what was asked for, or the answer cannot be kept; with the
                reason, one of ``kg.transfer.REASONS``.

        >>> PugRest("https://pubchem.example", offline=True).get("compound/name/x/cids/TXT")
        Traceback (most recent call last):
            ...
        kg.errors.DownloadError: no kept answer of PUG REST to compound/name/x/cids/TXT, and the look-up is offline
        """
        if not refresh and (kept := self._kept(path)):
            return kept
        if self.offline:
            message = f"no kept answer of PUG REST to {path}, and the look-up is offline"
            raise DownloadError(message, reason="offline", value=path)
        answer = self._ask(path)
        self._keep(path, answer)
        return answer

    def _ask(self, path: str) -> Answer:
        wait = self.first_wait
        problem, reason = "", ""
        for attempt in range(self.tries):
            if attempt:
                time.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            self._pace()
            try:
                return Answer(200, self._ask_once(path))
            except urllib.error.HTTPError as error:
                with error:
                    text = error.read(4096).decode("utf-8", "replace")
                self._slow_down(error.headers.get("X-Throttling-Control", ""))
                if error.code == 404 and "PUGREST.NotFound" in text:
                    return Answer(404, text)
                problem, reason = _fault(text, error.code), "busy"
                if error.code not in _BUSY:
                    raise DownloadError(
                        f"{self.base} refuses {path}: {problem}", reason="refused", value=path
                    ) from error
                asked = _seconds(error.headers.get("Retry-After", ""))
                if asked > _LONGEST_WAIT:
                    message = f"{self.base} is busy and asks to wait {asked:.0f} seconds; look it up again then"
                    raise DownloadError(message, reason="busy", value=path) from error
                wait = max(wait, asked)
            except (OSError, http.client.HTTPException) as error:
                problem, reason = str(getattr(error, "reason", "") or error or type(error).__name__), "unreachable"
        message = f"{self.base} gave no answer to {path} in {self.tries} tries: {problem}"
        raise DownloadError(message, reason=reason, value=path)

    def _ask_once(self, path: str) -> str:
        headers = {"User-Agent": f"casegraph/{__version__}", "Accept": "*/*"}
        request = urllib.request.Request(f"{self.base}/{path}", headers=headers)  # noqa: S310 - http or https
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=self.timeout) as response:
            self._slow_down(response.headers.get("X-Throttling-Control", ""))
            if (kind := response.headers.get_content_type()) not in {"text/plain", "application/json"}:
                message = f"{self.base} answers {path} with {kind}: is it a PUG REST service?"
                raise DownloadError(message, reason="wrong-content", value=path)
            data = response.read(LARGEST_ANSWER + 1)
            if len(data) > LARGEST_ANSWER:
                message = f"the answer to {path} is larger than {LARGEST_ANSWER >> 20} MiB"
                raise DownloadError(message, reason="too-large", value=path)
            length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) != len(data):
            raise http.client.IncompleteRead(data, int(length) - len(data))
        try:
            return bytes(data).decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"the answer of {self.base} to {path} is not UTF-8"
            raise DownloadError(message, reason="wrong-content", value=path) from error

    def _pace(self) -> None:
        """Wait until the next request may be sent."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + _SPACING
            self.requests += 1
        if start > now:
            time.sleep(start - now)

    def _slow_down(self, control: str) -> None:
        """Heed ``X-Throttling-Control``: "Request Count status: Green (2%), Request Time status: ..."."""
        pause = max((_PAUSE.get(colour, 0.0) for colour in _STATUS.findall(control)), default=0.0)
        with self._lock:
            self._next = max(self._next, time.monotonic() + pause)

    # -- answers -------------------------------------------------------------------------------------------------

    def _cids(self, path: str) -> tuple[int, ...]:
        answer = self.get(path)
        if answer.status == 404:
            return ()
        found = answer.text.split()
        if not all(_DIGITS.fullmatch(cid) or cid == "0" for cid in found):
            message = f"the answer of {self.base} to {path} is no list of CIDs"
            raise DownloadError(message, reason="wrong-content", value=path)
        # PubChem answers 0 where nothing was found.
        return tuple(dict.fromkeys(int(cid) for cid in found if cid != "0"))

    def _properties(self, answer: Answer, path: str, cid: int) -> dict[str, str]:
        try:
            (row,) = json.loads(answer.text)["PropertyTable"]["Properties"]
            facts = {key: value for key, value in row.items() if isinstance(value, str)}
            own = row["CID"] == cid
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"the answer of {self.base} to {path} is no table of properties"
            raise DownloadError(message, reason="wrong-content", value=path) from error
        if not own:
            message = f"the answer of {self.base} to {path} is of another compound"
            raise DownloadError(message, reason="wrong-content", value=path)
        return facts

    def _place(self, path: str) -> Path | None:
        if self.cache is None:
            return None
        return self.cache / f"{hashlib.sha256(f'{self.base}/{path}'.encode()).hexdigest()}.json"

    def _kept(self, path: str) -> Answer | None:
        place = self._place(path)
        if place is None:
            return None
        try:
            kept = json.loads(place.read_text(encoding="utf-8"))
            answer = Answer(kept["status"], kept["text"])
            sound = kept["request"] == f"{self.base}/{path}" and kept["sha256"] == _sha256(answer.text)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        # A damaged answer is asked for again.
        return answer if sound else None

    def _keep(self, path: str, answer: Answer) -> None:
        place = self._place(path)
        if place is None:
            return
        record = {
            "request": f"{self.base}/{path}", "status": answer.status, "sha256": _sha256(answer.text),
            "text": answer.text,
        }  # fmt: skip
        partial = place.with_name(f".{place.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            partial.replace(place)
        except OSError as error:
            message = f"{place} cannot be written: {error.strerror or error}"
            raise DownloadError(message, reason="disk", value=str(place)) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


def look_up(text: str, client: PugRest | None = None, *, most: int = 10) -> tuple[Term, ...]:
    """Return the PubChem compounds that a text means: a CID, a CURIE, an InChIKey, or a name.

    Args:
        text: such as ``CID 2244``, ``PUBCHEM.COMPOUND:2244``, ``BSYNRYMUTXBXSQ-UHFFFAOYSA-N``, ``aspirin``.
        client: the service; a new client without it.
        most: of a name with more compounds only the first so many are looked up.

    Returns:
        The compounds in the service's order, () where there is none.

    Raises:
        InputError: if the text is empty, or an identifier of another vocabulary.
        DownloadError: if the service cannot be asked, or its answer cannot be read.

    >>> look_up("MONDO:0009807", PugRest("https://pubchem.example", offline=True))
    Traceback (most recent call last):
        ...
    kg.errors.InputError: MONDO:0009807 is no identifier of PubChem; look up its name
    """
    client = client or PugRest()
    return tuple(term for cid in _meant(text.strip(), client)[:most] if (term := client.term(cid)))


def _meant(text: str, client: PugRest) -> tuple[int, ...]:
    if not text:
        raise InputError("there is nothing to look up: give a CID, an InChIKey or a name", value=text)
    if number := _NUMBER.fullmatch(text):
        return (int(number.group(1)),)
    if _INCHIKEY.fullmatch(text):
        return client.cids_of_inchikey(text)
    curie = normalize(text)
    if curie and prefix_of(curie) == _PREFIX:
        return (int(curie.partition(":")[2]),)
    if curie:
        raise InputError(f"{curie} is no identifier of PubChem; look up its name", value=text)
    return client.cids_of_name(text)


def _address(namespace: str, identifier: str, operation: str, **options: str) -> str:
    """Return the path of a request.

    >>> _address("name", "cyclic guanosine monophosphate", "cids/TXT")
    'compound/name/cyclic%20guanosine%20monophosphate/cids/TXT'
    >>> _address("name", "amoxicillin/clavulanate", "cids/TXT")
    'compound/name/cids/TXT?name=amoxicillin%2Fclavulanate'
    """
    place = f"compound/{namespace}/{urllib.parse.quote(identifier, safe='')}/{operation}"
    if _NOT_IN_PATH.search(identifier):
        place = f"compound/{namespace}/{operation}"
        options = {namespace: identifier, **options}
    return f"{place}?{urllib.parse.urlencode(options, quote_via=urllib.parse.quote)}" if options else place


def _fault(text: str, status: int) -> str:
    """Return what a fault says, in one line.

    >>> _fault("Status: 503\\nCode: PUGREST.ServerBusy\\nMessage: Too many requests or server too busy\\n", 503)
    'PUGREST.ServerBusy, Too many requests or server too busy (HTTP 503)'
    """
    told = dict(_told(text))
    words = [told[key] for key in ("Code", "Message") if key in told]
    return f"{', '.join(words)} (HTTP {status})" if words else f"HTTP {status}"


def _told(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a fault, written as text or as JSON."""
    try:
        fault = json.loads(text)["Fault"]
        yield from ((key, value) for key, value in fault.items() if isinstance(value, str))
    except (ValueError, KeyError, TypeError, AttributeError):
        for line in text.splitlines():
            key, colon, value = line.partition(":")
            if colon:
                yield key.strip(), value.strip()


def _seconds(text: str) -> float:
    """Return the seconds of ``Retry-After``; a date there counts as none, the waits grow by themselves.

    >>> _seconds("120"), _seconds("Wed, 21 Oct 2026 07:28:00 GMT"), _seconds("")
    (120.0, 0.0, 0.0)
    """
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
