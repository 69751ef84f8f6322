"""What an earlier, stopped experiment left in its folder -> taken as it is, or gone on with."""

import json
from pathlib import Path
from typing import Any

from geoseg.errors import DiskError, ExportError, OutputError, SettingsError
from geoseg.experiments.settings import ExperimentSettings
from geoseg.exports.disk import whole
from geoseg.exports.record import read_record
from geoseg.files.outputs import require_folder
from geoseg.models.zoo import choose_members, list_members
from geoseg.settings import RunSettings
from geoseg.training.settings import TrainSettings
from geoseg.training.tree_settings import TreeSettings

NAME = "experiment.json"


def claim(name: str, settings: ExperimentSettings, out: Path) -> None:
    """Note which experiment a folder holds, so that only the same one goes on in it.

    Raises:
        SettingsError: It holds another experiment, or one with other choices.
        DiskError: The folder cannot be written.
    """
    path, own = out / NAME, {"experiment": name, "settings": settings.model_dump(mode="json")}
    if path.is_file():
        found = _read(path)
        if found != own:
            words = f"the experiment {found.get('experiment', 'of a damaged file')}"
            raise SettingsError(
                f"{out} holds {words} with other choices; repeat those to go on where it was "
                "stopped, or choose another folder"
            )
    else:
        _require_empty(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"{out} cannot be made: {error.strerror}; choose another folder") from error
    with whole(path) as target:
        target.write_text(json.dumps(own, indent=2), encoding="utf-8")


def _require_empty(out: Path) -> None:
    """Refuse a folder with files of a user's: an experiment clears folders of its own in it."""
    require_folder(out)
    found = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    seen = [name for name in found if not name.startswith(".")]
    if seen:
        raise OutputError(
            f"{out} holds {seen[0]}, and no {NAME} that tells of an experiment; choose a new or an "
            "empty folder"
        )


class Standing:
    """How far one member of an experiment is: a note beside it, `<name>.standing`."""

    def __init__(self, folder: Path, settings: TrainSettings | TreeSettings) -> None:
        self._path = folder / f"{settings.member_name}.standing"
        self._settings = settings.model_dump(mode="json")

    @property
    def is_finished(self) -> bool:
        """True where the member was trained to its end by these settings."""
        return self._found() == self._note(finished=True)

    def begin(self) -> bool:
        """Note that training begins; tell whether it was begun before by the same settings."""
        goes_on = self._found() == self._note(finished=False)
        if not goes_on:
            # A checkpoint of other settings would be refused.
            self._path.with_suffix(".checkpoint").unlink(missing_ok=True)
        self._write(finished=False)
        return goes_on

    def finish(self) -> None:
        """Note that the member is trained to its end."""
        self._write(finished=True)

    def _note(self, *, finished: bool) -> dict[str, Any]:
        return {"finished": finished, "settings": self._settings}

    def _found(self) -> dict[str, Any]:
        return _read(self._path) if self._path.is_file() else {}

    def _write(self, *, finished: bool) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with whole(self._path) as target:
            target.write_text(json.dumps(self._note(finished=finished)), encoding="utf-8")


def finished_map(out: Path, models: Path, settings: RunSettings) -> dict[str, Any] | None:
    """Return the record of a finished run of the same choices and members; None where there is none."""
    try:
        record = read_record(out)
    except ExportError:
        return None
    members = [one.card.sha256 for one in choose_members(list_members(models), settings)]
    same = [card["sha256"] for card in record["members"]] == members
    return record if same and record["settings"] == settings.model_dump(mode="json") else None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
