"""Jobs of members -> results, several at once: a process each, with its own share of the cores."""

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event as Flag
from typing import Any

import torch

from geoseg.errors import DiskError, RunCancelledError
from geoseg.progress import Cancelled, Event, Progress
from geoseg.training.member_job import Ground, MemberJob, failed, ground_of, run_member
from geoseg.training.results import Result

CONTEXT = multiprocessing.get_context("spawn")
"""A forked process would share PyTorch's threads and its device, and hang."""
BETWEEN_LOOKS_S = 0.2
BETWEEN_EVENTS_S = 0.5
TO_END_S = 10.0


def train_in_turn(
    jobs: Sequence[MemberJob], progress: Progress, cancelled: Cancelled
) -> Iterator[Result]:
    """Train one member after the other in this process."""
    ground: Ground | None = None
    for job in jobs:
        ground = ground_of(job, ground)
        yield run_member(job, ground, progress, cancelled)


def train_side_by_side(
    jobs: Sequence[MemberJob], at_once: int, threads: int, progress: Progress, cancelled: Cancelled
) -> Iterator[Result]:
    """Train members in `at_once` processes and yield results as they come.

    Raises:
        RunCancelledError: `cancelled` answered True; every member at work has stored a checkpoint.
        DiskError: A member could not be written; the others have stored what they could.
    """
    waiting, stop = deque(jobs), CONTEXT.Event()
    hands = [_Hand(stop, threads) for _ in range(min(at_once, len(jobs)))]
    stopped: Exception | None = None
    try:
        while waiting or any(hand.job for hand in hands):
            if stopped is None and cancelled():
                stopped = RunCancelledError(
                    "training was stopped; what was learned is kept, and it can go on from there"
                )
            if stopped:
                stop.set()
                waiting.clear()
            for place, hand in enumerate(hands):
                if hand.job is None and waiting:
                    hands[place] = hand.ready()
                    hands[place].take(waiting.popleft())
            for answer in _answers(hands, progress):
                if isinstance(answer, Result):
                    yield answer
                elif isinstance(answer, DiskError):
                    stopped = answer
        if stopped:
            raise stopped
    finally:
        stop.set()
        for hand in hands:
            hand.end()


def _answers(hands: Sequence["_Hand"], progress: Progress) -> Iterator[Any]:
    """Wait a moment; tell the events that came, and yield results and faults."""
    busy = {hand.pipe: (hand, hand.job) for hand in hands if hand.job}
    for pipe in wait(list(busy), BETWEEN_LOOKS_S):
        hand, job = busy[pipe]  # type: ignore[index]
        try:
            answer = hand.pipe.recv()
        except (EOFError, ConnectionError):
            answer = hand.lost(job)
        if isinstance(answer, Event):
            progress(answer)
            continue
        hand.job = None
        yield answer


class _Hand:
    """One process at work, seen from outside."""

    def __init__(self, stop: Flag, threads: int) -> None:
        self._stop, self._threads = stop, threads
        self.job: MemberJob | None = None
        self.pipe, theirs = CONTEXT.Pipe()
        self.process: SpawnProcess = CONTEXT.Process(
            target=_work, args=(theirs, stop, threads), daemon=True
        )
        self.process.start()
        theirs.close()  # so that a process that ends is seen as the end of the pipe

    def ready(self) -> "_Hand":
        """Return a hand that can take a job: this one, or a new one where the process died."""
        return self if self.process.is_alive() else _Hand(self._stop, self._threads)

    def take(self, job: MemberJob) -> None:
        self.job = job
        self.pipe.send(job)

    def lost(self, job: MemberJob) -> Result:
        """Return the row of the member whose process died."""
        self.process.join(TO_END_S)
        return failed(
            job,
            f"its process ended with code {self.process.exitcode}, most likely for want of memory; "
            "train fewer members at once and repeat with resume",
        )

    def end(self) -> None:
        """Let the process end by itself, else end it."""
        self.pipe.close()
        self.process.join(TO_END_S)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


@dataclass
class _Caller:
    """The process that waits for results, seen from a worker."""

    pipe: Connection
    gone: bool = False
    told: float = 0.0

    def hear(self, event: Event) -> None:
        """Pass on an event: steps now and then, scores always."""
        now = time.monotonic()
        if event.stage.startswith("training") and now - self.told < BETWEEN_EVENTS_S:
            return
        self.told = now
        self.tell(event)

    def tell(self, answer: Any) -> None:
        try:
            self.pipe.send(answer)
        except OSError:  # The caller was killed: the member stores a checkpoint and ends.
            self.gone = True


def _work(pipe: Connection, stop: Flag, threads: int) -> None:
    """Train the members that come through the pipe, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The caller decides, and says so by `stop`.
    torch.set_num_threads(threads)
    caller, ground = _Caller(pipe), None
    while not caller.gone:
        try:
            job: MemberJob = pipe.recv()
        except (EOFError, OSError):
            return
        ground = ground_of(job, ground)
        answer: Result | DiskError | None = None
        try:
            answer = run_member(job, ground, caller.hear, lambda: stop.is_set() or caller.gone)
        except RunCancelledError:
            pass
        except DiskError as error:
            answer = error
        caller.tell(answer)
