"""Arguments -> a command; a user's mistake -> one sentence and exit status 2."""

import io
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import typer

from geoseg.cli.app import app
from geoseg.errors import GeosegError
from geoseg.names import is_text, readable, shown

ADDRESS = re.compile(r"[A-Za-z][\w+.-]*:")
TEXTS = ("--title", "--name")
"""Options whose values are no paths."""
MISTAKE, INTERRUPTED, TERMINATED = 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 2 for a user's mistake, 130 after Ctrl-C."""
    _print_every_letter()
    before = signal.signal(signal.SIGTERM, _end)
    try:
        status = typer.main.get_command(app).main(
            args=plain_arguments(at_home(sys.argv[1:] if arguments is None else arguments)),
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


def plain_arguments(arguments: Sequence[str]) -> list[str]:
    """Return arguments that name what they seem to: no address, in letters any text can hold.

    A file `http:x.tif` of the current folder gets its full path, for libraries would ask the
    network for it. A file whose name is not UTF-8 is named by a link to it.
    """
    before = ["", *arguments]
    return [
        _plain(text, as_output=last == "--out" or text.startswith("--out="))
        for last, text in zip(before, arguments, strict=False)
    ]


def _plain(text: str, *, as_output: bool) -> str:
    option, sign, value = text.partition("=") if text.startswith("--") else ("", "", text)
    path = Path(value)
    if not value or not (as_output or path.exists()):
        return shown(text)
    if not as_output and not is_text(value):
        return f"{option}{sign}{readable(path)}"
    full = path.absolute() if ADDRESS.match(value) else value
    return shown(f"{option}{sign}{full}")  # what is written gets a name in letters


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
