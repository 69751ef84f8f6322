"""Arguments -> a command; a user's mistake -> one sentence and exit status 2."""

import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import typer

from geoseg.cli.app import app
from geoseg.errors import GeosegError

MISTAKE, INTERRUPTED, TERMINATED = 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 2 for a user's mistake, 130 after Ctrl-C."""
    _print_every_letter()
    before = signal.signal(signal.SIGTERM, _end)
    try:
        status = typer.main.get_command(app).main(
            args=list(sys.argv[1:] if arguments is None else arguments),
            prog_name="geoseg",
            standalone_mode=False,
        )
    except GeosegError as error:
        return _told(str(error), MISTAKE)
    except (typer.Abort, KeyboardInterrupt):
        return _told("stopped; nothing half-written was left", INTERRUPTED)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "geoseg"
        return _told(f"{error.format_message()} See {command} --help.", error.exit_code)
    finally:
        signal.signal(signal.SIGTERM, before)
    return status if isinstance(status, int) else 0


def _print_every_letter() -> None:
    """Print letters that the terminal lacks as escapes in place of ending in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _told(sentence: str, status: int) -> int:
    print(f"geoseg: {sentence}", file=sys.stderr)
    return status


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave by an exception, so that unfinished files are removed on the way."""
    raise SystemExit(TERMINATED)
