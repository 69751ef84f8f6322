"""Corrections of a run's outlines: an append-only list in the run's folder, folded as it grows.

One click adds one line; what was read before is kept in memory and only the new lines are read.
"""

import fcntl
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoseg.errors import DiskError, SettingsError, WorkspaceError
from geoseg.grid import Grid
from geoseg.mapping.doubt import doubt
from geoseg.mapping.inventory import Action, Correction, OutlineState, Review, Status, read_outline
from geoseg.stack.ogr import pyogrio
from geoseg.workspace.files import now
from geoseg.workspace.runs import read_record, run_classes, run_folder

LIST, LOCK = "corrections.jsonl", ".corrections.lock"
OUTLINES = "polygons.gpkg"
RUNS_IN_MEMORY = 16
DOUBT = "doubt"
"""Column of how much an outline is in doubt, weighted by its size."""


@dataclass(frozen=True)
class Snapshot:
    """Where the corrections of a run stand.

    Attributes:
        number: Of the last correction; it grows with every deed.
        counts: Outlines by status, those nobody looked at included.
        states: Every outline somebody touched.
        changed: The outline the last deed changed; None before the first.
        changed_status: What that outline is now; None where it is there no more.
        to_undo: How many corrections can be taken back.
    """

    number: int
    counts: dict[Status, int]
    states: dict[int, OutlineState]
    changed: int | None
    changed_status: Status | None
    to_undo: int


@dataclass
class _Memory:
    """What was read of one list."""

    read_bytes: int = 0
    review: Review = field(default_factory=Review)
    changed: int | None = None


_memories: OrderedDict[Path, _Memory] = OrderedDict()
_guard = threading.RLock()


def has_outlines(run_id: str) -> bool:
    """Tell whether a run left outlines that can be corrected."""
    return (run_folder(run_id) / OUTLINES).is_file()


def corrections(run_id: str) -> Snapshot:
    """Return where the corrections of a run stand.

    Raises:
        WorkspaceError: There is no such run, or it has no outlines.
    """
    folder = run_folder(run_id)
    with _guard:
        return _snapshot(folder, _grown(folder))


def correct(
    run_id: str,
    action: Action,
    polygon: int | None = None,
    geometry: dict[str, Any] | None = None,
    note: str = "",
    *,
    class_name: str = "",
) -> Snapshot:
    """Add one correction to the list.

    Args:
        run_id: A finished run.
        action: What was done.
        polygon: Which outline; a new one gets the next free number, and "undo" takes none.
        geometry: GeoJSON polygon in longitude and latitude, for "draw" and "redraw".
        note: What the user wants to remember.
        class_name: One of the run's classes, for "classify", "draw" and "redraw".

    Raises:
        WorkspaceError: There is no such run or outline.
        SettingsError: The deed is not whole, the outline no polygon, the class none of the run's,
            or nothing is left to undo.
        GridError: The outline lies beside the map.
        DiskError: The disk is full or not writable.
    """
    if geometry is not None:
        read_outline(geometry, Grid.from_record(read_record(run_id)["grid"]))
    if class_name:
        _check_class(run_id, class_name)
    folder = run_folder(run_id)
    with _guard, _locked(folder):
        review = _grown(folder).review
        if action == "draw":
            polygon = _next_number(folder, review)
        deed = Correction(
            number=review.number + 1, time=now(), action=action, polygon=polygon,
            geometry=geometry, note=note, class_name=class_name,
        )  # fmt: skip
        _check(folder, review, deed)
        _append(folder / LIST, [deed])
        return _snapshot(folder, _grown(folder))


def correct_many(
    run_id: str, action: Literal["accept", "reject"], polygons: Sequence[int], note: str = ""
) -> Snapshot:
    """Add the same correction for many outlines at once, all of them or none.

    Args:
        run_id: A finished run.
        action: What was done.
        polygons: Which outlines.
        note: Why, e.g. the rule that chose them.

    Raises:
        WorkspaceError: There is no such run or outline.
        DiskError: The disk is full or not writable.
    """
    folder, moment = run_folder(run_id), now()
    with _guard, _locked(folder):
        review = _grown(folder).review
        deeds = [
            Correction(number=number, time=moment, action=action, polygon=polygon, note=note)
            for number, polygon in enumerate(polygons, start=review.number + 1)
        ]
        for deed in deeds:
            _check(folder, review, deed)
        _append(folder / LIST, deeds)
        return _snapshot(folder, _grown(folder))


