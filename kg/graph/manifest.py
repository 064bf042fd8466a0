"""The manifest of a graph, and the identity of a build: a hash of everything that goes into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from kg import __version__
from kg.documents.intake import Input
from kg.graph.store import LAYOUT
from kg.graph.tables import SCHEMAS
from kg.linking.curation import Uses
from kg.linking.decisionsfile import DecisionsFile
from kg.model import BuildConfig
from kg.terms.index import TermIndex


def input_hashes(inputs: Sequence[Input]) -> list[dict[str, str | None]]:
    """Return name and SHA-256 of each input; None where it cannot be read."""
    return [{"name": item.name, "sha256": None if item.problem else _hash(item.path)} for item in inputs]


@cache
def code_hash() -> str:
    """Return the hash of the package's own sources: a graph made by other rules is another graph."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for file in sorted(package.rglob("*.py"), key=lambda f: f.relative_to(package).as_posix()):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def build_id(
    inputs: Sequence[Mapping[str, str | None]],
    index: TermIndex,
    config: BuildConfig,
    decisions: DecisionsFile | None = None,
    lessons: Sequence[Mapping[str, str | None]] = (),
) -> str:
    """Return the hash of a build's inputs: files, ontologies, knobs, curators' decisions, files to learn from, version
    of the software.

    The package's own sources are among them. No path and no clock goes into it: the same pages in another folder are the same build.
    """
    content = {
        "version": __version__, "code": code_hash(), "layout": LAYOUT, "config": asdict(config), "terms": index.fingerprint,
        "inputs": [[i["name"], i["sha256"]] for i in inputs],
        "decisions": [decisions.name, decisions.sha256] if decisions else None,
        "training": [[i["name"], i["sha256"]] for i in lessons],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_manifest(folder: Path, identity: str, inputs: Sequence[Mapping[str, str | None]], index: TermIndex,
                   config: BuildConfig, counts: Mapping[str, int], ledger: Mapping[str, Mapping[str, int]],
                   decisions: DecisionsFile | None = None, uses: Uses | None = None,
                   training: Mapping[str, Any] | None = None) -> dict[str, Any]:  # fmt: skip
    """Write ``manifest.json``: what the graph was made of, and the hash of each table; return it."""
    manifest: dict[str, Any] = {
        "layout": LAYOUT,
        "build": identity,
        "software": {"name": "casegraph", "version": __version__, "code": code_hash()},
        "config": asdict(config),
        "inputs": list(inputs),
        "ontologies": [asdict(release) for release in index.releases()],
        "decisions": _decisions(decisions, uses) if decisions and uses else None,
        "training": training,
        "counts": dict(counts),
        "ledger": {kind: dict(outcomes) for kind, outcomes in ledger.items()},
        "tables": {name: _hash(folder / f"{name}.parquet") for name in SCHEMAS},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return manifest


def _decisions(file: DecisionsFile, uses: Uses) -> dict[str, str | int]:
    """Return what the manifest says of the curators' file."""
    return {
        "name": file.name, "sha256": file.sha256, "rows": len(file.decisions), "applied": len(uses.applied),
        "unreadable": len(file.problems),
    }  # fmt: skip


def _hash(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
