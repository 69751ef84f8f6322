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
    """Read 'B1=GewataB1.tif#1' pairs.

    Raises:
        typer.BadParameter: A pair has another form.
    """
    chosen = dict(pair.partition("=")[::2] for pair in pairs)
    for band, key in chosen.items():
        if not band or "#" not in key:
            raise typer.BadParameter(
                f"--bands takes BAND=FILE#NUMBER such as B1=GewataB1.tif#1, got {band}={key!r}."
            )
    return chosen
