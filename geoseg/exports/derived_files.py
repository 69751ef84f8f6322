"""A GeoTIFF that was derived <-> the tag by which it is known again, and may be made anew."""

from collections.abc import Iterable
from pathlib import Path

import rasterio
from rasterio.errors import RasterioError

from geoseg.files.outputs import check_file

TAG = "GEOSEG_DERIVED"


def derived_tags(way: str) -> dict[str, str]:
    """Return the tags of a derived stack: which way it was derived."""
    return {TAG: way}


def check_derived(out: Path, inputs: Iterable[Path]) -> None:
    """Refuse a place where a derived stack would replace an input or a file of a user's.

    Raises:
        OutputError: It would, or `out` is a folder, or there is no folder to write to.
    """
    check_file(out, inputs, is_ours=_is_derived, what="the derived stack")


def _is_derived(path: Path) -> bool:
    try:
        with rasterio.open(path) as raster:
            return TAG in raster.tags()
    except RasterioError:
        return False
