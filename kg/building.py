"""Building from Python: `kg.build(PAGES, DIR)`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.model import BuildConfig
from kg.opening import Graph


def build(
    paths: str | Path | Iterable[str | Path],
    out: str | Path,
    *,
    terms: str | Path | None = None,
    config: BuildConfig | None = None,
    decisions: str | Path | None = None,
    jobs: int = 1,
    train: Iterable[str | Path] = (),
) -> Graph:
    """Build a graph folder from case pages and open it.

    Args:
        paths: one or more files, and folders that are searched.
        out: the graph folder to make or replace.
        terms: a compiled term index; the bundled slices without it.
        config: knobs of the build.
        decisions: a curators' file, see ``docs/audit.md``.
        jobs: how many processes read and tell; a script that asks for more than one needs the usual
            ``if __name__ == "__main__":``.
        train: files and folders with mentions that people linked; they teach the linkers of ``config.nearest``.

    Raises:
        InputError: if there is nothing to read.
        GraphError: if ``out`` exists and is no graph.
    """
    from kg.graph.build import build as run
    from kg.terms.bundled import open_index

    with open_index(terms) as index:
        given = [paths] if isinstance(paths, str | Path) else paths
        run(given, out, index=index, config=config, decisions=decisions, jobs=jobs, train=train)
    return Graph(out)
