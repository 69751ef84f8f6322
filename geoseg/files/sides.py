"""What GDAL and QGIS leave beside a raster: statistics go with the raster, all else is the user's."""

from pathlib import Path
from xml.etree import ElementTree

SIDES = (".aux.xml", ".ovr", ".msk")
STATISTICS = ".aux.xml"
HARMLESS = {"PAMDataset", "PAMRasterBand", "Histograms", "HistItem", "HistMin", "HistMax",
            "BucketCount", "IncludeOutOfRange", "Approximate", "HistCounts", "Metadata"}  # fmt: skip
COMPUTED = ("STATISTICS_", "GEOSEG_", "AREA_OR_POINT", "LAYER_TYPE")
"""Begin what GDAL writes beside a raster or a GeoPackage that it only looked at."""
LARGEST_BYTES = 2_000_000


def foreign_side(raster: Path) -> Path | None:
    """Return a file beside a raster that would no longer belong to a new one of its name."""
    sides = (raster.with_name(raster.name + ending) for ending in SIDES)
    return next((side for side in sides if side.is_file() and not _is_statistics(side)), None)


def remove_statistics(raster: Path) -> None:
    """Remove the statistics of the pixels that were there before."""
    side = raster.with_name(raster.name + STATISTICS)
    if side.is_file() and _is_statistics(side):
        side.unlink()


def _is_statistics(side: Path) -> bool:
    """Tell whether a side file holds nothing but statistics, or a copy of GeoSeg's own tags."""
    if not side.name.endswith(STATISTICS) or side.stat().st_size > LARGEST_BYTES:
        return False
    try:
        root = ElementTree.fromstring(side.read_bytes())
    except (ElementTree.ParseError, OSError):
        return False
    return all(
        part.tag in HARMLESS or (part.tag == "MDI" and part.get("key", "").startswith(COMPUTED))
        for part in root.iter()
    )
