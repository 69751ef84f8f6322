"""A request -> a place in the queue on disk; the worker takes work of every kind out of it."""

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from huey import SqliteHuey

from geoseg.comparison.request import CompareRequest
from geoseg.errors import WorkspaceError
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.pipeline.request import RunRequest
from geoseg.workspace import create_run, root
from geoseg.workspace.comparisons import COMPARISONS, create_comparison, find_comparison
from geoseg.workspace.derivations import DERIVATIONS, DerivationRequest, create_derivation
from geoseg.workspace.explanations import EXPLANATIONS, create_explanation, find_explanation
from geoseg.workspace.files import make_folder
from geoseg.workspace.ledger import Ledger
from geoseg.workspace.rankings import RANKINGS, RankingRequest, create_ranking
from geoseg.workspace.runs import RUNS
from geoseg.workspace.trainings import TRAININGS, TrainingRequest, create_training, wait_again

DATABASE = "queue.db"
FIRST, LAST = 1, 0
"""Priorities: work that was interrupted goes before what waits."""
LEDGERS: dict[str, Ledger[Any]] = {
    ledger.kind: ledger
    for ledger in (RUNS, TRAININGS, RANKINGS, COMPARISONS, DERIVATIONS, EXPLANATIONS)
}


class Job(NamedTuple):
    """One piece of work: its kind, as the workspace's folder is called, and its id."""

    kind: str
    id: str


def submit(request: RunRequest, area_id: str) -> str:
    """Put a run in the queue and return its id; the page may be closed from here on."""
    run_id = create_run(request, area_id)
    enqueue(Job(RUNS.kind, run_id))
    return run_id


def submit_training(request: TrainingRequest) -> str:
    """Put a training in the queue and return its id; the page may be closed from here on."""
    training_id = create_training(request)
    enqueue(Job(TRAININGS.kind, training_id))
    return training_id


def submit_ranking(request: RankingRequest) -> str:
    """Put a ranking in the queue and return its id; the page may be closed from here on."""
    ranking_id = create_ranking(request)
    enqueue(Job(RANKINGS.kind, ranking_id))
    return ranking_id


def submit_derivation(request: DerivationRequest) -> str:
    """Put a derivation in the queue and return its id; the page may be closed from here on."""
    derivation_id = create_derivation(request)
    enqueue(Job(DERIVATIONS.kind, derivation_id))
    return derivation_id


def submit_comparison(
    run_id: str, other_id: str | None = None, request: CompareRequest | None = None
) -> str:
    """Put a comparison in the queue and return its id; one made of the same words is not repeated.

    Args:
        run_id: The finished run.
        other_id: A second run of the same grid.
        request: What to compare; None asks for the plain comparison.
    """
    known = find_comparison(run_id, other_id, request)
    if known is not None and known.status not in ("failed", "cancelled"):
        return known.id
    comparison_id = create_comparison(run_id, other_id, request)
    enqueue(Job(COMPARISONS.kind, comparison_id))
    return comparison_id


def submit_explanation(run_id: str, settings: ExplainSettings) -> str:
    """Put an explanation in the queue and return its id; one of the same words is not repeated."""
    known = find_explanation(run_id, settings)
    if known is not None and known.status not in ("failed", "cancelled"):
        return known.id
    explanation_id = create_explanation(run_id, settings)
    enqueue(Job(EXPLANATIONS.kind, explanation_id))
    return explanation_id


def continue_training(training_id: str) -> None:
    """Put a stopped or failed training in the queue again."""
    wait_again(training_id)
    enqueue(Job(TRAININGS.kind, training_id))


def enqueue(job: Job, priority: int = LAST) -> None:
    """Put work in the queue."""
    queue, task = _open(make_folder(root()) / DATABASE)
    queue.enqueue(task.s(job.id, job.kind, priority=priority))


def take() -> Job | None:
    """Take the next work that still waits; None where nothing waits."""
    queue, _ = _open(make_folder(root()) / DATABASE)
    while task := queue.dequeue():
        job = _job(task)
        if _waits(job):
            return job
    return None


def missing_in_queue() -> list[Job]:
    """Return work that waits by its state but is in no queue, oldest first."""
    queue, _ = _open(make_folder(root()) / DATABASE)
    queued = {_job(task) for task in queue.pending()}
    waiting = [
        Job(kind, state.id)
        for kind, ledger in LEDGERS.items()
        for state in ledger.every()
        if state.status == "queued"
    ]
    return sorted(set(waiting) - queued, key=lambda job: job.id)


def _job(task: Any) -> Job:
    """Read a task; those queued before there were several kinds name a run only."""
    job_id, *kind = task.args
    return Job(kind[0] if kind else RUNS.kind, job_id)


def _waits(job: Job) -> bool:
    """Tell whether work of the queue is still wanted: it may be cancelled or deleted by now."""
    try:
        return LEDGERS[job.kind].read(job.id).status == "queued"
    except WorkspaceError:
        return False


@lru_cache(maxsize=4)
def _open(path: Path) -> tuple[SqliteHuey, Any]:
    """Open the queue; a task of it holds an id and a kind, and the worker does the deed."""
    queue = SqliteHuey("geoseg", filename=str(path), strict_fifo=True, results=False)

    def work(job_id: str, kind: str = RUNS.kind) -> str:
        return f"{kind}/{job_id}"

    return queue, queue.task()(work)
