"""A generated (synthetic) graph with hubs, made straight as tables, for tests of views and queries."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from kg.curies import association_id
from kg.graph.store import LAYOUT
from kg.graph.tables import SCHEMAS, write_table

TREAT = "biolink:applied_to_treat"
ADVERSE = "biolink:has_adverse_event"
TOGETHER = "biolink:occurs_together_in_literature_with"
MENTIONS = "biolink:mentions"


def generate(folder: Path, *, documents: int = 60, diseases: int = 40, chemicals: int = 25, seed: int = 7) -> Path:
    """Write a graph folder with a disease tree, hub documents, hub drugs, odd names; return the folder."""
    rng = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    odd = ['it\'s "odd" \\ {$x} \u03b1\U0001f600', "tab\there; semi,colon|pipe", "line\nbreak"]
    disease = [f"MONDO:{9000000 + i:07d}" for i in range(diseases)]
    chemical = [f"PUBCHEM.COMPOUND:{800000 + i}" for i in range(chemicals)]
    document = [f"PMCID:PMC{7000000 + i}" for i in range(documents)]
    mesh = {d: f"MESH:D9{i:05d}" for i, d in enumerate(disease) if i % 3 == 0}
    mentioned: dict[str, set[str]] = {d: set() for d in disease + chemical}
    in_case: dict[str, set[str]] = {d: set() for d in disease + chemical}
    evidence: dict[tuple[str, str, str], list[dict[str, Any]]] = {}

    def note(subject: str, predicate: str, obj: str, **more: Any) -> None:
        row = {
            "subject": subject,
            "predicate": predicate,
            "object": obj,
            "polarity": "support",
            "polarity_reason": "stated",
            "source": "infores:casegraph",
            "method": "synthetic",
            "release": "",
            "original_predicate": "",
            "edge": association_id(subject, predicate, obj),
            **more,
        }
        row["id"] = association_id("evidence", *(str(row.get(c)) for c in SCHEMAS["evidence"].names if c != "id"))
        known = evidence.setdefault((subject, predicate, obj), [])
        if row["id"] not in {r["id"] for r in known}:
            known.append(row)

    for i, child in enumerate(disease[1:], start=1):
        for parent in {disease[(i - 1) // 3], disease[rng.randrange(i)] if i % 7 == 0 else disease[(i - 1) // 3]}:
            note(child, "biolink:subclass_of", parent, method="mondo:is_a", source="infores:mondo", release="synthetic")
    for i, doc in enumerate(document):
        case = f"casegraph:PMC{7000000 + i}-case-1"
        # The first document names nearly everything and the first drug is nearly everywhere: hubs.
        few = diseases - 2 if i == 0 else rng.choice([1, 1, 2, 3])
        here = sorted(set(rng.sample(disease, few)))
        drugs = sorted({chemical[0], *rng.sample(chemical, chemicals - 2 if i == 0 else rng.choice([1, 2]))})
        title = f"Synthetic case {i} {odd[i] if i < len(odd) else ''}".strip()
        rows["documents"].append(
            {
                "id": doc,
                "input": f"s{i}.md",
                "format": "casepage",
                "sha256": f"{i:064x}",
                "title": title,
                "authors": ["A. Synthetic", f"B. Number{i}"],
                "pmcid": f"PMC{7000000 + i}",
                "doi": f"10.5555/synthetic.{i}" if i % 2 else None,
                "date": f"2026-01-{i % 28 + 1:02d}",
                "abstract_truncated": False,
                "source_url": f"https://example.org/{i}",
                "license": f"https://example.org/licence/{i}" if i % 3 else None,
            }
        )
        text = " and ".join([*here, *drugs]) + "."
        rows["passages"] += [
            {"document": doc, "ordinal": 0, "section": "title", "text": title},
            {"document": doc, "ordinal": 1, "section": "abstract.1", "text": text},
        ]
        age = float(rng.randrange(1, 90)) if i % 5 else None
        rows["cases"].append(
            {
                "id": case,
                "document": doc,
                "ordinal": 1,
                "name": f"case {i}",
                "age": age,
                "age_unit": "year" if age else None,
                "sex": rng.choice(["male", "female", None]),
                # Every tenth patient is told of again in the next document.
                "cluster": f"casegraph:{i - i % 10}" if i % 10 < 2 else None,
            }
        )
        rows["nodes"].append(
            {
                "id": doc,
                "category": "biolink:JournalArticle",
                "name": title,
                "equivalent_identifiers": [doc],
                "status": "current",
                "documents": 1,
                "cases": 1,
            }
        )
        rows["nodes"].append(
            {
                "id": case,
                "category": "biolink:Case",
                "name": f"case {i}",
                "equivalent_identifiers": [case],
                "status": "current",
                "documents": 1,
                "cases": 1,
            }
        )
        place = {
            "document": doc,
            "section": "abstract.1",
            "sentence_start": 0,
            "sentence_end": len(text),
            "sentence": text,
        }
        note(doc, MENTIONS, case, method="case", **place)
        for entity in [*here, *drugs]:
            mention = association_id("mention", doc, entity)
            start = text.index(entity)
            rows["mentions"].append(
                {
                    "id": mention,
                    "document": doc,
                    "line": 1,
                    "source_list": "Linked entities",
                    "category": "biolink:Disease"
                    if entity in mentioned and entity.startswith("MONDO")
                    else "biolink:ChemicalEntity",
                    "text": entity,
                    "asserted_as": entity,
                    "asserted": entity,
                    "occurrences": 1,
                }
            )
            rows["occurrences"].append(
                {
                    "mention": mention,
                    "section": "abstract.1",
                    "start": start,
                    "end": start + len(entity),
                    "text": entity,
                    "sentence_start": 0,
                    "sentence_end": len(text),
                }
            )
            rows["links"].append(
                {
                    "mention": mention,
                    "document": doc,
                    "term": entity,
                    "node": entity,
                    "rule": "asserted-name",
                    "verdict": "confirmed",
                    "confidence": "high",
                    "reasons": "[]",
                    "candidates": "[]",
                    "chain": "[]",
                }
            )
            mentioned[entity].add(doc)
            in_case[entity].add(case)
            note(doc, MENTIONS, entity, method="annotation", subject_mention=None, object_mention=mention, **place)
        for d in here:
            note(case, "biolink:associated_with", d, method="synthetic", case=case, **place)
        for c in drugs:
            for d in here:
                note(c, TOGETHER, d, method="co-mention", case=case, **place)
                if rng.random() < 0.4:
                    polarity, reason = rng.choice(
                        [
                            ("support", "stated"),
                            ("support", "stated"),
                            ("contradiction", "failed"),
                            ("unknown", "hypothetical"),
                        ]
                    )
                    note(
                        c,
                        TREAT,
                        d,
                        polarity=polarity,
                        polarity_reason=reason,
                        case=case,
                        outcome=rng.choice([None, "complete remission"]),
                        **place,
                    )
                elif rng.random() < 0.1:
                    note(c, ADVERSE, d, case=case, **place)
        if i % 6 == 0:
            d = here[0]
            mention = association_id("mention", doc, d)
            rows["findings"].append(
                {
                    "id": association_id("finding", doc, d),
                    "code": "too-specific" if i % 12 else "obsolete",
                    "severity": "error" if i % 12 else "warning",
                    "document": doc,
                    "mention": mention,
                    "text": d,
                    "asserted": d,
                    "asserted_name": "asserted " + odd[i % 3],
                    "suggested": disease[0],
                    "suggested_name": "root",
                    "message": odd[i % 3],
                    "reasons": json.dumps(
                        [{"check": "name", "statement": odd[i % 3]}, {"check": "age", "statement": "b"}]
                    ),
                }
            )
    for i, entity in enumerate([*disease, *chemical]):
        is_disease = entity.startswith("MONDO")
        both = [entity] + ([mesh[entity]] if entity in mesh else [])
        rows["nodes"].append(
            {
                "id": entity,
                "category": "biolink:Disease" if is_disease else "biolink:ChemicalEntity",
                "name": odd[i] if i < len(odd) else f"{'disease' if is_disease else 'drug'} {i}",
                "equivalent_identifiers": both,
                "synonyms": [f"alias {i}", odd[i % 3]],
                "source": "infores:mondo" if is_disease else "infores:pubchem",
                "release": "synthetic",
                "status": "current",
                "documents": len(mentioned[entity]),
                "cases": len(in_case[entity]),
            }
        )
        if entity in mesh:
            rows["mappings"].append(
                {
                    "id": association_id("mapping", entity, mesh[entity]),
                    "subject_id": entity,
                    "subject_label": f"disease {i}",
                    "predicate_id": "skos:exactMatch",
                    "object_id": mesh[entity],
                    "mapping_justification": "semapv:ManualMappingCuration",
                    "mapping_source": "synthetic.sssom.tsv",
                    "mapping_set_version": "synthetic",
                    "node": entity,
                    "used": True,
                }
            )
    for (s, p, o), found in evidence.items():
        docs = sorted({r["document"] for r in found if r.get("document")})
        edge = {
            "id": association_id(s, p, o),
            "subject": s,
            "predicate": p,
            "object": o,
            "support": sum(r["polarity"] == "support" for r in found),
            "contradiction": sum(r["polarity"] == "contradiction" for r in found),
            "unknown": sum(r["polarity"] == "unknown" for r in found),
            "evidence": len(found),
            "documents": len(docs),
            "cases": len({r["case"] for r in found if r.get("case")}),
            "publications": docs,
            "knowledge_level": "not_provided",
            "agent_type": "text_mining_agent",
            "primary_knowledge_source": found[0]["source"],
            "original_predicate": "",
        }
        if p == TOGETHER:
            edge |= {
                "subject_documents": len(mentioned[s]),
                "object_documents": len(mentioned[o]),
                "lift": len(docs) * documents / (len(mentioned[s]) * len(mentioned[o])),
            }
        rows["edges"].append(edge)
        rows["evidence"] += found
    _decide(rows, odd)
    rows["ledger"].append(
        {
            "input": "s.md",
            "kind": "file",
            "outcome": "received",
            "count": 1,
            "reason": "",
            "line": 0,
            "text": "",
            "target": "",
        }
    )
    rows["ledger"].append(
        {
            "input": "s.md",
            "kind": "file",
            "outcome": "kept",
            "count": 1,
            "reason": "",
            "line": 0,
            "text": "",
            "target": "",
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    counts = {name: write_table(folder / f"{name}.parquet", name, table) for name, table in rows.items()}
    (folder / "manifest.json").write_text(
        json.dumps({"layout": LAYOUT, "build": "synthetic", "counts": counts}), "utf-8"
    )
    return folder


def _decide(rows: dict[str, list[dict[str, Any]]], odd: list[str]) -> None:
    """Let two curators say one thing of a mention, and one of them accept a finding."""
    people = [("A. Name (https://orcid.org/0000-0002-1825-0097)", ["0000-0002-1825-0097"]), (odd[0], [])]
    for line, (curator, orcids) in enumerate(people, start=2):
        rows["decisions"].append(
            {
                "id": association_id("decision", curator),
                "scope": "surface",
                "decision": "accept",
                "text": " ".join(odd[1].split()),
                "curator": curator,
                "orcids": orcids,
                "date": f"2026-05-0{line}",
                "comment": " ".join(odd[2].split()),
                "file": "decisions.tsv",
                "line": line,
                "applied": True,
            }
        )
    both = [row["id"] for row in rows["decisions"]]
    rows["links"][0] |= {"rule": "curated", "verdict": "curated", "decisions": both}
    rows["findings"][0]["decisions"] = both[:1]
