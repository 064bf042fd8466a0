"""Weights."""
from kg.linking.matching.features import PLACE

_GIVEN = {"same key":4,"same words":3.5,"same bag":3,"all words near":2,"left over":-5,"extra":-5,"extra, sum":-1,"left over, sum":-1,"softness":-5,"trigrams":4,"label":.3,"mapped":-.3,"head left over":-1.5,"heads differ":-1.5,"extra number":-2,"left-over number":-1,"search":4,"text beside expansion":-6,"reading":-3,"omim":-.4,"supplementary":-.3,"names that match":.5,"elsewhere in the document":.5}
WEIGHTS = tuple(float(_GIVEN.get(n,0)) for n in PLACE)
