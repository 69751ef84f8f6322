"""Small GeoTIFFs with known truth, written where a test wants them."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window

from geoseg.tasks import Band, BandKind, ClassLabel, Setting, Task

UTM33 = "EPSG:32633"
TEN_METRES = Affine(10, 0, 500_000, 0, -10, 6_600_000)


@pytest.fixture
def write(tmp_path):
    def write_raster(
        name, values, transform=TEN_METRES, crs=UTM33, names=(), *, mask=None, **options
    ):
        values = np.asarray(values)
        values = values[np.newaxis] if values.ndim == 2 else values
        scales, offsets = options.pop("scales", None), options.pop("offsets", None)
        tags = options.pop("tags", {})
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        profile = {"driver": "GTiff", "count": values.shape[0], "dtype": values.dtype}
        shape = {"height": values.shape[1], "width": values.shape[2]}
        place = {"transform": transform, "crs": crs}
        with (
            rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
            rasterio.open(path, "w", **profile, **shape, **place, **options) as dataset,
        ):
            dataset.write(values)
            dataset.update_tags(**tags)
            for index, description in enumerate(names, start=1):
                dataset.set_band_description(index, description)
            if scales:
                dataset.scales = scales
            if offsets:
                dataset.offsets = offsets
            if mask is not None:
                dataset.write_mask(mask)
        return path

    return write_raster


@pytest.fixture
def places():
    """Return a raster whose pixels hold their own row x 1000 + column."""

    def make(height, width):
        rows, cols = np.indices((height, width))
        return (rows * 1000 + cols).astype(np.float32)

    return make


@pytest.fixture
def read_all():
    """Read a stack whole; only tests may."""

    def read(stack):
        with stack.open() as reader:
            return reader.read(Window(0, 0, stack.grid.width, stack.grid.height))

    return read


@pytest.fixture
def two_bands():
    """A small task: a measured band and a mask."""
    return Task(
        name="small",
        title="Small",
        feature="slide",
        bands=(
            Band("height", "Height", "m", aliases=("dem",)),
            Band("shadow", "Shadow", kind=BandKind.MASK),
        ),
        settings=(
            Setting("both", "Both", ("height", "shadow")),
            Setting("one", "Height alone", ("height",)),
        ),
        classes=(ClassLabel(0, "none", "#000000"), ClassLabel(1, "slide", "#ffffff")),
        default_setting="both",
        reference_positive=(6,),
    )
