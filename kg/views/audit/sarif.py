"""The audit as SARIF 2.1.0, which editors and continuous integration show at the line.

The format is OASIS's (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). A region is the line of the input where the
source asserts the identifier, with its columns where the input can be read again (`kg.views.audit.sources`); then the
suggestion is a fix too. Offsets of the graph count code points of a passage and not of the file, so they are properties
of a result and no region. A finding without an input stands at the mapping that it is about, or at the graph's manifest.
A finding that a curator has settled is suppressed, with the curator's words as justification.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any, Final
from urllib.parse import quote

from kg import __version__
from kg.findingcodes import CODES, meaning
from kg.graph.store import MANIFEST
from kg.views.audit.report import OF_DECISIONS, SEVERITIES, Item
from kg.views.audit.sources import Found, Span, repaired

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Severity -> level.
LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
#: What the addresses of files begin with that are no inputs; where that is, the reader's machine knows.
_BASES: Final = {
    "GRAPH": "the folder of the graph", "TERMS": "the folder of the ontology files that the term index was compiled from",
}  # fmt: skip
_WRITTEN: Final = re.compile(r"\[(.+):(\d+)\]$")


def sarif_text(
    items: Sequence[Item], manifest: Mapping[str, Any], base: str = "", found: Mapping[str, Found] | None = None
) -> str:
    """Return findings as a SARIF log.

    Args:
        items: the findings.
        manifest: the graph's; it knows the hashes of the inputs.
        base: what stands before the names of inputs, so that they are paths from the root of a repository.
        found: what the inputs say of the findings (`kg.views.audit.sources.find_places`); lines alone without it.
    """
    codes = sorted({item.finding["code"] for item in items})
    files = _Files(base, manifest)
    results = [
        _result(item, codes.index(item.finding["code"]), files, (found or {}).get(item.finding["id"])) for item in items
    ]
    driver: dict[str, Any] = {"name": "casegraph", "version": __version__, "semanticVersion": __version__}
    if home := _home():
        driver["informationUri"] = home
    run: dict[str, Any] = {
        "tool": {"driver": {**driver, "rules": [_rule(code, items) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {name: {"description": {"text": text}} for name, text in _BASES.items()},
        "artifacts": files.artifacts,
        "results": results,
        "properties": {"build": manifest["build"]},
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _home() -> str:
    """Return the address of the project, "" where the package names none."""
    try:
        named = metadata("casegraph").get_all("Project-URL") or ()
    except PackageNotFoundError:
        return ""
    return next((text.partition(",")[2].strip() for text in named), "")


class _Files:
    """The files that results stand in, each an artifact of the log that is named by its place in the list."""

    def __init__(self, base: str, manifest: Mapping[str, Any]) -> None:
        self._base = base.rstrip("/")
        self._hashes = {item["name"]: item["sha256"] for item in manifest.get("inputs") or ()}
        if decisions := manifest.get("decisions"):
            self._hashes[decisions["name"]] = decisions["sha256"]
        self._places: dict[tuple[str, str], int] = {}
        self.artifacts: list[dict[str, Any]] = []

    def input(self, name: str) -> dict[str, Any]:
        """Return the location of an input or of the curators' file."""
        path = f"{self._base}/{name}" if self._base else name
        return self._location(path, "", self._hashes.get(name))

    def other(self, name: str, base: str) -> dict[str, Any]:
        """Return the location of a file that is no input, below one of the bases."""
        return self._location(name, base, None)

    def _location(self, path: str, base: str, sha256: str | None) -> dict[str, Any]:
        # A colon in the first segment would be read as a scheme.
        uri = quote(path.removeprefix("./"), safe="/!$&'()*+,;=@~")
        location: dict[str, Any] = {"uri": uri, **({"uriBaseId": base} if base else {})}
        if (uri, base) not in self._places:
            self._places[uri, base] = len(self.artifacts)
            hashes = {"hashes": {"sha-256": sha256}} if sha256 else {}
            self.artifacts.append({"location": dict(location), **hashes})
        return {**location, "index": self._places[uri, base]}


def _rule(code: str, items: Iterable[Item]) -> dict[str, Any]:
    worst = min(SEVERITIES[i.finding["severity"]] for i in items if i.finding["code"] == code)
    rule = {
        "id": code,
        "name": "".join(part.capitalize() for part in code.split("-")),
        "shortDescription": {"text": meaning(code)},
        "defaultConfiguration": {"level": LEVELS[list(SEVERITIES)[worst]]},
    }
    if known := CODES.get(code):
        # There is no page of the project's on the web yet, so no helpUri: the help is in the log.
        rule |= {
            "fullDescription": {"text": f"{known.summary} {known.fires}"},
            "help": {
                "text": known.repair,
                "markdown": f"**Fires when:** {known.fires}\n\n**What to do:** {known.repair}",
            },
            "properties": {"tags": [known.about]},
        }
    return rule


