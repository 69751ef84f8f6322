"""geoseg explain: a finished run -> which bands its networks relied on."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import AsJson, Models
from geoseg.cli.output import ProgressLine, show, table, tell

HEAD = ("hidden", "fall of probability", "+-", "F1 without", "fall of F1")
KEYS = ("fall", "fall_spread", "f1", "f1_fall")


def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that predict wrote.")],
    *,
    polygon: Annotated[
        int | None,
        typer.Option("--polygon", metavar="ID", help="Explain this outline; else the whole area."),
    ] = None,
    point: Annotated[
        str, typer.Option("--point", metavar="LON,LAT", help="Explain what is mapped at a place.")
    ] = "",
    tiles: Annotated[
        int, typer.Option("--tiles", metavar="N", help="Look at no more tiles than these.")
    ] = 12,
    rasters: Annotated[
        list[Path] | None,
        typer.Option("--raster", metavar="FILE", help="The run's rasters, where they moved."),
    ] = None,
    models: Models = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the result as JSON.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hide every band in turn and see how far the map of a finished run moves without it.

    Example:
    geoseg explain gewata --raster GewataB2.tif --polygon 3 --out why.json
    """
    from geoseg.pipeline.explain import explain_run
    from geoseg.pipeline.explain_file import check_explanation, write_explanation
    from geoseg.pipeline.explain_request import ExplainSettings

    settings = ExplainSettings(
        polygon=polygon, point=_lonlat(point), tiles=tiles, rasters=tuple(rasters or ()),
        models=models,
    )  # fmt: skip
    if out is not None:
        check_explanation(out, run, settings)
    line = ProgressLine()
    try:
        record = explain_run(run, settings, line)
    finally:
        line.close()
    if out is not None:
        write_explanation(record, out)
    tell(["the input was simulated"] if record["simulated"] else [])
    show(record, _text(record), as_json=as_json)


def _lonlat(text: str) -> tuple[float, float] | None:
    """Read '6.21,61.5'.

    Raises:
        typer.BadParameter: It has another form.
    """
    if not text:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"--point takes longitude and latitude such as 6.21,61.5, got {text!r}."
        ) from None
    return lon, lat


def _text(record: dict[str, Any]) -> str:
    """Return the sentences and a table, the strongest band first."""
    rows = [
        (_called(row), *(row[key] for key in KEYS)) for row in (*record["bands"], *record["groups"])
    ]
    return "\n".join([*record["words"], "", table(HEAD, rows)])


def _called(row: dict[str, Any]) -> str:
    return f"{row['name']} (all {len(row['bands'])})" if len(row["bands"]) > 1 else row["name"]
