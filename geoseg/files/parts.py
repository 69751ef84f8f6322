"""A path as a user writes it -> the file, and which part of it is meant.

Behind the ending stands a layer of a file of shapes, or how to read a raster of several bands:
`inventory.gpkg:wetlands`, `labels.tif:2`, `labels.tif:onehot`, `picture.tif:#0080ff`. QGIS writes
`inventory.gpkg|layername=wetlands`, which is read too.
"""

import re
from pathlib import Path

ENDINGS = (
    "gpkg", "geojson", "json", "shp", "zip", "kml", "kmz", "fgb", "gml", "parquet", "geoparquet",
    "tif", "tiff",
)  # fmt: skip
_BEHIND_ENDING = re.compile(rf"\.(?:{'|'.join(ENDINGS)})(\|layername=|[|:])(?=.)", re.IGNORECASE)


def split_part(path: Path) -> tuple[Path, str]:
    """Return the file and the part behind its ending; "" where none is named.

    A file that is really called so is taken as it is.
    """
    text = str(path)
    if _there(path):
        return path, ""
    for found in _BEHIND_ENDING.finditer(text):
        if _there(file := Path(text[: found.start(1)])):
            return file, text[found.end(1) :].strip()
    return path, ""


def split_name(name: str) -> tuple[str, str]:
    """Return the name of a file that is not there yet, and the part behind its ending."""
    found = _BEHIND_ENDING.search(name)
    return (name[: found.start(1)], name[found.end(1) :].strip()) if found else (name, "")


def file_of(path: Path) -> Path:
    """Return the file alone."""
    return split_part(path)[0]


def with_part(path: Path, part: str) -> Path:
    """Return the path that means a part of a file; an empty part means the file."""
    return Path(f"{path}:{part}") if part else path


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
