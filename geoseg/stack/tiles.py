"""Files that hold the same band -> which are parts of one scene, which show the same ground."""

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np
from rasterio.enums import Resampling

from geoseg.errors import BandError
from geoseg.grid import Grid
from geoseg.stack.blocks import spread_windows
from geoseg.stack.common_grid import bounds_in, covering
from geoseg.stack.reading import open_on_grid
from geoseg.stack.source import BandSource, RasterInfo, joined

SAME_GROUND = 0.9
"""Share of the smaller file from which two files show the same ground, such as two dates."""
PADDED = 0.1
"""Share of the smaller one's values below which files of one frame hold different parts of it."""
WORTH_SAYING = 0.5
LOOKED_AT = 100_000
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d-?[01]\d-?[0-3]\d(?!\d)")


class Ground:
    """Which files of some show the same ground; every pair is looked at once."""

    def __init__(self, infos: Iterable[RasterInfo]) -> None:
        self._infos = {info.path: info for info in infos}
        self._known: dict[tuple[Path, Path], bool] = {}

    def same(self, first: BandSource, second: BandSource) -> bool:
        """Tell whether two layers show the same ground, so that only one of them can be meant."""
        if first.path == second.path:
            return True
        pair = first.path, second.path
        if pair not in self._known:
            self._known[pair] = self._look(first, second)
        return self._known[pair]

    def parts(
        self, claimants: Sequence[BandSource], band: str
    ) -> tuple[tuple[BandSource, ...], tuple[BandSource, ...]]:
        """Split layers that could all be one band into the parts of one scene and the others.

        Layers on neighbouring ground are parts. Layers that show the same ground are not: the
        first of them is taken and the others are left, for two dates must not be mixed.

        Args:
            claimants: In the user's order.
            band: What they hold, for the sentence.

        Raises:
            BandError: Some lie beside each other and some show the same ground.
        """
        pairs = list(combinations(claimants, 2))
        twice = [pair for pair in pairs if self.same(*pair)]
        if not twice:
            return tuple(claimants), ()
        files = {source.path for source in claimants}
        if len(twice) == len(pairs) or len(files) == 1:
            return (claimants[0],), tuple(claimants[1:])
        raise BandError(_unclear(claimants, twice[0], band))

    def apart(self, sources: Sequence[BandSource]) -> bool:
        """Tell whether all layers lie on ground of their own."""
        return not any(self.same(*pair) for pair in combinations(sources, 2))

    def _look(self, first: BandSource, second: BandSource) -> bool:
        one, two = self._infos[first.path], self._infos[second.path]
        if shared(one.grid, two.grid) < SAME_GROUND:
            return False
        if not (one.path.is_file() and two.path.is_file()):
            return True  # gone since it was looked into: its frame alone is known
        stamps = tuple(path.stat().st_mtime_ns for path in (one.path, two.path))
        frame = covering(one.grid, [bounds_in(grid, one.grid) for grid in (one.grid, two.grid)])
        return _shared_values(first, second, frame, stamps) >= PADDED


def _unclear(
    claimants: Sequence[BandSource], twice: tuple[BandSource, BandSource], band: str
) -> str:
    one, two = (source.path.name for source in twice)
    names = ", ".join(source.path.name for source in claimants)
    return (
        f"{len(claimants)} layers could be {band} ({names}); some lie beside each other, but "
        f"{one} and {two} show the same ground, so nothing says which belong together; give the "
        f"files of one date only, or name the parts: {band}={joined(claimants[:2])}"
    )


def shared(first: Grid, second: Grid) -> float:
    """Return the ground two grids share, as a share of the smaller one, 0 to 1."""
    box = bounds_in(second, first)
    if not all(map(math.isfinite, box)):
        return 0.0  # too far apart for one coordinate system
    left, bottom, right, top = first.bounds
    width = min(right, box[2]) - max(left, box[0])
    height = min(top, box[3]) - max(bottom, box[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (first.bounds, box)]
    return float(width * height / min(areas))


def scene_notes(scenes: Sequence[Sequence[RasterInfo]]) -> list[str]:
    """Say that files are mapped as one scene, by which rule, and what may be wrong with that.

    Args:
        scenes: For each band or set of bands that comes in parts, its files.
    """
    frames: dict[tuple[Grid, ...], list[Sequence[RasterInfo]]] = {}
    for files in scenes:
        frames.setdefault(tuple(info.grid for info in files), []).append(files)
    notes = []
    for alike in frames.values():
        names = "; ".join(", ".join(info.path.name for info in files) for files in alike)
        notes.append(
            f"Mapped as one scene in parts, for they hold the same bands on neighbouring ground: "
            f"{names}. Where parts overlap the file given first counts, and a later one fills what "
            "it lacks"
        )
        notes += _mixed_notes(alike[0])
    return notes


def _mixed_notes(files: Sequence[RasterInfo]) -> list[str]:
    """Say what speaks against files being parts of one scene: overlap, days, units."""
    pairs = [(a, b, shared(a.grid, b.grid)) for a, b in combinations(files, 2)]
    notes = [
        f"{a.path.name} and {b.path.name} share {share:.0%} of their ground; if they show two "
        "dates, map each by itself"
        for a, b, share in pairs
        if share > WORTH_SAYING
    ]
    dates = [DATE.search(info.path.stem) for info in files]
    days = sorted({found.group().replace("-", "") for found in dates if found})
    if len(days) > 1:
        notes.append(
            f"The names of these files speak of different days ({', '.join(days)}): look for a "
            "step in the map where they meet"
        )
    if len({_stored(info) for info in files}) > 1:
        stored = ", ".join(f"{info.path.name}: {_stored(info)}" for info in files)
        notes.append(
            f"These files store their values differently ({stored}): make sure that they are in "
            "the same unit"
        )
    return notes


def _stored(info: RasterInfo) -> str:
    band = info.bands[0]
    kind = "decimals" if np.dtype(band.dtype).kind == "f" else "whole numbers"
    unscaled = kind if (band.scale, band.offset) == (1.0, 0.0) else "scaled"
    return f"{unscaled} {band.unit}".rstrip()


@lru_cache(maxsize=256)
def _shared_values(
    first: BandSource, second: BandSource, grid: Grid, _stamps: tuple[int, ...]
) -> float:
    """Return the pixels where both layers hold a value, as a share of the sparser one's."""
    known = []
    for source in (first, second):
        with open_on_grid(source.path, grid, Resampling.nearest) as file:
            read = [file.read([source], window) for window in spread_windows(grid, LOOKED_AT)]
        known.append(np.concatenate([np.isfinite(values).ravel() for values in read]))
    least = min(int(values.sum()) for values in known)
    return float((known[0] & known[1]).sum() / least) if least else 0.0
