"""A vocabulary written for the tests: names of diseases with what is told apart and what is the same."""

from __future__ import annotations

from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.vocabulary import Concept, Vocabulary

#: identifier -> names, the label first, and parents.
CONCEPTS = {
    "X:01": (("Kidney Diseases", "Renal disease"), ()),
    "X:02": (("Liver Diseases", "Hepatic disease"), ()),
    "X:03": (("Breast Neoplasms", "Breast Cancer", "Cancer of the breast", "Breast Tumors"), ("X:30",)),
    "X:04": (("Ovarian Neoplasms", "Ovarian Cancer", "Cancer of the ovary", "Ovarian Tumors"), ("X:30",)),
    "X:05": (("Lung Neoplasms", "Lung Cancer", "Lung Tumors", "Cancer of the lung"), ("X:30",)),
    "X:06": (("Fractures, Bone", "Broken Bones"), ()),
    "X:07": (("Spinal Fractures", "Fractured Spine"), ("X:06",)),
    "X:08": (("Muscular Dystrophy, Duchenne", "Duchenne Muscular Dystrophy"), ("X:09",)),
    "X:09": (("Muscular Dystrophies",), ()),
    "X:10": (("Factor V Deficiency",), ()),
    "X:11": (("Factor VII Deficiency",), ()),
    "X:12": (("Glycogen Storage Disease Type II", "Pompe Disease"), ()),
    "X:13": (("Glycogen Storage Disease Type III", "Cori Disease"), ()),
    "X:14": (("Hepatitis",), ("X:02",)),
    "X:15": (("Drug-Induced Hepatitis",), ("X:14",)),
    "X:16": (("Renal Insufficiency", "Kidney Failure"), ("X:01",)),
    "X:17": (("Liver Failure", "Hepatic Failure"), ("X:02",)),
    "X:18": (("Anemia, Hemolytic", "Hemolytic Anemia"), ("X:19",)),
    "X:19": (("Anemia",), ()),
    "X:20": (("Sacroiliitis",), ()),
    "X:21": (("Epilepsy", "Seizure Disorder"), ()),
    "X:22": (("Hyperthyroidism",), ()),
    "X:23": (("Hypothyroidism",), ()),
    "X:24": (("Prostatic Neoplasms", "Prostate Cancer", "Prostate Tumors"), ("X:30",)),
    "X:30": (("Neoplasms", "Cancer", "Tumors"), ()),
}


def vocabulary(order: int = 1) -> Vocabulary:
    """Return the vocabulary, its concepts given in another order where ``order`` is -1."""
    return Vocabulary.of(
        Concept(curie, ((names[0], "label"), *((name, "exact") for name in names[1:])), ("Y:" + curie[2:],), parents)
        for curie, (names, parents) in list(CONCEPTS.items())[::order]
    )


def linker(order: int = 1) -> Linker:
    """Return a linker of the vocabulary, without examples."""
    return Linker(NameTable(vocabulary(order)))
