"""What shall be explained of a run, and where its rasters and networks lie now."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from geoseg.settings import Settings

USUAL_TILES = 12


class ExplainSettings(Settings):
    """Everything of one explanation that a user decides.

    Neither polygon nor point explains the area as a whole, by tiles spread over it.
    """

    version: Literal[1] = 1
    polygon: int | None = Field(default=None, ge=1)
    """Number of an outline, the column `id` of polygons.gpkg."""
    point: tuple[float, float] | None = None
    """Longitude and latitude; the outline there, or where there is none the ground around it."""
    tiles: int = Field(default=USUAL_TILES, ge=1, le=1000)
    """At most so many tiles are looked at: more are steadier and take longer."""
    rasters: tuple[Path, ...] = ()
    """The run's rasters; empty looks for them by name."""
    models: Path | None = None
    """Folder of the run's networks; None looks where the run took them from, then in the zoo that
    comes with the product."""

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if self.polygon is not None and self.point is not None:
            raise ValueError("name an outline or a point, not both")
        return self
