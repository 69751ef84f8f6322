"""Run folders of known numbers, made in a moment: squares of the feature, moved to the right."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.evaluation.counts import confusion_map, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.exports.raster import RasterWriter
from geoseg.exports.record import RunFacts, make_record, write_record
from geoseg.exports.vectors import write_vectors
from geoseg.grid import Grid
from geoseg.mapping.polygons import polygonise
from geoseg.models.card import BandStatistics, Card
from geoseg.settings import RunSettings
from geoseg.tasks import LANDSLIDES

SIDE, PIXEL_M = 60, 10
WEST, NORTH = 500_000, 6_800_000
GRID = Grid(CRS.from_epsg(32633), from_origin(WEST, NORTH, PIXEL_M, PIXEL_M), SIDE, SIDE)
BANDS = ("CART_landcover", "dNDVI")


def truth() -> np.ndarray:
    """A square of 20 x 20 pixels, one of 5 x 5, and a corner nobody knows."""
    values = np.zeros((SIDE, SIDE), np.uint8)
    values[10:30, 10:30] = 1
    values[45:50, 45:50] = 1
    values[:5, :5] = 255
    return values


def mapped(shift: int) -> np.ndarray:
    """The large square, too far to the right, and the small one is missed."""
    values = np.zeros((SIDE, SIDE), np.uint8)
    values[10:30, 10 + shift : 30 + shift] = 1
    return values


def write(path: Path, values: np.ndarray, nodata: float | None = None, **tags: str) -> Path:
    """Write one band on the grid."""
    missing = nodata if nodata is not None else (255 if values.dtype == np.uint8 else np.nan)
    with RasterWriter(path, GRID, [path.stem], str(values.dtype), missing, tags) as writer:
        writer.write(0, values)
    return path


def write_stack(path: Path) -> Path:
    """Write terrain that rises to the east, steep in its eastern half, and two land covers."""
    elevation = np.concatenate([np.zeros(30), np.arange(30) * 8.0])
    cover = np.where(np.arange(SIDE) < 20, 2, 4)
    bands = {"elevation": elevation, "CART_landcover": cover, "dNDVI": np.zeros(SIDE)}
    values = np.stack([np.tile(row, (SIDE, 1)) for row in bands.values()]).astype(np.float32)
    with RasterWriter(path, GRID, list(bands), "float32", np.nan) as writer:
        writer.write(0, values)
    return path


def make_run(
    folder: Path, shift: int = 5, single_shift: int = 8, *, reference: bool = True, new: bool = True
) -> Path:
    """Write the folder of a finished run.

    Args:
        folder: Where it goes.
        shift: How far the map lies to the right, pixels.
        single_shift: The same of the single best member.
        reference: Write what a run with a reference has.
        new: Write the layers that older runs lack.
    """
    folder.mkdir(parents=True, exist_ok=True)
    probability = mapped(shift) * np.float32(0.8) + np.float32(0.1)
    probability[:, -1] = np.nan
    classes = mapped(shift)
    classes[:, -1] = 255
    write(folder / "probability.tif", probability)
    write(folder / "classes.tif", classes)
    write(folder / "spread.tif", np.minimum(probability, 1 - probability))
    write(folder / "agreement.tif", probability)
    coverage = np.full((SIDE, SIDE), 100, np.uint8)
    coverage[:, :15] = 60
    write(folder / "coverage.tif", coverage)
    settings = RunSettings(setting="s2", ensemble_size=2, members=("one", "two"))
    if new:
        alone = mapped(single_shift) * np.float32(0.6) + np.float32(0.2)
        write(folder / "single_best.tif", alone, GEOSEG_MEMBER="one", GEOSEG_THRESHOLD="0.5")
        write(folder / "entropy.tif", np.minimum(probability, 1 - probability) * 2)
        write(folder / "mutual_information.tif", probability * np.float32(0.1))
    outlines = polygonise(
        folder / "classes.tif", folder / "probability.tif", folder / "spread.tif", 0,
        LANDSLIDES.classes,
    )  # fmt: skip
    write_vectors(outlines, folder)
    if reference:
        _score(folder, probability, classes, single_shift, new=new)
    facts = RunFacts(
        settings=settings, task=LANDSLIDES, members=[card("one", 0.8), card("two", 0.7)],
        grid=GRID, title=folder.name, simulated=True, inputs=[Path("stack.tif")],
        reference=Path("truth.tif") if reference else None, polygons=len(outlines),
    )  # fmt: skip
    write_record(make_record(facts), folder)
    return folder


def card(name: str, score: float) -> Card:
    """Return the card of a member that was never trained."""
    bands = tuple(BandStatistics(name=band, mean=0, std=1) for band in BANDS)
    return Card(
        name=name, task="landslides", setting="s2", architecture="FPN", encoder="resnet18",
        bands=bands, loss="Dice", learning_rate=0.001, validation_f1=score,
        trained_on="nothing", simulated=True, licence="MIT", sha256="0" * 64,
    )  # fmt: skip


def _score(
    folder: Path, probability: np.ndarray, classes: np.ndarray, single_shift: int, *, new: bool
) -> None:
    write(folder / "reference.tif", truth())
    write(folder / "confusion.tif", confusion_map(classes, truth()))
    counts = count(classes, truth())
    (folder / "metrics.json").write_text(json.dumps({**counts.record(), "threshold": 0.5}))
    histogram = ScoreHistogram()
    histogram.add(probability, truth())
    (folder / "curves.json").write_text(json.dumps(histogram.to_record()))
    if new:
        alone = vars(count(mapped(single_shift), truth()))
        sizes = [{"k": 1, **alone}, {"k": 2, **vars(counts)}]
        members = [{"name": name, **alone} for name in ("one", "two")]
        content = {"members": members, "sizes": sizes}
        (folder / "ensemble_sizes.json").write_text(json.dumps(content))


def write_shapes(path: Path, shapes: list, crs: object = GRID.crs, **columns: list) -> Path:
    """Write shapes, given in the grid's CRS, as a GeoPackage in any CRS."""
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=GRID.crs.to_wkt())
    frame.to_crs(crs if isinstance(crs, int) else crs.to_wkt()).to_file(path, driver="GPKG")
    return path


def box(row: int, col: int, height: int, width: int) -> shapely.Polygon:
    """Return the outline of a window of pixels."""
    left, top = WEST + col * PIXEL_M, NORTH - row * PIXEL_M
    return shapely.box(left, top - height * PIXEL_M, left + width * PIXEL_M, top)


def corner(row: float, col: float) -> tuple[float, float]:
    """Return easting and northing of the upper left corner of a pixel."""
    return WEST + col * PIXEL_M, NORTH - row * PIXEL_M
