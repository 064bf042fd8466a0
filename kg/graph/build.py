"""A build: from files to a graph folder, beside the old one and then in its place.

Two stages. First every document of every input goes to a spool on disk, and what became of each record into the
ledger. Then the records of one document are united, document by document in the order of their identifiers, and
linked and told, by one process or several. Neither the number of documents nor that of processes nor the order of the
inputs matters: not to memory, not to a byte.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from kg.documents.annotationtable import misfit
from kg.documents.intake import Input, find_inputs, searched_for
from kg.documents.parallel import read_batches
from kg.documents.tablecolumns import TableColumns
from kg.errors import GraphError, InputError, NoGraphError, close_matches
from kg.graph.assemble import Seen
from kg.graph.finish import finish_tables
from kg.graph.ledger import Ledger, Totals, check_kept, count_relations, total
from kg.graph.manifest import build_id, input_hashes, write_manifest
from kg.graph.ontology import ontology_rows
from kg.graph.spool import Spool, pack
from kg.graph.store import MANIFEST, GraphFolder, read_rows
from kg.graph.tables import write_table
from kg.graph.telling import TOLD, Writers, add_up, tell_all
from kg.linking.curation import Curation, Uses, decision_rows, findings_of, settle_graph
from kg.linking.decisionsfile import DecisionsFile, read_decisions
from kg.linking.equivalence import Entities
from kg.linking.lessons import Lessons, read_lessons
from kg.linking.nearest import KIND_NAMES, linker_for
from kg.model import BuildConfig, Finding
from kg.terms.index import TermIndex
from kg.unpacking import Limits

Progress = Callable[[int, int], None]
Stage = Callable[[str], object]
#: The file of what the linkers were taught, while a build runs.
_LESSONS: Final = "lessons.json"
#: Steps that a build's progress is told in, and how many of them are the reading.
_STEPS, _READING = 1000, 200


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
    jobs: int = 1,
    progress: Progress | None = None,
    decisions: str | Path | None = None,
    train: Iterable[str | Path] = (),
    stage: Stage | None = None,
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
        jobs: how many processes read and tell; the graph is the same with any number.
        progress: called with (steps done, steps in all).
        decisions: the curators' file (docs/audit.md).
        train: files and folders with mentions that people linked, for the linkers of ``config.nearest``.
        stage: called with what is done before documents are linked, where that takes long, and "" when it is over.

    Returns:
        The result; its totals tell what was set aside.

    Raises:
        InputError: if there is nothing to put in the place of a graph that is there, if none of the paths exists, they hold no file, or no table has the columns that are named;
            or the file of decisions cannot be read, or there is nothing to learn from.
        NoGraphError: if ``out`` exists and is no graph: it is not touched.
        GraphError: if it cannot be made.
        BalanceError: if a record was lost (a defect of the program).
        CasegraphError: if a process has died.
    """
    out = Path(out)
    config = config or BuildConfig()
    given = list(paths)
    inputs = find_inputs(given)
    _refuse_nothing(given, inputs)
    _refuse_foreign(out)
    _recover(out)
    hashes = input_hashes(inputs)
    curated = read_decisions(Path(decisions)) if decisions is not None else None
    lessons = list(train)
    if lessons and not config.nearest:
        raise InputError("what people linked teaches the linker of the nearest terms, which is not asked for")
    training = input_hashes(find_inputs(lessons)) if lessons else []
    identity = build_id(hashes, index, config, curated, training)
    if not force and (folder := _up_to_date(out, identity)):
        return BuildResult(folder, True, total(folder.rows("ledger")))
    made = out.parent / f".{out.name}.partial-{os.getpid()}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        try:
            (made / "spool").mkdir(parents=True)
        except OSError as error:
            raise GraphError(f"{out} cannot be made: {error.strerror}", value=str(out)) from error
        kept = _keep(Path(decisions), curated, made / "spool") if decisions is not None and curated else None
        told = progress or (lambda _done, _all: None)
        teach = partial(_teach, lessons, made / "spool", index, config, stage or (lambda _text: None))
        totals, uses, learnt = _tell(inputs, made / "spool", index, config, jobs, told, kept, teach)
        _refuse_empty(totals, made / "spool", out)
        counts = finish_tables(made / "spool", made, curate=_curate(curated, index, uses, made / "spool"))
        relations = count_relations(read_rows(made / "relations.parquet"))
        stored = {"document": counts["documents"], "mention": counts["mentions"], "relation": relations}
        check_kept(totals, stored)
        shutil.rmtree(made / "spool")
        taught = {"files": training, **learnt.as_dict()} if learnt else None
        write_manifest(made, identity, hashes, index, config, counts, totals, curated, uses, taught)
        _replace(made, out)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return BuildResult(GraphFolder(out), False, totals)


