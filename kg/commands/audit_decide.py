"""Decisions of `kg audit`: from a finding or a selector to rows of the curators' file."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.audit_sense import check_target, mentions_of
from kg.curies import normalize
from kg.errors import ParameterError
from kg.wording import counted

if TYPE_CHECKING:
    from kg.linking.decisionsfile import CuratorDecision
    from kg.views.audit.report import Item, Report


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options of the command ask to decide; true where they ask for something."""

    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    remap: tuple[str, ...] = ()
    accept_all: bool = False
    remap_all: bool = False
    scope: str = "mention"
    curator: str = ""
    comment: str = ""
    date: datetime.datetime | None = None
    terms: Path | None = None

    def __bool__(self) -> bool:
        return bool(self.accept or self.reject or self.remap or self.accept_all or self.remap_all)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wishes:
        """Return the wishes among the options of a command."""
        return cls(**{field.name: given[field.name] for field in fields(cls)})


def decide(report: Report, wishes: Wishes, path: Path | None, *, filtered: bool) -> None:
    """Write decisions to the curators' file and say how many.

    Args:
        report: the findings; those that are shown are what `--accept-all` means.
        wishes: what to decide.
        path: the file.
        filtered: whether the report leaves findings out.

    Raises:
        ParameterError: if no file is named, a selector is none, a decision cannot be made, or `kg build` would refuse it.
        UnknownNameError: if there is no such finding.
    """
    from kg.linking.decisionsfile import append_decisions, read_decisions

    if path is None:
        raise ParameterError("name the file to write decisions to: --decisions FILE", value=None)
    if (wishes.accept_all or wishes.remap_all) and not filtered:
        raise ParameterError("say which findings: --code, --severity or --document", value=None)
    if wishes.accept_all and wishes.remap_all:
        raise ParameterError("--accept-all and --remap-all contradict each other", value=None)
    rows = list(_rows(report, wishes))
    standing = {_about(d): d for d in read_decisions(path).decisions} if path.exists() else {}
    added = append_decisions(path, rows)
    for row in rows:
        other = standing.get(_about(row))
        if other and other.verdict != row.verdict:
            click.echo(
                f"kg: warning: {path}:{other.line} says {' '.join(other.verdict).strip()} of the same; remove one",
                err=True,
            )
    known = len({row.key for row in rows}) - added
    told = f"{path}: {counted(added, 'decision')} added" + (f", {known} already there" if known else "")
    click.echo(told + f"; apply with: kg build PAGES -o {report.folder.path} --decisions {path}")


def _about(decision: CuratorDecision) -> tuple[object, ...]:
    """Return what a decision is about, without what is decided."""
    return replace(decision, decision="", target="").key


def _rows(report: Report, wishes: Wishes) -> Iterator[CuratorDecision]:
    for selector in wishes.accept:
        yield _named(report, wishes, "accept", selector, "")
    for selector in wishes.reject:
        yield _named(report, wishes, "reject", selector, "")
    for pair in wishes.remap:
        selector, found, target = pair.rpartition("=")
        curie = normalize(target)
        if not found or curie is None:
            raise ParameterError(f"--remap {pair}: write SELECTOR=CURIE, such as 91cf98b9=MONDO:0009807", value=pair)
        yield _named(report, wishes, "remap", selector, curie)
    if wishes.accept_all or wishes.remap_all:
        yield from _all(report, wishes)


def _all(report: Report, wishes: Wishes) -> Iterator[CuratorDecision]:
    passed = 0
    for item in report.items:
        target = item.finding["suggested"] or ""
        possible = bool(target and item.mention) if wishes.remap_all else _acceptable(item)
        if item.settled or not possible:
            passed += 1
        else:
            yield _of_item(item, wishes, "remap" if wishes.remap_all else "accept", target if wishes.remap_all else "")
    if passed:
        why = "no suggestion, or settled" if wishes.remap_all else "no identifier that can stand, or settled"
        click.echo(f"kg: {counted(passed, 'finding')} passed over: {why}", err=True)


def _named(report: Report, wishes: Wishes, decision: str, selector: str, target: str) -> CuratorDecision:
    kind, found, value = selector.partition(":")
    if found and kind in {"surface", "identifier"}:
        column = "text" if kind == "surface" else "asserted"
        value = value if kind == "surface" else normalize(value) or value
        mentions = mentions_of(report.folder, kind, value)
        if target:
            check_target(report.folder, target, (row["category"] for row in mentions), wishes.terms)
        return _made(wishes, decision, target, scope=kind, **{column: value})
    (item,) = report.of([report.find(selector)])
    if decision == "accept" and not _acceptable(item):
        what = item.finding["message"]
        raise ParameterError(
            f"{selector} cannot be accepted: no identifier of a mention is asserted ({what})", value=selector
        )
    if decision != "accept" and not item.mention:
        what = item.finding["message"]
        raise ParameterError(f"{selector} is about no mention, so it can only be accepted ({what})", value=selector)
    if target:
        check_target(report.folder, target, [item.mention["category"]], wishes.terms)
    return _of_item(item, wishes, decision, target)


def _acceptable(item: Item) -> bool:
    """Tell whether a finding can be accepted: its mention asserts an identifier, or it is of a document as a whole."""
    return bool(item.mention["asserted"]) if item.mention else bool(item.document)


def _of_item(item: Item, wishes: Wishes, decision: str, target: str) -> CuratorDecision:
    row, mention = item.finding, item.mention
    if not mention:
        return _made(wishes, decision, target, scope="document", document=row["document"], code=row["code"])
    # The place is what another build finds again; the identifier of the mention is for those that stand nowhere.
    place: dict[str, Any] = {"mention": mention["id"]}
    if item.place:
        place = {"section": item.place.section, "start": item.place.start, "end": item.place.end}
    asserted = mention["asserted"] or mention["asserted_as"] or ""
    keys: dict[str, Any] = {
        "mention": {"document": row["document"], **place, "text": mention["text"], "asserted": asserted},
        "document": {"document": row["document"], "text": mention["text"], "asserted": asserted},
        "surface": {"text": mention["text"], "asserted": asserted},
        "identifier": {"asserted": asserted},
    }[wishes.scope]
    if wishes.scope == "identifier" and not asserted:
        raise ParameterError(f"{item.short} has no identifier; use --scope surface", value=item.short)
    return _made(wishes, decision, target, scope=wishes.scope, **keys)


def _made(wishes: Wishes, decision: str, target: str, **keys: Any) -> CuratorDecision:
    from kg.linking.decisionsfile import CuratorDecision, flat

    texts: dict[str, Any] = {name: flat(value) if isinstance(value, str) else value for name, value in keys.items()}
    # The one place where a clock is read: a file that a person writes says when.
    date = wishes.date.date() if wishes.date else datetime.datetime.now().astimezone().date()
    return CuratorDecision(
        line=0, decision=decision, target=target, curator=flat(wishes.curator), date=date.isoformat(),
        comment=flat(wishes.comment), **texts,
    )  # fmt: skip
