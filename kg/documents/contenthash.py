"""The hash of a document's content: the same document gives the same hash in whatever file it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from kg.model import Passage


def content_hash(identifiers: Iterable[str | None], passages: Iterable[Passage], *more: object) -> str:
    """Return the SHA-256 of a document's identifiers, text and further facts, in hexadecimal.

    Args:
        identifiers: its identifiers, in a fixed order.
        passages: its text.
        more: further facts, as JSON can write them (tuples are lists).

    >>> content_hash(["1", None], [Passage("title", "A title")])[:12]
    '0d50ea55409d'
    """
    content = [list(identifiers), [(p.section, p.text) for p in passages], *more]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
