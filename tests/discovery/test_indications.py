"""Leave one out on PharmacotherapyDB (755 disease-modifying indications), where a copy of it is at hand.

The test data's folder holds `discovery/indications.tsv` (PharmacotherapyDB, CC0) and
`discovery/rephetio/drug_class.tsv.gz` (drugs and their pharmacologic classes).
"""

from __future__ import annotations

import csv
import gzip

import pytest

from kg.discovery import METAPATHS, leave_one_out
from kg.discovery.network import Network
from kg.model import APPLIED_TO_TREAT, BROAD_MATCH
from tests.discovery.worlds import Statement, write_world
from tests.terms.full_data import full_data


@pytest.fixture(scope="module")
def indications(tmp_path_factory: pytest.TempPathFactory) -> Network:
    data = full_data("discovery", "rephetio", "drug_class.tsv.gz").parents[1]
    made: list[Statement] = []
    names: dict[str, str] = {}
    with (data / "indications.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["category"] == "DM":
                made.append((row["drugbank_id"], APPLIED_TO_TREAT, "support", row["doid_id"]))
                names[row["drugbank_id"]] = row["drug"].lower()
                names[row["doid_id"]] = row["disease"].capitalize()
    with gzip.open(data / "rephetio" / "drug_class.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["drugbank_id"] in names:
                made.append((row["drugbank_id"], BROAD_MATCH, "support", f"_{row['class_id']}"))
    return Network.load(write_world(tmp_path_factory.mktemp("indications") / "g", made, names))


def test_hidden_indications_are_found_again(indications: Network) -> None:
    found = leave_one_out(indications)
    assert found is not None
    assert found.pairs == 755
    assert found.auroc > 0.93
    assert found.hits_at_10 > 0.6
    assert found.baseline_auroc < 0.6


def test_damping_helps(indications: Network) -> None:
    plain, damped, heavy = (leave_one_out(indications, damping=w) for w in (0.0, 0.4, 0.8))
    assert plain
    assert damped
    assert heavy
    assert damped.median_rank < min(plain.median_rank, heavy.median_rank)


def test_without_classes_less_is_found(indications: Network) -> None:
    treatments, everything = leave_one_out(indications, metapaths=METAPATHS[:2]), leave_one_out(indications)
    assert treatments
    assert everything
    assert treatments.baseline_auroc + 0.1 < treatments.auroc < everything.auroc
