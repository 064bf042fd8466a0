"""Making fact records from passages, and the sentence that a place stands in."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from kg.curies import association_id
from kg.documents.sentences import sentence_spans
from kg.model import Document, Fact, Passage

#: Characters to each side of a place that a rule sees.
REACH = 300
#: Places of one rule in one passage that are looked at; a text with more is a table or no text.
MOST = 100


@lru_cache(maxsize=256)
def _starts(text: str) -> tuple[int, ...]:
    return tuple(start for start, _ in sentence_spans(text))


def sentence_of(text: str, offset: int) -> tuple[int, int]:
    """Return the bounds of the sentence that holds ``offset`` (the nearest before it, else the first).

    >>> sentence_of("One day. Two.", 10)
    (9, 13)
    """
    spans = sentence_spans(text)
    return spans[max(0, bisect_right(_starts(text), offset) - 1)] if spans else (0, len(text))


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after [start, end) in its sentence, no more than `REACH` of each.

    >>> around("One. He is 5 now. Two.", 11, 12)
    ('He is ', ' now.')
    """
    first, last = sentence_of(text, start)
    return text[max(first, start - REACH) : start], text[end : max(end, min(last, end + REACH))]


def make_fact(document: Document, passage: Passage, kind: str, value: str, span: tuple[int, int], rule: str,
              quantity: tuple[float, str] | None = None) -> Fact:  # fmt: skip
    """Return the fact that a place in a passage gives.

    Args:
        document: the document.
        passage: its passage.
        kind: ``age``, ``sex``, ``follow_up`` or ``outcome``.
        value: as text.
        span: where it stands.
        rule: name of the rule.
        quantity: number and unit of the value.
    """
    first, last = sentence_of(passage.text, span[0])
    return Fact(
        id=association_id("fact", document.id, kind, value, passage.section, str(span[0])), document=document.id,
        case=None, kind=kind, value=value, number=quantity[0] if quantity else None,
        unit=quantity[1] if quantity else None, section=passage.section, start=span[0], end=span[1],
        sentence_start=first, sentence_end=last, sentence=passage.text[first:last], rule=rule,
    )  # fmt: skip


def quantity_text(value: float, of: str) -> str:
    """Return a time as text.

    >>> quantity_text(1, "year"), quantity_text(2.5, "month")
    ('1 year', '2.5 months')
    """
    return f"{value:g} {of}{'' if value == 1 else 's'}"
