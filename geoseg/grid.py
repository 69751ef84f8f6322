"""CRS + transform + shape -> one frozen grid that every array of a run lies on."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from affine import Affine
from odc.geo.geobox import GeoBox
from rasterio.crs import CRS
from rasterio.windows import Window

from geoseg.errors import GridError
from geoseg.lonlat import bounds_in_degrees

SAME_PLACE = 1e-3
"""Pixels: two grids whose corners differ by less are the same grid."""


@dataclass(frozen=True)
class Grid:
    """Where the pixels lie: projected CRS in metres, north-up or not, (height, width) pixels."""

    crs: CRS
    transform: Affine
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise GridError(
                f"a grid needs at least one pixel, got {self.width} x {self.height}; "
                "choose an area that overlaps the rasters"
            )
        if not self.crs.is_projected:
            raise GridError(
                f"areas in square metres need a projected CRS, got {self.crs.to_string()}; "
                "reproject, e.g. to UTM"
            )

    @classmethod
    def from_geobox(cls, geobox: GeoBox) -> "Grid":
        """Take over an odc-geo GeoBox."""
        if geobox.crs is None:
            raise GridError("a grid needs a CRS, got none; georeference the raster first")
        height, width = geobox.shape
        return cls(CRS.from_user_input(geobox.crs.to_wkt()), geobox.affine, width, height)

    @cached_property
    def geobox(self) -> GeoBox:
        """The same grid for odc-geo's operations."""
        return GeoBox(self.shape, self.transform, self.crs.to_wkt())

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width), pixels."""
        return self.height, self.width

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) in the CRS's unit."""
        box = self.geobox.boundingbox
        return box.left, box.bottom, box.right, box.top

    @property
    def lonlat_bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north), degrees; west is greater than east across 180 degrees."""
        return bounds_in_degrees(self.crs, self.bounds)

    @cached_property
    def metres_per_unit(self) -> float:
        """Metres in one unit of the CRS: 1 for metres, 0.3048 for feet."""
        return float(self.crs.linear_units_factor[1])

    @property
    def pixel_size_m(self) -> float:
        """Side of a square pixel of the same area, metres."""
        return float(self.pixel_area_m2**0.5)

    @property
    def pixel_area_m2(self) -> float:
        """Area of one pixel, square metres."""
        return float(abs(self.transform.determinant) * self.metres_per_unit**2)

    def window(self, window: Window) -> "Grid":
        """Return the grid of a window of this one; the window may reach outside."""
        origin = self.transform @ Affine.translation(window.col_off, window.row_off)
        return Grid(self.crs, origin, int(window.width), int(window.height))

    def same_as(self, other: "Grid") -> bool:
        """Tell whether both grids hold the same pixels at the same place."""
        if self.shape != other.shape or self.crs != other.crs:
            return False
        corner = ~self.transform @ other.transform
        offset = max(abs(corner.c), abs(corner.f))
        stretch = max(abs(corner.a - 1), abs(corner.e - 1), abs(corner.b), abs(corner.d))
        return offset < SAME_PLACE and stretch * max(self.shape) < SAME_PLACE

    def words(self) -> str:
        """Describe the grid to a person: 'EPSG:32636, 30 m pixels, 1177 rows x 1548 columns'."""
        return (
            f"{self.crs.to_string()}, {self.pixel_size_m:g} m pixels, "
            f"{self.height} rows x {self.width} columns"
        )

    def record(self) -> dict[str, Any]:
        """Return the grid as JSON-ready values; `from_record` gives the same grid back."""
        return {
            "crs": self.crs.to_string(),
            "transform": list(self.transform)[:6],
            "width": self.width,
            "height": self.height,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Grid":
        """Read what `record` wrote."""
        return cls(
            CRS.from_user_input(record["crs"]),
            Affine(*record["transform"]),
            record["width"],
            record["height"],
        )
