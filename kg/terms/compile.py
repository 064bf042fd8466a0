"""Compiling ontology files into one SQLite term index.

The file is written beside its place and renamed into it; the same inputs give the same index, in whatever
order the files are named. Terms stream from the readers; hierarchy, successors and mappings are checked
once all terms are in. The account of every file balances, or the compilation fails.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import InputError, TermsError
from kg.terms.accounts import FileAccount, SourceCount
from kg.terms.compiler import DAMAGE, Compiler
from kg.terms.forms import FormsPolicy
from kg.terms.history import newest_first
from kg.terms.reading import Problem, sha256_file
from kg.terms.schema import COMPILE_VERSION
from kg.terms.sources import Source


@dataclass(frozen=True, slots=True)
class CompileReport:
    """The result of a compilation.

    Attributes:
        path: the index.
        fingerprint: hash of the inputs' content, the options and the compile version.
        counts: per source, in the order of the sources.
        files: what every file held, what was taken and why the rest was not.
        problems: everything that was wrong in the inputs, in their order.
    """

    path: Path
    fingerprint: str
    counts: tuple[SourceCount, ...]
    files: tuple[FileAccount, ...]
    problems: tuple[Problem, ...]

    def problem_counts(self) -> dict[str, int]:
        """Return how many problems there are of each code, by code.

        >>> problem = Problem("mondo", "mondo.obo", "dangling-parent", 7, "MONDO:7", "no term has this identifier")
        >>> CompileReport(Path("terms.sqlite"), "", (), (), (problem, problem)).problem_counts()
        {'dangling-parent': 2}
        """
        return dict(sorted(Counter(problem.code for problem in self.problems).items()))

    @property
    def damaged(self) -> tuple[Problem, ...]:
        """The problems for which a file, or the rest of it, could not be read.

        >>> problem = Problem("mondo", "mondo.obo.gz", "damaged-gzip", 0, "mondo.obo.gz", "the file is damaged")
        >>> CompileReport(Path("terms.sqlite"), "", (), (), (problem,)).damaged == (problem,)
        True
        """
        return tuple(p for p in self.problems if p.code in DAMAGE)


@dataclass(frozen=True, slots=True)
class Options:
    """What a compilation does beyond reading files.

    Attributes:
        previous: compiled indexes of earlier releases; their identifiers fall forward.
        compounds: PubChem compounds (CIDs) to keep beside those that the other sources name.
        all_compounds: keep every compound of the PubChem files.
        forms: which compound a MeSH name stands for (``kg.terms.forms``).
        strict: a file from which nothing can be read is an error, not a problem.
        refused: files that were refused before (``kg.terms.kinds.gather``).
    """

    previous: Sequence[Path] = ()
    compounds: Collection[int] = ()
    all_compounds: bool = False
    forms: FormsPolicy = field(default_factory=FormsPolicy)
    strict: bool = False
    refused: Sequence[Problem] = ()


def fingerprint(sources: Sequence[Source], options: Options | None = None) -> str:
    """Return the hash of what an index of ``sources`` depends on: content, metadata, options, compile version.

    The place of the files is no part of it.

    Raises:
        TermsError: if a file cannot be read.

    >>> source = Source("mondo", (), version="2026-05-05")
    >>> fingerprint([source]) == fingerprint([source]), fingerprint([source]) == fingerprint([])
    (True, False)
    """
    return _fingerprint(sources, options, _hashes(sources))


def _hashes(sources: Sequence[Source]) -> dict[Path, str]:
    """Return the SHA-256 of every file; a full release has gigabytes, so it is read for this once."""
    return {file.path: sha256_file(file.path) for source in sources for file in source.files}


def _fingerprint(sources: Sequence[Source], options: Options | None, hashes: dict[Path, str]) -> str:
    digest = hashlib.sha256(f"casegraph term index {COMPILE_VERSION}\n".encode())
    for source in sources:
        head = (
            source.key, source.title, source.owner, source.licence, source.version, source.url,
            str(source.complete), source.covers, *source.prefixes,
        )  # fmt: skip
        digest.update(repr(head).encode())
        for file in source.files:
            digest.update(repr((file.path.name, file.kind, hashes[file.path])).encode())
    if options:
        earlier = sorted(sha256_file(path) for path in options.previous)
        digest.update(repr((earlier, sorted(options.compounds), options.all_compounds, options.forms)).encode())
    return digest.hexdigest()


def compile_index(
    sources: Sequence[Source],
    path: Path,
    options: Options | None = None,
    progress: Callable[[str], object] | None = None,
) -> CompileReport:
    """Compile ontology files into a term index.

    Args:
        sources: what ``kg.terms.sources.read_sources`` or ``kg.terms.kinds.gather`` returned. Of terms with
            one identifier the first stays.
        path: the index to write; an index that is there is replaced once the new one is whole.
        options: earlier releases, compounds to keep, the policy of chemical forms.
        progress: called with a word on each stage and file that begins.

    Returns:
        Counts, the files' accounts and problems; they are in the index too.

    Raises:
        TermsError: if nothing can be read from any file (with ``strict``: from one file), an earlier index
            cannot be used, or the index cannot be written.
        BalanceError: if the account of a file does not balance.
        InputError: if ``path`` is one of the inputs, or a file that is no index.

    >>> import tempfile
    >>> from kg.terms.index import TermIndex
    >>> from kg.terms.kinds import gather
    >>> root = "[Term]\\nid: MONDO:0000001\\nname: disease\\n\\n"
    >>> leaf = "[Term]\\nid: MONDO:0005812\\nname: influenza\\nis_a: MONDO:0000001\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, path = Path(folder, "mondo.obo"), Path(folder, "terms.sqlite")
    ...     _ = source.write_text(root + leaf)
    ...     compile_index(gather([source]).sources, path).counts
    ...     with TermIndex(path) as index:
    ...         index.lookup("Influenza")[0].curie, index.ancestors("MONDO:0005812")
    (SourceCount(source='mondo', terms=2, names=2, mappings=0),)
    ('MONDO:0005812', ('MONDO:0000001',))
    """
    options = options or Options()
    _refuse_target(path, sources, options)
    # Processes and threads may compile the same index at the same time, each beside its place.
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        _sweep(path)
        hashes = _hashes(sources)
        mark = _fingerprint(sources, options, hashes)
        compiler = Compiler(partial, options.forms, progress or (lambda _: None), strict=options.strict)
        try:
            with _without_collector():
                compiler.read_terms(sources)
                compiler.read_mappings(sources)
                compiler.read_compounds(sources, options.compounds, everything=options.all_compounds)
                if not compiler.kept:
                    bad = [*options.refused, *compiler.damage]
                    message = bad[0].message if bad else "the files hold not one record; there is nothing to compile"
                    raise TermsError(message, value=bad[0].value if bad else str(path))
                compiler.add_history(sources, newest_first(options.previous))
                compiler.finish(sources, mark, options.refused, hashes)
        finally:
            compiler.close()
        partial.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise TermsError(f"the term index {path} cannot be written: {error}", value=str(path)) from error
    finally:
        _remove(partial)
    return CompileReport(path, mark, compiler.counts, compiler.accounts, compiler.problems)


def _refuse_target(path: Path, sources: Sequence[Source], options: Options) -> None:
    """Refuse to write over an input, or over a file that is no term index."""
    if not path.exists() or path.is_dir():
        return
    inputs = [file.path for source in sources for file in source.files]
    if any(path.samefile(one) for one in [*inputs, *options.previous] if one.exists()):
        raise InputError(f"{path} is one of the files to compile; give another place with -o", value=str(path))
    with path.open("rb") as file:
        if (start := file.read(16)) and not start.startswith(b"SQLite format 3"):
            raise InputError(f"{path} exists and is no term index; give another place with -o", value=str(path))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hold the collector of cycles: millions of records come and go, and none of them holds a cycle."""
    held = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if held:
            gc.enable()


def _sweep(path: Path) -> None:
    """Remove what a killed compilation left beside the index."""
    for left in path.parent.glob(f".{path.name}.partial-*"):
        number = left.name.rsplit("-", 2)[1]
        try:
            if number.isdigit():
                os.kill(int(number), 0)
        except ProcessLookupError:
            _remove(left)
        except OSError:
            continue


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
