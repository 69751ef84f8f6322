"""The files a comparison leaves behind: names, plain titles, media types, in the order of reading."""

from pathlib import Path

from geoseg.files.outputs import OutputFolder
from geoseg.pipeline.products import JSON, TIFF, Product

RECORD = "metrics.json"
FIGURES, LIBRARY = "figures", "plotly.min.js"
GPKG, CSV = "application/geopackage+sqlite3", "text/csv"

TITLES: dict[str, tuple[str, str]] = {
    "confusion.tif": ("Right and wrong, pixel by pixel", TIFF),
    "single_vs_ensemble.tif": ("Single best network beside the ensemble, seven colours", TIFF),
    "run_vs_run.tif": ("This run beside the other, seven colours", TIFF),
    "difference.tif": (
        "Where only one of the two maps says feature (1 this one, -1 the other)",
        TIFF,
    ),
    "probability_difference.tif": ("Probability of this run minus that of the other", TIFF),
    "map.tif": ("The map that is no run, on the grid it was compared on", TIFF),
    "other_map.tif": ("The other map, which is no run, on the grid of this one", TIFF),
    "reference.tif": ("Reference on the grid of the map", TIFF),
    "reference_classes.tif": ("Reference with its classes, on the grid of the map", TIFF),
    "objects.gpkg": ("Outlines found, missed and false, for any GIS", GPKG),
    "objects.csv": ("Every outline: found, missed or false", CSV),
    "lines.gpkg": ("Lines and the outlines that meet them, for any GIS", GPKG),
    "areas.csv": ("Scores of every sub-area and kind of ground", CSV),
    "visits.gpkg": ("Unsure places to visit in the field (points)", GPKG),
    "visits.csv": ("Unsure places to visit, as a table", CSV),
    "visits.gpx": ("Unsure places to visit, for a GPS", "application/gpx+xml"),
    "label_next.gpkg": ("Where map and reference disagree: label these first", GPKG),
    "label_next.csv": ("Where map and reference disagree, as a table", CSV),
    "curves.json": ("Scores at every threshold", JSON),
    RECORD: ("All numbers of the comparison", JSON),
}
"""File name -> what it is in plain words, media type."""

COMPARISON = OutputFolder(RECORD, frozenset(TITLES), frozenset({FIGURES}), once_unlisted=True)
"""What a comparison may leave in its folder."""


def list_files(folder: Path) -> list[Product]:
    """Return what is there of a finished comparison, its figures last; nothing before its end."""
    if not (folder / RECORD).is_file():
        return []
    files = [_product(folder, name, *TITLES[name]) for name in TITLES if (folder / name).is_file()]
    pages = sorted((folder / FIGURES).glob("*.html"))
    figures = [_product(folder, f"{FIGURES}/{p.name}", _words(p), "text/html") for p in pages]
    library = f"{FIGURES}/{LIBRARY}"
    if pages and (folder / library).is_file():
        figures.append(_product(folder, library, "What draws the figures", "text/javascript"))
    return [*files, *figures]


def _product(folder: Path, name: str, title: str, media_type: str) -> Product:
    path = folder / name
    return Product(name, title, path, path.stat().st_size, media_type)


def _words(page: Path) -> str:
    return f"Figure: {page.stem.replace('_', ' ')}"
