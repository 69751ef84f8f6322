"""Options that several commands share, each with its help."""

from pathlib import Path
from typing import Annotated

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
