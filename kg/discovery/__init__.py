"""Link discovery: ranking pairs that nobody has stated yet, with the paths behind each."""

from kg.discovery.evaluation import Evaluation, leave_one_out
from kg.discovery.metapaths import METAPATHS, Metapath
from kg.discovery.ranking import Prediction, StatedPair, rank_links, stated_links

__all__ = [
    "METAPATHS",
    "Evaluation",
    "Metapath",
    "Prediction",
    "StatedPair",
    "leave_one_out",
    "rank_links",
    "stated_links",
]
