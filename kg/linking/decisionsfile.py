"""The curators' file: one decision a row of a table with tabs, read with tolerance, appended to without loss.

The columns are those of :data:`COLUMNS`, in any order; where SSSOM (https://mapping-commons.github.io/sssom/) has a name
for one, that name is read as well. A row that cannot be read is told (:class:`BadRow`) and the others are kept.
There is no quoting: a tab, a line break or a run of blanks inside a value is written as one blank, and values are
compared that way. What a spreadsheet has put into double quotes is taken out of them. Files that are joined end to end are
a file: a line that names the columns again says what those below it are.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from kg.curies import association_id, normalize
from kg.errors import InputError, close_matches

#: Column -> what it holds; in the order in which a new file is written.
COLUMNS: Final[dict[str, str]] = {
    "scope": "how far the decision reaches: mention, document, surface or identifier",
    "decision": "accept, reject or remap",
    "document": "identifier of the document (any that it has: PMCID, PMID, DOI)",
    "section": "passage in which the mention stands",
    "start": "first code point of the mention in the passage",
    "end": "code point after its last",
    "mention": "identifier of the mention, for one that stands nowhere in the text",
    "text": "surface form",
    "asserted": "identifier that the source gives",
    "code": "keep to mentions and documents with a finding of this code",
    "target": "identifier that is meant, of a remap",
    "curator": "who decided: a name or an ORCID",
    "date": "when, as YYYY-MM-DD",
    "comment": "why",
}
#: Other names of columns: SSSOM's slots where they mean the same.
ALIASES: Final[dict[str, str]] = {
    "subject_id": "asserted", "subject_label": "text", "object_id": "target", "author_id": "curator",
    "author_label": "curator", "mapping_date": "date", "curator_id": "curator", "finding": "code",
}  # fmt: skip
SCOPES: Final = ("mention", "document", "surface", "identifier")
DECISIONS: Final = ("accept", "reject", "remap")
#: Rows that are told one by one where they cannot be read.
_SHOWN: Final = 160
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CuratorDecision:
    """One row: what a curator decided, and of what. ``line`` is its 1-based line; the others are `COLUMNS`."""

    line: int
    scope: str
    decision: str
    document: str = ""
    section: str = ""
    start: int | None = None
    end: int | None = None
    mention: str = ""
    text: str = ""
    asserted: str = ""
    code: str = ""
    target: str = ""
    curator: str = ""
    date: str = ""
    comment: str = ""

    @property
    def place(self) -> tuple[str, int, int] | None:
        """Section, start and end where the row gives them."""
        return None if self.start is None or self.end is None else (self.section, self.start, self.end)

    @property
    def verdict(self) -> tuple[str, str]:
        """What is decided, without of what and by whom."""
        return self.decision, self.target

    @property
    def key(self) -> tuple[object, ...]:
        """What is decided and of what: rows with one key say the same thing."""
        told = {"line", "curator", "date", "comment"}
        return tuple(getattr(self, field.name) for field in fields(self) if field.name not in told)

    @property
    def id(self) -> str:
        """UUIDv5 URN of all that the row says, wherever it stands: what it credits has the same name in every build."""
        return association_id("decision", *(f"{name}={value}" for name, value in self.row().items() if value))

    def row(self) -> dict[str, str]:
        """Return the values by column, as they are written.

        >>> CuratorDecision(2, "surface", "reject", text="it").row()["text"]
        'it'
        """
        values = {name: getattr(self, name) for name in COLUMNS}
        return {name: "" if value is None else flat(str(value)) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read: its line, why, and how it begins."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionsFile:
    """What a file of decisions holds.

    Attributes:
        name: the file's name, by which rows are credited.
        sha256: hash of its bytes.
        decisions: rows that can be read, in their order.
        problems: rows that cannot.
    """

    name: str
    sha256: str
    decisions: tuple[CuratorDecision, ...]
    problems: tuple[BadRow, ...]


def flat(text: str) -> str:
    """Return a value on one line: every run of white space is one blank.

    >>> flat(" lung  cancer\\n")
    'lung cancer'
    """
    return " ".join(text.split())


def read_decisions(path: Path) -> DecisionsFile:
    """Read a file of decisions.

    Raises:
        InputError: if the file cannot be opened; what is in it never raises.
    """
    try:
        return parse_decisions(path.read_bytes(), path.name)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", value=str(path)) from error


def parse_decisions(data: bytes, name: str) -> DecisionsFile:
    """Parse the bytes of a file of decisions.

    Args:
        data: UTF-8 with or without a byte order mark; lines that begin with ``#`` and blank ones are passed over.
        name: of the file.

    >>> told = parse_decisions(b"decision\\ttext\\nreject\\tit\\nacept\\tit\\n", "d.tsv")
    >>> told.decisions[0].scope, told.problems[0].reason
    ('surface', "unknown decision 'acept'; did you mean accept?")
    """
    decisions: list[CuratorDecision] = []
    problems: list[BadRow] = []
    columns: list[str] | None = None
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if raw.startswith(b"#"):
            continue
        try:
            line = raw.decode().rstrip("\r")
        except UnicodeDecodeError:
            problems.append(BadRow(number, "the line is not UTF-8", _shown(raw.decode(errors="replace"))))
            continue
        cells = [_cell(cell) for cell in line.split("\t")]
        if not any(cells):
            continue
        if columns is None or _is_header(cells, columns):
            columns, reasons = _columns(cells)
            problems += [BadRow(number, reason, _shown(line)) for reason in reasons]
            continue
        made = _decision(number, columns, cells) if columns else "no header says what the columns are"
        if isinstance(made, str):
            problems.append(BadRow(number, made, _shown(line)))
        else:
            decisions.append(made)
    return DecisionsFile(name, hashlib.sha256(data).hexdigest(), tuple(decisions), tuple(problems))


def append_decisions(path: Path, rows: Iterable[CuratorDecision]) -> int:
    """Add rows to a file of decisions, which is made where there is none; rows that it has are not added again.

    The columns of the file stay as they are; what was in it stays byte for byte. The file is written beside and
    renamed: it is whole or as it was.

    Args:
        path: the file.
        rows: the decisions; their ``line`` says nothing.

    Returns:
        How many were added.

    Raises:
        InputError: if the file cannot be read or written, or lacks a column that a row needs.
    """
    try:
        old = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", value=str(path)) from error
    header = _header(old)
    if header is None:
        header = list(COLUMNS)
        text = "\t".join(header) + "\n"
    else:
        text = ""
    known = {d.key for d in parse_decisions(old, path.name).decisions}
    added = 0
    for row in rows:
        if row.key in known:
            continue
        known.add(row.key)
        values = row.row()
        if missing := [name for name, value in values.items() if value and name not in header]:
            raise InputError(f"{path} has no column {' and '.join(missing)}; add it to the first line", value=str(path))
        text += "\t".join(values.get(name, "") for name in header) + "\n"
        added += 1
    if added:
        gap = b"" if not old or old.endswith(b"\n") else b"\n"
        _write(path, old + gap + text.encode())
    return added


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", value=str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _header(data: bytes) -> list[str] | None:
    """Return the names of a file's columns at its end, None where it has no row yet."""
    columns: list[str] | None = None
    for raw in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        line = raw.decode(errors="replace").rstrip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        cells = [_cell(cell) for cell in line.split("\t")]
        if columns is None or _is_header(cells, columns):
            columns, _ = _columns(cells)
    return columns


