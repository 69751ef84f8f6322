"""geoseg serve: start the app."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer


def serve(
    port: Annotated[int, typer.Option("--port", help="Where the app listens.")] = 8501,
    address: Annotated[
        str, typer.Option("--address", help="0.0.0.0 lets other computers in.")
    ] = "localhost",
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="DIR", help="Where areas and runs are kept."),
    ] = None,
) -> None:
    """Start the app: pages, tiles and API on one port, with its worker. Ctrl-C ends it.

    Example:
    geoseg serve --port 8501
    """
    import geoseg
    from geoseg.errors import WorkspaceError

    app = Path(geoseg.__file__).parent.parent / "app.py"
    if not app.is_file():
        raise WorkspaceError(f"no app.py at {app}; start the app from a clone of the repository")
    environment = dict(os.environ)
    if workspace is not None:
        environment["GEOSEG_HOME"] = str(workspace.absolute())
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    done = subprocess.run(
        [*command, "--server.port", str(port), "--server.address", address],
        env=environment,
        cwd=app.parent,
        check=False,
    )
    raise typer.Exit(done.returncode)
