"""What the worker can do: a table of kinds of work, each with its ledger and its words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geoseg.jobs import comparing, deriving, explaining, predicting, ranking, training
from geoseg.progress import Cancelled
from geoseg.workspace.comparisons import COMPARISONS
from geoseg.workspace.derivations import DERIVATIONS
from geoseg.workspace.explanations import EXPLANATIONS
from geoseg.workspace.ledger import Ledger
from geoseg.workspace.rankings import RANKINGS
from geoseg.workspace.runs import RUNS
from geoseg.workspace.trainings import TRAININGS


@dataclass(frozen=True)
class Kind:
    """One kind of work.

    Attributes:
        ledger: Where its folders are.
        work: Does it, given its id and the wish to stop.
        is_done: Tells of a folder whether everything that matters was written.
        tidy: Removes what a worker that died left half-written.
        keep: Saves what is usable, whatever ended the work.
        continued: Told when it goes on after its worker died.
        interrupted: Told when it waits because the app was closed.
        given_up: Told when its worker died again and again.
        cancelled: Told when the user stopped it.
        patience_s: How long it may ignore the wish to stop, seconds.
    """

    ledger: Ledger[Any]
    work: Callable[[str, Cancelled], None]
    is_done: Callable[[str], bool]
    tidy: Callable[[str], None]
    keep: Callable[[str], None]
    continued: str
    interrupted: str
    given_up: str
    cancelled: str
    patience_s: float


def _nothing(_job_id: str) -> None:
    """Keep nothing: a run's maps are whole or of no use."""


PREDICTION = Kind(
    ledger=RUNS,
    work=predicting.work,
    is_done=predicting.is_done,
    tidy=predicting.tidy,
    keep=_nothing,
    continued="continued after the worker stopped; it began again from the first tile",
    interrupted="waits again because the app was closed; it will begin from the first tile",
    given_up="the worker stopped twice while working on this run, most likely for want of memory; "
    "choose fewer members or smaller tiles and start it again",
    cancelled="cancelled; its unfinished files were removed",
    patience_s=30.0,
)
TRAINING = Kind(
    ledger=TRAININGS,
    work=training.work,
    is_done=training.is_done,
    tidy=training.tidy,
    keep=training.keep,
    continued="continued after the worker stopped; it went on from its last validation",
    interrupted="waits again because the app was closed; it will go on from its last validation",
    given_up="the worker stopped twice without getting any further with this training, most likely "
    "for want of memory; choose smaller crops, compact networks or fewer areas and start it again",
    cancelled="stopped; the networks trained so far are kept",
    patience_s=180.0,
)
RANKING = Kind(
    ledger=RANKINGS,
    work=ranking.work,
    is_done=ranking.is_done,
    tidy=_nothing,
    keep=_nothing,
    continued="continued after the worker stopped; it began again from the first network",
    interrupted="waits again because the app was closed; it will begin from the first network",
    given_up="the worker stopped twice while judging these networks, most likely for want of "
    "memory; choose smaller areas and start it again",
    cancelled="cancelled; nothing of it is kept",
    patience_s=30.0,
)
COMPARISON = Kind(
    ledger=COMPARISONS,
    work=comparing.work,
    is_done=comparing.is_done,
    tidy=comparing.tidy,
    keep=comparing.keep,
    continued="continued after the worker stopped; it began again from the first block",
    interrupted="waits again because the app was closed; it will begin from the first block",
    given_up="the worker stopped twice while comparing, most likely for want of memory; compare "
    "with fewer sub-areas or map larger outlines only",
    cancelled="cancelled; its unfinished files were removed",
    patience_s=60.0,
)
DERIVATION = Kind(
    ledger=DERIVATIONS,
    work=deriving.work,
    is_done=deriving.is_done,
    tidy=_nothing,
    keep=_nothing,
    continued="continued after the worker stopped; it began again from the first row",
    interrupted="waits again because the app was closed; it will begin from the first row",
    given_up="the worker stopped twice while deriving predictors, most likely for want of memory; "
    "choose narrower windows or fewer scenes and start it again",
    cancelled="cancelled; its unfinished file was removed",
    patience_s=60.0,
)
EXPLANATION = Kind(
    ledger=EXPLANATIONS,
    work=explaining.work,
    is_done=explaining.is_done,
    tidy=_nothing,
    keep=explaining.keep,
    continued="continued after the worker stopped; it began again from the first tile",
    interrupted="waits again because the app was closed; it will begin from the first tile",
    given_up="the worker stopped twice while explaining this run, most likely for want of memory; "
    "explain it by fewer tiles",
    cancelled="cancelled; nothing of it is kept",
    patience_s=30.0,
)
KINDS: dict[str, Kind] = {
    kind.ledger.kind: kind
    for kind in (PREDICTION, TRAINING, RANKING, COMPARISON, DERIVATION, EXPLANATION)
}
"""Folder of the workspace -> what the worker does with work from there."""
