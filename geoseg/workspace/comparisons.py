"""Comparison folders on the server's disk: which runs beside what, and what was found."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from geoseg.comparison.products import RECORD, list_files
from geoseg.comparison.request import CompareRequest, plain_request
from geoseg.errors import WorkspaceError
from geoseg.pipeline.products import Product
from geoseg.workspace.area_maps import read_map
from geoseg.workspace.ledger import JobState, Ledger
from geoseg.workspace.runs import read_request, read_state, run_folder

USABLE = ("queued", "running", "finished")


class ComparisonState(JobState):
    """Where a comparison stands; blocks of pixels are counted."""

    run_id: str
    other_id: str | None = None
    key: str
    """Two comparisons share it only where the same was asked for."""


COMPARISONS = Ledger("comparisons", "comparison", ComparisonState)
comparison_folder, read_comparison, list_comparisons, cancel_comparison = (
    COMPARISONS.folder, COMPARISONS.read, COMPARISONS.every, COMPARISONS.request_cancel,
)  # fmt: skip


def request_of(run_id: str, other_id: str | None = None) -> CompareRequest:
    """Return the plain comparison of a run: with its own reference, perhaps beside another run."""
    other = None if other_id is None else run_folder(other_id)
    return plain_request(run_folder(run_id), read_request(run_id), other)


def request_of_map(run_id: str, map_id: str) -> CompareRequest:
    """Return the comparison of a run with a map of its study area that is no run.

    Raises:
        WorkspaceError: The area has no such map.
    """
    found = read_map(read_state(run_id).area_id, map_id)
    plain = plain_request(run_folder(run_id), read_request(run_id))
    return plain.model_copy(
        update={"other": found.path.absolute(), "other_positive": found.positive}
    )


def create_comparison(
    run_id: str, other_id: str | None = None, request: CompareRequest | None = None
) -> str:
    """Write the folder of a new queued comparison and return its id.

    Args:
        run_id: The finished run.
        other_id: A second run of the same grid.
        request: What to compare; None asks for the plain comparison.
    """
    asked = (request or request_of(run_id, other_id)).absolute()
    title = read_state(run_id).title
    beside = f" beside {read_state(other_id).title}" if other_id else _named(asked)
    return COMPARISONS.create(
        asked, title=f"Comparison of {title}{beside}", run_id=run_id, other_id=other_id,
        key=asked.key,
    )  # fmt: skip


def _named(request: CompareRequest) -> str:
    return f" beside {request.other.name}" if request.other else ""


def find_comparison(
    run_id: str, other_id: str | None = None, request: CompareRequest | None = None
) -> ComparisonState | None:
    """Return the comparison that was asked for with the same words; None where there is none.

    One that waits or runs is found too; a failed or cancelled one only where no better is there.
    """
    key = (request or request_of(run_id, other_id)).absolute().key
    states = [state for state in _of(run_id) if state.key == key and state.other_id == other_id]
    usable = [state for state in states if state.status in USABLE]
    return next(iter([*usable, *states]), None)


def read_comparison_request(comparison_id: str) -> CompareRequest:
    """Return what was asked for."""
    return CompareRequest.from_json(COMPARISONS.request(comparison_id))


def comparison_file(comparison_id: str, name: str) -> Product:
    """Return one file of a finished comparison, a figure as figures/NAME.html.

    Raises:
        WorkspaceError: The comparison has no file of that name.
    """
    for file in list_files(comparison_folder(comparison_id)):
        if file.name == name:
            return file
    raise WorkspaceError(
        f"comparison {comparison_id} has no file {name[:80]!r}; its list shows what there is"
    )


def is_compared(comparison_id: str) -> bool:
    """Tell whether the comparison's record, its last file, was written."""
    return (comparison_folder(comparison_id) / RECORD).is_file()


def delete_comparison(comparison_id: str) -> None:
    """Remove a comparison; one that runs is cancelled first."""
    COMPARISONS.delete(comparison_id)


def delete_comparisons_of(run_id: str) -> None:
    """Remove every comparison of a run that goes; one that still runs removes itself at its end."""
    for state in _of(run_id):
        with suppress(WorkspaceError):
            delete_comparison(state.id)


def remove_if_orphaned(comparison_id: str) -> None:
    """Remove a comparison whose run was deleted while it ran."""
    state = read_comparison(comparison_id)
    if not _is_there(run_id for run_id in (state.run_id, state.other_id) if run_id):
        COMPARISONS.change(comparison_id, status="cancelled")
        delete_comparison(comparison_id)


def _of(run_id: str) -> list[ComparisonState]:
    return [state for state in list_comparisons() if run_id in (state.run_id, state.other_id)]


def _is_there(run_ids: Iterable[str]) -> bool:
    for run_id in run_ids:
        try:
            folder: Path = run_folder(run_id)
        except WorkspaceError:
            return False
        if not folder.is_dir():
            return False
    return True
