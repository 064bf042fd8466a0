"""The wheel in an empty folder works as the checkout does: ontologies, queries and seeds travel inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.pages import ROOT


@pytest.mark.wheel
def test_a_wheel_in_an_empty_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("casegraph-*.whl")
    venv.create(tmp_path / "v", with_pip=False, symlinks=True)
    python = tmp_path / "v" / "bin" / "python"
    # The dependencies are those of the tests' environment; casegraph itself comes from the wheel alone.
    site = next((tmp_path / "v" / "lib").glob("python*")) / "site-packages"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True
    )
    outer = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "dependencies.pth").write_text(outer + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {**os.environ, "CASEGRAPH_CACHE": str(tmp_path / "cache"), "PYTHONPATH": ""}

    def run(*words: str) -> str:
        done = subprocess.run(
            [str(python), "-m", "kg", *words], cwd=empty, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout

    where = subprocess.run(
        [str(python), "-c", "import kg; print(kg.__file__)"],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(site))
    assert "both engines give the same" in run("demo", "-o", "demo")
    found = json.loads(run("audit", "demo", "--json"))
    assert [(f["asserted"], f["suggested"]) for f in found] == [("MONDO:0002623", "MONDO:0009807")]
    answers = [
        json.loads(
            run("query", "demo", "drugs-for-disease", "-p", "disease=MONDO:0009807", "--engine", e, "--format", "json")
        )
        for e in ("sparql", "cypher")
    ]
    assert answers[0] == answers[1] != []
