"""What a comparison needs to know: runs, what people mapped, choices -> one frozen object."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import Field

from geoseg.evaluation.lines import LineSettings
from geoseg.evaluation.objects import ObjectSettings
from geoseg.pipeline.request import RunRequest
from geoseg.settings import Settings

PATHS = ("run", "other", "reference", "areas", "lines", "points", "grid")


class CompareRequest(Settings):
    """Everything of one comparison that a user decides."""

    version: Literal[1] = 1
    run: Path
    """Folder of a finished run, or a map of others as GeoTIFF or polygons."""
    other: Path | None = None
    """A second run on the same grid, or a map of others, to set beside the first."""
    map_positive: tuple[int | str, ...] = ()
    """Classes of `run` that are the feature where it is a map of others; empty takes the legend's."""
    other_positive: tuple[int | str, ...] = ()
    """The same of `other`."""
    grid: Path | None = None
    """A raster whose pixels are taken where neither side is a run or a raster."""
    task: str = ""
    """What was mapped where neither side is a run; empty asks their tags."""
    reference: Path | None = None
    """GeoTIFF or polygons; None takes the reference that the run was made with."""
    positive: tuple[int, ...] = ()
    """Class ids of a land-cover reference that count as the feature; empty takes the task's."""
    areas: Path | None = None
    """Polygons: the scores of each are counted apart."""
    lines: Path | None = None
    """Mapped lines, e.g. of ravines: how much of them the outlines hold."""
    line_settings: LineSettings = LineSettings()
    """How outlines are made ready before lines are laid over them."""
    points: Path | None = None
    """Mapped points with their class."""
    point_class: str = ""
    """Column of the points that holds the class; empty lets the file decide."""
    point_feature: tuple[str, ...] = ()
    """Values of that column that count as the feature; empty takes its name, or 1."""
    tolerance_m: float = Field(default=10.0, ge=0)
    """How far a point may lie from its feature on the map and still count as found."""
    rasters: tuple[Path, ...] = ()
    """The run's rasters, for scores by slope, aspect and land cover."""
    bands: dict[str, str] = Field(default_factory=dict)
    """Band name -> `BandSource.key`, as in the run's request."""
    objects: ObjectSettings = ObjectSettings()
    """When two outlines count as the same object."""
    boundary_m: float | None = Field(default=None, gt=0)
    """Width of the band along outlines that boundary IoU compares; None takes two pixels."""
    places: int = Field(default=50, ge=0, le=1000)
    """How many places to visit and to label next are listed."""

    def absolute(self) -> "CompareRequest":
        """Return the request with full paths, so that another process may work on it."""
        paths = {name: getattr(self, name) for name in PATHS}
        whole = {name: path and path.absolute() for name, path in paths.items()}
        rasters = tuple(path.absolute() for path in self.rasters)
        return self.model_copy(update={**whole, "rasters": rasters})

    @property
    def key(self) -> str:
        """Sixteen letters that two requests share only where they ask for the same."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]


def plain_request(folder: Path, request: RunRequest, other: Path | None = None) -> CompareRequest:
    """Return the comparison that a run with a reference gets by itself.

    Args:
        folder: Of the finished run.
        request: What the run was made of.
        other: Folder of a second run.
    """
    return CompareRequest(
        run=folder, other=other, rasters=request.rasters, bands=request.bands
    ).absolute()
