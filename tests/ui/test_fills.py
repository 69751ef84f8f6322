"""Numbers that stand for missing are told on the page Predict, and may be kept."""

import numpy as np
import rasterio

from geoseg.jobs import queue
from geoseg.workspace import read_area, save_area
from tests.ui.test_pages import opened
