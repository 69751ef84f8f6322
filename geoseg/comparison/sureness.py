"""What one pass counted -> how sure the map is: corrected area, calibration, selective accuracy."""

from typing import Any

from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.passing import Tally
from geoseg.evaluation.curves import ScoreHistogram

Part = dict[str, Any]


def sureness_parts(tally: Tally, run: FinishedRun) -> Part:
    """Return the parts of the record that tell how far the map can be trusted, JSON-ready."""
    feature = run.task.feature
    area = tally.squares.estimate(run.grid.pixel_area_m2, (f"no {feature}", feature))
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
    estimate = tally.class_squares.estimate(run.grid.pixel_area_m2, names)
    return {"area_by_class": estimate.record()}


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
