"""A generated graph of more than a hundred thousand edges with short texts, for what must hold at that size too."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from kg.curies import association_id
from kg.graph.store import LAYOUT
from kg.graph.tables import SCHEMAS, write_table

_SUBCLASS, _TOGETHER = "biolink:subclass_of", "biolink:occurs_together_in_literature_with"
_NEVER = "biolink:close_match"


def generate_large(folder: Path, *, edges: int = 100_000, seed: int = 11) -> Path:
    """Write a graph folder of at least ``edges`` edges.

    A tree of diseases with second parents, drugs, hub documents that name hundreds of both, cases with odd ages, and
    statements of every polarity.

    Args:
        folder: to write.
        edges: how many at least.
        seed: of the random choices.

    Returns:
        The folder.
    """
    rng = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    diseases = [f"MONDO:{8000000 + i:07d}" for i in range(edges // 5)]
    drugs = [f"PUBCHEM.COMPOUND:{700000 + i}" for i in range(400)]
    documents = [f"PMCID:PMC{6000000 + i}" for i in range(300)]
    seen: dict[str, set[str]] = {}
    known: set[tuple[str, str, str]] = set()

    def state(subject: str, predicate: str, obj: str, document: str | None, **more: Any) -> None:
        """Add an edge with one record of evidence, unless it is there."""
        if (subject, predicate, obj) in known:
            return
        known.add((subject, predicate, obj))
        polarity = more.get("polarity", "support")
        edge = association_id(subject, predicate, obj)
        rows["edges"].append(
            {
                "id": edge, "subject": subject, "predicate": predicate, "object": obj,
                "support": int(polarity == "support"), "contradiction": int(polarity == "contradiction"),
                "unknown": int(polarity == "unknown"), "evidence": 1, "documents": int(document is not None),
                "cases": int(more.get("case") is not None), "publications": [document] if document else [],
                "knowledge_level": "not_provided", "agent_type": "text_mining_agent",
                "primary_knowledge_source": "infores:casegraph", "original_predicate": "",
                "lift": round(rng.random() * 9, 3) if predicate == _TOGETHER and rng.random() < 0.9 else None,
            }
        )  # fmt: skip
        rows["evidence"].append(
            {
                "id": association_id("evidence", edge), "edge": edge, "subject": subject, "predicate": predicate,
                "object": obj, "polarity": polarity, "polarity_reason": "stated", "document": document,
                "section": "abstract.1" if document else None, "method": "synthetic", "source": "infores:casegraph",
                "sentence": f"It says {len(known)}." if document and rng.random() < 0.5 else None, **more,
            }
        )  # fmt: skip
        for end in (subject, obj) if document else ():
            seen.setdefault(end, set()).add(document)

    for i, disease in enumerate(diseases[1:], start=1):
        state(disease, _SUBCLASS, diseases[(i - 1) // 4], None)
        if i % 3 == 0:
            state(disease, _SUBCLASS, diseases[rng.randrange(i)], None)
    number = 0
    while len(rows["edges"]) < edges:
        document = documents[number % len(documents)]
        number += 1
        case = f"casegraph:{document.removeprefix('PMCID:')}-case-1"
        few = sorted({rng.choice(diseases[:800]) if rng.random() < 0.9 else rng.choice(diseases) for _ in range(14)})
        some = sorted({drugs[0], *rng.sample(drugs, 12)})
        state(document, "biolink:mentions", case, document)
        for entity in (*few, *some):
            state(document, "biolink:mentions", entity, document)
        state(case, "biolink:associated_with", few[0], document, case=case)
        for drug in some:
            for disease in few:
                state(drug, _TOGETHER, disease, document)
                if rng.random() < 0.15:
                    polarity = rng.choice(["support", "support", "contradiction", "unknown"])
                    predicate = rng.choice(["biolink:applied_to_treat", "biolink:has_adverse_event"])
                    state(drug, predicate, disease, document, polarity=polarity, case=case)
    for i in range(0, 300, 3):
        state(drugs[i], _NEVER, drugs[i + 1], None)
    for i, document in enumerate(documents):
        case = f"casegraph:{document.removeprefix('PMCID:')}-case-1"
        rows["documents"].append({"id": document, "title": f"Report {i}", "authors": [], "date": f"2025-{i % 12 + 1:02d}",
                                  "pmcid": document.removeprefix("PMCID:"), "abstract_truncated": False})  # fmt: skip
        rows["cases"].append({"id": case, "document": document, "ordinal": 1, "name": f"case {i}",
                              "age": i * 0.7 if i % 4 else None, "age_unit": "year" if i % 4 else None,
                              "sex": ["male", "female", None][i % 3],
                              "cluster": f"casegraph:{i - i % 9}" if i % 9 < 2 else None})  # fmt: skip
        for identifier, category in ((document, "biolink:JournalArticle"), (case, "biolink:Case")):
            rows["nodes"].append({"id": identifier, "category": category, "name": f"{category[8:]} {i}",
                                  "equivalent_identifiers": [identifier], "status": "current", "documents": 1,
                                  "cases": 1})  # fmt: skip
    for i, entity in enumerate((*diseases, *drugs)):
        same = [entity, f"MESH:C{i:09d}"] if i % 50 == 0 else [entity]
        category = "biolink:Disease" if entity.startswith("MONDO") else "biolink:ChemicalEntity"
        rows["nodes"].append({"id": entity, "category": category, "name": f"{category[8:].lower()} {i}",
                              "equivalent_identifiers": same, "synonyms": [f"also {i}"], "source": "infores:synthetic",
                              "status": "current", "documents": len(seen.get(entity, ())), "cases": 0})  # fmt: skip
        if len(same) > 1:
            rows["mappings"].append({"id": association_id("mapping", *same), "subject_id": same[0],
                                     "predicate_id": "skos:exactMatch", "object_id": same[1], "node": entity,
                                     "mapping_justification": "semapv:ManualMappingCuration", "used": True})  # fmt: skip
            mention = association_id("mention", entity)
            rows["mentions"].append({"id": mention, "document": documents[i % 300], "line": i, "category": category,
                                     "text": entity, "asserted": entity, "occurrences": 0})  # fmt: skip
            rows["links"].append({"mention": mention, "document": documents[i % 300], "term": entity, "node": entity,
                                  "rule": "asserted-name", "verdict": "confirmed", "confidence": "high"})  # fmt: skip
            rows["findings"].append({"id": association_id("finding", entity), "code": ["obsolete", "mismatch"][i % 2],
                                     "severity": ["warning", "error"][i // 50 % 2], "document": documents[i % 300],
                                     "mention": mention, "text": entity, "message": f"Finding {i}"})  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    counts = {name: write_table(folder / f"{name}.parquet", name, table) for name, table in rows.items()}
    (folder / "manifest.json").write_text(json.dumps({"layout": LAYOUT, "build": "large", "counts": counts}), "utf-8")
    return folder
