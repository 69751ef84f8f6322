"""CRS + transform + shape -> one frozen grid that every array of a run lies on."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from odc.geo.geobox import GeoBox
from rasterio.crs import CRS
from rasterio.windows import Window
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import distance_transform_edt

from geoseg.ellipsoid import (
    ground_matrix,
    horizontal,
    is_plain,
    metres_per_unit,
    place_fault,
    plain_matrix,
)
from geoseg.errors import GridError
from geoseg.lonlat import bounds_in_degrees

Numbers = NDArray[np.float64]

SAME_PLACE = 1e-3
"""Pixels: two grids whose corners differ by less are the same grid."""
OBLONG = 0.01
"""Share by which the sides of a pixel differ before both are told."""
LOOKED_AT, NODES = 5, 33
"""Places a side: where it is seen whether the plane is true, and where the ground is measured if it
is not; between them it is interpolated, to a thousandth even on a map of the world."""


@dataclass(frozen=True)
class Grid:
    """Where the pixels lie: projected CRS in metres, north-up or not, (height, width) pixels.

    A CRS with heights is kept without them. Lengths and areas in metres are those on the
    ellipsoid; a plane that is true to a quarter of a percent everywhere in the grid, such as UTM
    in its zone, is taken at its word.
    """

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
        fault = place_fault(self.crs)
        if fault:
            raise GridError(f"the grid {fault}")
        object.__setattr__(self, "crs", horizontal(self.crs))
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
        """Metres in one unit of the CRS, as its name says: 1 for metres, 0.3048 for feet."""
        return metres_per_unit(self.crs)

    @property
    def pixel_width_m(self) -> float:
        """Length on the ground of a pixel's side along a row, in the middle of the grid, metres."""
        place = self.ground_place()
        return float(np.hypot(place.a, place.d))

    @property
    def pixel_height_m(self) -> float:
        """Length on the ground of a pixel's side along a column, in the middle, metres."""
        place = self.ground_place()
        return float(np.hypot(place.b, place.e))

    @property
    def pixel_sides_m(self) -> tuple[float, float]:
        """(height, width) of a pixel on the ground, in the order of an array's axes, metres."""
        return self.pixel_height_m, self.pixel_width_m

    @property
    def pixel_size_m(self) -> float:
        """Side of a square pixel of the same area, metres: for words, and to compare grids.

        What is laid over pixels takes `pixel_sides_m`, for they need not be square.
        """
        return float(self.pixel_area_m2**0.5)

    @cached_property
    def pixel_area_m2(self) -> float:
        """Mean area of a pixel on the ground, square metres."""
        surface = self._areas
        if surface is None:
            return self._plain_area_m2
        return float(surface.integral(0, self.height, 0, self.width)) / (self.height * self.width)

    @property
    def is_true(self) -> bool:
        """Tell whether the plane of the CRS is true to a quarter of a percent in all the grid."""
        return self._areas is None

    def pixel_areas_m2(self, window: Window | None = None) -> NDArray[np.float64]:
        """Return the area on the ground of every pixel of a window, (y, x), square metres.

        Args:
            window: In this grid; None is all of it.
        """
        rows, cols = _centres(window or Window(0, 0, self.width, self.height))
        if self._areas is None:
            return np.broadcast_to(np.float64(self._plain_area_m2), (len(rows), len(cols)))
        return np.asarray(self._areas(rows, cols))

    def pixel_areas_at_m2(
        self, rows: NDArray[np.float64], cols: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the area of a pixel at places of the grid (row, column), square metres."""
        if self._areas is None:
            return np.full(np.shape(rows), self._plain_area_m2)
        return np.asarray(self._areas.ev(rows, cols))

    def areas_m2(
        self, ids: NDArray[np.integer[Any]], window: Window, count: int
    ) -> NDArray[np.float64]:
        """Return the square metres that the pixels of every id from 0 to count - 1 take.

        Args:
            ids: (y, x) of the window; others are left out.
            window: In this grid.
            count: How many ids there are.
        """
        counted = (ids >= 0) & (ids < count)
        if self._areas is None:
            pixels = np.bincount(ids[counted], minlength=count).astype(np.float64)
            return np.asarray(pixels * self._plain_area_m2)
        areas = self.pixel_areas_m2(window)
        return np.bincount(ids[counted], areas[counted], minlength=count).astype(np.float64)

    def ground_place(self, window: Window | None = None) -> Affine:
        """Return the way from pixels to metres on the ground in the middle of a window.

        Args:
            window: In this grid; None is all of it.

        Returns:
            (column, row) -> metres towards grid east and grid north; the origin is of no meaning.
        """
        part = window or Window(0, 0, self.width, self.height)
        matrix = plain_matrix(self.crs)
        if self._areas is not None:
            col, row = part.col_off + part.width / 2, part.row_off + part.height / 2
            x, y = self.transform @ (np.float64(col), np.float64(row))
            found = ground_matrix(self.crs, np.asarray(x), np.asarray(y))
            matrix = found if np.isfinite(found).all() else matrix
        (a, b), (d, e) = (matrix @ self._linear).tolist()
        return Affine(a, b, 0, d, e, 0)

    @property
    def _linear(self) -> NDArray[np.float64]:
        a, b, _, d, e, _ = self.transform[:6]
        return np.array([[a, b], [d, e]])

    @property
    def _plain_area_m2(self) -> float:
        return float(abs(self.transform.determinant) * self.metres_per_unit**2)

    @cached_property
    def _areas(self) -> RectBivariateSpline | None:
        """The area of a pixel over (row, column), square metres; None where the plane is true."""
        if is_plain(self.crs, self._measured(LOOKED_AT)[2]):
            return None
        rows, cols, matrix = self._measured(NODES)
        areas = np.abs(np.linalg.det(matrix @ self._linear))
        return RectBivariateSpline(rows, cols, _filled(areas))

    def _measured(self, places: int) -> tuple[Numbers, Numbers, Numbers]:
        """Return rows, columns and, (row, column, 2, 2), what a unit of the CRS is there."""
        rows, cols = (np.linspace(0, length, places) for length in self.shape)
        across, down = np.meshgrid(cols, rows)
        (a, b), (d, e) = self._linear
        x = a * across + b * down + self.transform.c
        y = d * across + e * down + self.transform.f
        return rows, cols, ground_matrix(self.crs, x, y)

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
            f"{self.crs.to_string()}, {self.pixel_words()} pixels, "
            f"{self.height} rows x {self.width} columns"
        )

    def pixel_words(self) -> str:
        """Say how large a pixel is: '30 m', or '20 x 5 m' (width x height)."""
        height, width = self.pixel_sides_m
        if abs(height - width) > OBLONG * max(height, width):
            return f"{width:.4g} x {height:.4g} m"
        return f"{self.pixel_size_m:g} m" if self.is_true else f"{self.pixel_size_m:.4g} m"

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


def _centres(window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows and the columns of the pixels' middles."""
    rows = np.arange(int(window.height)) + window.row_off + 0.5
    return rows, np.arange(int(window.width)) + window.col_off + 0.5


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values, the nearest known one where a system does not reach."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    nearest = distance_transform_edt(missing, return_distances=False, return_indices=True)
    return np.asarray(values[tuple(nearest)])
