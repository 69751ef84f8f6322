"""Finished runs -> pictures beside the tables: right and wrong, and where maps stand by their scores."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio

from geoseg.exports.disk import whole
from geoseg.exports.pictures import Frame, read_ids
from geoseg.figures.compare import Placed, performance_diagram
from geoseg.figures.styles import CONFUSION_COLOURS, NO_DATA, rgba
from geoseg.stack.source import inspect_raster

CONFUSION = "confusion.tif"


def draw_confusion(run: Path, target: Path) -> None:
    """Draw a run's map of right and wrong as a PNG; unknown ground is clear.

    Raises:
        DiskError: The picture cannot be written.
    """
    path = run / CONFUSION
    found, false, missed, left_out = CONFUSION_COLOURS
    frame = Frame.of(inspect_raster(path).grid)
    codes = read_ids(path, frame, (found, false, missed), left_out)
    table = np.zeros((NO_DATA + 1, 4), np.uint8)
    for code, colour in CONFUSION_COLOURS.items():
        table[code] = rgba(colour)
    picture = np.moveaxis(table[codes], 2, 0)
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as unfinished, rasterio.open(
        unfinished, "w", driver="PNG", width=picture.shape[2], height=picture.shape[1], count=4,
        dtype="uint8", transform=frame.small.transform,
    ) as image:  # fmt: skip
        image.write(picture)


def draw_scores(places: Sequence[Placed], title: str, target: Path) -> None:
    """Draw maps by precision and recall as a page that needs no internet.

    Raises:
        DiskError: The page cannot be written.
    """
    figure = performance_diagram(places)
    figure.update_layout(title={"text": title, "font": {"size": 16}}, margin_t=70)
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as unfinished:
        figure.write_html(unfinished, include_plotlyjs=True)
