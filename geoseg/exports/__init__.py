"""Arrays and tables -> GeoTIFF, vectors, styles, report, run record: the files to take home."""
