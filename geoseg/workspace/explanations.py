"""Explanation folders on the server's disk: which run, which outline, and what its bands gave."""

import json
from contextlib import suppress
from typing import Any

from geoseg.errors import WorkspaceError
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.workspace.files import checked, write_whole
from geoseg.workspace.ledger import JobState, Ledger
from geoseg.workspace.runs import read_state

NAME = "explanation.json"
USABLE = ("queued", "running", "finished")


class ExplanationState(JobState):
    """Where an explanation stands; tiles are counted."""

    run_id: str


EXPLANATIONS = Ledger("explanations", "explanation", ExplanationState)
explanation_folder, read_explanation_state, cancel_explanation, delete_explanation = (
    EXPLANATIONS.folder, EXPLANATIONS.read, EXPLANATIONS.request_cancel, EXPLANATIONS.delete,
)  # fmt: skip


def create_explanation(run_id: str, settings: ExplainSettings) -> str:
    """Write the folder of a new queued explanation and return its id."""
    title = f"{_target(settings)} of {read_state(run_id).title}"
    return EXPLANATIONS.create(settings, title=title, run_id=run_id)


def find_explanation(run_id: str, settings: ExplainSettings) -> ExplanationState | None:
    """Return the explanation that was asked for with the same words; None where there is none.

    A failed or cancelled one is returned only where no better is there.
    """
    states = [s for s in explanations_of(run_id) if read_explanation_settings(s.id) == settings]
    usable = [state for state in states if state.status in USABLE]
    return next(iter([*usable, *states]), None)


def explanations_of(run_id: str) -> list[ExplanationState]:
    """Return every explanation of a run, newest first."""
    return [state for state in EXPLANATIONS.every() if state.run_id == run_id]


def read_explanation_settings(explanation_id: str) -> ExplainSettings:
    """Return what the user asked for."""
    return ExplainSettings.from_json(EXPLANATIONS.request(explanation_id))


def write_explanation(explanation_id: str, record: dict[str, Any]) -> None:
    """Keep what was found."""
    text = json.dumps(record, indent=2, allow_nan=False)
    write_whole(checked(EXPLANATIONS.kind, explanation_id) / NAME, text)


def read_explanation(explanation_id: str) -> dict[str, Any]:
    """Return what was found.

    Raises:
        WorkspaceError: The explanation has not finished.
    """
    if not is_explained(explanation_id):
        raise WorkspaceError(f"explanation {explanation_id} is not finished yet; wait for it")
    path = explanation_folder(explanation_id) / NAME
    record: dict[str, Any] = json.loads(path.read_bytes())
    return record


def is_explained(explanation_id: str) -> bool:
    """Tell whether the explanation was written."""
    return (explanation_folder(explanation_id) / NAME).is_file()


def delete_explanations_of(run_id: str) -> None:
    """Remove every explanation of a run that goes; one that still runs removes itself at its end."""
    for state in explanations_of(run_id):
        with suppress(WorkspaceError):
            delete_explanation(state.id)


def remove_if_orphaned(explanation_id: str) -> None:
    """Remove an explanation whose run was deleted while it was made."""
    state = read_explanation_state(explanation_id)
    try:
        read_state(state.run_id)
    except WorkspaceError:
        EXPLANATIONS.change(explanation_id, status="cancelled")
        delete_explanation(explanation_id)


def _target(settings: ExplainSettings) -> str:
    if settings.polygon is not None:
        return f"Why outline {settings.polygon}"
    return "Why" if settings.point is None else "Why a place"
