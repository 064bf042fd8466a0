"""A build: from files to a graph folder, beside the old one and then in its place.

Two stages. First every document of every input goes to a spool on disk, and what became of each record into the
ledger. Then the records of one document are united, document by document in the order of their identifiers, and
linked and told. Neither the number of documents nor the order of the inputs matters: not to memory, not to a byte.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.documents.annotationtable import misfit
from kg.documents.intake import Input, find_inputs, searched_for
from kg.documents.reading import read_streams
from kg.documents.tablecolumns import TableColumns
from kg.documents.uniting import unite
from kg.errors import GraphError, InputError, NoGraphError, close_matches
from kg.graph.assemble import Assembler, Seen
from kg.graph.finish import finish_tables
from kg.graph.ledger import Ledger, Totals, check_kept, count_relations, total
from kg.graph.manifest import build_id, input_hashes, write_manifest
from kg.graph.ontology import ontology_rows
from kg.graph.spool import Spool
from kg.graph.store import MANIFEST, GraphFolder, read_rows
from kg.graph.tables import SCHEMAS, TableWriter
from kg.linking.equivalence import Entities
from kg.model import BuildConfig
from kg.terms.index import TermIndex
from kg.unpacking import Limits

Progress = Callable[[int, int], None]
#: Steps that a build's progress is told in, and how many of them are the reading.
_STEPS, _READING = 1000, 200
#: Rows of a table that are held before they are written out.
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made.

    Attributes:
        folder: the graph.
        unchanged: whether the graph was up to date and nothing was run.
        totals: the ledger by kind and outcome.
    """

    folder: GraphFolder
    unchanged: bool
    totals: Totals

    @property
    def set_aside(self) -> int:
        """How many records of any kind were set aside."""
        return sum(outcomes["set_aside"] for outcomes in self.totals.values())


