"""geoseg derive: raw layers -> predictors, one described band each."""

from pathlib import Path
from typing import Annotated

import typer

from geoseg.cli.options import AsJson, Fill, class_ids, fill_choice, names
from geoseg.cli.output import ProgressLine, show, tell

app = typer.Typer(help="Derive predictors of raw layers, one described band each.")
HeightUnit = Annotated[
    str,
    typer.Option(
        "--height-unit",
        metavar="UNIT",
        help="What the heights count: auto takes the file's word, else metres; metres, feet and "
        "us-feet say it yourself. Results come in metres.",
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The GeoTIFF to make.")]


@app.callback()
def _several() -> None:
    """Keep `derive` a group of commands."""


@app.command("terrain")
def terrain(
    dem: Annotated[Path, typer.Argument(metavar="DEM", help="Terrain model, one band.")],
    *,
    out: Out,
    predictors: Annotated[
        str,
        typer.Option(
            "--predictors",
            metavar="NAMES",
            help="Such as slope,tpi9,tpi100m,roughness5m: a number is a window's width in pixels, "
            "or in metres with an m.",
        ),
    ] = "slope,tpi100m,roughness5m",
    height_unit: HeightUnit = "auto",
    feet: Annotated[bool, typer.Option("--feet", help="The same as --height-unit feet.")] = False,
    lowest: Annotated[
        float | None,
        typer.Option(
            "--lowest", metavar="M", help="Leave out ground at or below, such as the sea at 0."
        ),
    ] = None,
    highest: Annotated[
        float | None,
        typer.Option(
            "--highest", metavar="M", help="Leave out ground above, such as the marine limit."
        ),
    ] = None,
    fill: Fill = "auto",
    as_json: AsJson = False,
) -> None:
    """Derive slope, relief, topographic position, roughness and more of a terrain model.

    Known: elevation, slope, aspect, hillshade, slope_sum12, relief12, valley_depth1000m, tpi3,
    roughness5m, each with any window.

    Example:
    geoseg derive terrain dem.tif --predictors slope,tpi100m,roughness5m --out ravines.tif
    """
    from geoseg.exports.derived import Heights, derive_terrain
    from geoseg.stack.heights import asked_unit

    unit = asked_unit("feet" if feet and height_unit == "auto" else height_unit)
    heights, line = Heights(lowest, highest), ProgressLine()
    try:
        done = derive_terrain(
            dem, names(predictors), out, height_unit_is=unit, heights=heights,
            fill=fill_choice(fill), progress=line,
        )  # fmt: skip
    finally:
        line.close()
    for warning in done.warnings:
        typer.echo(f"warning: {warning}", err=True)
    tell(done.notes)
    show(done.record(), f"written: {out}", as_json=as_json)


@app.command("indices")
def indices(
    scenes: Annotated[
        list[Path],
        typer.Argument(
            metavar="SCENE...",
            help="GeoTIFFs of one scene, or a folder with a folder or a file for each of several.",
        ),
    ],
    *,
    out: Out,
    sensor: Annotated[
        str, typer.Option("--sensor", help="sentinel2, landsat8 or landsat7: which band is red.")
    ] = "sentinel2",
    wanted: Annotated[
        str,
        typer.Option(
            "--indices",
            metavar="NAMES",
            help="Such as NDVI,NBR; NDVI_p25 is the 25th percentile over the scenes, else the "
            "median.",
        ),
    ] = "",
    clear: Annotated[
        str,
        typer.Option("--clear", metavar="IDS", help="Values of the cloud band that are kept."),
    ] = "",
    fill: Fill = "auto",
    as_json: AsJson = False,
) -> None:
    """Derive spectral indices of a scene, or their cloud-free mosaic over many.

    Without --indices come the thirteen of Article II. A band named SCL, mask or cloud tells clouds.

    Example:
    geoseg derive indices scenes/ --sensor sentinel2 --indices NDVI_p25,NBR --out predictors.tif
    """
    from geoseg.exports.derived_optical import OpticalSettings, derive_indices, find_scenes
    from geoseg.predictors.indices import ARTICLE_II

    settings = OpticalSettings(
        sensor, names(wanted) or ARTICLE_II, class_ids(clear), fill=fill_choice(fill)
    )
    line = ProgressLine()
    try:
        done = derive_indices(find_scenes(scenes), settings, out, line)
    finally:
        line.close()
    text = f"{done.scenes} scenes; {done.seen:.1%} of the pixels are seen; written: {out}"
    tell(done.notes)
    show(done.record(), text, as_json=as_json)


@app.command("canopy")
def canopy(
    surface: Annotated[Path, typer.Argument(metavar="SURFACE", help="Surface model, with trees.")],
    terrain_model: Annotated[Path, typer.Argument(metavar="TERRAIN", help="Terrain model.")],
    *,
    out: Out,
    fill: Fill = "auto",
    height_unit: HeightUnit = "auto",
    as_json: AsJson = False,
) -> None:
    """Derive canopy height in metres: the surface model minus the terrain model.

    Example:
    geoseg derive canopy dsm.tif dem.tif --out canopy.tif
    """
    from geoseg.exports.derived import derive_canopy
    from geoseg.stack.heights import asked_unit

    unit, line = asked_unit(height_unit), ProgressLine()
    try:
        notes = derive_canopy(
            surface, terrain_model, out, line, fill=fill_choice(fill), height_unit_is=unit
        )
    finally:
        line.close()
    record = {"out": str(out), "notes": list(notes)}
    tell(notes)
    show(record, f"written: {out}", as_json=as_json)
