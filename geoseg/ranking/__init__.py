"""A zoo + labelled areas -> who ranks where, what ensembles gain, and better ensembles, in one pass."""

from geoseg.ranking.areas import ArrayTruth, LabelledArea, dataset_areas, files_area
from geoseg.ranking.files import read_ranking, write_ranking
from geoseg.ranking.results import Ranking
from geoseg.ranking.settings import RankSettings

__all__ = [
    "ArrayTruth",
    "LabelledArea",
    "RankSettings",
    "Ranking",
    "dataset_areas",
    "files_area",
    "read_ranking",
    "write_ranking",
]
