"""Prediction + reference -> counts, metrics, curves."""

from geoseg.evaluation.areas import AreaScore
from geoseg.evaluation.counts import Confusion, confusion_map, count
from geoseg.evaluation.curves import PrecisionRecall, Reliability, ScoreHistogram
from geoseg.evaluation.files import Evaluation, evaluate_files

__all__ = [
    "AreaScore",
    "Confusion",
    "Evaluation",
    "PrecisionRecall",
    "Reliability",
    "ScoreHistogram",
    "confusion_map",
    "count",
    "evaluate_files",
]