def undo(run_id: str, times: int = 1) -> Snapshot:
    """Take back the last corrections that still stand, one or several.

    Raises:
        SettingsError: So many are not left.
    """
    folder, moment = run_folder(run_id), now()
    with _guard, _locked(folder):
        review = _grown(folder).review
        if times > len(review.standing):
            left = len(review.standing)
            raise SettingsError(
                f"there are {left} corrections to take back, asked for {times}"
                if left
                else "there is no correction to take back"
            )
        numbers = range(review.number + 1, review.number + 1 + times)
        _append(folder / LIST, [Correction(number=n, time=moment, action="undo") for n in numbers])
        return _snapshot(folder, _grown(folder))


def outline_table(run_id: str) -> pd.DataFrame:
    """Return what is known of every mapped outline by its number, without shapes; do not change it.

    Raises:
        WorkspaceError: There is no such run, or it has no outlines.
    """
    return _table(run_folder(run_id))


def _snapshot(folder: Path, memory: _Memory) -> Snapshot:
    review, changed = memory.review, memory.changed
    counts = review.counts(len(_numbers(folder)))
    status: Status | None = None
    if changed in review.states:
        status = review.states[changed].status
    elif changed is not None and _is_mapped(folder, changed):
        status = "unreviewed"
    return Snapshot(
        review.number, counts, dict(review.states), changed, status, len(review.standing)
    )


def _grown(folder: Path) -> _Memory:
    """Read what was added to the list since the last time."""
    path = folder / LIST
    memory = _memories.setdefault(path, _Memory())
    _memories.move_to_end(path)
    while len(_memories) > RUNS_IN_MEMORY:
        _memories.popitem(last=False)
    size = path.stat().st_size if path.is_file() else 0
    if size < memory.read_bytes:
        memory = _memories[path] = _Memory()
    if size > memory.read_bytes:
        with path.open("rb") as file:
            file.seek(memory.read_bytes)
            lines = file.read()
        end = lines.rfind(b"\n") + 1
        for line in lines[:end].splitlines():
            # A line that a fault cut short never counted.
            with suppress(ValueError):
                memory.changed = memory.review.take(Correction(**json.loads(line)))
        memory.read_bytes += end
    return memory


def _append(path: Path, deeds: Sequence[Correction]) -> None:
    """Add a line each; after a line that was cut short a new one begins."""
    lines = b"".join(d.model_dump_json(exclude_defaults=True).encode() + b"\n" for d in deeds)
    try:
        with path.open("ab+") as file:
            if file.tell():
                file.seek(-1, 2)
                lines = lines if file.read(1) == b"\n" else b"\n" + lines
            file.write(lines)
    except OSError as error:
        raise DiskError(
            f"the correction cannot be saved: {error.strerror}; free some disk space"
        ) from error


def _check(folder: Path, review: Review, deed: Correction) -> None:
    """Refuse a deed on an outline that is not there, and an undo of nothing."""
    if deed.action == "undo" and not review.standing:
        raise SettingsError("there is no correction to take back")
    if deed.polygon is None or deed.action == "draw" or deed.polygon in review.states:
        return
    if not _is_mapped(folder, deed.polygon):
        raise WorkspaceError(f"the run has no polygon {deed.polygon}; click one on the map")


def _check_class(run_id: str, name: str) -> None:
    """Refuse a class that the run does not tell apart from others."""
    known = [label.name for label in run_classes(run_id)]
    if name in known:
        return
    raise SettingsError(
        f"no class {name[:80]!r} in this run; choose one of {', '.join(known)}"
        if known
        else "this run maps one class, so its outlines need none; leave it out"
    )


def _is_mapped(folder: Path, polygon: int) -> bool:
    numbers = _numbers(folder)
    place = np.searchsorted(numbers, polygon)
    return bool(place < len(numbers) and numbers[place] == polygon)


def _next_number(folder: Path, review: Review) -> int:
    """Return a number no outline of the run ever had, drawn and taken back ones included."""
    numbers = _numbers(folder)
    return int(numbers[-1] if len(numbers) else 0) + review.number + 1


def outlines_of(folder: Path) -> Path:
    """Return the outlines of a run's folder.

    Raises:
        WorkspaceError: The run has none.
    """
    path = folder / OUTLINES
    if not path.is_file():
        raise WorkspaceError("this run has no outlines to correct; wait until it has finished")
    return path


def _numbers(folder: Path) -> NDArray[np.int64]:
    """Return the numbers of the mapped outlines, rising."""
    return _table(folder).index.to_numpy(np.int64)


def _table(folder: Path) -> pd.DataFrame:
    path = outlines_of(folder)
    state = path.stat()
    return _read_table(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=RUNS_IN_MEMORY)
def _read_table(path: Path, _changed_ns: int, _bytes: int) -> pd.DataFrame:
    table = pyogrio.read_dataframe(path, read_geometry=False)
    table[DOUBT] = doubt(table["area_m2"], table["mean_prob"], table["mean_sprd"])
    return table.set_index("id").sort_index()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
