"""A request -> the reference on the run's grid, the bands that divide the ground, the sub-areas."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.request import CompareRequest
from geoseg.errors import GeosegError, ReferenceMapError
from geoseg.evaluation.areas import AreaScore, split_areas
from geoseg.evaluation.strata import missing_strata
from geoseg.stack.gtiff import cut_off, open_gtiff
from geoseg.stack.opening import open_stack
from geoseg.stack.reference import Reference, ReferenceReader, open_reference
from geoseg.stack.source import inspect_raster
from geoseg.stack.stack import RasterStack

REFERENCE = "reference.tif"
NO_REFERENCE = (
    "there is nothing to compare with: the run was made without a reference; give one with "
    "--reference, or mapped lines or points with --lines or --points"
)


@dataclass(frozen=True)
class OwnReference:
    """The reference.tif of a run: 0, 1, 255 on its grid."""

    path: Path
    notes: tuple[str, ...] = ()

    @contextmanager
    def open(self) -> Iterator[ReferenceReader]:
        """Open the file."""
        with open_gtiff(self.path) as dataset:
            yield _Bytes(self.path, dataset)


@dataclass(frozen=True)
class _Bytes:
    path: Path
    dataset: DatasetReader

    def read(self, window: Window) -> NDArray[np.uint8]:
        try:
            return self.dataset.read(1, window=window).astype(np.uint8)
        except RasterioError:
            raise cut_off(self.path) from None


@dataclass(frozen=True)
class Ground:
    """What a run is compared with, and what the ground is divided by.

    Attributes:
        reference: Of pixels; None where there are only lines or points.
        areas: Named sub-areas.
        stack: The run's bands on its grid; without layers where they are not at hand.
        notes: Plain sentences on how all this was read and what is left out.
    """

    reference: OwnReference | Reference | None
    areas: tuple[AreaScore, ...]
    stack: RasterStack
    notes: tuple[str, ...]

    def open_reference(self) -> AbstractContextManager[ReferenceReader]:
        """Open the reference.

        Raises:
            ReferenceMapError: There is none.
        """
        if self.reference is None:
            raise ReferenceMapError(NO_REFERENCE)
        return self.reference.open()


def find_ground(request: CompareRequest, run: FinishedRun) -> Ground:
    """Check and open everything a run is compared with.

    Raises:
        ReferenceMapError: There is nothing to compare with, or it cannot be compared.
        GridError: The sub-areas lie elsewhere.
    """
    reference = _reference(request, run)
    if not (reference or request.lines or request.points or request.other):
        raise ReferenceMapError(NO_REFERENCE)
    areas, beside = split_areas(request.areas, run.grid) if request.areas else ((), ())
    stack, doubts = _stack(request, run)
    notes = (
        *(reference.notes if reference else ("no scores of pixels: no reference of areas",)),
        *(f"sub-area {name} lies outside the map and is left out" for name in beside),
        *(doubts if reference and run.is_run else ()),
    )
    return Ground(reference, areas, stack, notes)


def _reference(request: CompareRequest, run: FinishedRun) -> OwnReference | Reference | None:
    if request.reference is not None:
        return open_reference(request.reference, run.grid, run.task, request.positive)
    path = run.path(REFERENCE)
    if path is None:
        return None
    found = inspect_raster(path).grid
    if not found.same_as(run.grid):
        raise ReferenceMapError(
            f"{path.name} of {run.title} lies on {found.words()}, its maps on "
            f"{run.grid.words()}; run again"
        )
    return OwnReference(path)


def _stack(request: CompareRequest, run: FinishedRun) -> tuple[RasterStack, Sequence[str]]:
    """Return the bands of the study area on the run's grid, and what is missing of them."""
    left_out, empty = "no scores by slope, aspect and land cover", RasterStack((), run.grid)
    if not request.rasters:
        return empty, (f"{left_out}: the run's rasters were not given",)
    try:
        fill = run.record["settings"].get("fill", "auto")
        stack = open_stack(request.rasters, run.task, None, request.bands, fill=fill)
    except GeosegError as reason:
        return empty, (f"{left_out}: {reason}",)
    on_map = replace(stack, grid=run.grid, area=None)
    return on_map, missing_strata(on_map, run.path("coverage.tif"))
