"""A mapped area and a design -> rectangles to learn from and to judge by, drawn by chance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window, intersection

from geoseg.errors import SettingsError
from geoseg.exports.disk import whole
from geoseg.grid import Grid
from geoseg.simulate.scene import UNKNOWN, Scene
from geoseg.tasks.method import Rectangles

TRIES = 40
"""Sizes that are drawn before a design counts as impossible."""
LONGEST = 1.6
"""Longer side of a rectangle at most, by the shorter one."""
MOST_WATER = 0.5
"""Share of a rectangle that may lie in water where the design does not forbid it."""


@dataclass(frozen=True)
class Drawn:
    """Rectangles of one random case; those that teach never touch those that judge."""

    teaching: tuple[Window, ...]
    judging: tuple[Window, ...]


def draw_case(
    reference: NDArray[np.uint8], pixel_size_m: float, design: Rectangles, rng: np.random.Generator
) -> Drawn:
    """Put a design's rectangles on an area, as many to teach as to judge.

    A rectangle keeps off those of its own kind while there is room, and off the others always.

    Args:
        reference: 1 the feature, 0 none, 255 water or unknown, (y, x).
        pixel_size_m: Side of a pixel, metres.
        design: How many, how large and where.
        rng: Source of chance.

    Raises:
        SettingsError: The area has no room for them.
    """
    ground = _Ground(reference, pixel_size_m, design)
    sides: tuple[list[Window], list[Window]] = ([], [])
    for number in range(2 * design.count):
        own, others = sides[number % 2], sides[1 - number % 2]
        own.append(ground.draw(rng, own, others))
    return Drawn(tuple(sides[0]), tuple(sides[1]))


class _Ground:
    """Sums over an area, which tell of every place at once what a rectangle there would hold."""

    def __init__(
        self, reference: NDArray[np.uint8], pixel_size_m: float, design: Rectangles
    ) -> None:
        self.shape, self.design = reference.shape, design
        self.pixels = [area * 1e6 / pixel_size_m**2 for area in design.area_km2]
        self.feature, self.water = _sums(reference == 1), _sums(reference == UNKNOWN)

    def draw(
        self, rng: np.random.Generator, own: Sequence[Window], others: Sequence[Window]
    ) -> Window:
        """Return a rectangle of a drawn size, at any fitting place with equal chance."""
        for avoided in ((*own, *others), others):
            taken = _sums(inside(self.shape, avoided))
            for _ in range(TRIES):
                height, width = self._size(rng)
                fits = self._fitting(height, width) & (_within(taken, height, width) == 0)
                places = np.flatnonzero(fits)
                if places.size:
                    row, col = np.unravel_index(rng.choice(places), fits.shape)
                    return Window(int(col), int(row), width, height)
        raise SettingsError(
            f"there is no room for {self.design.count} + {self.design.count} rectangles "
            f"{self.design.title!r} on this area; choose another seed"
        )

    def _size(self, rng: np.random.Generator) -> tuple[int, int]:
        """Draw height and width, pixels."""
        pixels = rng.uniform(self.pixels[0], self.pixels[1])
        stretch = LONGEST ** rng.uniform(-0.5, 0.5)
        sides = np.sqrt(pixels) * stretch, np.sqrt(pixels) / stretch
        height, width = (min(round(s), n) for s, n in zip(sides, self.shape, strict=True))
        return height, width

    def _fitting(self, height: int, width: int) -> NDArray[np.bool_]:
        """Tell of every upper left corner whether the rectangle there is as the design wants."""
        pixels = height * width
        feature = _within(self.feature, height, width)
        water = _within(self.water, height, width)
        wet = 0 if self.design.off_water else MOST_WATER * pixels
        least = max(1, self.design.least_positive * pixels)
        return np.asarray((feature >= least) & (water <= wet))


def _sums(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many are True above and left of every corner of the pixels."""
    return np.pad(mask.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def _within(sums: NDArray[np.int64], height: int, width: int) -> NDArray[np.int64]:
    """Return how many are True in the rectangle at every upper left corner."""
    below, above = sums[height:], sums[:-height]
    return below[:, width:] - below[:, :-width] - above[:, width:] + above[:, :-width]


def inside(shape: tuple[int, ...], windows: Iterable[Window]) -> NDArray[np.bool_]:
    """Return (y, x): True in any of the rectangles."""
    mask = np.zeros(shape, bool)
    for window in windows:
        mask[window.toslices()] = True
    return mask


def cut_scenes(
    scene: Scene, windows: Sequence[Window], name: str, around: int = 0
) -> Iterator[Scene]:
    """Yield a labelled scene for every rectangle; names end with its number from 1.

    Args:
        scene: The whole area.
        windows: Rectangles on it.
        name: Of the scenes, without underscore.
        around: Pixels of ground beyond the rectangle that are shown without a label.
    """
    whole = Window(0, 0, scene.grid.width, scene.grid.height)
    for number, window in enumerate(windows, start=1):
        wide = intersection(_widened(window, around), whole)
        own = inside(scene.reference.shape, [window])[wide.toslices()]
        here = (slice(None), *wide.toslices())
        yield replace(
            scene,
            name=f"{name}{number}",
            grid=scene.grid.window(wide),
            bands=scene.bands[here],
            reference=np.where(own, scene.reference[here[1:]], UNKNOWN).astype(np.uint8),
            elevation=None,
            lines=(),
        )


def _widened(window: Window, pixels: int) -> Window:
    return Window(
        window.col_off - pixels,
        window.row_off - pixels,
        window.width + 2 * pixels,
        window.height + 2 * pixels,
    )


def write_rectangles(path: Path, grid: Grid, parts: Mapping[str, Sequence[Window]]) -> None:
    """Write rectangles with what they are for (column part) as a GeoPackage.

    Raises:
        DiskError: The folder cannot be written.
    """
    rows = [(part, window) for part, windows in parts.items() for window in windows]
    shapes = [shapely.box(*grid.window(window).bounds) for _, window in rows]
    frame = gpd.GeoDataFrame({"part": [p for p, _ in rows]}, geometry=shapes, crs=grid.crs)
    with whole(path) as target:
        frame.to_file(target, driver="GPKG", layer=path.stem)
