"""Stack -> figures of every band from a spread sample, and warnings where units look wrong."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import RasterError
from geoseg.progress import Cancelled, never, stop_if
from geoseg.stack.blocks import blocks, spread_windows
from geoseg.stack.stack import Stack

FAR_IN_STD = 5.0
SPREAD_FACTOR = 20.0
NEAR_IN_STD = 2.0
NEAR_SPREAD_FACTOR = 5.0
KNOWN_FACTORS = tuple(10.0**power for power in (-4, -3, -2, -1, 1, 2, 3, 4))


@dataclass(frozen=True)
class BandSummary:
    """Figures of one band; NaN where every sampled pixel is missing.

    Attributes:
        name: The band.
        missing: Share of pixels without a value, 0 to 1.
        minimum: Smallest value.
        p2: 2 % of the values are smaller.
        median: Half of the values are smaller.
        p98: 98 % of the values are smaller.
        maximum: Largest value.
        mean: Arithmetic mean.
        std: Standard deviation.
    """

    name: str
    missing: float
    minimum: float
    p2: float
    median: float
    p98: float
    maximum: float
    mean: float
    std: float

    def record(self) -> dict[str, Any]:
        """Return JSON-ready values, None for NaN."""
        return {
            key: None if isinstance(value, float) and math.isnan(value) else value
            for key, value in asdict(self).items()
        }


class TrainingBand(Protocol):
    """A band as a member saw it in training; a card's band statistics are such."""

    @property
    def name(self) -> str:
        """The band."""
        ...

    @property
    def unit(self) -> str:
        """Unit of its values, "" for ids and indices."""
        ...

    @property
    def mean(self) -> float:
        """Mean over the training pixels."""
        ...

    @property
    def std(self) -> float:
        """Standard deviation over the training pixels; 0 for a constant band."""
        ...


def sample_statistics(stack: Stack, max_pixels: int = 1_000_000) -> list[BandSummary]:
    """Return the figures of every band, from windows spread over the stack.

    Args:
        stack: Any stack; a smaller one than `max_pixels` is read whole.
        max_pixels: Pixels read of every band, about.
    """
    values = sample_values(stack, max_pixels)
    return [summarise(name, band) for name, band in zip(stack.names, values, strict=True)]


def sample_values(stack: Stack, max_pixels: int = 1_000_000) -> NDArray[np.float32]:
    """Return (band, pixel) from windows spread over the stack, NaN where missing."""
    with stack.open() as reader:
        parts = [
            reader.read(window).reshape(len(stack.names), -1)
            for window in spread_windows(stack.grid, max_pixels)
        ]
    return np.concatenate(parts, axis=1)


def require_data(stack: Stack, cancelled: Cancelled = never) -> None:
    """Make sure that at least one pixel of one band holds a value.

    A spread sample is looked at first; the whole stack only where the sample is empty.

    Raises:
        RasterError: Every pixel of every band is missing.
        RunCancelledError: The user asked to stop.
    """
    with stack.open() as reader:
        for window in (*spread_windows(stack.grid, 200_000), *blocks(stack.grid)):
            stop_if(cancelled)
            if np.isfinite(reader.read(window)).any():
                return
    raise RasterError(
        f"every pixel of {', '.join(stack.names)} is no data or NaN; expected measured values, "
        "so check the files, their no-data value and the area of interest"
    )


def unit_warnings(stats: Sequence[BandSummary], bands: Sequence[TrainingBand]) -> list[str]:
    """Compare the user's bands with those a member was trained on.

    A band departs where its median lies more than five training standard deviations from the
    training mean, or where its spread is more than twenty times wider or narrower. Bands that
    were constant in training, bands that are missing here, and 0/1 masks say nothing.

    Returns:
        One plain sentence for every departing band, with a guess at the cause where there is one.
    """
    return [_warning(row, band) for row, band in _departing(stats, bands)]


