"""A terrain model on disk -> one GeoTIFF of predictors, a described band each, strip by strip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.errors import RasterError, SettingsError
from geoseg.exports.derived_files import check_derived, derived_tags
from geoseg.exports.raster import RasterWriter
from geoseg.predictors.catalogue import Predictor, predictor
from geoseg.predictors.checks import terrain_warnings
from geoseg.predictors.margin import read_with_margin
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack.common_grid import common_grid
from geoseg.stack.fills import HEIGHT_NAMES, FillChoice, settle_fills
from geoseg.stack.heights import Asked, height_unit
from geoseg.stack.source import inspect_raster
from geoseg.stack.stack import Layer, RasterStack, StackReader

STAGE = "deriving predictors"
ELEVATION_NAMES = HEIGHT_NAMES - {"dsm"}
LEAST_SIDE = 512
"""Pixels: side of a block, margins apart; wide windows take larger ones."""


@dataclass(frozen=True)
class Heights:
    """Which ground is kept, by its height in metres; the rest gets no data.

    Attributes:
        lowest: Ground at or below is left out, such as the sea; None leaves none out.
        highest: Ground above is left out, such as that above the marine limit; None leaves none out.
    """

    lowest: float | None = None
    highest: float | None = None

    def __post_init__(self) -> None:
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise SettingsError(
                f"ground is kept above {self.lowest:g} and up to {self.highest:g} m, which is none; "
                "give a lowest height under the highest"
            )

    def leave_out(self, elevation: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return True where ground of that height is left out; False where it is unknown."""
        low = -np.inf if self.lowest is None else self.lowest
        high = np.inf if self.highest is None else self.highest
        return np.asarray((elevation <= low) | (elevation > high))

    def words(self, share: float) -> list[str]:
        """Say which ground was left out, and how much of it there was."""
        parts = [f"at or below {self.lowest:g} m"] if self.lowest is not None else []
        parts += [f"above {self.highest:g} m"] if self.highest is not None else []
        return [f"ground {' and '.join(parts)} is left out: {share:.1%} of it"] if parts else []


EVERY_HEIGHT = Heights()


