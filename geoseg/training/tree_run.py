"""A dataset and several choices of trees -> a trained member each, and rows of results; no torch."""

from collections.abc import Sequence
from pathlib import Path

from geoseg.errors import DiskError, RunCancelledError, TrainingError
from geoseg.models.card import RULES, read_card
from geoseg.progress import Cancelled, Event, Progress, never, silent
from geoseg.training.points import PointSamples
from geoseg.training.results import (
    FAILED,
    TRAINED,
    Result,
    read_results,
    require_own_table,
    write_results,
)
from geoseg.training.tree_settings import STEPS, TreeSettings
from geoseg.training.trees import STAGES, train_trees


def train_tree_members(
    dataset: Path,
    members: Sequence[TreeSettings],
    folder: Path,
    table: Path,
    *,
    points: PointSamples | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Path:
    """Train members of trees one after the other and return the table of results.

    A member that cannot be trained is a row with its reason, and the others go on; one that is
    finished already stays as it is.

    Args:
        dataset: Folder in the published layout.
        members: Their settings, of one task and setting.
        folder: For cards and arrays.
        table: The table of results; rows that are there stay.
        points: What was read at points picked on maps, where the settings say so.
        progress: Hears the stages of every member.
        cancelled: Asked between stages.

    Raises:
        RunCancelledError: `cancelled` answered True; finished members stay.
        DiskError: `folder` cannot be written.
    """
    require_own_table(table)
    done = {row.name for row in read_results(table) if row.is_trained}
    for member in members:
        name = member.member_name
        if name in done and (folder / f"{name}.json").is_file():
            continue
        try:
            path = train_trees(
                dataset, member, folder, points=points, progress=progress, cancelled=cancelled
            )
            result = _row(member, TRAINED, read_card(path).validation_f1)
        except (RunCancelledError, DiskError):
            raise
        except TrainingError as error:
            result = _row(member, f"{FAILED}{error}", None)
        table.parent.mkdir(parents=True, exist_ok=True)
        write_results(table, [result])
        progress(Event(STAGES[-1], STEPS, STEPS, name))
    return table


def _row(member: TreeSettings, status: str, f1: float | None) -> Result:
    return Result(
        name=member.member_name, setting=member.setting, architecture=member.architecture,
        encoder=RULES, loss="Gini", learning_rate=0.0, status=status, validation_f1=f1,
    )  # fmt: skip
