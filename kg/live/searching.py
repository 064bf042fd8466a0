"""A search, page by page: what has been found is kept, so that it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import DownloadError
from kg.live.folder import FetchFolder, Search

#: Told of what is done, of how much, and what it is.
Progress = Callable[[int, int, str], object]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what a search found.

    Attributes:
        ids: identifiers in the service's order.
        count: how many the service says there are in all.
        next: what the next page is asked by, "" where there is none.
        note: what the user should know, "" for nothing.
    """

    ids: tuple[str, ...]
    count: int
    next: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: identifiers, how many the service says there are, and why it ended early ("" if not)."""

    ids: tuple[str, ...]
    count: int
    problem: str = ""
    notes: tuple[str, ...] = ()


def search(
    folder: FetchFolder,
    question: str,
    first: str,
    limit: int | None,
    ask: Callable[[str], Page],
    *,
    refresh: bool = False,
    progress: Progress | None = None,
) -> Found:
    """Return what a search finds, page by page until there are enough or no more.

    Args:
        folder: keeps what was found; a search that is there goes on, and is not asked again where it is whole.
        question: what is asked, as it is kept.
        first: what the first page is asked by.
        limit: identifiers that are enough, None for all.
        ask: asks for a page.
        refresh: whether to ask from the first page again.
        progress: told of the identifiers.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from kg.live.folder import open_folder
    >>> pages = {"1": Page(("PMID:5", "PMID:3"), 3, "2"), "2": Page(("PMID:3", "PMID:9"), 3, "")}
    >>> with tempfile.TemporaryDirectory() as path, open_folder(Path(path), {}) as folder:
    ...     search(folder, "aspirin", "1", None, pages.__getitem__).ids
    ('PMID:5', 'PMID:3', 'PMID:9')
    """
    state = folder.searches.get(question)
    if state is None or refresh:
        state = folder.searches[question] = Search(next=first)
    seen = set(state.ids)
    notes: list[str] = []
    problem = ""
    while state.next and (limit is None or len(state.ids) < limit):
        try:
            page = ask(state.next)
        except DownloadError as error:
            problem = str(error)
            break
        if page.note and page.note not in notes:
            notes.append(page.note)
        new = [key for key in dict.fromkeys(page.ids) if key not in seen]
        seen.update(new)
        state.ids += new
        state.count = page.count
        # A server that gives the same page for ever, or none, has no more.
        state.next = page.next if new and page.next != state.next else ""
        folder.save()
        if progress:
            progress(len(state.ids), min(state.count, limit or state.count), "Searching")
    if not problem and not state.next and len(state.ids) < state.count:
        notes.append(f"the service says that it has {state.count:,} documents, and gives {len(state.ids):,}")
    ids = tuple(state.ids if limit is None else state.ids[:limit])
    return Found(ids, state.count, problem, tuple(notes))
