"""Slides -> how clearly radar and camera show each of them (sets 1 to 3 of Article IV)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.simulate.cover import GroundCover
from geoseg.simulate.slides import Slides
from geoseg.simulate.worlds import HABITS, Kind, World

RADAR_SETS = (0.08, 0.55, 1.0)
"""Strength of the radar's signal: set 1 not visible, 2 partly, 3 clearly."""

SMALL_PIXELS, LARGE_PIXELS = 20, 120
SMALL_ODDS, LARGE_ODDS = (0.30, 0.35, 0.35), (0.06, 0.24, 0.70)
"""Odds of sets 1 to 3 by size: large events show in 26 of 30 cases, small ones seldom (Article IV)."""

FALL_ODDS = (0.45, 0.35, 0.20)
"""Rock falls hardly change the ground's texture; both cases of Article IV are in set 1."""

SOLE_ODDS = (0.0, 0.2, 0.8)
"""Where the camera sees nothing: what neither sensor shows is in no reference (ours)."""

HIDDEN_GREEN = 0.1
"""Share of the loss that still shows where a slide is overgrown or under cloud."""

GREEN_ENOUGH = 0.3
"""NDVI before the event below which a slide loses too little green to be seen by it."""

PONDED_SHARE = 0.08
"""Of the slides: their foot is fine sediment settled from still water."""


@dataclass(frozen=True)
class Visibility:
    """What each slide shows; index 0 stands for the ground outside, 1 for the first slide.

    Attributes:
        radar: Strength of its radar signal, 0 to about 1.
        green: Share of its loss of green that the later image shows.
        bare: NDVI of its fresh ground.
        coarseness_db: What the grain of its deposit adds to the echo.
        ponded: True where its foot settled from still water.
    """

    radar: NDArray[np.float64]
    green: NDArray[np.float64]
    bare: NDArray[np.float64]
    coarseness_db: NDArray[np.float64]
    ponded: NDArray[np.bool_]


def see_slides(
    rng: np.random.Generator, slides: Slides, ground: GroundCover, world: World
) -> Visibility:
    """Draw what radar and camera show of every slide; at least one of them shows it in part."""
    count = slides.count + 1
    sizes = np.bincount(slides.number.ravel(), minlength=count)
    totals = np.bincount(slides.number.ravel(), ground.greenness.ravel(), minlength=count)
    greenness = totals / np.maximum(sizes, 1)
    lost = world.overgrown * rng.uniform(0.5, 1.5)
    green = rng.choice([HIDDEN_GREEN, 0.55, 1.0], count, p=[lost, 0.15, 0.85 - lost])
    unseen = (green == HIDDEN_GREEN) | (greenness < GREEN_ENOUGH)
    radar = np.zeros(count)
    coarseness = np.zeros(count)
    for number, kind in enumerate(slides.kinds, start=1):
        odds = SOLE_ODDS if unseen[number] else _radar_odds(kind, int(sizes[number]))
        radar[number] = rng.choice(RADAR_SETS, p=odds) * rng.uniform(0.85, 1.15)
        coarseness[number] = rng.uniform(*HABITS[kind].coarseness_db)
    bare = rng.uniform(0.05, 0.22, count)
    return Visibility(radar, green, bare, coarseness, rng.random(count) < PONDED_SHARE)


def _radar_odds(kind: Kind, size: int) -> NDArray[np.float64]:
    if kind == Kind.ROCK_FALL:
        return np.array(FALL_ODDS)
    large = np.clip((size - SMALL_PIXELS) / (LARGE_PIXELS - SMALL_PIXELS), 0, 1)
    return (1 - large) * np.array(SMALL_ODDS) + large * np.array(LARGE_ODDS)
