"""geoseg derive: raw layers -> predictors, one described band each."""

from pathlib import Path
from typing import Annotated

import typer

from geoseg.cli.options import AsJson, names
from geoseg.cli.output import ProgressLine, show

app = typer.Typer(help="Derive predictors of raw layers, one described band each.")
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
    feet: Annotated[
        bool, typer.Option("--feet", help="The heights are in feet; results come in metres.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Derive slope, relief, topographic position, roughness and more of a terrain model.

    Known: elevation, slope, aspect, hillshade, slope_sum12, relief12, valley_depth1000m, tpi3,
    roughness5m, each with any window.

    Example:
    geoseg derive terrain dem.tif --predictors slope,tpi100m,roughness5m --out ravines.tif
    """
    from geoseg.exports.derived import derive_terrain

    line = ProgressLine()
    try:
        done = derive_terrain(dem, names(predictors), out, feet=feet, progress=line)
    finally:
        line.close()
    for warning in done.warnings:
        typer.echo(f"warning: {warning}", err=True)
    show(done.record(), "\n".join([*done.notes, f"written: {out}"]), as_json=as_json)
