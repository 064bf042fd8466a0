"""Where the full-size ontology files are, for the tests that read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def full_data(*parts: str) -> Path:
    """Return a file of the test data, or skip the test, saying which file is missing."""
    folder = Path(os.environ.get("CASEGRAPH_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no {'/'.join(parts)} in the test data; set CASEGRAPH_TEST_DATA to its folder")
    return path
