"""The lines of PubTator's format, gathered into the documents that they belong to.

Documents are told apart by their identifier, not by blank lines: a few documents are open at a time, so that lines
that stand before their text, behind the next document or between another's lines find their way.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final, NamedTuple

from kg.documents.streamlines import BROKEN, LONG, NOT_UTF8, NUL, OPEN, stream_lines

#: Documents that are open for further lines at a time.
WINDOW: Final = 8
#: The marks that every document has: title and abstract.
MARKS: Final = frozenset("ta")
#: Lines and characters of a text that goes on over lines of its own; what comes behind is no text.
MAX_CONTINUED: Final = (1000, 1 << 20)


_TEXT: Final = re.compile(r"\s*([^\s|]{1,200})\|(\w{1,40})\|(.*)", re.DOTALL)
#: What begins behind a lone CR that ends a line.
_RECORD: Final = re.compile(r"[^\s|]{1,200}\|[ta]\||(?:PMC)?\d{1,12}\t\S|\s*$")
#: Begins no line: NUL bytes are replaced.
_NO_LINE: Final = "\x00"
_CLOSED: Final = re.compile(r"[.!?)\]\"'”’…]\s*$")

#: Number and text of a line with tabs.
Row = tuple[int, str]


@dataclass(slots=True)
class Draft:
    """The lines of one document as they come.

    Attributes:
        key: the document's identifier as its lines write it.
        sections: (mark, text) of the text lines.
        rows: (line number, text) of the other lines.
        lines: every line as read.
        notes: what was wrong with lines, and how often.
        line: number of the first line.
        cut: whether the input ends in the middle of the document.
        cut_row: number of the mention line in which it ends, 0 where it ends elsewhere.
    """

    key: str
    sections: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    line: int = 0
    cut: bool = False
    cut_row: int = 0

    def has(self, mark: str) -> bool:
        """Tell whether there is a text line with this mark.

        >>> Draft("1", [("t", "Fever")]).has("t"), Draft("1").has("t")
        (True, False)
        """
        return any(m == mark for m, _ in self.sections)


class Stray(NamedTuple):
    """A line that belongs to no document, and why."""

    number: int
    text: str
    reason: str


def gather(stream: IO[bytes]) -> Iterator[Draft | Stray]:
    """Yield the documents of a stream as lines, in the order of their first lines, and between them the stray lines.

    Args:
        stream: the bytes, read forwards, once.

    >>> import io
    >>> drafts = gather(io.BytesIO(b"1|t|A\\n2|t|B\\n1\\t0\\t1\\tA\\tGene\\t7\\n"))
    >>> [(d.key, d.sections, len(d.rows)) for d in drafts if isinstance(d, Draft)]
    [('1', [('t', 'A')], 1), ('2', [('t', 'B')], 0)]
    """
    gathering = _Gathering()
    draft = gathering.current
    begin = _NO_LINE
    for number, text, problem in stream_lines(stream, _RECORD):
        # Nearly every line is one more of the document before it.
        if text.startswith(begin) and not problem:
            draft.rows.append((number, text))
            draft.lines.append(text)
            gathering.continued = None
            continue
        gathering.take(number, text, problem)
        yield from gathering.stray
        gathering.stray.clear()
        while len(gathering.queue) > WINDOW:
            yield gathering.close()
        draft = gathering.current
        begin = f"{draft.key}\t" if draft.key else _NO_LINE
    while gathering.queue:
        yield gathering.close()


class _Gathering:
    """The open documents of one stream."""

    def __init__(self) -> None:
        self.stray: list[Stray] = []
        self.queue: deque[Draft] = deque()
        self.open: dict[str, Draft] = {}
        self.current = Draft("")
        self.continued: list[int] | None = None  # lines and characters of a text that may go on

    def take(self, number: int, text: str, problem: str) -> None:
        """Put a line where it belongs; ``current`` is the document that the next line most likely belongs to."""
        if problem in {LONG, BROKEN}:
            self._stray(number, text, problem if problem == BROKEN else f"the line {problem}")
        elif not text.strip("\ufffd \t\r\v\f"):
            if problem in {NUL, NOT_UTF8}:
                self._stray(number, text, f"the line {problem}")
            self.continued = None
        elif self._section(number, text, problem):
            return
        elif "\t" in text:
            self._row(number, text, problem)
        elif not self._goes_on(text, problem):
            self._stray(number, text, "no tab and no mark of a section: it belongs to no document")

    def _section(self, number: int, text: str, problem: str) -> bool:
        found = _TEXT.match(text)
        if not found:
            return False
        key, mark, value = found.group(1), found.group(2).lower(), found.group(3)
        draft = self.open.get(key)
        if mark not in MARKS and draft is None:
            return False
        # The same identifier again: a document of its own. Another section may come in several lines.
        if draft is None or (draft.has(mark) and (mark == "t" or draft.rows)):
            draft = self._new(key, number)
        draft.sections.append((mark, value))
        self._note(draft, problem)
        draft.cut = problem == OPEN and not _CLOSED.search(value)
        draft.lines.append(f"{key}|{mark}|{value}")
        self.current, self.continued = draft, [0, len(value)]
        return True

    def _row(self, number: int, text: str, problem: str) -> None:
        self.continued = None
        head, _, tail = text.partition("\t")
        key = head.strip()
        if not key:
            self._stray(number, text, "no identifier of a document")
            return
        draft = self.open.get(key) or self._new(key, number)
        self._note(draft, problem)
        # A file's last line without a line end is common; with fewer columns than the others it is cut.
        if (
            problem == OPEN
            and tail.count("\t") < 4
            and tail[:1].isdigit()
            and any(r.count("\t") > 4 for _, r in draft.rows)
        ):
            draft.cut, draft.cut_row = True, number
        draft.rows.append((number, text))
        draft.lines.append(text)
        self.current = draft

    def _goes_on(self, text: str, problem: str) -> bool:
        """Take a line without a tab behind a text as more of it; False where it cannot be."""
        draft = self.current
        if self.continued is None or draft.key.startswith(text.strip()):
            return False
        self.continued = [self.continued[0] + 1, self.continued[1] + len(text) + 1]
        if self.continued[0] > MAX_CONTINUED[0] or self.continued[1] > MAX_CONTINUED[1]:
            return False
        mark, value = draft.sections[-1]
        draft.sections[-1] = (mark, f"{value}\n{text}")
        draft.lines.append(text)
        self._note(draft, problem)
        self._note(draft, "goes on over lines of its own")
        return True

    def _new(self, key: str, number: int) -> Draft:
        draft = Draft(key, line=number)
        self.open[key] = draft
        self.queue.append(draft)
        return draft

    def _note(self, draft: Draft, problem: str) -> None:
        if problem and problem != OPEN:
            draft.notes[problem] = draft.notes.get(problem, 0) + 1

    def _stray(self, number: int, text: str, reason: str) -> None:
        self.stray.append(Stray(number, text, reason))

    def close(self) -> Draft:
        """Take the oldest open document out."""
        draft = self.queue.popleft()
        if self.open.get(draft.key) is draft:
            del self.open[draft.key]
        if self.current is draft:
            self.current, self.continued = Draft(""), None
        return draft
