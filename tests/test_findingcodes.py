"""Every code that a finding can have is explained, and none that does not exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from kg.findingcodes import CODES, markdown
from kg.linking.decision import HARD, SPECIFICITY

ROOT = Path(__file__).resolve().parent.parent
_CODE = re.compile(r"[a-z]+(?:-[a-z]+)+|obsolete|sibling")
#: What makes a finding, and which of its arguments without a name is the code.
MAKERS = {"Finding": 1, "Doubt": 0, "_finding": 1, "finding_of": 1, "note": 1, "_told": 2, "Conflict": 0}
#: Tables and lists in which readers keep pairs of a code and a message.
PAIRS = {"_MENDED", "problems"}


def _literals(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and _CODE.fullmatch(part.value):
            yield part.value


def _emitted(tree: ast.Module) -> Iterator[str]:
    """Yield the codes that a module writes: in calls that make findings, and where something called ``code`` is set."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = MAKERS.get(name)
            if place is not None and len(node.args) > place:
                yield from _literals(node.args[place])
            if name in MAKERS:
                yield from (code for word in node.keywords if word.arg == "code" for code in _literals(word.value))
            if (
                name == "append"
                and isinstance(node.func, ast.Attribute)
                and getattr(node.func.value, "id", "") in PAIRS
            ):
                yield from _first_of_pairs(node)
        elif isinstance(node, ast.FunctionDef) and node.name == "_code_of":
            yield from (code for part in ast.walk(node) if isinstance(part, ast.Return) for code in _literals(part))
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            if node.value is None:
                continue
            if names == ["code"]:
                yield from _literals(node.value)
            elif "code" in names and isinstance(node.value, ast.Tuple):
                yield from _literals(node.value.elts[names.index("code")])
            elif PAIRS & set(names):
                yield from _first_of_pairs(node.value)


def _first_of_pairs(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Tuple) and len(part.elts) == 2:
            yield from _literals(part.elts[0])


def _all_emitted() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "kg").rglob("*.py")):
        # What the compiler of ontologies reports are problems of files, no findings.
        if path.name != "findingcodes.py" and path.parent.name != "terms":
            for code in _emitted(ast.parse(path.read_text("utf-8"))):
                found.setdefault(code, set()).add(path.name)
    for code in [*SPECIFICITY.values(), *(f"contradicts-{check}" for check in (*HARD, "vocabulary"))]:
        found.setdefault(code, set()).add("decision.py")
    return found


def test_every_code_that_is_written_is_explained() -> None:
    found = _all_emitted()
    assert {code: places for code, places in found.items() if code not in CODES} == {}
    # The search itself finds codes of readers, checks and the graph.
    assert {"wrong-kind", "prefix-alias", "encoding-mended", "span-mismatch", "equivalence-conflict"} <= set(found)


def test_every_code_that_is_explained_is_written() -> None:
    assert sorted(set(CODES) - set(_all_emitted())) == []


def test_severities_are_three_words_each_once() -> None:
    for entry in CODES.values():
        assert entry.severities and set(entry.severities) <= {"error", "warning", "info"}
        assert len(set(entry.severities)) == len(entry.severities)


def test_explanations_are_sentences() -> None:
    for entry in CODES.values():
        assert all(text[0].isupper() and text.endswith(".") for text in (entry.summary, entry.fires, entry.repair))


def test_the_document_has_the_table() -> None:
    text = (ROOT / "docs" / "audit-checks.md").read_text("utf-8")
    assert "\n".join(markdown()) in text
