"""The audit as SARIF 2.1.0, which editors and continuous integration show at the line.

The format is OASIS's (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). A region is the line of the input where the
source asserts the identifier; offsets count code points of a passage and not of the file, so they are properties of a
result and no region. A finding that a curator has settled is suppressed, with the curator's words as justification.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from kg import __version__
from kg.findingcodes import meaning
from kg.views.audit.report import OF_DECISIONS, SEVERITIES, Item

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Severity -> level.
LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


def sarif_text(items: Sequence[Item], manifest: Mapping[str, Any], base: str = "") -> str:
    """Return findings as a SARIF log.

    Args:
        items: the findings.
        manifest: the graph's; it knows the hashes of the inputs.
        base: what stands before the names of inputs, so that they are paths from the root of a repository.
    """
    codes = sorted({item.finding["code"] for item in items})
    uris = {name: _uri(name, base) for name in sorted({item.input for item in items if item.input})}
    places = {uri: i for i, uri in enumerate(dict.fromkeys(uris.values()))}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "casegraph", "version": __version__, "semanticVersion": __version__,
                "rules": [_rule(code, items) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "artifacts": _artifacts(uris, manifest),
        "results": [_result(item, codes.index(item.finding["code"]), uris, places) for item in items],
        "properties": {"build": manifest["build"]},
    }  # fmt: skip
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _uri(name: str, base: str) -> str:
    path = f"{base.rstrip('/')}/{name}" if base else name
    # A colon in the first segment would be read as a scheme.
    return quote(path.removeprefix("./"), safe="/!$&'()*+,;=@~")


def _rule(code: str, items: Iterable[Item]) -> dict[str, Any]:
    worst = min(SEVERITIES[i.finding["severity"]] for i in items if i.finding["code"] == code)
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in code.split("-")),
        "shortDescription": {"text": meaning(code)},
        "defaultConfiguration": {"level": LEVELS[list(SEVERITIES)[worst]]},
    }


def _artifacts(uris: Mapping[str, str], manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    hashes = {item["name"]: item["sha256"] for item in manifest.get("inputs") or ()}
    if decisions := manifest.get("decisions"):
        hashes[decisions["name"]] = decisions["sha256"]
    artifacts: dict[str, dict[str, Any]] = {}
    for name, uri in uris.items():
        known = {"hashes": {"sha-256": hashes[name]}} if hashes.get(name) else {}
        artifacts.setdefault(uri, {"location": {"uri": uri}, **known})
    return list(artifacts.values())


def _result(item: Item, rule: int, uris: Mapping[str, str], places: Mapping[str, int]) -> dict[str, Any]:
    row = item.finding
    result: dict[str, Any] = {
        "ruleId": row["code"], "ruleIndex": rule, "level": LEVELS[row["severity"]], "message": {"text": _message(item)},
        "locations": _locations(item, uris, places),
        "partialFingerprints": {"casegraphFinding/v1": _fingerprint(item)},
    }  # fmt: skip
    if item.settled:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": item.settled}]
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


def _locations(item: Item, uris: Mapping[str, str], places: Mapping[str, int]) -> list[dict[str, Any]]:
    location: dict[str, Any] = {}
    if item.input:
        uri = uris[item.input]
        location["physicalLocation"] = {"artifactLocation": {"uri": uri, "index": places[uri]}}
        if item.line:
            location["physicalLocation"]["region"] = {"startLine": item.line}
    if item.finding["document"]:
        name = item.finding["document"] + (f"#{item.place.section}" if item.place else "")
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return [location] if location else []


def _fingerprint(item: Item) -> str:
    """Return what makes a finding the same one in another build: no line, no offset, no wording."""
    row = item.finding
    parts = [row["code"], row["document"], row["text"], row["asserted"], row["suggested"]]
    if row["code"] in OF_DECISIONS:
        parts = [row["code"], row["message"]]
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:32]
