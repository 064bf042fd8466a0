"""The synthetic cases against what a careful reader says of them.

The rules were written with these pages in view: this keeps what works working, and measures nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest

from kg.graph.build import build
from kg.graph.store import GraphFolder
from tests.bundled import index
from tests.pages import CASES, ROOT

EXPECTED: dict[str, Any] = json.loads((ROOT / "tests" / "expected_cases.json").read_text("utf-8"))
PREDICATES = {"treatments": "biolink:applied_to_treat", "adverse": "biolink:has_adverse_event"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[dict[str, Any]]]]:
    folder = build([CASES], tmp_path_factory.mktemp("cases") / "g", index=index()).folder
    return _by_input(folder)


def _by_input(folder: GraphFolder) -> dict[str, dict[str, list[dict[str, Any]]]]:
    names = {d["id"]: d["input"] for d in folder.rows("documents")}
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for table in ("cases", "evidence", "findings"):
        for row in folder.rows(table):
            if row["document"]:
                found[names[row["document"]]][table].append(row)
    return found


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_cases(name: str, told: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    want = [
        (c["age"], c["unit"], c["sex"], *((c["follow_up"]["number"], c["follow_up"]["unit"]) if c.get("follow_up") else (None, None)))
        for c in EXPECTED[name]["cases"]
    ]  # fmt: skip
    got = [(c["age"], c["age_unit"], c["sex"], c["follow_up"], c["follow_up_unit"]) for c in told[name]["cases"]]
    assert sorted(map(str, got)) == sorted(
        str((None if a is None else float(a), u, s, None if n is None else float(n), v)) for a, u, s, n, v in want
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("kind", PREDICATES)
def test_statements(name: str, kind: str, told: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    want = {(s["drug"], s["disease"], s.get("reason", "stated")) for s in EXPECTED[name][kind]}
    mine = [e for e in told[name]["evidence"] if e["predicate"] == PREDICATES[kind]]
    got = {(e["subject"], e["object"], e["polarity_reason"]) for e in mine}
    assert want <= got
    # A drug that failed was given first, and a summary may speak in general: more may be said of a pair
    # that the reader names, but nothing of a pair that he does not.
    assert {pair[:2] for pair in got} <= {pair[:2] for pair in want}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_findings(name: str, told: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    want = {(f["asserted"], f["suggested"], f["code"]) for f in EXPECTED[name]["findings"]}
    findings = told[name]["findings"]
    assert want <= {(f["asserted"], f["suggested"], f["code"]) for f in findings}
    assert {(f["asserted"], f["suggested"], f["code"]) for f in findings if f["severity"] != "info"} <= want