def build(
    paths: Iterable[str | Path],
    out: str | Path,
    *,
    index: TermIndex,
    config: BuildConfig | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> BuildResult:
    """Build a graph folder from pages.

    The folder is written beside ``out`` and renamed into place; when the process dies, the old graph
    stands (or none does). Where ``out`` holds a graph of the same inputs, nothing is run.

    Args:
        paths: files and folders.
        out: the graph folder to make or to replace.
        index: the ontologies.
        config: knobs.
        force: build though nothing changed.
        progress: called with (steps done, steps in all).

    Returns:
        The result; its totals tell what was set aside.

    Raises:
        InputError: if none of the paths exists, they hold no file, or no table has the columns that are named.
        NoGraphError: if ``out`` exists and is no graph: it is not touched.
        GraphError: if it cannot be made.
        BalanceError: if a record was lost (a defect of the program).
    """
    out = Path(out)
    config = config or BuildConfig()
    given = list(paths)
    inputs = find_inputs(given)
    _refuse_nothing(given, inputs)
    _refuse_foreign(out)
    _recover(out)
    hashes = input_hashes(inputs)
    identity = build_id(hashes, index, config)
    if not force and (folder := _up_to_date(out, identity)):
        return BuildResult(folder, True, total(folder.rows("ledger")))
    stage = out.parent / f".{out.name}.partial-{os.getpid()}"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        try:
            (stage / "spool").mkdir(parents=True)
        except OSError as error:
            raise GraphError(f"{out} cannot be made: {error.strerror}", value=str(out)) from error
        totals = _tell(inputs, stage / "spool", index, config, progress or (lambda _done, _all: None))
        counts = finish_tables(stage / "spool", stage)
        relations = count_relations(read_rows(stage / "relations.parquet"))
        stored = {"document": counts["documents"], "mention": counts["mentions"], "relation": relations}
        check_kept(totals, stored)
        shutil.rmtree(stage / "spool")
        write_manifest(stage, identity, hashes, index, config, counts, totals)
        _replace(stage, out)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return BuildResult(GraphFolder(out), False, totals)


def _tell(inputs: Sequence[Input], folder: Path, index: TermIndex, config: BuildConfig, progress: Progress) -> Totals:
    """Read, unite, link and tell every document into unsorted tables; return what the ledger says."""
    with Ledger(folder / "ledger.sqlite") as ledger, ExitStack() as stack:
        documents = _read(inputs, folder / "documents.sqlite", ledger, config, stack, progress)
        writers = {
            name: stack.enter_context(TableWriter(folder / f"{name}.parquet", schema, batch=_BATCH))
            for name, schema in SCHEMAS.items()
            if name != "edges"
        }

        def write(rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
            for table, row in rows:
                writers[table].write(row)

        entities, seen = Entities(index), Seen()
        assembler = Assembler(index, config, entities, seen)
        done = 0
        for group in documents.groups():
            document, merged = unite(group)
            ledger.merge(merged)
            write(assembler.rows(document))
            done += len(group)
            progress(_READING + done * (_STEPS - _READING) // documents.documents, _STEPS)
        write(ontology_rows(seen, entities, index, config))
        ledger.settle()
        write(("ledger", row) for row in ledger.rows())
        return ledger.totals


def _read(
    inputs: Sequence[Input], path: Path, ledger: Ledger, config: BuildConfig, stack: ExitStack, progress: Progress
) -> Spool:
    """Read every document of every input into a spool."""
    spool = stack.enter_context(Spool(path))
    columns = TableColumns.of(dict(config.columns)) if config.columns else None
    limits = Limits(unpacked=config.max_bytes, ratio=config.max_ratio)
    tables: list[str] = []
    for done, item in enumerate(inputs, 1):
        for stream in read_streams(item, columns, limits):
            for place, document in enumerate(stream.documents):
                spool.add(document, place)
            entries = tuple(stream.entries())
            ledger.add(entries)
            if columns and stream.format == "table":
                tables.append(misfit(entries))
        progress(done * _READING // len(inputs), _STEPS)
    if columns and all(tables):
        raise InputError(next(iter(tables), "columns are named, but no input is a table"), value=config.columns)
    return spool


def _up_to_date(out: Path, identity: str) -> GraphFolder | None:
    try:
        folder = GraphFolder(out)
    except GraphError:
        return None
    return folder if folder.manifest.get("build") == identity else None


def _refuse_nothing(given: Sequence[str | Path], inputs: Sequence[Input]) -> None:
    if inputs and not all(item.problem == "no such file" for item in inputs):
        return
    if not inputs:
        raise InputError(
            f"no input in {', '.join(map(str, given)) or 'nothing'}: {searched_for()}",
            value=given,
        )
    missing = inputs[0].path
    near = close_matches(missing.name, [p.name for p in missing.parent.iterdir()] if missing.parent.is_dir() else [])
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InputError(f"no such file or folder: {', '.join(str(i.path) for i in inputs)}{hint}", value=str(missing))


def _refuse_foreign(out: Path) -> None:
    if out.is_dir():
        if any(out.iterdir()) and not (out / MANIFEST).is_file():
            raise NoGraphError(f"{out} exists and is not a graph; give another folder with -o", value=str(out))
    elif out.exists():
        raise NoGraphError(f"{out} is a file; give a folder with -o", value=str(out))


def _replace(stage: Path, out: Path) -> None:
    """Rename the new graph into place; the old one steps aside first and is removed last."""
    if out.exists():
        old = out.parent / f".{out.name}.old-{os.getpid()}"
        out.rename(old)
        stage.rename(out)
        shutil.rmtree(old)
    else:
        stage.rename(out)


def _recover(out: Path) -> None:
    """Clear what a killed build left: put the old graph back if it stood aside, remove partial ones."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraphError(f"{out} cannot be made: {error.strerror}", value=str(out)) from error
    for left in sorted(out.parent.glob(f".{out.name}.old-*")):
        if out.exists():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.rename(out)
    for left in out.parent.glob(f".{out.name}.partial-*"):
        if not _alive(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
