"""What a run was made of, with what, in what time -> run.json beside its products."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geoseg import __version__
from geoseg.errors import ExportError
from geoseg.exports.disk import whole
from geoseg.files.marks import digest, listing
from geoseg.grid import Grid
from geoseg.models.card import Card
from geoseg.settings import RunSettings
from geoseg.tasks import Task

NAME = "run.json"
REPORTS = ("report.html", "report.pdf")
"""Products that may be made anew after the run."""
LIBRARIES = ("numpy", "rasterio", "torch", "openvino", "segmentation-models-pytorch", "shapely")

Record = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """Everything a record tells.

    Attributes:
        settings: The choices of the run.
        task: What was mapped.
        members: Cards of the networks that were averaged, best first.
        grid: The grid of every product.
        title: The user's name of the run.
        simulated: True where the input was made by the simulator.
        inputs: The rasters read.
        bands: Band of the setting -> "file name#index" it was read from, joined by " + " where a
            scene came in parts.
        found: Band of the setting -> how it was found: by description, file name, order, choice.
        reference: The reference map, where one was given.
        notes: Plain sentences on how the input became one stack.
        warnings: Plain sentences on what the user should look at.
        timings_s: Stage -> seconds.
        valid_pixels: Pixels with data; None where not counted.
        feature_area_m2: Ground mapped as the feature, square metres; None where not counted.
        polygons: Polygons drawn; None where not drawn.
        metrics: The content of metrics.json, where a reference was given.
        computed_in: Kinds of numbers the networks computed in: float32, bfloat16.
        ground: Which of it taught or judged the members, and how much.
        combination: Weights of the members, temperature, threshold, and what they were fitted on.
    """

    settings: RunSettings
    task: Task
    members: Sequence[Card]
    grid: Grid
    title: str = ""
    simulated: bool = False
    inputs: Sequence[Path] = ()
    bands: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    reference: Path | None = None
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    timings_s: Mapping[str, float] = field(default_factory=dict)
    valid_pixels: int | None = None
    feature_area_m2: float | None = None
    polygons: int | None = None
    metrics: Mapping[str, Any] | None = None
    computed_in: Sequence[str] = ()
    combination: Mapping[str, Any] | None = None
    ground: Mapping[str, Any] | None = None


def make_record(facts: RunFacts) -> Record:
    """Return the record as JSON-ready values; files are named without their folders."""
    settings, task, grid = facts.settings, facts.task, facts.grid
    return {
        "version": 1,
        "geoseg": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": facts.title,
        "simulated": facts.simulated,
        "task": _task_record(task, settings.setting),
        "feature": task.feature,
        "summary": _summary(facts),
        "metrics": None if facts.metrics is None else dict(facts.metrics),
        "settings": settings.model_dump(mode="json"),
        "combination": None if facts.combination is None else dict(facts.combination),
        "computed_in": list(facts.computed_in),
        # Their footprints are told once, together, under `ground`.
        "members": [card.model_dump(mode="json", exclude={"footprint"}) for card in facts.members],
        "ground": None if facts.ground is None else dict(facts.ground),
        "grid": grid.record(),
        "grid_words": grid.words(),
        "pixel_area_m2": grid.pixel_area_m2,
        "inputs": [path.name for path in facts.inputs],
        "bands": dict(facts.bands),
        "bands_found_by": dict(facts.found),
        "reference": facts.reference.name if facts.reference else None,
        "notes": list(facts.notes),
        "warnings": list(facts.warnings),
        "timings_s": dict(facts.timings_s),
        "versions": _versions(),
    }


def write_record(record: Record, folder: Path, *, sealed: bool = False) -> Path:
    """Write run.json with the sizes of the files that lie in the folder by now.

    Args:
        record: From `make_record`.
        folder: Of the products.
        sealed: Add the sha256 of every file, by which a later run knows them as its own.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    listed = listing(folder, but=(NAME,), sums=sealed)
    path = folder / NAME
    with whole(path) as target:
        target.write_text(json.dumps(record | listed, indent=2, allow_nan=False))
    return path


def note_file(folder: Path, name: str) -> None:
    """Note in run.json a file that was made anew since, so that a later run knows it as its own.

    Raises:
        ExportError: There is no record.
        DiskError: The disk is full or the folder is not writable.
    """
    record, path = read_record(folder), folder / name
    if name in REPORTS and isinstance(record.get("files"), dict):
        record["files"][name] = path.stat().st_size
        record.setdefault("sha256", {})[name] = digest(path)
        with whole(folder / NAME) as target:
            target.write_text(json.dumps(record, indent=2, allow_nan=False))


def read_record(folder: Path) -> Record:
    """Read the run.json of a folder.

    Raises:
        ExportError: There is none, or it was cut short.
    """
    path = folder / NAME
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ExportError(f"no {NAME} in {folder}; expected the folder of a finished run") from None
    except ValueError as error:
        raise ExportError(f"{path} is not a run's record ({error}); run again") from error
    if not isinstance(record, dict) or "settings" not in record:
        raise ExportError(f"{path} is not a run's record; expected the folder of a finished run")
    return record


def _summary(facts: RunFacts) -> Record:
    """Return what was found, in the fewest numbers; null where it was not counted."""
    grid, valid = facts.grid, facts.valid_pixels
    return {
        "valid_pixels": valid,
        "valid_share": None if valid is None else valid / (grid.width * grid.height),
        "feature_area_m2": facts.feature_area_m2,
        "polygons": facts.polygons,
    }


def _task_record(task: Task, setting: str) -> Record:
    """Return what a reader needs of the task, so that the record stands alone."""
    return {
        "name": task.name,
        "title": task.title,
        "feature": task.feature,
        "setting": task.setting(setting).title,
        "classes": [asdict(label) for label in task.classes],
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
