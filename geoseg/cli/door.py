"""Arguments -> a command; a user's mistake -> one sentence and exit status 2."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import typer

from geoseg.cli.app import app
from geoseg.errors import GeosegError

TEXTS = ("--title", "--name")
"""Options whose values are no paths."""
MISTAKE, INTERRUPTED, TERMINATED = 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 2 for a user's mistake, 130 after Ctrl-C."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        status = typer.main.get_command(app).main(
            args=at_home(sys.argv[1:] if arguments is None else arguments),
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


def at_home(arguments: Sequence[str]) -> list[str]:
    """Put the home folder for ~ where no shell did, as in --out=~/maps; words stay as they are."""
    found: list[str] = []
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if option in TEXTS or (found and found[-1] in TEXTS):
            found.append(argument)
        elif argument.startswith("--") and equals:
            found.append(f"{option}={_whole_path(value)}")
        else:
            found.append(_whole_path(argument))
    return found


def _whole_path(value: str) -> str:
    """Return a value with ~ replaced, unless a folder here is really called so."""
    at_home = (value == "~" or value.startswith("~/")) and not Path("~").exists()
    return str(Path(value).expanduser()) if at_home else value


def _told(sentence: str, status: int) -> int:
    print(f"geoseg: {sentence}", file=sys.stderr)
    return status


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave by an exception, so that unfinished files are removed on the way."""
    raise SystemExit(TERMINATED)