def _tell(
    inputs: Sequence[Input],
    folder: Path,
    index: TermIndex,
    config: BuildConfig,
    jobs: int,
    progress: Progress,
    decisions: Path | None,
    teach: Callable[[Spool], Lessons | None],
) -> tuple[Totals, Uses, Lessons | None]:
    """Read, unite, link and tell every document into unsorted tables; return what the ledger, the curators and the
    linkers' teacher say."""
    path = folder / "documents.sqlite"
    with Ledger(folder / "ledger.sqlite") as ledger, Spool(path) as spool:
        _read(inputs, spool, ledger, config, jobs, progress)
        lessons = teach(spool)
        taught = folder / _LESSONS if lessons else None
        seen, uses, done = Seen(), Uses(), 0
        for told in tell_all(spool, path, folder, index, config, jobs, decisions, taught):
            add_up(seen, told.seen)
            uses.add(told.uses)
            ledger.merge(told.merged)
            ledger.recognise(told.recognised)
            done += told.documents
            progress(_READING + done * (_STEPS - _READING) // spool.documents, _STEPS)
        ledger.settle()
        with Writers(folder) as writers:
            for table in TOLD:
                writers.open(table)
            writers.write(ontology_rows(seen, Entities(index), index, config))
            writers.write(("ledger", row) for row in ledger.rows())
        return ledger.totals, uses, lessons


def _teach(
    paths: Sequence[str | Path], folder: Path, index: TermIndex, config: BuildConfig, stage: Stage, spool: Spool
) -> Lessons | None:
    """Make the linkers that are wanted, so that processes that are forked have them; teach them, if there is what to
    learn from."""
    lessons = None
    if paths:
        stage("Learning from what people linked")
        lessons = read_lessons(paths, index, config.nearest, spool.holds)
        lessons.write(folder / _LESSONS)
    for category in config.nearest:
        stage(f"Learning the names of {KIND_NAMES[category]}")
        linker_for(index, category, lessons.taught if lessons else {})
    stage("")
    return lessons


def _curate(
    read: DecisionsFile | None, index: TermIndex, uses: Uses, spool: Path
) -> Callable[[Iterable[Finding]], Iterable[Finding]]:
    """Return what settles the findings of several documents, and tells what became of the decisions: as findings, and
    as a table in the spool."""
    if read is None:
        return iter
    curation = Curation(read, index)

    def curate(findings: Iterable[Finding]) -> Iterable[Finding]:
        yield from settle_graph(curation, findings, uses)
        yield from findings_of(curation, uses)
        # Only now is known which were applied.
        write_table(spool / "decisions.curated.parquet", "decisions", decision_rows(read, uses))

    return curate


def _keep(path: Path, read: DecisionsFile, spool: Path) -> Path:
    """Copy the curators' file beside the spool, for all processes: it may be written to while a build runs."""
    kept = spool / "decisions" / path.name
    try:
        kept.parent.mkdir()
        shutil.copyfile(path, kept)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", value=str(path)) from error
    if read_decisions(kept).sha256 != read.sha256:
        raise InputError(f"{path} was written to while it was read; build again", value=str(path))
    return kept


def _read(
    inputs: Sequence[Input], spool: Spool, ledger: Ledger, config: BuildConfig, jobs: int, progress: Progress
) -> None:
    """Read every document of every input into a spool."""
    columns = TableColumns.of(dict(config.columns)) if config.columns else None
    limits = Limits(unpacked=config.max_bytes, ratio=config.max_ratio)
    tables: list[str] = []
    for batch in read_batches(inputs, pack, jobs=jobs, columns=columns, limits=limits):
        for place, packed in enumerate(batch.made, batch.first):
            spool.put(packed, place)
        if batch.last:
            ledger.add(batch.entries)
            if columns and batch.format == "table":
                tables.append(misfit(batch.entries))
            progress(batch.number * _READING // len(inputs), _STEPS)
    if columns and all(tables):
        raise InputError(next(iter(tables), "columns are named, but no input is a table"), value=config.columns)


def _up_to_date(out: Path, identity: str) -> GraphFolder | None:
    try:
        folder = GraphFolder(out)
    except GraphError:
        return None
    return folder if folder.manifest.get("build") == identity else None


def _refuse_nothing(given: Sequence[str | Path], inputs: Sequence[Input]) -> None:
    if not inputs:
        raise InputError(f"no input in {', '.join(map(str, given)) or 'nothing'}: {searched_for()}", value=given)
    if not all(item.problem for item in inputs):
        return
    missing = inputs[0].path
    if told := [f"{item.path}: {item.problem}" for item in inputs if item.problem != "no such file"]:
        raise InputError(f"nothing that can be read: {'; '.join(told)}", value=str(missing))
    try:
        near = close_matches(missing.name, [p.name for p in missing.parent.iterdir()])
    except OSError:
        near = []
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InputError(f"no such file or folder: {', '.join(str(i.path) for i in inputs)}{hint}", value=str(missing))


def _refuse_foreign(out: Path) -> None:
    try:
        str(out).encode()
    except UnicodeEncodeError:
        raise InputError(f"{str(out)!r} is no text; give a folder of another name with -o", value=str(out)) from None
    if out.is_dir():
        if any(out.iterdir()) and not (out / MANIFEST).is_file():
            raise NoGraphError(f"{out} exists and is not a graph; give another folder with -o", value=str(out))
    elif out.exists():
        raise NoGraphError(f"{out} is a file; give a folder with -o", value=str(out))


def _refuse_empty(totals: Totals, spool: Path, out: Path) -> None:
    """Refuse to put a graph without a document in the place of one that has some."""
    if totals["document"]["kept"] or not (out / MANIFEST).is_file() or not GraphFolder(out).count("documents"):
        return
    reasons = (
        f"{row['input']}: {row['reason']}"
        for row in read_rows(spool / "ledger.parquet")
        if row["outcome"] == "set_aside" and row["reason"]
    )
    told = "; ".join(dict.fromkeys(islice(reasons, 3))) or "no input holds one"
    raise InputError(f"no document could be read, so {out} is left as it was: {told}", value=str(out))


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
