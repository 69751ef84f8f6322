"""The rasters of a run's folder -> its outlines, post-processed and written in every form."""

from pathlib import Path

import geopandas as gpd

from geoseg.exports.raster import run_tags
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import polygonise
from geoseg.mapping.refine import refine
from geoseg.progress import Cancelled, Progress
from geoseg.settings import RunSettings
from geoseg.tasks import PostProcessing, Task


def draw_outlines(
    folder: Path,
    task: Task,
    settings: RunSettings,
    progress: Progress,
    cancelled: Cancelled,
    *,
    simulated: bool,
) -> gpd.GeoDataFrame:
    """Draw the outlines of classes.tif and write them.

    Args:
        folder: Holds classes.tif, probability.tif and spread.tif; takes the outlines.
        task: Names the classes.
        settings: Of the run: by how much outlines are widened, and the least area.
        progress: Hears one event a strip.
        cancelled: Asked at every strip.
        simulated: True where the input was made up.
    """
    least_m2 = 0.0 if settings.buffer_m else settings.min_area_m2
    outlines = polygonise(
        folder / "classes.tif", folder / "probability.tif", folder / "spread.tif",
        least_m2, task.classes, progress, cancelled,
    )  # fmt: skip
    if settings.buffer_m:
        steps = PostProcessing(settings.buffer_m, dissolve=True, min_area_m2=settings.min_area_m2)
        outlines = refine(outlines, steps)
    write_vectors(outlines, folder, run_tags(settings, simulated))
    return outlines
