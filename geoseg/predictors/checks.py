"""A terrain model and the predictors asked of it -> what may spoil them, in plain sentences."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geoseg.predictors.catalogue import Predictor
from geoseg.stack.blocks import spread_windows
from geoseg.stack.stack import RasterStack

SAMPLE_PIXELS = 1_000_000
STRIPED_FROM = 3.0
"""Roughness from row to row against column to column from which stripes are likely."""
FAR_FROM_ASKED = 1.5
"""How many times too wide a window may be before it is said."""
GAPS_FROM = 0.001


def terrain_warnings(
    stack: RasterStack, chosen: Sequence[Predictor], *, feet: bool
) -> tuple[str, ...]:
    """Return sentences on steps, feet, voids, stripes and windows narrower than a pixel."""
    name = stack.layers[0].source.path.name
    windows = _sampled(stack)
    found = [
        *_steps(stack, name, feet=feet),
        *_gaps(windows, name),
        *_stripes(windows, name),
        *too_coarse(chosen, stack.grid.pixel_size_m),
    ]
    return tuple(found)


def _sampled(stack: RasterStack) -> list[NDArray[np.float32]]:
    with stack.open() as reader:
        return [reader.read(w)[0] for w in spread_windows(stack.grid, SAMPLE_PIXELS)]


def _steps(stack: RasterStack, name: str, *, feet: bool) -> list[str]:
    source, found = stack.layers[0].source, []
    if np.issubdtype(np.dtype(source.dtype), np.integer) and source.scale == 1:
        unit = "feet" if feet else "units"
        found.append(
            f"{name} holds whole {unit}: gentle slopes come in steps, so slope, TPI and roughness "
            "are coarse on flat ground; a model with decimals serves better"
        )
    in_feet = stack.grid.metres_per_unit != 1 or source.unit.lower() in {"ft", "foot", "feet"}
    if in_feet and not feet:
        found.append(
            f"{name} has feet in its coordinates or units, and its heights were taken as metres; "
            "if they are feet, derive again with --feet"
        )
    return found


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


def too_coarse(chosen: Sequence[Predictor], pixel_size_m: float) -> list[str]:
    """Return a sentence, with the factor, for every window that pixels of this size cannot make."""
    found = []
    for own in chosen:
        if own.asked_m and own.width * pixel_size_m > FAR_FROM_ASKED * own.asked_m:
            times = own.width * pixel_size_m / own.asked_m
            found.append(
                f"{own.name} asks for a window of {own.asked_m:g} m, but pixels of "
                f"{pixel_size_m:g} m allow no less than {own.width * pixel_size_m:g} m, "
                f"{times:.0f} times as wide; use a finer terrain model"
            )
    return found
