"""Products grow in a hidden folder and move in place together, or not at all."""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geoseg.errors import DiskError
from geoseg.pipeline.products import RECORD, is_product

PREFIX = ".partial-"


@contextmanager
def partial_folder(
    out: Path, *, is_ours: Callable[[str], bool] = is_product, record: str = RECORD
) -> Iterator[Path]:
    """Give a hidden folder inside `out`; its files replace those of an older run on success.

    On any fault or cancel `out` is as it was, and gone again where it did not exist before.

    Args:
        out: Where the files are wanted.
        is_ours: Tells by its name whether an older file of `out` goes when it is not made anew.
        record: The file that goes first and comes last.

    Raises:
        DiskError: `out` cannot be made or written to.
    """
    made = _make(out)
    try:
        remove_leftovers(out)
        hidden = out / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            # Made inside, so that a Ctrl-C at this very moment leaves nothing behind.
            _make_hidden(hidden)
            yield hidden
            _move_in_place(hidden, out, is_ours, record)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def nearest_folder(out: Path) -> Path:
    """Return the deepest folder on the way to `out` that exists."""
    absolute = out.absolute()
    return next(place for place in (absolute, *absolute.parents) if place.is_dir())


def remove_leftovers(out: Path, *, sole: bool = False) -> None:
    """Remove hidden folders of processes that died before they could.

    Args:
        out: The folder of products.
        sole: The caller knows that nobody else works here; process ids come again after a restart.
    """
    for folder in out.glob(f"{PREFIX}*"):
        owner = re.match(rf"{re.escape(PREFIX)}(\d+)-", folder.name)
        if sole or owner is None or not _lives(int(owner[1])):
            shutil.rmtree(folder, ignore_errors=True)


def remove_side_files(folder: Path) -> None:
    """Remove what drivers leave beside products, such as GDAL's .aux.xml of a file it read."""
    for path in folder.iterdir():
        if path.is_file() and not is_product(path.name):
            path.unlink()


def _make(out: Path) -> list[Path]:
    """Make `out` and return the folders that were missing, deepest first."""
    absolute = out.absolute()
    missing = [place for place in (absolute, *absolute.parents) if not place.exists()]
    try:
        absolute.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(out, error) from error
    return missing


def _make_hidden(hidden: Path) -> None:
    try:
        hidden.mkdir(mode=0o700)
    except OSError as error:
        raise _refusal(hidden.parent, error) from error


def _refusal(out: Path, error: OSError) -> DiskError:
    reason = (error.strerror or str(error)).lower()
    return DiskError(
        f"the output folder {out} cannot be written to ({reason}); choose a folder you may write to"
    )


def _move_in_place(hidden: Path, out: Path, is_ours: Callable[[str], bool], record: str) -> None:
    """Replace the products of `out`; the record goes first and comes last, so it never lies."""
    fresh = {path.name for path in hidden.iterdir() if not path.name.startswith(".")}
    try:
        (out / record).unlink(missing_ok=True)
        for name in sorted(fresh, key=lambda name: name == record):
            if (out / name).is_dir():
                shutil.rmtree(out / name)
            (hidden / name).replace(out / name)
        for stale in out.iterdir():
            if is_ours(stale.name) and stale.name not in fresh:
                _remove(stale)
    except OSError as error:
        raise _refusal(out, error) from error


def _remove(path: Path) -> None:
    """Remove a file, or a folder with all in it."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
