"""Outlines + bands of the study area -> which outlines lie where maps are known to err.

The ground under every outline is tabulated once, block by block; any choice of rules and values is
then answered at once. Outlines are marked, never removed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize

from geoseg.evaluation import ground
from geoseg.evaluation.object_files import read_outlines
from geoseg.evaluation.trap_settings import TrapSettings
from geoseg.evaluation.unnamed_ids import UnnamedIds
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack.blocks import blocks
from geoseg.stack.stack import RasterStack
from geoseg.tasks import Task
from geoseg.tasks.traps import Trap, traps_of

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

STAGE = "looking at known traps"
HIGHEST_ID = 63
"""Class ids above it share one bin that no rule can name."""
SHARE = "_share"
KEPT_COLUMNS = ("id", "class", "area_m2", "mean_prob", "mean_sprd")

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Bins:
    """How the values of one band are counted; of like bins there is one table only."""

    band: str
    low: float
    step: float
    count: int

    @classmethod
    def of(cls, trap: Trap) -> "Bins":
        """Return the bins whose edges are the values a rule can take."""
        if isinstance(trap.value, tuple):
            return cls(trap.band, 0, 1, HIGHEST_ID + 2)
        low, high, step = trap.scale
        # One bin more at each end holds what lies beyond every value of the scale.
        return cls(trap.band, low - step, step, round((high - low) / step) + 2)

    def place(self, values: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the bin of each value."""
        # As float32 an edge such as 0.3 lies a hair off; a thousandth of a step is not seen.
        steps = np.floor((values.astype(np.float64) - self.low) / self.step + 1e-3)
        return np.clip(steps, 0, self.count - 1).astype(np.int64)

    def met(self, trap: Trap, value: float | tuple[int, ...]) -> NDArray[np.bool_]:
        """Return which bins meet a rule with the chosen value."""
        places = np.arange(self.count)
        if isinstance(value, tuple):
            return np.isin(places, [number for number in value if number <= HIGHEST_ID])
        first = round((value - self.low) / self.step)
        return places < first if trap.rule == "below" else places >= first


@dataclass(frozen=True, eq=False)
class TrapTable:
    """The ground under every outline, counted by value.

    Attributes:
        task: What was mapped.
        outlines: The attributes of the outlines that tables keep, one row each.
        pixels: Pixels of every outline.
        counts: For every band that a rule reads (outline, bin) pixels.
        notes: Which rules cannot be asked, and why; which ids of a legend no rule sees.
    """

    task: Task
    outlines: "pd.DataFrame"
    pixels: NDArray[np.int64]
    counts: dict[Bins, Counts] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def available(self) -> tuple[Trap, ...]:
        """The rules whose band was found."""
        return tuple(trap for trap in traps_of(self.task) if Bins.of(trap) in self.counts)

    def marks(self, settings: TrapSettings) -> "pd.DataFrame":
        """Return the outlines with the share that meets each rule, and the rules that mark it.

        Columns: those of `outlines`, `<rule>_share` (0 to 1, NaN for an outline without pixels) for
        every rule switched on whose band was found, and `traps`, the names of those met by at
        least the settings' share, "" where none is.
        """
        table = self.outlines.copy()
        marked = [""] * len(table)
        for trap, rule in settings.chosen(self.task):
            if trap not in self.available:
                continue
            share = self._share(trap, rule.value)
            table[f"{trap.name}{SHARE}"] = share.round(4)
            hits = np.flatnonzero(share >= settings.share)
            for row in hits:
                marked[row] = f"{marked[row]}, {trap.name}".removeprefix(", ")
        table["traps"] = marked
        return table

    def _share(self, trap: Trap, value: float | tuple[int, ...]) -> NDArray[np.float64]:
        bins = Bins.of(trap)
        met = self.counts[bins][:, bins.met(trap, value)].sum(axis=1)
        share = np.full(len(met), np.nan)
        return np.divide(met, self.pixels, out=share, where=self.pixels > 0)


