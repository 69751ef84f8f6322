"""pyogrio, told to leave nothing beside the vector files it reads.

GDAL would write a .aux.xml beside every GeoPackage with tags that is only looked at. Rasters keep
that habit of reading side files: rasterio brings a GDAL of its own.
"""

import pyogrio

pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO"})

__all__ = ["pyogrio"]
