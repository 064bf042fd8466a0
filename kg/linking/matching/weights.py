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