def _is_header(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Tell whether a line below the first names the columns again: it decides nothing, and has the word `decision`.

    >>> _is_header(["decision", "text"], ["decision", "text"]), _is_header(["reject", "decision"], ["decision", "text"])
    (True, False)
    """
    value = dict(zip(columns, cells, strict=False)).get("decision", "").casefold()
    return value not in DECISIONS and "decision" in (cell.casefold() for cell in cells)


def _cell(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1].replace('""', ""):
        text = text[1:-1].replace('""', '"')
    return flat(text)


def _columns(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names of the columns, and what is wrong with them; no names where they are no header."""
    folded = [cell.casefold().replace(" ", "_") for cell in cells]
    columns = [ALIASES.get(name, name) for name in folded]
    if "decision" not in columns:
        return [], ["no column 'decision': the first line must name the columns"]
    twice = sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1})
    reasons = [f"the column {name!r} is there twice; its first value is taken" for name in twice]
    for name in columns:
        if name and name not in COLUMNS and (near := close_matches(name, COLUMNS, 1)):
            reasons.append(f"unknown column {name!r} is passed over; did you mean {near[0]}?")
    return columns, reasons


def _decision(line: int, columns: Sequence[str], cells: Sequence[str]) -> CuratorDecision | str:
    """Return the decision of a row, or why there is none."""
    value: dict[str, str] = {}
    for name, cell in zip(columns, cells, strict=False):
        if name in COLUMNS and cell:
            value.setdefault(name, cell)
    value["decision"] = decision = value.get("decision", "").casefold()
    if decision not in DECISIONS:
        return _unknown("decision", decision, DECISIONS)
    offsets: dict[str, int] = {}
    for name in ("start", "end"):
        if written := value.pop(name, ""):
            if not written.isascii() or not written.isdigit() or len(written) > 15:
                return f"{name} {written!r} is no number"
            offsets[name] = int(written)
    if len(offsets) == 1 or (offsets and offsets["start"] >= offsets["end"]):
        return "start and end are no span of text"
    if reason := _identifiers(value) or _date(value.get("date", "")):
        return reason
    value["scope"] = scope = value.get("scope", "").casefold() or _scope(value, bool(offsets))
    if scope not in SCOPES:
        return _unknown("scope", scope, SCOPES)
    return _lacks(scope, decision, value, bool(offsets)) or CuratorDecision(
        line=line, start=offsets.get("start"), end=offsets.get("end"), **value
    )