def summarise(name: str, values: NDArray[np.float32]) -> BandSummary:
    """Return the figures of one band's values, NaN where all are missing."""
    known = values[np.isfinite(values)].astype(np.float64)
    missing = 1 - known.size / values.size
    if not known.size:
        return BandSummary(name, missing, *[math.nan] * 7)
    p2, median, p98 = np.percentile(known, [2, 50, 98])
    figures = (known.min(), p2, median, p98, known.max(), known.mean(), known.std())
    return BandSummary(name, missing, *(float(figure) for figure in figures))


def _departs(row: BandSummary, band: TrainingBand) -> bool:
    if band.std == 0 or math.isnan(row.median) or _is_mask(row, band):
        return False
    far = abs(row.median - band.mean) > FAR_IN_STD * band.std
    ratio = _robust_std(row) / band.std
    odd_spread = ratio > 0 and not 1 / SPREAD_FACTOR <= ratio <= SPREAD_FACTOR
    return far or odd_spread


def _is_mask(row: BandSummary, band: TrainingBand) -> bool:
    """Tell whether the values are zeros and ones without a unit."""
    figures = (row.minimum, row.p2, row.median, row.p98, row.maximum)
    return not band.unit and abs(band.mean) <= 1 and set(figures) <= {0.0, 1.0}


def _robust_std(row: BandSummary) -> float:
    """Return the standard deviation of the middle 96 %; for few ones among zeros, the plain."""
    # 2 % to 98 % of a normal distribution span 4.107 standard deviations.
    return (row.p98 - row.p2) / 4.107 or row.std


def _warning(row: BandSummary, band: TrainingBand) -> str:
    unit = f" {band.unit}" if band.unit else ""
    guess = _guess(row, band)
    return (
        f"{row.name}: your values lie mostly between {row.p2:.4g} and {row.p98:.4g} (half of them "
        f"below {row.median:.4g}), but the networks were trained on values around "
        f"{band.mean:.4g} +- {band.std:.4g}{unit}; {guess}"
    )


def _guess(row: BandSummary, band: TrainingBand) -> str:
    """Name the likely cause: linear power for dB, a factor of ten, or no idea."""
    if _is_linear_power(row, band):
        return "they look like linear power: convert them to dB (10 x log10) first"
    factor = _factor(row, band)
    if factor is not None:
        return f"multiplied by {factor:g} they would fit: check the unit or the scale factor"
    return "check the unit and that the right layer was chosen, or trust the map less"


def _is_linear_power(row: BandSummary, band: TrainingBand) -> bool:
    return band.unit == "dB" and band.mean < 0 <= row.p2


def _factor(row: BandSummary, band: TrainingBand) -> float | None:
    """Return the power of ten that brings centre and spread near the training's, if any."""
    spread = _robust_std(row)
    # No factor turns a negative centre into a positive one.
    if spread == 0 or row.median * band.mean <= 0:
        return None
    fits = [
        factor
        for factor in KNOWN_FACTORS
        if abs(row.median * factor - band.mean) <= NEAR_IN_STD * band.std
        and 1 / NEAR_SPREAD_FACTOR <= spread * factor / band.std <= NEAR_SPREAD_FACTOR
    ]
    return min(fits, key=lambda f: abs(math.log(row.median * f / band.mean))) if fits else None


def strangers(stats: Sequence[BandSummary], bands: Sequence[TrainingBand]) -> list[str]:
    """Return the bands that depart from training and would in any unit: they are something else."""
    return [
        row.name
        for row, band in _departing(stats, bands)
        if _factor(row, band) is None and not _is_linear_power(row, band)
    ]


def departing(stats: Sequence[BandSummary], bands: Sequence[TrainingBand]) -> list[str]:
    """Return the bands that depart from training, be it by their unit alone."""
    return [row.name for row, _ in _departing(stats, bands)]


def _departing(
    stats: Sequence[BandSummary], bands: Sequence[TrainingBand]
) -> list[tuple[BandSummary, TrainingBand]]:
    by_name = {band.name: band for band in bands}
    pairs = [(row, by_name[row.name]) for row in stats if row.name in by_name]
    return [(row, band) for row, band in pairs if _departs(row, band)]