@dataclass(frozen=True)
class Derived:
    """What was derived.

    Attributes:
        path: The GeoTIFF; band names are the predictors' names.
        predictors: In the order of the bands.
        notes: How the file was read, and every window in pixels and metres.
        warnings: What may spoil the predictors.
    """

    path: Path
    predictors: tuple[Predictor, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """Return JSON-ready facts."""
        return {
            "out": str(self.path),
            "bands": [{"name": p.name, "window_pixels": p.width, "words": p.words()}
                      for p in self.predictors],
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }  # fmt: skip


def derive_terrain(
    dem: Path,
    names: Sequence[str],
    out: Path,
    *,
    height_unit_is: Asked = "auto",
    heights: Heights = EVERY_HEIGHT,
    fill: FillChoice = "auto",
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Derived:
    """Derive predictors of a terrain model, whatever its size.

    Args:
        dem: GeoTIFF of elevations; longitude and latitude are put on the UTM grid of their place.
        names: Such as "slope", "tpi9", "roughness5m"; see `geoseg.predictors.catalogue`.
        out: The GeoTIFF to make, float32, NaN where the elevation is missing.
        height_unit_is: What the elevations count; "auto" takes the file's word, else metres.
            Predictors come in metres.
        heights: Other ground gets no data; the predictors beside it still know it.
        fill: Heights that stand for missing though the file does not say so, see `open_stack`.
        progress: Hears of every strip.
        cancelled: Asked before every strip.

    Raises:
        SettingsError: A name is unknown or comes twice, or no ground is of these heights.
        RasterError: The terrain model cannot be read, has not one band, or holds no data at all.
        OutputError: `out` is the terrain model, a folder, or a file that was not derived here.
        DiskError: The result cannot be written; an older one stays as it was.
    """
    check_derived(out, (dem,))
    stack = open_terrain(dem, fill, sea=heights.lowest is not None)
    chosen = _chosen(names, stack.grid.ground_place())
    unit, converted, unsure = height_unit(stack.layers[0].source, height_unit_is)
    warnings = (*stack.warnings, *unsure, *terrain_warnings(stack, chosen, unit))
    rows_a_strip, rows = _side(chosen), stack.grid.height
    known = left = 0
    with (
        stack.open() as reader,
        RasterWriter(
            out, stack.grid, [p.name for p in chosen], tags=derived_tags("terrain")
        ) as writer,
    ):
        for top in range(0, rows, rows_a_strip):
            stop_if(cancelled)
            height = min(rows_a_strip, rows - top)
            values, elevation = _strip(reader, stack, chosen, (top, height), unit.metres)
            out_of_range = heights.leave_out(elevation)
            values[:, out_of_range] = np.nan
            known += int(np.isfinite(elevation).sum())
            left += int(out_of_range.sum())
            writer.write(top, values)
            progress(Event(STAGE, top + height, rows))
        if not known:
            raise RasterError(
                f"{dem.name} holds no data anywhere; export the terrain model again, or check which "
                "value it calls no data"
            )
        if left == known:
            raise SettingsError(
                f"no ground of {dem.name} is of these heights, so nothing would be left; check them, "
                "and what the heights are counted in"
            )
    notes = (
        *stack.notes,
        *converted,
        *(p.words() for p in chosen),
        *heights.words(left / max(known, 1)),
    )
    return Derived(out, chosen, notes, warnings)


def derive_canopy(
    surface: Path,
    terrain: Path,
    out: Path,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    *,
    fill: FillChoice = "auto",
    height_unit_is: Asked = "auto",
) -> tuple[str, ...]:
    """Write canopy height, surface model minus terrain model, in metres; return notes.

    Each model is converted by its own unit, for the two may differ.

    Trees, houses and everything else above the ground show, as in Article II. `fill` says which
    heights stand for missing, as in `open_stack`.

    Raises:
        RasterError: A model cannot be read or has not one band.
        GridError: The two do not overlap.
        OutputError: `out` is one of the two, a folder, or a file that was not derived here.
        DiskError: The result cannot be written.
    """
    check_derived(out, (surface, terrain))
    above, below = open_terrain(surface, fill), open_terrain(terrain, fill)
    infos = [inspect_raster(path) for path in (surface, terrain)]
    grid, notes = common_grid(infos)
    stack = RasterStack((*above.layers, *below.layers), grid)
    units = [height_unit(layer.source, height_unit_is) for layer in stack.layers]
    upper, lower = (np.float32(unit.metres) for unit, _, _ in units)
    with (
        stack.open() as reader,
        RasterWriter(out, grid, ["CHM"], tags=derived_tags("canopy")) as writer,
    ):
        for top in range(0, grid.height, LEAST_SIDE):
            stop_if(cancelled)
            height = min(LEAST_SIDE, grid.height - top)
            models = reader.read(Window(0, top, grid.width, height))
            writer.write(top, models[0] * upper - models[1] * lower)
            progress(Event(STAGE, top + height, grid.height))
    told = [text for _, converted, unsure in units for text in (*converted, *unsure)]
    told += [*above.warnings, *below.warnings]
    words = "CHM: surface model minus terrain model, height above the ground in metres"
    return (*above.notes, *below.notes, *notes, *dict.fromkeys(told), words)


def open_terrain(dem: Path, fill: FillChoice = "auto", *, sea: bool = False) -> RasterStack:
    """Return the terrain model as a stack of its one band, or of the band named elevation.

    Args:
        dem: GeoTIFF of heights.
        fill: Heights that stand for missing though the file does not say so, see `open_stack`.
        sea: True where height 0 is known to be the sea.

    Raises:
        RasterError: It cannot be read, or has several bands and none is named elevation.
        GridError: Its coordinate reference system cannot be used.
    """
    info = inspect_raster(dem)
    named = [band for band in info.bands if band.description.lower() in ELEVATION_NAMES]
    chosen = info.bands if len(info.bands) == 1 else named
    if len(chosen) != 1:
        raise RasterError(
            f"{dem.name} holds {len(info.bands)} bands and {len(named)} of them are named "
            "elevation; expected a terrain model of one band"
        )
    layers, told = settle_fills([Layer("elevation", chosen[0])], fill, sea=sea)
    return RasterStack(layers, info.grid, info.notes, warnings=told)


def _chosen(names: Sequence[str], place: Affine) -> tuple[Predictor, ...]:
    chosen = tuple(predictor(name, place) for name in names)
    if not chosen or len({p.name for p in chosen}) < len(chosen):
        raise SettingsError(
            f"expected one or more predictors, each once, got {', '.join(names) or 'none'}"
        )
    return chosen


def _side(chosen: Sequence[Predictor]) -> int:
    """Return the side of a block whose margins are not most of what is read."""
    return max(LEAST_SIDE, 2 * max(p.margin for p in chosen))


def _strip(
    reader: StackReader,
    stack: RasterStack,
    chosen: Sequence[Predictor],
    rows: tuple[int, int],
    factor: float,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return predictors (band, y, x) and elevation (y, x) of some rows (first, how many)."""
    values = np.empty((len(chosen), rows[1], stack.grid.width), np.float32)
    elevation = np.empty(values.shape[1:])
    margin = max(p.margin for p in chosen)
    for window in _blocks(stack.grid.width, rows, _side(chosen)):
        around = read_with_margin(reader, stack.grid, window, margin)[0].astype(np.float64) * factor
        columns = slice(window.col_off, window.col_off + window.width)
        elevation[:, columns] = _cropped(around, margin)
        place = stack.grid.ground_place(window)
        for band, own in enumerate(chosen):
            spare = margin - own.margin
            found = own.compute(_cropped(around, spare), place)
            values[band, :, columns] = _cropped(found, own.margin)
    return values, elevation


def _blocks(width: int, rows: tuple[int, int], side: int) -> Iterator[Window]:
    for left in range(0, width, side):
        yield Window(left, rows[0], min(side, width - left), rows[1])


def _cropped(values: NDArray[np.float64], pixels: int) -> NDArray[np.float64]:
    """Return the values without some pixels on every side."""
    return values[pixels : values.shape[0] - pixels, pixels : values.shape[1] - pixels]
