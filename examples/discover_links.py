"""Rank drugs that no document states for a disease, and print why.

    python examples/discover_links.py GRAPH "synovial sarcoma"

GRAPH is a folder that `kg build` wrote, for instance with: kg build examples/cases -o GRAPH
"""

from __future__ import annotations

import sys

import kg
from kg.discovery import rank_links


def main(folder: str, disease: str) -> None:
    """Print the ten best drugs for a disease, the best path of each, and a sentence for each of its edges."""
    graph = kg.open(folder)
    for prediction in rank_links(graph.folder, disease=disease, limit=10, paths=1):
        flag = "  (documents report it as an ADVERSE EVENT)" if prediction.adverse_event else ""
        print(
            f"{prediction.rank}. {prediction.drug_name} for {prediction.disease_name}: score {prediction.score:.4f}, "
            f"rank by degree alone {prediction.baseline_rank}{flag}"
        )
        for path in prediction.paths:
            for edge in path.edges:
                source = edge.sources[0]
                print(f"     {edge.words} [{source}] {source.sentence or ''}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
