"""How fast a graph is built, and in how much memory: the synthetic cases, replicated under new identifiers.

python bench/build.py [PAGES] [PAGES ...]      pages to build from, 300 and 3000 without any
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "examples" / "cases"


def replicate(folder: Path, count: int) -> None:
    """Write ``count`` synthetic pages, each a document of its own."""
    sources = sorted(CASES.glob("SYN*.md"))
    for i in range(count):
        page = sources[i % len(sources)].read_bytes().replace(b"casegraph.synthetic.", b"casegraph.load.%d." % i)
        (folder / f"p{i:06d}.md").write_bytes(page)


def main(counts: list[int]) -> None:
    """Build each size in a process of its own; print pages a second and the peak of resident memory."""
    print(f"{'pages':>8} {'seconds':>8} {'pages/s':>8} {'peak MB':>8}")
    for count in counts:
        with tempfile.TemporaryDirectory() as base:
            pages = Path(base, "pages")
            pages.mkdir()
            replicate(pages, count)
            began = time.perf_counter()
            command = [sys.executable, "-m", "kg", "build", str(pages), "-o", str(Path(base, "graph"))]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds = time.perf_counter() - began
        # The largest child so far: sizes go up, so each is its own.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{count:8d} {seconds:8.1f} {count / seconds:8.0f} {peak:8.0f}", flush=True)


if __name__ == "__main__":
    if not all(word.isdigit() for word in sys.argv[1:]):
        sys.exit((__doc__ or "").strip())
    main(sorted(map(int, sys.argv[1:])) or [300, 3000])
