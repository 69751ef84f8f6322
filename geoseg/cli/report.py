"""geoseg report: the folder of a run -> one page that needs nothing else."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that predict wrote.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page, .html.")],
) -> None:
    """Write the report of a finished run anew, as one HTML file to read and print.

    Example:
    geoseg report gewata --out gewata.html
    """
    from geoseg.errors import ExportError, WorkspaceError
    from geoseg.exports.report import write_report
    from geoseg.pipeline.products import RECORD

    if not (run / RECORD).is_file():
        raise WorkspaceError(
            f"{run} holds no {RECORD}; name a folder that a finished predict wrote"
        )
    if out.suffix.lower() != ".html":
        raise ExportError(f"the report is an HTML page, got {out.name}; name it .html")
    print(write_report(run, out))
