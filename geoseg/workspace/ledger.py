"""Folders of long work on the server's disk: state, log, wish to stop; one ledger for each kind."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field

from geoseg.errors import WorkspaceError
from geoseg.settings import Settings
from geoseg.workspace.files import checked, make_folder, new_id, now, root, write_whole

STATE, REQUEST, LOG, CANCEL = "state.json", "request.json", "log.txt", "cancel"
KINDS = ("runs", "trainings", "rankings", "comparisons", "derivations", "explanations")
"""Folders of the workspace whose work goes through the one queue."""
ACTIVE = ("queued", "running")
"""States of work that may still change."""


class JobState(Settings):
    """Where long work stands; written by the worker, read by pages and API."""

    version: Literal[1] = 1
    id: str
    title: str
    status: Literal["queued", "running", "finished", "failed", "cancelled"] = "queued"
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    per_member: dict[str, tuple[int, int]] = Field(default_factory=dict)
    """Member name -> (tiles or steps done, tiles or steps in all)."""
    message: str = ""
    created: str
    started: str | None = None
    finished: str | None = None
    attempts: int = 0
    queue_position: int | None = None
    """1 is next; None where the work does not wait."""


State = TypeVar("State", bound=JobState)


@dataclass(frozen=True)
class Ledger(Generic[State]):
    """All work of one kind.

    Attributes:
        kind: Folder in the workspace, one of `KINDS`.
        noun: What the sentences call it: "run".
        state: Class of its states.
    """

    kind: str
    noun: str
    state: type[State]

    def create(self, request: Settings, **first: Any) -> str:
        """Write the folder of new queued work and return its id; `first` fills its state."""
        job_id = new_id()
        folder = make_folder(checked(self.kind, job_id))
        write_whole(folder / REQUEST, request.to_json())
        self.write(self.state(id=job_id, created=now(), **first))
        return job_id

    def folder(self, job_id: str) -> Path:
        """Return the folder that holds state, log and products.

        Raises:
            WorkspaceError: There is no work of that id.
        """
        folder = checked(self.kind, job_id)
        if not (folder / STATE).is_file():
            raise WorkspaceError(
                f"no {self.noun} {job_id} in the workspace; choose one of the history"
            )
        return folder

    def request(self, job_id: str) -> bytes:
        """Return the JSON of what the user asked for."""
        return (self.folder(job_id) / REQUEST).read_bytes()

    def read(self, job_id: str) -> State:
        """Return where the work stands, its place in the queue included."""
        return _placed(self._stored(self.folder(job_id)), waiting())

    def write(self, state: State) -> None:
        """Replace the state in one step."""
        write_whole(checked(self.kind, state.id) / STATE, state.to_json())

    def change(self, job_id: str, **changes: Any) -> State:
        """Change some fields of the state; two processes that do so wait for each other."""
        with _locked(self.folder(job_id)) as folder:
            state = self.state(**{**self._stored(folder).model_dump(), **changes})
            self.write(state)
        return state

    def every(self) -> list[State]:
        """Return all work, newest first; what is just being made or deleted is left out."""
        states, ahead = [], waiting()
        for path in sorted((root() / self.kind).glob(f"*/{STATE}"), reverse=True):
            with suppress(FileNotFoundError):
                states.append(_placed(self._stored(path.parent), ahead))
        return states

    def request_cancel(self, job_id: str) -> None:
        """Stop queued work at once; ask running work to stop as soon as it can."""
        folder = self.folder(job_id)
        with _locked(folder):
            state = self._stored(folder)
            if state.status not in ACTIVE:
                return
            (folder / CANCEL).touch()
            if state.status == "queued":
                changes = {"status": "cancelled", "stage": "cancelled", "finished": now(),
                           "message": "cancelled before it began"}  # fmt: skip
                self.write(state.model_copy(update=changes))

    def cancel_requested(self, job_id: str) -> bool:
        """Tell whether somebody asked the work to stop; work whose folder is gone stops too."""
        folder = checked(self.kind, job_id)
        return (folder / CANCEL).exists() or not folder.exists()

    def delete(self, job_id: str) -> None:
        """Remove the folder with everything in it.

        Raises:
            WorkspaceError: The work is still running.
        """
        self.request_cancel(job_id)
        if self.read(job_id).status == "running":
            raise WorkspaceError(f"the {self.noun} is still stopping; delete it in a moment")
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def log(self, job_id: str, text: str) -> None:
        """Add a line with the time to the log."""
        with (self.folder(job_id) / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{now()} {text}\n")

    def _stored(self, folder: Path) -> State:
        return self.state.from_json((folder / STATE).read_bytes())


class _Glance(JobState):
    """What all kinds of states have in common."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def waiting() -> list[str]:
    """Return the ids of all queued work of every kind, next first."""
    ids = []
    for kind in KINDS:
        for path in (root() / kind).glob(f"*/{STATE}"):
            with suppress(FileNotFoundError):
                state = _Glance.from_json(path.read_bytes())
                ids += [state.id] if state.status == "queued" else []
    return sorted(ids)


def _placed(state: State, ahead: list[str]) -> State:
    if state.status != "queued" or state.id not in ahead:
        return state
    return state.model_copy(update={"queue_position": ahead.index(state.id) + 1})


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
