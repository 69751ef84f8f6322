"""geoseg unite: two runs of one place -> the union of their maps, a run like them."""

from pathlib import Path
from typing import Annotated

import typer

from geoseg.cli.options import AsJson, Positive, class_ids
from geoseg.cli.output import ProgressLine, show


def unite(
    first: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.")],
    second: Annotated[
        Path, typer.Argument(metavar="RUN", help="Another of the same task, on the same grid.")
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    reference: Annotated[
        Path | None,
        typer.Option("--reference", metavar="FILE", help="Mapped truth; else that of the runs."),
    ] = None,
    positive: Positive = "",
    buffer: Annotated[
        float | None,
        typer.Option("--buffer", metavar="M", help="Widen outlines; else as in the first run."),
    ] = None,
    min_area: Annotated[
        float | None,
        typer.Option(
            "--min-area", metavar="M2", help="Leave smaller outlines out; else as in the first run."
        ),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Name of the united map.")] = "",
    as_json: AsJson = False,
) -> None:
    """Unite two runs: mapped where one of them maps, with the class that is the likelier.

    Example:
    geoseg unite ravines-setting1 ravines-setting2 --out ravines
    """
    from geoseg.pipeline.uniting import UniteRequest, unite

    request = UniteRequest(
        first=first, second=second, reference=reference, positive=class_ids(positive),
        buffer_m=buffer, min_area_m2=min_area, title=title,
    )  # fmt: skip
    line = ProgressLine()
    try:
        record = unite(request, out, line)
    finally:
        line.close()
    found = record["summary"]
    text = (
        f"{found['polygons']} outlines, {found['feature_area_m2'] / 1e6:.3f} km2 of "
        f"{record['feature']}; written to {out}"
    )
    show(record, text, as_json=as_json)
