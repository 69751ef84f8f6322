"""GeoSeg: maps of landslides and wetlands from rasters, by ensembles of segmentation networks."""

__version__ = "0.1.0"
