"""The demo area mapped by the shipped networks -> the picture of the first page.

python examples/draw_start_picture.py geoseg/ui/static/finished_map.png
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image

from geoseg.exports.pictures import hillshade
from geoseg.pipeline import RunRequest, run
from geoseg.settings import RunSettings
from geoseg.simulate import demo_area
from geoseg.tasks.landslides import LANDSLIDES

COLOURS = {1: (34, 160, 90), 2: (215, 48, 31), 3: (33, 102, 190)}
"""Right, false alarm, missed, as the caption of the page says."""

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    bands, reference = demo_area(folder)
    settings = RunSettings(task="landslides", setting="s1s2", ensemble_size=10)
    run(RunRequest(rasters=(bands,), settings=settings, reference=reference), folder / "map")
    with rasterio.open(bands) as stack:
        place = [band.name for band in LANDSLIDES.bands].index("elevation") + 1
        light = hillshade(stack.read(place), stack.res[0])
    with rasterio.open(folder / "map/confusion.tif") as raster:
        confusion = raster.read(1)
picture = np.repeat((90 + 150 * np.nan_to_num(light, nan=1.0))[..., None], 3, axis=2)
for value, colour in COLOURS.items():
    picture[confusion == value] = colour
Image.fromarray(picture.astype(np.uint8)).quantize(128).save(sys.argv[1], optimize=True)
