"""Rasters of runs and comparisons, plotly figures -> small pictures for the docs."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import plotly.graph_objects as go
import rasterio
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright
from rasterio.features import rasterize
from scipy import ndimage

from geoseg.exports.pictures import hillshade
from geoseg.figures.styles import CONFUSION_COLOURS, REFERENCE_COLOUR, SEVEN_COLOURS, rgba
from geoseg.tasks.landslides import LANDSLIDES

CHROMIUM = "/usr/bin/chromium"
GAP, HEAD, COLOURS = 8, 22, 40
CLOSE_PIXELS = 112
CHART = (760, 460)
Picture = Any


def relief(stack: Path) -> Picture:
    """Return the relief as grey (y, x, 3), pale enough to carry colours."""
    with rasterio.open(stack) as raster:
        place = [band.name for band in LANDSLIDES.bands].index("elevation") + 1
        light = hillshade(raster.read(place), raster.res[0])
    grey = 110 + 130 * np.nan_to_num(light, nan=1.0)
    return np.repeat(grey[..., None], 3, axis=2)


def confusion(path: Path, light: Picture) -> Picture:
    """Colour right and wrong over the relief; what was rightly left out stays grey."""
    return _coloured(path, {v: c for v, c in CONFUSION_COLOURS.items() if v != 4}, light)  # noqa: PLR2004


def seven(path: Path, light: Picture) -> Picture:
    """Colour the seven kinds of pixels over a darkened relief, so that white is seen."""
    return _coloured(path, SEVEN_COLOURS, light * 0.55)


def close_ups(reference: Path) -> list[tuple[slice, slice]]:
    """Return two windows around the two largest features."""
    with rasterio.open(reference) as raster:
        truth = raster.read(1) == 1
    labels, _ = ndimage.label(truth)
    sizes = np.bincount(labels.ravel())[1:]
    windows: list[tuple[slice, slice]] = []
    for label in np.argsort(-sizes) + 1:
        centre = ndimage.center_of_mass(labels == label)
        corner = [int(np.clip(c - CLOSE_PIXELS / 2, 0, n - CLOSE_PIXELS))
                  for c, n in zip(centre, truth.shape, strict=True)]  # fmt: skip
        apart = all(abs(corner[0] - w[0].start) + abs(corner[1] - w[1].start) > CLOSE_PIXELS
                    for w in windows)  # fmt: skip
        if apart:
            windows.append((slice(corner[0], corner[0] + CLOSE_PIXELS),
                            slice(corner[1], corner[1] + CLOSE_PIXELS)))  # fmt: skip
        if len(windows) == 2:  # noqa: PLR2004
            break
    return windows


def detail(run: Path, light: Picture, place: tuple[slice, slice]) -> list[Picture]:
    """Return reference, predicted pixels and outlines of one window."""
    truth = _coloured(run / "reference.tif", {1: REFERENCE_COLOUR}, light)
    mapped = _coloured(run / "classes.tif", {1: "#d7301f"}, light)
    with rasterio.open(run / "classes.tif") as raster:
        outlines = gpd.read_file(run / "polygons.gpkg")
        kept = outlines[outlines["area_m2"] >= 2000].boundary  # noqa: PLR2004
        drawn = rasterize(kept, raster.shape, transform=raster.transform, all_touched=True)
    edges = light.copy()
    edges[drawn == 1] = rgba("#12303f")[:3]
    return [picture[place] for picture in (truth, mapped, edges)]


def panels(parts: Sequence[Picture], titles: Sequence[str], across: int) -> Image.Image:
    """Put pictures beside each other under their titles."""
    side = max(parts[0].shape[:2])
    scale = 2 if side <= CLOSE_PIXELS else 1
    width, height = parts[0].shape[1] * scale, parts[0].shape[0] * scale
    down = -(-len(parts) // across)
    sheet = Image.new("RGB", (across * (width + GAP) - GAP, down * (height + HEAD + GAP)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for number, (part, title) in enumerate(zip(parts, titles, strict=True)):
        row, col = divmod(number, across)
        x, y = col * (width + GAP), row * (height + HEAD + GAP)
        pen.text((x + 2, y + 3), title, fill="#1d2b26", font=font)
        picture = Image.fromarray(part.astype(np.uint8))
        sheet.paste(picture.resize((width, height), Image.Resampling.NEAREST), (x, y + HEAD))
    return sheet


def save(picture: Image.Image, path: Path) -> None:
    """Write a small picture."""
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


def save_charts(figures: Mapping[str, go.Figure], folder: Path) -> None:
    """Draw charts in a browser without internet and keep pictures of them."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": CHART[0], "height": 1200})
        for name, figure in figures.items():
            html = Path(place) / f"{name}.html"
            figure.update_layout(width=CHART[0], template="plotly_white")
            figure.write_html(html, include_plotlyjs="directory")
            page.goto(html.as_uri())
            page.wait_for_selector(".main-svg")
            page.locator(".js-plotly-plot").screenshot(path=Path(place) / f"{name}.png")
            with Image.open(Path(place) / f"{name}.png") as picture:
                save(picture, folder / f"{name}.png")
        browser.close()


def _coloured(path: Path, colours: Mapping[int, str], light: Picture) -> Picture:
    with rasterio.open(path) as raster:
        values = raster.read(1)
    picture = light.copy()
    for value, colour in colours.items():
        picture[values == value] = rgba(colour)[:3]
    return picture
