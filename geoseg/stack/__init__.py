"""Raster files -> bands on one stated grid, read by window; the reference on the same grid."""

from geoseg.stack.blocks import blocks, spread_windows
from geoseg.stack.matching import BandMatch, match_bands
from geoseg.stack.opening import open_stack
from geoseg.stack.reference import Reference, open_reference
from geoseg.stack.source import BandSource, RasterInfo, inspect_raster
from geoseg.stack.stack import ArrayStack, Layer, RasterStack, Stack, StackReader
from geoseg.stack.statistics import (
    BandSummary,
    require_data,
    sample_statistics,
    unit_warnings,
)

__all__ = [
    "ArrayStack",
    "BandMatch",
    "BandSource",
    "BandSummary",
    "Layer",
    "RasterInfo",
    "RasterStack",
    "Reference",
    "Stack",
    "StackReader",
    "blocks",
    "inspect_raster",
    "match_bands",
    "open_reference",
    "open_stack",
    "require_data",
    "sample_statistics",
    "spread_windows",
    "unit_warnings",
]
