"""The audit as SARIF 2.1.0, checked by hand-written rules of the standard (the sections are OASIS's)."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from kg.curies import association_id
from kg.findingcodes import CODES
from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.views.audit.report import Report
from kg.views.audit.sarif import sarif_text
from kg.views.audit.sources import find_places
from tests.bundled import index
from tests.pages import SEED, page
from tests.views.audited import several

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_LEVEL = {"enum": ["error", "warning", "note", "none"]}
_LINES = {key: {"type": "integer", "minimum": 1} for key in ("startLine", "startColumn", "endLine", "endColumn")}
_REGION = {
    "type": "object", "required": ["startLine"], "additionalProperties": False,
    "dependentRequired": {"charLength": ["charOffset"], "endColumn": ["startColumn"]},
    "properties": {**_LINES, "charOffset": {"type": "integer", "minimum": 0}, "charLength": {"type": "integer", "minimum": 0},
                   "snippet": _TEXT},
}  # fmt: skip
_ARTIFACT = {
    "type": "object",
    "required": ["uri", "index"],
    "additionalProperties": False,
    "properties": {
        "uri": {"type": "string"},
        "index": {"type": "integer", "minimum": 0},
        "uriBaseId": {"enum": ["GRAPH", "TERMS"]},
    },
}
_LOCATION = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 0}, "message": _TEXT,
        "physicalLocation": {
            "type": "object", "required": ["artifactLocation"], "additionalProperties": False,
            "properties": {"artifactLocation": _ARTIFACT, "region": _REGION},
        },
        "logicalLocations": {"type": "array", "items": {"required": ["fullyQualifiedName"]}},
    },
}  # fmt: skip
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
                        "semanticVersion": {"pattern": r"^\d+\.\d+\.\d+"}, "informationUri": {"pattern": "^https://"},
                        "rules": {"type": "array", "uniqueItems": True, "items": {
                            "type": "object", "required": ["id"], "additionalProperties": False,
                            "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "shortDescription": _TEXT,
                                           "fullDescription": _TEXT, "help": _TEXT,
                                           "properties": {"properties": {"tags": {"type": "array", "uniqueItems": True}}},
                                           "defaultConfiguration": {"properties": {"level": _LEVEL}}},
                        }},
                    },
                }}},
                "originalUriBaseIds": {"type": "object", "additionalProperties": {"required": ["description"]}},
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
                        "locations": {"type": "array", "minItems": 1, "maxItems": 1,
                                      "items": {**_LOCATION, "required": ["physicalLocation"]}},
                        "relatedLocations": {"type": "array", "minItems": 1, "items": {**_LOCATION, "required": ["message"]}},
                        "fixes": {"type": "array", "minItems": 1, "items": {
                            "required": ["artifactChanges"], "additionalProperties": False,
                            "properties": {"description": _TEXT, "artifactChanges": {"type": "array", "minItems": 1, "items": {
                                "required": ["artifactLocation", "replacements"], "additionalProperties": False,
                                "properties": {"artifactLocation": _ARTIFACT, "replacements": {"type": "array", "minItems": 1, "items": {
                                    "required": ["deletedRegion"], "additionalProperties": False,
                                    "properties": {"deletedRegion": _REGION, "insertedContent": _TEXT},
                                }}},
                            }}},
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


def run_of(folder: GraphFolder, base: str = "", sources: Path | None = None) -> dict[str, Any]:
    items = Report(folder).items
    found = find_places(items, sources, folder.manifest) if sources else None
    log = json.loads(sarif_text(items, folder.manifest, base, found))
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
    def prints(graph: GraphFolder) -> set[str]:
        results = run_of(graph)["results"]
        return {p for r in results if r["ruleId"] == "too-specific" for p in r["partialFingerprints"].values()}

    moved = tmp_path / SEED.name
    moved.write_text(SEED.read_text("utf-8").replace("## Abstract", "\n\n## Abstract"), "utf-8")
    again = build([moved], tmp_path / "moved", index=index()).folder
    assert prints(again) == prints(folder) != set()
    assert sarif_text(Report(again).items, again.manifest) == sarif_text(Report(again).items, again.manifest)


def test_rules_say_what_they_mean_and_what_to_do(folder: GraphFolder) -> None:
    run = run_of(folder)
    for rule in run["tool"]["driver"]["rules"]:
        known = CODES[rule["id"]]
        assert rule["shortDescription"]["text"] == known.summary
        assert rule["fullDescription"]["text"] == f"{known.summary} {known.fires}"
        assert rule["help"]["text"] == known.repair
        assert rule["properties"]["tags"] == [known.about]
    # Nothing on the web is named that is not there.
    assert "informationUri" not in run["tool"]["driver"]
    assert not [rule for rule in run["tool"]["driver"]["rules"] if "helpUri" in rule]


#: How sources write identifiers: of one vocabulary without its prefix, of several at once, one twice in a line, after a mark.
WRITTEN = (
    "\ufeff7|t|Synthetic \U0001f600 osteosarcoma and fever and pain\n7|a|None.\n"
    "7\t12\t24\tosteosarcoma\tDisease\tD002945\n"
    "7\t29\t34\tfever\tDisease\tD005334|D002945\n"
)
BULLETS = "- **Diseases:** osteosarcoma (MONDO:0002623), sarcoma (MONDO:0002623)"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[GraphFolder, Path]:
    sources = tmp_path_factory.mktemp("written")
    (sources / "w.PubTator").write_text(WRITTEN, "utf-8")
    (sources / "page.md").write_text(page(linked=BULLETS), "utf-8")
    folder = build([sources], tmp_path_factory.mktemp("built") / "g", index=index()).folder
    return folder, sources


def test_columns_and_fixes_are_those_of_the_file(written: tuple[GraphFolder, Path]) -> None:
    folder, sources = written
    seen, columns = {}, {}
    for result in run_of(folder, sources=sources)["results"]:
        place = result["locations"][0]["physicalLocation"]
        text = (sources / place["artifactLocation"]["uri"]).read_text("utf-8-sig")
        regions = [place["region"]]
        regions += [
            r["deletedRegion"]
            for fix in result.get("fixes", ())
            for c in fix["artifactChanges"]
            for r in c["replacements"]
        ]
        regions += [
            x["physicalLocation"]["region"] for x in result.get("relatedLocations", ()) if "physicalLocation" in x
        ]
        for region in regions:
            line = text.split("\n")[region["startLine"] - 1]
            there = line[region["startColumn"] - 1 : region["endColumn"] - 1]
            assert there == text[region["charOffset"] : region["charOffset"] + region["charLength"]]
            assert region.get("snippet", {"text": there})["text"] == there
        columns[result["properties"]["text"], place["region"]["snippet"]["text"]] = place["region"]["startColumn"]
        for fix in result.get("fixes", ()):
            ((replacement,),) = [change["replacements"] for change in fix["artifactChanges"]]
            seen[result["properties"]["text"], place["region"]["snippet"]["text"]] = replacement["insertedContent"][
                "text"
            ]
    assert seen["osteosarcoma", "D002945"] == "MONDO:0009807"
    assert seen["osteosarcoma", "MONDO:0002623"] == "MONDO:0009807"
    # Of two that are written alike each is repaired at its own place.
    assert columns["osteosarcoma", "MONDO:0002623"] == BULLETS.index("MONDO") + 1
    assert columns["sarcoma", "MONDO:0002623"] == BULLETS.rindex("MONDO") + 1
    assert seen["sarcoma", "MONDO:0002623"] == "MONDO:0005089"


def test_the_sentence_is_a_related_location(written: tuple[GraphFolder, Path]) -> None:
    folder, sources = written
    told = [r for r in run_of(folder, sources=sources)["results"] if r["properties"]["document"] == "PMID:7"]
    related = next(r for r in told if r["properties"]["text"] == "osteosarcoma")["relatedLocations"][0]
    assert related["physicalLocation"]["region"]["snippet"]["text"] == "osteosarcoma"
    assert related["physicalLocation"]["region"]["startLine"] == 1
    assert related["message"]["text"].startswith("The sentence: Synthetic \U0001f600 osteosarcoma")


def test_a_fix_is_written_as_the_source_writes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = "7|t|A man with asthma\n7|a|None.\n7\t11\t17\tasthma\tDisease\tD002945\n8|t|Given cisplatin\n8|a|None.\n8\t6\t15\tcisplatin\tChemical\tD012516\n"
    (tmp_path / "in" / "w.txt").write_text(text)
    folder = build([tmp_path / "in"], tmp_path / "g", index=index()).folder
    made = {
        r["properties"]["text"]: (r["properties"]["suggested"], r["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"])
        for r in run_of(folder, sources=tmp_path / "in")["results"]
    }  # fmt: skip
    for suggested, inserted in made.values():
        assert inserted == (suggested.removeprefix("MESH:") if suggested.startswith("MESH:") else suggested)
    assert any(":" not in inserted for _, inserted in made.values())


def test_a_file_that_was_changed_since_the_build_says_nothing(
    written: tuple[GraphFolder, Path], tmp_path: Path
) -> None:
    folder, sources = written
    (tmp_path / "w.PubTator").write_text((sources / "w.PubTator").read_text("utf-8") + "\n", "utf-8")
    assert find_places(Report(folder).items, tmp_path, folder.manifest) == {}
    results = run_of(folder, sources=tmp_path)["results"]
    assert {tuple(r["locations"][0]["physicalLocation"]["region"]) for r in results} == {("startLine",)}
    assert not [r for r in results if "fixes" in r]


def test_what_is_settled_has_no_fix_and_points_at_the_decision(folder: GraphFolder) -> None:
    (settled,) = [r for r in run_of(folder, sources=SEED.parent)["results"] if r.get("suppressions")]
    assert "startColumn" in settled["locations"][0]["physicalLocation"]["region"]
    assert "fixes" not in settled
    place = settled["relatedLocations"][-1]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == ("decisions.tsv", {"startLine": 2})


def test_rows_that_contradict_each_other_name_each_other(tmp_path: Path) -> None:
    decisions = tmp_path / "d.tsv"
    decisions.write_text("asserted\tdecision\nMONDO:0002623\taccept\nMONDO:0002623\treject\n")
    (result,) = [
        r for r in run_of(several(tmp_path, decisions=decisions))["results"] if r["ruleId"] == "decisions-contradict"
    ]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert [x["physicalLocation"]["region"] for x in result["relatedLocations"]] == [{"startLine": 2}]


def test_findings_without_an_input_stand_at_the_mapping_or_at_the_manifest(
    generated: GraphFolder, tmp_path: Path
) -> None:
    copy = GraphFolder(shutil.copytree(generated.path, tmp_path / "g"))
    mapping, *others = copy.rows("mappings")
    about = {"code": "equivalence-conflict", "severity": "info", "reasons": "[]"}
    rows = [
        {**about, "id": association_id("one"), "text": mapping["subject_label"], "asserted": mapping["object_id"],
         "message": f"{mapping['subject_id']} skos:exactMatch {mapping['object_id']} is left out"},
        {**about, "id": association_id("two"), "text": "no such", "asserted": "MESH:D1", "message": "of nothing"},
    ]  # fmt: skip
    write_table(copy.path / "mappings.parquet", "mappings", [{**mapping, "record": "some sets.sssom.tsv:12"}, *others])
    write_table(copy.path / "findings.parquet", "findings", rows)
    run = run_of(copy)
    places = [r["locations"][0]["physicalLocation"] for r in run["results"]]
    told = {(p["artifactLocation"]["uri"], p["artifactLocation"]["uriBaseId"], str(p.get("region"))) for p in places}
    assert told == {("some%20sets.sssom.tsv", "TERMS", "{'startLine': 12}"), ("manifest.json", "GRAPH", "None")}
    assert set(run["originalUriBaseIds"]) == {"GRAPH", "TERMS"}
    for place in places:
        artifact = dict(place["artifactLocation"])
        assert run["artifacts"][artifact.pop("index")]["location"] == artifact
