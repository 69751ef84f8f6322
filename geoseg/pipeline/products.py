"""The files a run leaves behind: names, plain titles, media types, in the order a user reads."""

from dataclasses import dataclass
from pathlib import Path

from geoseg.files.outputs import OutputFolder

TIFF, JSON = "image/tiff; application=geotiff", "application/json"

TITLES: dict[str, tuple[str, str]] = {
    "report.html": ("Report to read and print", "text/html"),
    "report.pdf": ("Report as PDF", "application/pdf"),
    "classes.tif": ("Map: where the feature is", TIFF),
    "probability.tif": ("Probability of the feature, 0 to 1", TIFF),
    "spread.tif": ("How far the networks disagree (standard deviation)", TIFF),
    "agreement.tif": ("Share of networks that say yes", TIFF),
    "entropy.tif": ("How unsure the ensemble is (entropy, 0 to 1)", TIFF),
    "mutual_information.tif": ("How much the networks contradict each other (bits)", TIFF),
    "single_best.tif": ("Probability of the single best network", TIFF),
    "coverage.tif": ("Share of bands with data, percent", TIFF),
    "polygons.gpkg": ("Outlines for any GIS (GeoPackage)", "application/geopackage+sqlite3"),
    "polygons.shp.zip": ("Outlines as a zipped shapefile", "application/zip"),
    "polygons.geojson": ("Outlines for the web (GeoJSON)", "application/geo+json"),
    "polygons.kml": ("Outlines for Google Earth (KML)", "application/vnd.google-earth.kml+xml"),
    "taught_ground.gpkg": (
        "Ground that taught or judged the networks",
        "application/geopackage+sqlite3",
    ),
    "confusion.tif": ("Map of right and wrong against the reference", TIFF),
    "reference.tif": ("Reference on the grid of the map", TIFF),
    "reference_classes.tif": ("Reference with its classes, on the grid of the map", TIFF),
    "metrics.json": ("Scores against the reference", JSON),
    "curves.json": ("Scores at every threshold", JSON),
    "ensemble_sizes.json": ("Scores of every network and of ensembles of every size", JSON),
    "run.json": ("Record of the run: choices, members, times", JSON),
    "stac.json": ("Entry for a data catalogue (STAC item)", "application/geo+json"),
}
"""File name -> what it is in plain words, media type."""

STYLE = ".qml"
RECORD = "run.json"

RUN = OutputFolder(
    RECORD, frozenset({*TITLES, *(f"{name.split('.')[0]}{STYLE}" for name in TITLES)})
)
"""What a run may leave in its folder."""


@dataclass(frozen=True)
class Product:
    """One file of a finished run."""

    name: str
    title: str
    path: Path
    bytes: int
    media_type: str


def is_product(name: str) -> bool:
    """Tell whether a file of that name in a run's folder was made by the run."""
    return name in RUN.names


def remove_side_files(folder: Path) -> None:
    """Remove what drivers leave beside products, such as GDAL's .aux.xml of a file it read."""
    for path in folder.iterdir():
        if path.is_file() and not is_product(path.name):
            path.unlink()


def list_products(folder: Path) -> list[Product]:
    """Return what is there of the known products, maps first, styles last."""
    styles = sorted(path.name for path in folder.glob(f"*{STYLE}") if is_product(path.name))
    return [_product(folder / name) for name in (*TITLES, *styles) if (folder / name).is_file()]


def _product(path: Path) -> Product:
    style = f"QGIS style of {path.stem}", "application/xml"
    title, media_type = TITLES.get(path.name, style)
    return Product(path.name, title, path, path.stat().st_size, media_type)
