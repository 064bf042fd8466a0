"""The audit as SARIF 2.1.0, checked by hand-written rules of the standard (the sections are OASIS's)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from kg.graph.store import GraphFolder
from kg.views.audit.report import Report
from kg.views.audit.sarif import sarif_text
from tests.pages import SEED
from tests.views.audited import several

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_LEVEL = {"enum": ["error", "warning", "note", "none"]}
#: The parts of the standard that a log of ours uses; nothing else may be in it.
STANDARD = {
    "type": "object", "required": ["version", "runs"], "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "pattern": "^https://docs.oasis-open.org/sarif/sarif/v2.1.0/.*sarif-schema-2.1.0.json$"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {
            "type": "object", "required": ["tool", "results"], "additionalProperties": False,
            "properties": {
                "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
                    "type": "object", "required": ["name"], "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string"}, "version": {"type": "string"},
                        "semanticVersion": {"pattern": r"^\d+\.\d+\.\d+"},
                        "rules": {"type": "array", "uniqueItems": True, "items": {
                            "type": "object", "required": ["id"], "additionalProperties": False,
                            "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "shortDescription": _TEXT,
                                           "defaultConfiguration": {"properties": {"level": _LEVEL}}},
                        }},
                    },
                }}},
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "artifacts": {"type": "array", "items": {
                    "type": "object", "additionalProperties": False,
                    "properties": {"location": {"required": ["uri"]},
                                   "hashes": {"properties": {"sha-256": {"pattern": "^[0-9a-f]{64}$"}}}},
                }},
                "properties": {"type": "object"},
                "results": {"type": "array", "items": {
                    "type": "object", "required": ["message", "ruleId"], "additionalProperties": False,
                    "properties": {
                        "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": _LEVEL,
                        "message": _TEXT, "properties": {"type": "object"},
                        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                        "suppressions": {"type": "array", "items": {
                            "required": ["kind"], "additionalProperties": False,
                            "properties": {"kind": {"enum": ["inSource", "external"]}, "justification": {"type": "string"},
                                           "status": {"enum": ["accepted", "underReview", "rejected"]}},
                        }},
                        "locations": {"type": "array", "maxItems": 1, "items": {
                            "type": "object", "additionalProperties": False,
                            "properties": {
                                "physicalLocation": {
                                    "type": "object", "required": ["artifactLocation"], "additionalProperties": False,
                                    "properties": {
                                        "artifactLocation": {"required": ["uri", "index"]},
                                        "region": {"required": ["startLine"], "additionalProperties": False,
                                                   "properties": {"startLine": {"type": "integer", "minimum": 1}}},
                                    },
                                },
                                "logicalLocations": {"type": "array", "items": {"required": ["fullyQualifiedName"]}},
                            },
                        }},
                    },
                }},
            },
        }},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    root = tmp_path_factory.mktemp("sarif")
    decisions = root / "decisions.tsv"
    decisions.write_text(
        "scope\tdecision\ttext\tasserted\tcurator\nsurface\taccept\tosteosarcoma\tMONDO:0002623\tA. Name\nsurface\treject\n"
    )
    return several(root, decisions=decisions)


def run_of(folder: GraphFolder, base: str = "") -> dict[str, Any]:
    log = json.loads(sarif_text(Report(folder).items, folder.manifest, base))
    jsonschema.validate(log, STANDARD)
    (run,) = log["runs"]
    return dict(run)


def test_every_finding_is_a_result_of_its_rule(folder: GraphFolder) -> None:
    run = run_of(folder)
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == folder.count("findings")
    assert {rule["id"] for rule in rules} == {row["code"] for row in folder.rows("findings")}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["properties"].get("start", 0) >= 0


def test_a_region_is_the_line_that_asserts_it(folder: GraphFolder, tmp_path: Path) -> None:
    (result,) = [r for r in run_of(folder)["results"] if r["properties"].get("document") == "PMCID:PMC13003748"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == SEED.name
    line = SEED.read_text("utf-8").splitlines()[place["region"]["startLine"] - 1]
    assert "MONDO:0002623" in line
    assert result["properties"]["section"] == "abstract.1"


def test_uris_are_relative_and_escaped(folder: GraphFolder) -> None:
    for base in ("", "seeds/"):
        run = run_of(folder, base)
        uris = [a["location"]["uri"] for a in run["artifacts"]]
        names = {row["input"] for row in folder.rows("documents")} | {"decisions.tsv"}
        assert {unquote(uri) for uri in uris} <= {f"{base}{name}" for name in names}
        assert any("odd%20name%20%231.md" in uri for uri in uris)
        for result in run["results"]:
            for location in result["locations"]:
                artifact = location["physicalLocation"]["artifactLocation"]
                assert uris[artifact["index"]] == artifact["uri"]
                assert not urlsplit(artifact["uri"]).scheme


def test_hashes_are_those_of_the_files(folder: GraphFolder) -> None:
    hashes = {a["location"]["uri"]: a["hashes"]["sha-256"] for a in run_of(folder)["artifacts"]}
    assert hashes[SEED.name] == hashlib.sha256(SEED.read_bytes()).hexdigest()


def test_what_a_curator_settled_is_suppressed_and_levels_are_those_of_severities(folder: GraphFolder) -> None:
    results = run_of(folder)["results"]
    (settled,) = [r for r in results if r.get("suppressions")]
    assert settled["level"] == "note"
    assert settled["suppressions"][0]["justification"] == "accepted by A. Name [decisions.tsv:2]"
    assert {r["level"] for r in results} >= {"error", "warning", "note"}
    (unreadable,) = [r for r in results if r["ruleId"] == "decision-unreadable"]
    place = unreadable["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("decisions.tsv", 3)


def test_fingerprints_outlive_a_line_that_is_moved(folder: GraphFolder, tmp_path: Path) -> None:
    from kg.graph.build import build
    from tests.bundled import index

    def prints(graph: GraphFolder) -> set[str]:
        results = run_of(graph)["results"]
        return {p for r in results if r["ruleId"] == "too-specific" for p in r["partialFingerprints"].values()}

    moved = tmp_path / SEED.name
    moved.write_text(SEED.read_text("utf-8").replace("## Abstract", "\n\n## Abstract"), "utf-8")
    again = build([moved], tmp_path / "moved", index=index()).folder
    assert prints(again) == prints(folder) != set()
    assert sarif_text(Report(again).items, again.manifest) == sarif_text(Report(again).items, again.manifest)
