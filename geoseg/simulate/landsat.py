"""Ground of rock and sediment -> what a Landsat 8 image shows of it: plants, mostly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.noise import Field, ramp, waves
from geoseg.simulate.rock_ground import RockGround
from geoseg.simulate.rock_worlds import RockWorld
from geoseg.simulate.terrain import gradients

OPTICAL, THERMAL = 3, 10
"""Pixels of 10 m to one of 30 m and of 100 m."""
TREE_LINE_M = 750.0
SUN_AZIMUTH, SUN_HEIGHT = np.radians(155.0), np.radians(48.0)
NOISE = 0.05
WARMTH_K = 288.0
STONY = 0.75
"""How much less bare rock or stone thin sediment shows than rock does."""

SPECTRA = {
    "rock": (0.130, 0.140, 0.165, 0.185, 0.235, 0.285, 0.245),
    "heath": (0.045, 0.050, 0.070, 0.075, 0.215, 0.200, 0.120),
    "conifers": (0.028, 0.032, 0.048, 0.042, 0.205, 0.105, 0.055),
    "broadleaves": (0.030, 0.034, 0.060, 0.045, 0.310, 0.150, 0.072),
    "meadow": (0.040, 0.045, 0.085, 0.062, 0.360, 0.215, 0.110),
    "stubble": (0.080, 0.095, 0.130, 0.155, 0.250, 0.290, 0.215),
    "bog": (0.045, 0.052, 0.078, 0.078, 0.235, 0.190, 0.110),
    "gravel": (0.130, 0.145, 0.170, 0.190, 0.240, 0.290, 0.250),
}
"""Reflectance of bands 1 to 7 in summer; our numbers, in the range of spectral libraries."""


@dataclass(frozen=True)
class _Cover:
    """Share of every pixel that a kind of cover takes, name -> (y, x); they sum to 1."""

    shares: dict[str, Field]

    @property
    def bareness(self) -> Field:
        """Share without plants."""
        return np.asarray(
            self.shares["rock"] + self.shares["gravel"] + 0.6 * self.shares["stubble"]
        )

    def reflectance(self) -> Field:
        """Return bands 1 to 7, (band, y, x)."""
        names = list(self.shares)
        spectra = np.array([SPECTRA[name] for name in names], np.float32)
        shares = np.stack([self.shares[name] for name in names])
        return np.einsum("cb,cyx->byx", spectra, shares)


def landsat_bands(rng: np.random.Generator, ground: RockGround, world: RockWorld) -> Field:
    """Return B1 to B7 as reflectance, B10 and B11 in K, (band, y, x), resampled to 10 m."""
    size = len(ground.elevation)
    cover = _cover(rng, ground, world)
    light = _light(ground.elevation)
    optical = cover.reflectance() * (0.35 + 0.65 * light)
    optical *= 1 + 0.12 * waves(rng, size, 3.2, 0.1)
    optical = np.stack([coarse(band, OPTICAL) for band in optical])
    optical *= 1 + NOISE * coarse_noise(rng, size, OPTICAL, 7)
    haze = np.array([0.02, 0.015, 0.008, 0.005, 0.002, 0, 0]) * rng.uniform(0, 1)
    warmth = WARMTH_K + 7 * cover.bareness + 5 * (light - 1) - 0.0065 * ground.elevation
    warmth = coarse(warmth + 0.8 * waves(rng, size, 3.6, 0.3), THERMAL)
    thermal = np.stack([warmth, warmth - rng.uniform(0.3, 1.2)])
    thermal += 0.25 * coarse_noise(rng, size, THERMAL, 2)
    return np.concatenate([optical + haze[:, None, None], thermal]).astype(np.float32)


def _cover(rng: np.random.Generator, ground: RockGround, world: RockWorld) -> _Cover:
    """Clothe rock with heath and pines, sediment with fields, woods and bogs."""
    size = len(ground.elevation)
    patch, growth, wet = (waves(rng, size, 3.4, largest) for largest in (0.1, 0.25, 0.2))
    thick = ramp(ground.thickness, 0.1, 1.0)
    high = ramp(ground.elevation, TREE_LINE_M - 150, TREE_LINE_M + 150)
    bare = rng.uniform(*world.bare) + 0.15 * patch + 0.2 * ramp(ground.slope, 22, 45) + 0.1 * high
    # Most rock is hidden under thin organic soil, heath and pines; thin till is stony.
    shown = ramp(waves(rng, size, 3.4, 0.2), -0.4, 1.2)
    bare = np.clip(bare, 0, 0.95) * (0.25 + 0.75 * shown) * (1 - STONY * thick)
    bare *= np.where(thick > 0, 1 - 0.7 * ramp(ground.thickness, 2, 6), 1)
    gentle = ramp(ground.slope, 10, 4)
    farmed = gentle * ramp(growth, *np.quantile(growth, _edges(rng.uniform(*world.farmed)))[::-1])
    boggy = 0.9 * gentle * ramp(wet, 0.6, 1.4) * (1 - farmed) * thick
    scree = 0.7 * ramp(ground.slope, 22, 32) * ramp(patch, 0.2, 1.2) * thick
    gravel = np.maximum(scree, 0.5 * ramp(patch, 1.5, 2.2) * thick)
    farmed = farmed * thick * (1 - gravel)
    rest = np.clip(1 - bare - farmed - boggy - gravel, 0, None)
    bare = bare * np.clip(1 - (farmed + boggy + gravel), 0, 1)
    wooded = (1 - high) * ramp(growth + 0.5 * patch, -0.6, 0.8)
    leafy = ramp(wet - 0.5 * patch + 0.8 * thick, -0.2, 1.4)
    ploughed = ramp(waves(rng, size, 2.4, 0.05), 0.2, 0.6)
    shares = {
        "rock": bare,
        "heath": rest * (1 - wooded),
        "conifers": rest * wooded * (1 - leafy),
        "broadleaves": rest * wooded * leafy,
        "meadow": farmed * (1 - ploughed),
        "stubble": farmed * ploughed,
        "bog": boggy,
        "gravel": gravel,
    }
    total = np.maximum(sum(shares.values()), 1e-6)
    return _Cover({name: (share / total).astype(np.float32) for name, share in shares.items()})


def _edges(share: float) -> tuple[float, float]:
    """Return the quantiles between which so large a share begins."""
    return float(np.clip(0.95 - share, 0, 1)), float(np.clip(1.05 - share, 0, 1))


def _light(elevation: Field) -> Field:
    """Return the sun's light on the ground against that on level ground."""
    east, north = gradients(ndimage.gaussian_filter(elevation, 1))
    towards = east * np.sin(SUN_AZIMUTH) + north * np.cos(SUN_AZIMUTH)
    light = (np.sin(SUN_HEIGHT) - towards * np.cos(SUN_HEIGHT)) / np.sqrt(1 + east**2 + north**2)
    return np.asarray(np.clip(light / np.sin(SUN_HEIGHT), 0.1, 1.6), np.float32)


def coarse(values: Field, factor: int) -> Field:
    """Return means of blocks of `factor` pixels a side, each repeated on its pixels, (y, x)."""
    height, width = values.shape
    padded = np.pad(values, ((0, -height % factor), (0, -width % factor)), mode="edge")
    rows, columns = (length // factor for length in padded.shape)
    means = padded.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    return np.asarray(spread(means, factor)[:height, :width], np.float32)


def spread(values: NDArray[np.floating], factor: int) -> NDArray[np.floating]:
    """Repeat every pixel `factor` times along rows and columns, (..., y, x)."""
    return values.repeat(factor, axis=-2).repeat(factor, axis=-1)


def coarse_noise(rng: np.random.Generator, size: int, factor: int, bands: int) -> Field:
    """Return noise of standard deviation 1 that is the same all over a coarse pixel."""
    own = rng.standard_normal((bands, -(-size // factor), -(-size // factor)), np.float32)
    return spread(own, factor)[:, :size, :size]
