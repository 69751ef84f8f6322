"""An explanation's id -> which bands the networks of its run relied on."""

from contextlib import suppress

from geoseg.errors import WorkspaceError
from geoseg.jobs.watch import Watch
from geoseg.progress import Cancelled
from geoseg.workspace.explanations import (
    EXPLANATIONS,
    is_explained,
    read_explanation_settings,
    read_explanation_state,
    remove_if_orphaned,
    write_explanation,
)
from geoseg.workspace.runs import run_folder


def work(explanation_id: str, cancelled: Cancelled) -> None:
    """Hide every band in turn and keep what changed.

    Raises:
        GeosegError: What stands in the way, or the wish to stop.
    """
    from geoseg.pipeline.explain import explain_run

    folder = run_folder(read_explanation_state(explanation_id).run_id)
    settings = read_explanation_settings(explanation_id)
    watch = Watch(EXPLANATIONS, explanation_id)
    write_explanation(explanation_id, explain_run(folder, settings, watch, cancelled))


def is_done(explanation_id: str) -> bool:
    """Tell whether the explanation was written."""
    return is_explained(explanation_id)


def keep(explanation_id: str) -> None:
    """Keep nothing of an explanation whose run was deleted meanwhile."""
    with suppress(WorkspaceError):
        remove_if_orphaned(explanation_id)
