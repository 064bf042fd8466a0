"""The weights of the features where nobody linked mentions before.

Set by hand in round figures and tried on the training parts of the NCBI Disease and BC5CDR corpora; a fit to these parts
(`kg.linking.matching.ranker.fit`) gives about the same and is right as often. What is trained on has no weight here.
"""

from __future__ import annotations

from typing import Final

from kg.linking.matching.features import NAMES

_GIVEN: Final = {
    "same key": 4.5, "same words": 3.0, "same bag": 3.0, "all words near": 1.7, "left over": -4.5, "extra": -4.5,
    "extra, sum": -0.8, "left over, sum": -0.5, "softness": -5.0, "trigrams": 3.5, "label": 0.4, "mapped": -1.0,
    "head left over": -0.8, "heads differ": -0.8, "extra number": -1.8, "left-over number": -1.5, "search": 3.3,
    "text beside expansion": -6.0, "reading": -9.0, "omim": -0.4, "supplementary": -0.7, "names that match": 0.8,
    "elsewhere in the document": 0.5, "before the comma": 1.3, "broader than another": 0.2, "extra, broader": 0.8,
    "extra, label": 0.2, "joined, left over": -2.0, "same case": -0.5, "left over and extra": -1.0, "same letters": 2.8, "induced": 1.0,
    "trained": 3.0, "trained, share": 4.0, "trained, count": 0.5, "prior": 1.0, "trained otherwise": -1.0,
}  # fmt: skip
#: One weight a feature, in the order of `kg.linking.matching.features.NAMES`.
WEIGHTS: Final = tuple(float(_GIVEN.get(name, 0.0)) for name in NAMES)

#: How often decisions are right where nobody linked mentions before, by rule: (highest share of the best candidate, how
#: often it was right), counted on the same two training parts with their dictionaries alone and rounded.
CALIBRATION: Final = {
    "abbreviation": ((0.929, 0.58), (0.9992, 0.88), (0.99998, 0.96), (1.0, 0.99)),
    "alike": ((0.827, 0.21), (0.907, 0.54), (0.989, 0.8), (1.0, 0.91)),
    "beside": ((1.0, 0.5),),
    "broader": ((0.069, 0.08), (0.405, 0.27), (0.591, 0.38), (0.796, 0.47), (0.975, 0.71), (1.0, 0.95)),
    "composite": ((1.0, 0.56),),
    "form": ((0.97, 0.6), (0.9993, 0.81), (0.9999, 0.92), (1.0, 0.99)),
    "induced": ((0.706, 0.84), (1.0, 0.97)),
    "misspelt": ((1.0, 0.78),),
    "name": ((0.621, 0.24), (0.642, 0.62), (0.866, 0.77), (0.909, 0.89), (0.99995, 0.95), (0.99998, 0.96), (1.0, 0.98)),
    "none": ((1.0, 0.04),),
    "phrase": ((1.0, 0.7),),
    "ranked": (
        (0.0017, 0.1), (0.0302, 0.2), (0.3011, 0.33), (0.678, 0.42), (0.757, 0.57), (0.917, 0.8), (0.952, 0.82),
        (0.9892, 0.93), (1.0, 0.97),
    ),
    "reading": ((0.975, 0.78), (1.0, 0.88)),
    "trained": ((0.75, 0.7), (0.95, 0.87), (1.0, 0.96)),
    "": ((0.091, 0.2), (0.395, 0.32), (0.599, 0.43), (0.77, 0.63), (0.975, 0.78), (1.0, 0.92)),
}  # fmt: skip

#: The same for a vocabulary that lacks much of what mentions mean, and splits what it has finely: counted on the same
#: mentions with Mondo 2026-05. The right term is one that Mondo maps exactly to what people gave; of ``broader`` also one
#: above it. A mention of which Mondo has nothing is an error of any answer. Of ``misspelt`` there are too few to count.
CALIBRATION_OPEN: Final = {
    "abbreviation": ((0.998, 0.76), (0.99998, 0.92), (1.0, 0.97)),
    "alike": ((0.86, 0.26), (1.0, 0.66)),
    "beside": ((1.0, 0.64),),
    "broader": ((0.469, 0.56), (0.618, 0.63), (0.674, 0.72), (0.923, 0.77), (1.0, 0.84)),
    "composite": ((1.0, 0.52),),
    "form": ((0.84, 0.43), (0.9968, 0.71), (0.99994, 0.76), (1.0, 0.9)),
    "induced": ((0.823, 0.1), (1.0, 0.97)),
    "misspelt": ((1.0, 0.78),),
    "name": ((0.5, 0.18), (0.977, 0.78), (0.99996, 0.83), (0.99998, 0.92), (1.0, 0.95)),
    "none": ((1.0, 0.04),),
    "phrase": ((0.9997, 0.62), (1.0, 0.85)),
    "ranked": ((0.014, 0.05), (0.275, 0.1), (0.831, 0.23), (0.933, 0.4), (0.967, 0.53), (0.9856, 0.57), (1.0, 0.84)),
    "reading": ((0.893, 0.55), (0.9997, 0.6), (1.0, 0.87)),
    "": ((0.304, 0.2), (0.502, 0.3), (0.848, 0.5), (0.98, 0.67), (0.9998, 0.76), (1.0, 0.92)),
}  # fmt: skip
