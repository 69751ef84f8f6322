"""pyogrio, told to leave nothing beside the vector files it reads and to know few formats.

GDAL would write a .aux.xml beside every GeoPackage with tags that is only looked at. Rasters keep
that habit of reading side files: rasterio brings a GDAL of its own. Of its many formats some name
further files or addresses, which a file from a stranger must not do: only those the product reads
and writes are left.
"""

import pyogrio
from pyogrio import _ogr

DRIVERS = ("MEM", "GPKG", "ESRI Shapefile", "GeoJSON", "LIBKML", "KML", "FlatGeobuf", "GML", "GPX",
           "MVT")  # fmt: skip
"""GDAL's names of the formats that are left; tests read vector tiles back by the last."""


def _leave_only_few_drivers() -> None:
    others = [name for name in pyogrio.list_drivers() if name not in DRIVERS]
    pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(others)})
    # GDAL looks at the list when it registers its drivers, which importing pyogrio has done.
    _ogr._register_drivers()


pyogrio.set_gdal_config_options(
    {
        "GDAL_PAM_ENABLED": "NO",
        "GML_DOWNLOAD_SCHEMA": "NO",
        "GML_SKIP_RESOLVE_ELEMS": "ALL",
        "LIBKML_RESOLVE_STYLE": "NO",
    }
)
_leave_only_few_drivers()

__all__ = ["DRIVERS", "pyogrio"]
