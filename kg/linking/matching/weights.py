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
    "abbreviation": ((0.74, 0.56), (0.99, 0.92), (1.0, 0.97)),
    "composite": ((1.0, 0.63),),
    "form": ((0.885, 0.44), (0.963, 0.65), (0.993, 0.77), (0.999, 0.91), (1.0, 0.97)),
    "induced": ((0.7, 0.84), (1.0, 0.97)),
    "name": ((0.62, 0.5), (0.784, 0.83), (0.909, 0.9), (0.998, 0.95), (1.0, 0.97)),
    "none": ((1.0, 0.04),),
    "phrase": ((1.0, 0.75),),
    "ranked": (
        (0.26, 0.03), (0.34, 0.19), (0.54, 0.29), (0.69, 0.31), (0.78, 0.45), (0.84, 0.49), (0.95, 0.64), (0.993, 0.7),
        (1.0, 0.86),
    ),
    "reading": ((0.68, 0.66), (0.975, 0.78), (1.0, 0.88)),
    "trained": ((0.75, 0.7), (0.95, 0.87), (1.0, 0.96)),
    "": ((0.34, 0.1), (0.54, 0.31), (0.84, 0.53), (0.975, 0.69), (1.0, 0.9)),
}  # fmt: skip
