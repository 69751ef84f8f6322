"""Results grow in a hidden folder and move in place together, or not at all."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geoseg import __version__
from geoseg.errors import DiskError
from geoseg.files.marks import LEDGER, Marks, is_unchanged, listing, read_marks
from geoseg.files.outputs import OutputFolder, check_folder, require_ours
from geoseg.files.sides import remove_statistics

PREFIX = ".partial-"
BEFORE = ".before-"
"""Begins the name of the record before, kept while results are moved."""
PROOF = ".proof-"
"""Begins the name of a folder of records that an unfinished move left; they tell what is ours."""


@contextmanager
def partial_folder(out: Path, kind: OutputFolder) -> Iterator[Path]:
    """Give a hidden folder inside `out`; its files replace those of an older turn on success.

    Only what the record in `out` proves to be ours is replaced or removed. On any fault or cancel
    `out` is as it was, and gone again where it did not exist before.

    Args:
        out: Where the files are wanted.
        kind: What may be written; its record goes first and comes last, so it never lies.

    Raises:
        OutputError: Something in `out` is called like a result and is not proved ours.
        DiskError: `out` cannot be made or written to.
    """
    claims = claims_of(out, kind)
    check_folder(out, kind, claims=claims)
    made = _make(out)
    try:
        remove_leftovers(out)
        hidden = out / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            # Made inside, so that a Ctrl-C at this very moment leaves nothing behind.
            _make_hidden(hidden)
            yield hidden
            if kind.record == LEDGER:
                _write_ledger(hidden, out, kind, claims)
            _move_in_place(hidden, out, kind, claims)
            for proof in out.glob(f"{PROOF}*"):
                shutil.rmtree(proof, ignore_errors=True)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def claims_of(out: Path, kind: OutputFolder) -> Marks:
    """Return what is proved ours in a folder, also where a process died while it moved files."""
    claims = kind.claims(out)
    for hidden in (*_dead(out), *out.glob(f"{PROOF}*")):
        for record in (hidden / f"{BEFORE}{kind.record}", hidden / kind.record):
            found = read_marks(record) or {}
            # Of two marks of a name the one that fits counts, for a move may end anywhere.
            fits = {name: mark for name, mark in found.items() if is_unchanged(out / name, mark)}
            claims = {**found, **claims, **fits}
    return claims


def remove_leftovers(out: Path, *, sole: bool = False) -> None:
    """Remove hidden folders of processes that died before they could; their records stay.

    Args:
        out: The folder of results.
        sole: The caller knows that nobody else works here; process ids come again after a restart.
    """
    for folder in _dead(out, sole=sole):
        _keep_proof(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _keep_proof(hidden: Path) -> None:
    """Move the records of an unfinished move aside: without them nobody knew what is ours."""
    records = [path for path in hidden.glob("*.json") if read_marks(path)]
    if records:
        proof = hidden.with_name(f"{PROOF}{secrets.token_hex(4)}")
        proof.mkdir(mode=0o700)
        for path in records:
            path.replace(proof / path.name)


def _dead(out: Path, *, sole: bool = False) -> list[Path]:
    owners = {
        folder: re.match(rf"{re.escape(PREFIX)}(\d+)-", folder.name)
        for folder in out.glob(f"{PREFIX}*")
    }
    return [
        folder
        for folder, owner in owners.items()
        if owner is not None and (sole or not _lives(int(owner[1])))
    ]


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


def _write_ledger(hidden: Path, out: Path, kind: OutputFolder, claims: Marks) -> None:
    """List what was written; what stays of an earlier turn stays listed."""
    content = {"geoseg": __version__, **listing(hidden)}
    if kind.keeps_older:
        older = read_marks(out / LEDGER) or {}
        for name in set(older) - {LEDGER}:
            mark = claims.get(name, older[name])
            content["files"].setdefault(name, mark.size)
            content["sha256"].setdefault(name, mark.sha256)
    (hidden / LEDGER).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _move_in_place(hidden: Path, out: Path, kind: OutputFolder, claims: Marks) -> None:
    """Replace what is ours in `out`; look again, for much may happen while a run takes its time."""
    fresh = sorted(
        path.relative_to(hidden).as_posix()
        for path in hidden.rglob("*")
        if path.is_file() and path.name != kind.record and not path.name.startswith(".")
    )
    require_ours(
        out, kind.foreign(out, claims, {*fresh, kind.record} | _stale(kind, fresh, claims))
    )
    try:
        _replace(hidden, out, kind, fresh, _stale(kind, fresh, claims) - {kind.record})
        _remove_empty(out, claims)
    except BaseException as error:
        _keep_proof(hidden)
        if isinstance(error, OSError):
            raise _refusal(out, error) from error
        raise


def _replace(
    hidden: Path, out: Path, kind: OutputFolder, fresh: list[str], stale: set[str]
) -> None:
    record = out / kind.record
    if record.is_file():
        # Kept until the end: should this process be killed, it still tells what is ours.
        record.replace(hidden / f"{BEFORE}{kind.record}")
    for name in fresh:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (hidden / name).replace(out / name)
        remove_statistics(out / name)
    for name in stale:
        (out / name).unlink(missing_ok=True)
        remove_statistics(out / name)
    if (hidden / kind.record).is_file():
        (hidden / kind.record).replace(record)


def _stale(kind: OutputFolder, fresh: list[str], claims: Marks) -> set[str]:
    return set() if kind.keeps_older else set(claims) - set(fresh)


def _remove_empty(out: Path, claims: Marks) -> None:
    """Remove folders that held nothing but what is gone now."""
    for name in claims:
        folder = (out / name).parent
        while folder != out and out in folder.parents:
            with suppress(OSError):
                folder.rmdir()
            folder = folder.parent


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
