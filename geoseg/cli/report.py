"""geoseg report: the folder of a run -> one page, or a PDF, that needs nothing else."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that predict wrote.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The report, .html or .pdf.")],
    comparison: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder that compare wrote, to be told in it too."),
    ] = None,
) -> None:
    """Write the report of a finished run anew, as one HTML page or PDF to read and print.

    Example:
    geoseg report gewata --out gewata.pdf
    """
    from geoseg.errors import WorkspaceError
    from geoseg.exports.record import note_file
    from geoseg.exports.report import write_report
    from geoseg.files.outputs import same
    from geoseg.pipeline.products import RECORD

    if not (run / RECORD).is_file():
        raise WorkspaceError(
            f"{run} holds no {RECORD}; name a folder that a finished predict wrote"
        )
    print(write_report(run, out, comparison=comparison))
    if same(out.parent, run):
        note_file(run, out.name)
