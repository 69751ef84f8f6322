"""What one pass counted -> how sure the map is: corrected area, calibration, selective accuracy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.passing import Tally
from geoseg.evaluation.area_squares import SquareCounts
from geoseg.evaluation.curves import ScoreHistogram

Part = dict[str, Any]


def sureness_parts(tally: Tally, run: FinishedRun) -> Part:
    """Return the parts of the record that tell how far the map can be trusted, JSON-ready."""
    feature = run.task.feature
    area = tally.squares.estimate(_pixel_areas(tally.squares, run), (f"no {feature}", feature))
    selective = {
        name.removesuffix(".tif"): counts.record() for name, counts in tally.selective.items()
    }
    return {
        "area_estimate": area.record(),
        **_area_by_class(tally, run),
        "calibration": calibration(tally.histogram),
        "selective": selective,
    }


def _area_by_class(tally: Tally, run: FinishedRun) -> Part:
    """Return the corrected area of every class; nothing where classes are not told apart."""
    if tally.by_class is None or tally.class_squares is None:
        return {}
    names = [label.name for label in tally.by_class.labels]
    areas = _pixel_areas(tally.class_squares, run)
    estimate = tally.class_squares.estimate(areas, names)
    return {"area_by_class": estimate.record()}


def _pixel_areas(squares: SquareCounts, run: FinishedRun) -> float | NDArray[np.float64]:
    """Return the area of a pixel, or those of every square where the CRS is not true."""
    if run.grid.is_true:
        return run.grid.pixel_area_m2
    return run.grid.pixel_areas_at_m2(*squares.middles(*run.grid.shape))


def calibration(histogram: ScoreHistogram) -> Part | None:
    """Return how far the probability can be taken at its word, before and after one temperature.

    The temperature is fitted to this very reference, so it tells what could be gained at most;
    None where the reference holds one class only.
    """
    temperature = histogram.best_temperature()
    if temperature is None:
        return None
    after = histogram.tempered(temperature)
    return {
        "temperature": temperature,
        "before": {
            "calibration_error": histogram.calibration_error(),
            "log_loss": histogram.log_loss(),
        },
        "after": {
            "calibration_error": after.calibration_error(),
            "log_loss": histogram.log_loss(temperature),
        },
    }