def tabulate_ground(
    outlines: "geopandas.GeoDataFrame",
    stack: RasterStack,
    task: Task,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> TrapTable:
    """Count the values of the bands under every outline.

    Args:
        outlines: Polygons in the CRS of the stack, as a run draws them.
        stack: Every band of the study area that was found, on the grid of the map.
        task: What was mapped; its traps decide which bands are read.
        progress: Hears about every block.
        cancelled: Asked before every block.
    """
    import pandas as pd

    traps = [trap for trap in traps_of(task) if _readable(trap, stack)]
    wanted = {Bins.of(trap) for trap in traps}
    pixels = np.zeros(len(outlines), np.int64)
    counts = {bins: np.zeros((len(outlines), bins.count), np.int32) for bins in wanted}
    unnamed = [UnnamedIds(layer.name, layer.legend) for layer in stack.layers
               if layer.legend and layer.name in {bins.band for bins in wanted}]  # fmt: skip
    for owners, values in _under(outlines, stack, wanted, progress, cancelled):
        inside = owners > 0
        rows = owners[inside] - 1
        pixels += np.bincount(rows, minlength=len(outlines))
        for ids in unnamed:
            ids.add(values[ids.band][inside])
        for bins in wanted:
            held = values[bins.band][inside]
            known = ~np.isnan(held)
            flat = rows[known] * bins.count + bins.place(held[known])
            _add(counts[bins], flat)
    kept = [name for name in KEPT_COLUMNS if name in outlines.columns]
    table = pd.DataFrame(outlines[kept]).reset_index(drop=True)
    said = (
        *_notes(task, traps),
        *filter(None, (ids.note("under the outlines") for ids in unnamed)),
    )
    return TrapTable(task, table, pixels, counts, said)


def mark_traps(
    stack: RasterStack,
    polygons: Path,
    task: Task,
    settings: TrapSettings | None = None,
) -> "pd.DataFrame":
    """Return the outlines of a run with their shares in known traps, as `TrapTable.marks` does.

    Args:
        stack: From `ground.ground_stack`, on the grid of the map.
        polygons: GeoPackage of a run.
        task: What was mapped.
        settings: None takes every rule as it is declared.
    """
    table = tabulate_ground(read_outlines(polygons), stack, task)
    return table.marks(settings or TrapSettings.usual(task))


def _under(
    outlines: "geopandas.GeoDataFrame",
    stack: RasterStack,
    wanted: set[Bins],
    progress: Progress,
    cancelled: Cancelled,
) -> Iterator[tuple[NDArray[np.int32], dict[str, ground.Values]]]:
    """Yield for every block that holds outlines whose pixel it is, from 1, and the bands there."""
    names = _bands(wanted, stack)
    shapes = outlines.geometry.array
    tree = shapely.STRtree(shapes)
    windows = list(blocks(stack.grid))
    chosen = stack.select(names)
    with chosen.open() as reader:
        read = ground.GroundReader(reader, stack.grid, names)
        for done, window in enumerate(windows, start=1):
            stop_if(cancelled)
            part = stack.grid.window(window)
            near = tree.query(shapely.box(*part.bounds)) if len(shapes) else ()
            if names and len(near):
                pairs = [(shapes[place], int(place) + 1) for place in near]
                owners = rasterize(pairs, part.shape, transform=part.transform, dtype="int32")
                yield owners, read(window)
            progress(Event(STAGE, done, len(windows)))


def _add(counts: Counts, flat: NDArray[np.int64]) -> None:
    """Add pixels to a table without an array as large as it for every block."""
    places, times = np.unique(flat, return_counts=True)
    counts.reshape(-1)[places] += times.astype(np.int32)


def _readable(trap: Trap, stack: RasterStack) -> bool:
    derived = trap.band == ground.SLOPE and ground.ELEVATION in stack.names
    return trap.band in stack.names or derived


def _bands(wanted: set[Bins], stack: RasterStack) -> list[str]:
    """Return the bands to read: those of the rules, and elevation where slope must be derived."""
    found = {bins.band for bins in wanted}
    if ground.SLOPE in found - set(stack.names):
        found = found - {ground.SLOPE} | {ground.ELEVATION}
    return [name for name in stack.names if name in found]


def _notes(task: Task, traps: Sequence[Trap]) -> tuple[str, ...]:
    missing = [trap for trap in traps_of(task) if trap not in traps]
    return tuple(
        f"{trap.title} cannot be told: the study area has no band {trap.band}" for trap in missing
    )