def _result(item: Item, rule: int, files: _Files, found: Found | None) -> dict[str, Any]:
    row = item.finding
    result: dict[str, Any] = {
        "ruleId": row["code"], "ruleIndex": rule, "level": LEVELS[row["severity"]], "message": {"text": _message(item)},
        "locations": [_location(item, files, found)],
        "partialFingerprints": {"casegraphFinding/v1": _fingerprint(item)},
    }  # fmt: skip
    if related := list(_related(item, files, found)):
        result["relatedLocations"] = [{"id": number, **told} for number, told in enumerate(related, 1)]
    if item.settled:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": item.settled}]
    elif row["suggested"] and found and found.span and found.is_identifier:
        result["fixes"] = [_fix(item, files, found.span)]
    told = {
        "finding": row["id"], "document": row["document"], "text": row["text"] or None, "asserted": row["asserted"],
        "assertedName": row["asserted_name"], "suggested": row["suggested"], "suggestedName": row["suggested_name"],
        "confidence": item.confidence,
        "linked": [term for term, *_ in item.linked], "reasons": [f"{r['check']}: {r['statement']}" for r in row["reasons"]],
    }  # fmt: skip
    if item.place:
        place = item.place
        told |= {"section": place.section, "start": place.start, "end": place.end, "sentence": place.sentence}
    result["properties"] = {key: value for key, value in told.items() if value is not None and value != []}
    return result


def _message(item: Item) -> str:
    row = item.finding
    suggested = f" Suggested: {row['suggested']} ({row['suggested_name']})." if row["suggested_name"] else ""
    return f"{row['message']}.{suggested}" if row["message"] else row["code"]


def _location(item: Item, files: _Files, found: Found | None) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if item.input:
        location["physicalLocation"] = _physical(files.input(item.input), found.span if found else None, item.line)
    elif item.record:
        name, _, line = item.record.rpartition(":")
        location["physicalLocation"] = _physical(files.other(name, "TERMS"), None, int(line) if line.isdigit() else 0)
    else:
        location["physicalLocation"] = _physical(files.other(MANIFEST, "GRAPH"), None, 0)
    if item.finding["document"]:
        location["logicalLocations"] = [_logical(item)]
    return location


def _logical(item: Item) -> dict[str, Any]:
    name = item.finding["document"] + (f"#{item.place.section}" if item.place else "")
    return {"fullyQualifiedName": name, "kind": "resource"}


def _physical(artifact: dict[str, Any], span: Span | None, line: int) -> dict[str, Any]:
    region = _region(span) if span else {"startLine": line} if line else None
    return {"artifactLocation": artifact, **({"region": region} if region else {})}


def _region(span: Span) -> dict[str, Any]:
    return {
        "startLine": span.line, "startColumn": span.start, "endLine": span.line, "endColumn": span.end,
        "charOffset": span.offset, "charLength": len(span.text), "snippet": {"text": span.text},
    }  # fmt: skip


def _related(item: Item, files: _Files, found: Found | None) -> Iterable[dict[str, Any]]:
    """Yield the sentence of the mention, the decisions that settled the finding, and the other row of two that differ."""
    if item.place:
        told: dict[str, Any] = {
            "message": {"text": f"The sentence: {item.place.sentence}"},
            "logicalLocations": [_logical(item)],
        }
        if found and found.words:
            told["physicalLocation"] = _physical(files.input(item.input), found.words, 0)
        yield told
    for name, line in item.decided:
        yield {"message": {"text": "Decided here."}, "physicalLocation": _physical(files.input(name), None, line)}
    if item.finding["code"] in OF_DECISIONS:
        for reason in item.finding["reasons"]:
            match = _WRITTEN.search(reason["statement"])
            if match and int(match[2]) != item.line and match[1] == item.input:
                place = _physical(files.input(match[1]), None, int(match[2]))
                yield {"message": {"text": reason["statement"]}, "physicalLocation": place}


def _fix(item: Item, files: _Files, span: Span) -> dict[str, Any]:
    """Return the suggestion as a change of the input, which a person takes or leaves."""
    row = item.finding
    name = f" ({row['suggested_name']})" if row["suggested_name"] else ""
    sure = f", {item.confidence} confidence" if item.confidence else ""
    region = {key: value for key, value in _region(span).items() if key != "snippet"}
    replacement = {"deletedRegion": region, "insertedContent": {"text": repaired(item)}}
    return {
        "description": {"text": f"Write {row['suggested']}{name} in its place{sure}."},
        "artifactChanges": [{"artifactLocation": files.input(item.input), "replacements": [replacement]}],
    }


def _fingerprint(item: Item) -> str:
    """Return what makes a finding the same one in another build: no line, no offset, no wording."""
    row = item.finding
    parts = [row["code"], row["document"], row["text"], row["asserted"], row["suggested"]]
    if row["code"] in OF_DECISIONS:
        parts = [row["code"], row["message"]]
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:32]
