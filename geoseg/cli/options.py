"""Options that several commands share, each with its help."""

import math
from pathlib import Path
from typing import Annotated, Literal

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON for programs.")]
Models = Annotated[
    Path | None,
    typer.Option("--models", metavar="DIR", help="Folder of trained networks; else the shipped."),
]
TaskName = Annotated[
    str,
    typer.Option(
        "--task",
        help="What to map, such as landslides; `geoseg tasks list` tells what there is.",
    ),
]
Positive = Annotated[
    str,
    typer.Option(
        "--positive",
        metavar="IDS",
        help="Class ids of a land-cover reference that count as the feature, e.g. 6 or 3,6.",
    ),
]
Fill = Annotated[
    str,
    typer.Option(
        "--fill",
        metavar="auto|keep|NUMBER",
        help="Numbers such as -9999 that stand for missing though the file does not say so: auto "
        "finds them and says so, keep takes every number as measured, a number is the one.",
    ),
]
MapPositive = Annotated[
    str,
    typer.Option(
        "--map-positive",
        metavar="A,B",
        help="Classes that count as the feature in a map that is no run: ids of a raster, or words "
        "of a column of polygons, in any letters.",
    ),
]
GridFile = Annotated[
    Path | None,
    typer.Option(
        "--grid",
        metavar="FILE",
        help="A raster whose pixels are taken where the map is polygons.",
    ),
]
PointClass = Annotated[
    str,
    typer.Option("--point-class", metavar="COLUMN", help="Column of the points' class."),
]
PointFeature = Annotated[
    str,
    typer.Option(
        "--point-feature",
        metavar="A,B",
        help="Values of it that count as the feature, in any letters; else its name, or 1.",
    ),
]
Lines = Annotated[
    Path | None,
    typer.Option("--lines", metavar="FILE", help="Mapped lines, e.g. the beds of ravines."),
]
LineBuffer = Annotated[
    float,
    typer.Option(
        "--line-buffer", metavar="M", help="Let outlines grow before lines are laid over them."
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(
        "--tolerance", metavar="M", help="How far a point may lie from its class, metres."
    ),
]
Points = Annotated[
    Path | None,
    typer.Option(
        "--points",
        metavar="FILE",
        help="Mapped points with a class: GIS file, or table (CSV) with lon and lat.",
    ),
]
Device = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")]
Precision = Annotated[
    str,
    typer.Option(
        "--precision",
        help="exact, or fast: shorter numbers (bfloat16), where the processor or GPU has them.",
    ),
]
EXAMPLE = "\n\nExample:\n\n"


def names(text: str) -> tuple[str, ...]:
    """Split 'A,B' into its parts; empty text has none."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def class_ids(text: str) -> tuple[int, ...]:
    """Split '3,6' into class ids.

    Raises:
        typer.BadParameter: A part is not a whole number.
    """
    try:
        return tuple(int(part) for part in names(text))
    except ValueError:
        raise typer.BadParameter(
            f"--positive takes class ids such as 6 or 3,6, got {text!r}."
        ) from None


def fill_choice(text: str) -> Literal["auto", "keep"] | float:
    """Read 'auto', 'keep' or a number.

    Raises:
        typer.BadParameter: It is none of them.
    """
    if text == "auto":
        return "auto"
    if text == "keep":
        return "keep"
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise typer.BadParameter(
            f"--fill takes auto, keep or a number such as -9999, got {text!r}."
        )
    return number


def band_choices(pairs: list[str]) -> dict[str, str]:
    """Read 'B1=GewataB1.tif#1' pairs; a band named twice is read from both layers in turn.

    Raises:
        typer.BadParameter: A pair has another form.
    """
    chosen: dict[str, str] = {}
    for pair in pairs:
        band, _, key = pair.partition("=")
        chosen[band] = f"{chosen[band]} + {key}" if band in chosen else key
        if not band or "#" not in key:
            raise typer.BadParameter(
                f"--bands takes BAND=FILE#NUMBER such as B1=GewataB1.tif#1, got {band}={key!r}."
            )
    return chosen
