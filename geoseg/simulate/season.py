"""What grows -> Sentinel-2 images of a season with clouds -> the optical predictors of Article II."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.predictors.indices import Wanted, wanted
from geoseg.simulate.landsat import coarse
from geoseg.simulate.mire_ground import Cover, MireGround
from geoseg.simulate.noise import Field, ramp, waves

COLOURS = ("blue", "green", "red", "red_edge1", "red_edge2", "nir", "swir2")
TWENTY_M = ("red_edge1", "red_edge2", "swir2")
"""Bands of 20 m pixels."""
LATEST, EARLIEST = 7, 4
"""Most and fewest images of a season."""
ONE_STANDARD = 0.0035
"""Noise of reflectance in the darkest band, about."""

SUMMER = {
    Cover.CONIFERS: (0.020, 0.035, 0.025, 0.060, 0.150, 0.210, 0.050),
    Cover.BROADLEAVES: (0.022, 0.050, 0.028, 0.090, 0.250, 0.340, 0.070),
    Cover.CLEAR_CUT: (0.034, 0.061, 0.055, 0.108, 0.215, 0.280, 0.130),
    Cover.HEATH: (0.029, 0.050, 0.048, 0.090, 0.175, 0.228, 0.108),
    Cover.FIELD: (0.035, 0.070, 0.050, 0.120, 0.300, 0.400, 0.090),
    Cover.MEADOW: (0.030, 0.066, 0.040, 0.110, 0.290, 0.375, 0.082),
    Cover.ROCK: (0.100, 0.120, 0.140, 0.150, 0.170, 0.190, 0.200),
    Cover.WATER: (0.030, 0.028, 0.016, 0.014, 0.012, 0.010, 0.005),
    Cover.SWAMP_FOREST: (0.022, 0.042, 0.031, 0.075, 0.190, 0.260, 0.060),
    Cover.BOG: (0.030, 0.054, 0.052, 0.090, 0.172, 0.222, 0.095),
    Cover.FEN: (0.030, 0.062, 0.049, 0.105, 0.225, 0.295, 0.090),
}
AUTUMN = {
    Cover.CONIFERS: (0.020, 0.033, 0.026, 0.058, 0.140, 0.195, 0.048),
    Cover.BROADLEAVES: (0.030, 0.062, 0.070, 0.120, 0.200, 0.260, 0.085),
    Cover.CLEAR_CUT: (0.041, 0.065, 0.078, 0.120, 0.182, 0.225, 0.150),
    Cover.HEATH: (0.035, 0.053, 0.066, 0.100, 0.158, 0.196, 0.120),
    Cover.FIELD: (0.055, 0.080, 0.090, 0.140, 0.200, 0.240, 0.160),
    Cover.MEADOW: (0.035, 0.066, 0.055, 0.115, 0.250, 0.310, 0.095),
    Cover.ROCK: (0.100, 0.120, 0.140, 0.150, 0.170, 0.190, 0.200),
    Cover.WATER: (0.030, 0.028, 0.016, 0.014, 0.012, 0.010, 0.005),
    Cover.SWAMP_FOREST: (0.027, 0.049, 0.050, 0.090, 0.168, 0.214, 0.066),
    Cover.BOG: (0.039, 0.058, 0.078, 0.104, 0.152, 0.184, 0.104),
    Cover.FEN: (0.044, 0.068, 0.092, 0.124, 0.182, 0.224, 0.104),
}
"""Reflectance in the order of `COLOURS`; our numbers, in the range of spectral libraries."""
LEAD = {Cover.FEN: 0.1, Cover.BOG: 0.05, Cover.BROADLEAVES: -0.03, Cover.FIELD: 0.12}
"""How much of the season earlier than others a cover turns."""

LIKE = {
    Cover.BOG: Cover.HEATH, Cover.HEATH: Cover.BOG, Cover.FEN: Cover.CLEAR_CUT,
    Cover.CLEAR_CUT: Cover.FEN, Cover.MEADOW: Cover.FEN, Cover.FIELD: Cover.MEADOW,
    Cover.SWAMP_FOREST: Cover.FEN, Cover.ROCK: Cover.HEATH, Cover.BROADLEAVES: Cover.SWAMP_FOREST,
}  # fmt: skip
"""What a cover is mixed with where it is not pure; conifers and water stay pure."""
MIXED = (0.27, 0.28, 0.8)
"""Share of the other cover: on the whole, its spread from place to place, and its most."""


def season_predictors(
    rng: np.random.Generator, ground: MireGround, names: tuple[str, ...]
) -> NDArray[np.float32]:
    """Return predictors such as "GREEN" and "NDVI_p25", (band, y, x).

    Args:
        rng: Source of chance: dates, clouds, haze, how early leaves turn.
        ground: What grows.
        names: As `geoseg.predictors.indices` knows them.
    """
    dates = np.sort(rng.uniform(0, 1, rng.integers(EARLIEST, LATEST + 1)))
    other = _mixed(rng, ground)
    turning = _turning(rng, ground, other)
    brightness = 1 + 0.09 * _blotches(rng, ground, 0.08) + 0.05 * _blotches(rng, ground, 0.02)
    asked = [wanted(name) for name in names]
    series: list[list[Field]] = [[] for _ in asked]
    for date in dates:
        image = _image(rng, ground, other, ramp(date - turning, 0, 0.3), brightness)
        cloud = waves(rng, len(turning), 3.4, 0.3) > rng.uniform(-0.3, 1.2)
        for own, values in zip(asked, series, strict=True):
            found = own.index.compute(image)
            found[cloud] = np.nan
            values.append(found)
    bands = [_percentile(np.stack(v), own) for own, v in zip(asked, series, strict=True)]
    return np.stack(bands).astype(np.float32)


def _mixed(rng: np.random.Generator, ground: MireGround) -> Field:
    """Return the share of the like cover in every pixel, in patches."""
    usual, varied, most = MIXED
    blotches = 0.8 * _blotches(rng, ground, 0.12) + 0.6 * _blotches(rng, ground, 0.03)
    return np.asarray(np.clip(usual + varied * blotches, 0, most), np.float32)


def _mixture(table: NDArray[np.float32], ground: MireGround, other: Field) -> Field:
    """Look up a number of every cover and mix it with that of the like cover, (y, x)."""
    like = np.arange(len(Cover))
    like[list(LIKE)] = list(LIKE.values())
    own = table[ground.cover]
    return np.asarray(own + (table[like[ground.cover]] - own) * other, np.float32)


def _turning(rng: np.random.Generator, ground: MireGround, other: Field) -> Field:
    """Return when leaves begin to turn, as a share of August to October; earlier higher up."""
    lead = np.zeros(len(Cover), np.float32)
    lead[list(LEAD)] = list(LEAD.values())
    start = rng.uniform(0.3, 0.5) - 0.2 * ramp(ground.elevation, 200, 1200)
    return np.asarray(
        start - _mixture(lead, ground, other) + 0.09 * _blotches(rng, ground, 0.1), np.float32
    )


def _blotches(rng: np.random.Generator, ground: MireGround, largest: float) -> Field:
    return waves(rng, len(ground.cover), 3.0, largest)


def _image(
    rng: np.random.Generator,
    ground: MireGround,
    other: Field,
    turned: Field,
    brightness: Field,
) -> dict[str, Field]:
    """Return the reflectances of one date, colour -> (y, x), blurred as the sensor sees them."""
    summer, autumn = (np.array([table[own] for own in Cover], np.float32)
                      for table in (SUMMER, AUTUMN))  # fmt: skip
    haze = rng.uniform(0, 0.01)
    image = {}
    for place, colour in enumerate(COLOURS):
        early, late = (_mixture(table[:, place], ground, other) for table in (summer, autumn))
        value = (early + (late - early) * turned) * brightness
        value = ndimage.gaussian_filter(value, 0.7) + haze * (1 - place / len(COLOURS))
        value += ONE_STANDARD * rng.standard_normal(value.shape, np.float32)
        if colour in TWENTY_M:
            value = coarse(value, 2)
        image[colour] = np.maximum(value, 0.001).astype(np.float32)
    return image


def _percentile(values: NDArray[np.float32], own: Wanted) -> NDArray[np.float32]:
    """Return a percentile over time (first axis) of what is known; NaN where nothing is."""
    ordered = np.sort(values, axis=0)
    last = np.isfinite(ordered).sum(axis=0) - 1
    place = own.percentile / 100 * np.maximum(last, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(last, 0))
    below, above = (np.take_along_axis(ordered, at[None], 0)[0] for at in (low, high))
    return np.asarray(below + (above - below) * (place - low), np.float32)
