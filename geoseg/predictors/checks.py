"""A terrain model and the predictors asked of it -> what may spoil them, in plain sentences."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geoseg.predictors.catalogue import Predictor, sides_m
from geoseg.stack.blocks import spread_windows
from geoseg.stack.heights import METRES, HeightUnit
from geoseg.stack.stack import RasterStack

SAMPLE_PIXELS = 1_000_000
STRIPED_FROM = 3.0
"""Roughness from row to row against column to column from which stripes are likely."""
FAR_FROM_ASKED = 1.5
"""How many times too wide a window may be before it is said."""
GAPS_FROM = 0.001
FINE_STEP_M = 0.05
"""Heights in whole steps below this, such as centimetres, show no steps in the slope."""


def terrain_warnings(
    stack: RasterStack, chosen: Sequence[Predictor], unit: HeightUnit = METRES
) -> tuple[str, ...]:
    """Return sentences on steps, voids, stripes and windows narrower than a pixel."""
    name = stack.layers[0].source.path.name
    windows = _sampled(stack)
    found = [
        *_steps(stack, name, unit),
        *_gaps(windows, name),
        *_stripes(windows, name),
        *too_coarse(chosen),
    ]
    return tuple(found)


def _sampled(stack: RasterStack) -> list[NDArray[np.float32]]:
    with stack.open() as reader:
        return [reader.read(w)[0] for w in spread_windows(stack.grid, SAMPLE_PIXELS)]


def _steps(stack: RasterStack, name: str, unit: HeightUnit) -> list[str]:
    source = stack.layers[0].source
    if not np.issubdtype(np.dtype(source.dtype), np.integer) or source.scale != 1:
        return []
    if abs(unit.metres) < FINE_STEP_M:
        return []
    text = f"{name} holds whole {unit.title}: gentle slopes come in steps, so slope, TPI and "
    return [f"{text}roughness are coarse on flat ground; a model with decimals serves better"]


def _gaps(windows: Sequence[NDArray[np.float32]], name: str) -> list[str]:
    missing = float(np.mean([np.isnan(values).mean() for values in windows]))
    if missing < GAPS_FROM:
        return []
    text = f"about {missing:.1%} of {name} has no elevation; predictors are missing there"
    return [f"{text}, and slope also one pixel around"]


def _stripes(windows: Sequence[NDArray[np.float32]], name: str) -> list[str]:
    """Compare how the ground bends from row to row with how it does from column to column."""
    down = _bend(windows, 0)
    across = _bend(windows, 1)
    if min(down, across) == 0 or not np.isfinite(down + across):
        return []
    ratio = down / across
    if 1 / STRIPED_FROM < ratio < STRIPED_FROM:
        return []
    along, times = ("rows", ratio) if ratio > 1 else ("columns", 1 / ratio)
    text = f"{name} looks striped along its {along}: it bends {times:.1f} times as much across them"
    return [f"{text}; slope and roughness will show the stripes"]


def _bend(windows: Sequence[NDArray[np.float32]], axis: int) -> float:
    """Return the mean second difference along an axis, metres; NaN where nothing is known."""
    parts = [np.abs(np.diff(values, n=2, axis=axis)).ravel() for values in windows]
    bends = np.concatenate(parts)
    bends = bends[np.isfinite(bends)]
    return float(bends.mean()) if bends.size else float("nan")


def too_coarse(chosen: Sequence[Predictor]) -> list[str]:
    """Return a sentence, with the factor, for every window that pixels of this size cannot make."""
    found = []
    for own in chosen:
        widest = max(own.window_m)
        if own.asked_m and widest > FAR_FROM_ASKED * own.asked_m:
            side = max(sides_m(own.place))
            found.append(
                f"{own.name} asks for a window of {own.asked_m:g} m, but pixels of "
                f"{side:.6g} m allow no less than {widest:.6g} m, "
                f"{widest / own.asked_m:.0f} times as wide; use a finer terrain model"
            )
    return found
