"""Prediction + reference -> counts, metrics, curves."""

from geoseg.evaluation.counts import Confusion, confusion_map, count
from geoseg.evaluation.curves import PrecisionRecall, Reliability, ScoreHistogram

__all__ = [
    "Confusion",
    "PrecisionRecall",
    "Reliability",
    "ScoreHistogram",
    "confusion_map",
    "count",
]
