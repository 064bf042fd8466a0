"""The folders that ship with casegraph are found in a checkout and in an installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.resources import data_folder


@pytest.mark.parametrize("name", ["ontologies", "queries", "seeds"])
def test_a_checkout_has_them(name: str) -> None:
    folder = data_folder(name)  # type: ignore[arg-type]
    assert folder.is_dir()
    assert any(folder.iterdir())


def test_an_installed_package_has_its_own_and_says_what_is_missing(tmp_path: Path) -> None:
    package = tmp_path / "kg"
    package.mkdir()
    for name in ("__init__.py", "errors.py", "resources.py"):
        shutil.copy(Path(kg.__file__).parent / name, package / name)
    (package / "_data" / "seeds").mkdir(parents=True)
    # Somebody else's folder beside the package must not win over the package's own.
    (tmp_path / "seeds").mkdir()
    code = (
        "from kg.errors import CasegraphError\nfrom kg.resources import data_folder\n"
        "print(data_folder('seeds'))\n"
        "try:\n    data_folder('queries')\nexcept CasegraphError as error:\n    print(error.value)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout.splitlines() == [str(package / "_data" / "seeds"), "queries"]
