import gc
import threading

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from geoseg.grid import Grid
from geoseg.inference.blocks import read_blocks
from geoseg.inference.tiles import plan_axis
from geoseg.settings import TileSettings
from geoseg.stack.stack import ArrayStack


@pytest.mark.timeout(60)
def test_an_abandoned_reader_in_a_cycle_is_collected_without_waiting_forever():
    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), 40, 200)
    stack = ArrayStack(np.ones((1, 200, 40), np.float32), ("a",), grid)
    before = threading.active_count()
    blocks = read_blocks(stack, plan_axis(200, TileSettings(size=32, overlap=0)))
    next(blocks)
    cycle = [blocks]
    cycle.append(cycle)
    del blocks, cycle
    gc.collect()
    assert threading.active_count() == before
