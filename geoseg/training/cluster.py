"""Jobs of members -> results, trained by the machines of a Dask cluster."""

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from functools import lru_cache
from pathlib import Path
from typing import Any

from geoseg.errors import DiskError, RunCancelledError, TrainingError
from geoseg.progress import Cancelled, Event, Progress
from geoseg.tasks import Task
from geoseg.training.member_job import Ground, MemberJob, failed, run_member
from geoseg.training.results import Result

BETWEEN_LOOKS_S = 0.5
BETWEEN_QUESTIONS_S = 2.0
"""A member asks the scheduler so often whether it shall stop; every question is a message."""
TO_CONNECT_S = 15
GPU = "GPU"


def train_on_cluster(
    jobs: Sequence[MemberJob], address: str, progress: Progress, cancelled: Cancelled
) -> Iterator[Result]:
    """Train members as tasks of a Dask cluster and yield results as they come.

    Dataset and output folder must be reached by every machine under the same path. Where workers
    announce a resource GPU, each member takes one.

    Raises:
        TrainingError: No cluster answers at the address.
        RunCancelledError: `cancelled` answered True; the members have stored checkpoints.
        DiskError: A member could not be written.
    """
    import distributed

    dask: Any = distributed  # without types

    try:
        client = dask.Client(address, timeout=TO_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise TrainingError(
            f"no Dask cluster answers at {address}: {error}; start a scheduler and workers, and "
            "give its address, e.g. tcp://10.0.0.1:8786"
        ) from error
    with client:
        topic = f"geoseg-{uuid.uuid4().hex}"
        client.subscribe_topic(topic, lambda told: progress(Event(*told[1])))
        futures = {
            job: client.submit(
                _train_there, job, topic, key=f"{job.settings.member_name}-{topic}", pure=False,
                resources=_resources(client), retries=0,
            )
            for job in jobs
        }  # fmt: skip
        yield from _as_they_come(client, futures, topic, cancelled)


def _as_they_come(
    client: Any, futures: dict[MemberJob, Any], topic: str, cancelled: Cancelled
) -> Iterator[Result]:
    import distributed

    dask: Any = distributed
    stopped: Exception | None = None
    while futures:
        if stopped is None and cancelled():
            stopped = RunCancelledError(
                "training was stopped; what was learned is kept, and it can go on from there"
            )
        if stopped:
            dask.Event(topic, client=client).set()
        for job in [job for job, future in futures.items() if future.done()]:
            answer = _answer(job, futures.pop(job))
            if isinstance(answer, Result):
                yield answer
            elif isinstance(answer, DiskError):
                stopped = answer
        time.sleep(BETWEEN_LOOKS_S)
    if stopped:
        raise stopped


def _answer(job: MemberJob, future: Any) -> Result | DiskError | None:
    """Return what a finished task says; a machine that was lost is a row with that reason."""
    if future.status == "finished":
        answer: Result | DiskError | None = future.result()
        return answer
    return failed(job, f"the cluster gave it up: {future.exception()}; repeat with resume")


def _train_there(job: MemberJob, topic: str) -> Result | DiskError | None:
    """Train one member on a machine of the cluster."""
    link = _Link(topic)
    ground = _ground(job.dataset, job.settings.declared, job.settings.setting)
    try:
        return run_member(job, ground, link.hear, link.shall_stop)
    except RunCancelledError:
        return None
    except DiskError as error:
        return error


class _Link:
    """Tells the caller what happens, and asks whether to stop, without a message a step."""

    def __init__(self, topic: str) -> None:
        import distributed

        dask: Any = distributed
        self._topic, self._worker, self._stop = (
            topic,
            dask.get_worker(),
            dask.Event(topic, client=dask.get_client()),
        )
        self._told = self._asked = time.monotonic()
        self._stopped = False

    def hear(self, event: Event) -> None:
        """Pass on an event: steps now and then, scores always."""
        now = time.monotonic()
        if not event.stage.startswith("training") or now - self._told >= BETWEEN_QUESTIONS_S:
            self._told = now
            self._worker.log_event(self._topic, astuple(event))

    def shall_stop(self) -> bool:
        """Tell whether the caller wants the work to end."""
        if time.monotonic() - self._asked >= BETWEEN_QUESTIONS_S:
            self._stopped, self._asked = self._stop.is_set(), time.monotonic()
        return self._stopped


@lru_cache(maxsize=1)
def _ground(dataset: Path, task: Task, setting: str) -> Ground:
    return Ground(dataset, task, setting)


def _resources(client: Any) -> dict[str, int] | None:
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    return {GPU: 1} if any(worker["resources"].get(GPU) for worker in workers) else None
