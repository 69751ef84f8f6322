"""Colours of the maps -> a QGIS style (.qml) beside each product, taken up as it is opened."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import rasterio

from geoseg.exports.disk import whole
from geoseg.exports.taught_ground import LEGEND as TAUGHT_LEGEND
from geoseg.exports.taught_ground import NAME as TAUGHT_GROUND
from geoseg.figures.styles import RGBA, LayerStyle, hex_colour, rgba, style
from geoseg.tasks import ClassLabel

RASTERS = (
    "probability", "spread", "agreement", "single_best", "entropy", "mutual_information",
    "coverage", "classes", "confusion", "reference",
)  # fmt: skip
LEGEND_OF = {"reference_classes": "classes"}
"""Product that is drawn as another kind of layer -> that kind."""
POLYGONS = "polygons"
QGIS = {"version": "3.34", "styleCategories": "Symbology"}
FILL_ALPHA = 70
"""Of 255: the ground stays visible under a polygon."""


def write_styles(folder: Path, classes: Sequence[ClassLabel] = ()) -> list[Path]:
    """Write a style beside every product in the folder that is drawn on a map.

    Args:
        folder: Holds products by their names, e.g. probability.tif.
        classes: The task's legend, for the class map and the polygons.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    styles = {
        kind: _raster_style(
            style(LEGEND_OF.get(kind, kind), classes), _band(folder / f"{kind}.tif")
        )
        for kind in (*RASTERS, *LEGEND_OF)
        if (folder / f"{kind}.tif").exists()
    }
    if (folder / f"{POLYGONS}.gpkg").exists():
        styles[POLYGONS] = _polygon_style([label for label in classes if label.id])
    if (folder / TAUGHT_GROUND).exists():
        styles[Path(TAUGHT_GROUND).stem] = _polygon_style(TAUGHT_LEGEND)
    return [_write(root, folder / f"{name}.qml") for name, root in styles.items()]


def _band(path: Path) -> int:
    """Return the band to draw: the feature's, the first after the background's."""
    with rasterio.open(path) as raster:
        return min(2, int(raster.count))


def _write(root: Element, path: Path) -> Path:
    ElementTree.indent(root)
    with whole(path) as target:
        target.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
    return path


def _raster_style(look: LayerStyle, band: int) -> Element:
    root = Element("qgis", QGIS)
    pipe = SubElement(root, "pipe")
    if isinstance(look.colormap, dict):
        _palette(pipe, look.colormap, look.legend)
    else:
        _ramp(pipe, look, band)
    SubElement(root, "blendMode").text = "0"
    return root


def _palette(pipe: Element, colours: dict[int, RGBA], legend: Sequence[tuple[str, str]]) -> None:
    """List the values that are drawn; QGIS leaves those not listed clear."""
    words = {colour: label for label, colour in legend}
    renderer = SubElement(pipe, "rasterrenderer", type="paletted", band="1", opacity="1",
                          alphaBand="-1", nodataColor="")  # fmt: skip
    palette = SubElement(renderer, "colorPalette")
    for value, colour in colours.items():
        if colour[3]:
            shown = hex_colour(colour)
            SubElement(palette, "paletteEntry", value=str(value), color=shown,
                       alpha=str(colour[3]), label=words.get(shown, str(value)))  # fmt: skip


def _ramp(pipe: Element, look: LayerStyle, band: int) -> None:
    low, high = look.rescale or (0.0, 1.0)
    ends = {"classificationMin": f"{low:g}", "classificationMax": f"{high:g}"}
    renderer = SubElement(pipe, "rasterrenderer", ends, type="singlebandpseudocolor",
                          band=str(band), opacity="1", alphaBand="-1", nodataColor="")  # fmt: skip
    shader = SubElement(
        SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="INTERPOLATED",
        classificationMode="1", clip="0", minimumValue=f"{low:g}", maximumValue=f"{high:g}",
    )  # fmt: skip
    for place, colour in dict(look.colormap).items():
        value = f"{low + place * (high - low):g}"
        SubElement(shader, "item", value=value, label=f"{value} {look.unit}".strip(),
                   color=hex_colour(colour), alpha=str(colour[3]))  # fmt: skip


def _polygon_style(classes: Sequence[ClassLabel]) -> Element:
    """Return one fill a class, chosen by the column 'class'."""
    root = Element("qgis", QGIS)
    renderer = SubElement(root, "renderer-v2", type="categorizedSymbol", attr="class",
                          symbollevels="0", enableorderby="0", forceraster="0")  # fmt: skip
    categories = SubElement(renderer, "categories")
    symbols = SubElement(renderer, "symbols")
    for index, label in enumerate(classes):
        SubElement(categories, "category", value=label.name, label=label.name, symbol=str(index),
                   render="true", type="string")  # fmt: skip
        symbol = SubElement(symbols, "symbol", type="fill", name=str(index), alpha="1",
                            clip_to_extent="1", force_rhr="0")  # fmt: skip
        layer = SubElement(symbol, "layer", {"class": "SimpleFill"}, enabled="1", locked="0")
        options = SubElement(layer, "Option", type="Map")
        for name, value in _fill(rgba(label.colour)).items():
            SubElement(options, "Option", name=name, type="QString", value=value)
    return root


def _fill(colour: RGBA) -> dict[str, str]:
    red, green, blue, alpha = colour
    return {
        "style": "solid",
        "color": f"{red},{green},{blue},{FILL_ALPHA}",
        "outline_color": f"{red},{green},{blue},{alpha}",
        "outline_style": "solid",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
    }