def _identifiers(value: dict[str, str]) -> str:
    """Bring the identifiers of a row into their normal form; return why one cannot be read."""
    for name in ("document", "asserted"):
        if written := value.get(name):
            value[name] = normalize(written) or normalize(f"doi:{written}") or written
    if written := value.get("target"):
        target = normalize(written)
        if target is None:
            return f"target {written!r} cannot be read as an identifier"
        value["target"] = target
    if value["decision"] == "remap":
        return "" if written else "a remap names no target"
    return f"{value['decision']} has a target ({written}); only a remap has one" if written else ""


def _date(written: str) -> str:
    """Return why a date is none, "" where it is one or nothing is said.

    >>> _date("2026-02-30"), _date("2024-02-29")
    ("date '2026-02-30' is no day (YYYY-MM-DD)", '')
    """
    if not written:
        return ""
    try:
        # The standard library reads other forms too (20260501, 2026-W18-5).
        if _DATE.fullmatch(written) and datetime.date.fromisoformat(written):
            return ""
    except ValueError:
        pass
    return f"date {written!r} is no day (YYYY-MM-DD)"


def _scope(value: Mapping[str, str], placed: bool) -> str:
    """Return the scope of a row that names none: the narrowest that its columns allow."""
    if value.get("document"):
        return "mention" if placed or value.get("mention") else "document"
    return "surface" if value.get("text") else "identifier"


def _lacks(scope: str, decision: str, value: Mapping[str, str], placed: bool) -> str:
    """Return what a row lacks for its scope, "" where it is whole."""
    needed = {"mention": "document", "document": "document", "surface": "text", "identifier": "asserted"}[scope]
    if not value.get(needed):
        return f"a decision of scope {scope} names no {needed}"
    if scope == "mention" and not (placed or value.get("mention") or value.get("text")):
        return "a decision of scope mention names no place (section, start, end), no mention and no text"
    if scope == "document" and decision != "accept" and not (value.get("text") or value.get("asserted")):
        return f"{decision} of a whole document names neither text nor asserted identifier"
    return ""


def _unknown(what: str, written: str, known: Sequence[str]) -> str:
    if not written:
        return f"the row names no {what}"
    near = close_matches(written, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    return f"unknown {what} {written!r}; {hint}"


def _shown(line: str) -> str:
    text = flat(line)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
