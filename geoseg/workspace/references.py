"""A corrected inventory -> the reference of its study area; the one before is kept to go back to."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from geoseg.errors import ReferenceMapError, WorkspaceError
from geoseg.exports.labels import write_labels
from geoseg.files.parts import file_of
from geoseg.mapping.inventory import KEPT
from geoseg.settings import Settings
from geoseg.workspace.areas import AREAS, Area, get_area, save_area
from geoseg.workspace.files import checked, make_folder, new_id, now, write_whole
from geoseg.workspace.inventories import inventory
from geoseg.workspace.runs import read_state, run_classes, run_folder

BOOK, FOLDER = "references.json", "references"
Unjudged = Literal["open", "feature"]
FIRST = "first"
"""Id of the reference the area came with."""


class KnownReference(Settings):
    """A reference that a study area has or had.

    Attributes:
        id: "first" for what the area came with.
        title: What the user reads.
        path: The file; None where the area came without one.
        positive: Class ids that are the feature.
        run_id: The run it was corrected from.
        created: When it was made.
    """

    id: str
    title: str
    path: Path | None = None
    positive: tuple[int, ...] = ()
    run_id: str = ""
    created: str = Field(default_factory=now)


class _Book(Settings):
    version: int = 1
    references: tuple[KnownReference, ...]


def references(area_id: str) -> tuple[KnownReference, ...]:
    """Return every reference of a study area, the first one first.

    Raises:
        WorkspaceError: There is no such study area.
    """
    path = checked(AREAS, area_id) / BOOK
    if path.is_file():
        return _Book.from_json(path.read_bytes()).references
    area = get_area(area_id)
    name = area.reference.name if area.reference else "none"
    return (
        KnownReference(
            id=FIRST, title=f"As the area came ({name})", path=area.reference,
            positive=area.positive, created=area.created,
        ),
    )  # fmt: skip


def use_inventory(run_id: str, unjudged: Unjudged = "open") -> Area:
    """Make the corrected map of a run the reference of its study area, on the run's pixels.

    Args:
        run_id: A finished run of a study area that is still there.
        unjudged: What the outlines nobody judged are: "open", neither right nor wrong, so that
            they count in no score and teach nothing; or "feature", right as they are.

    Raises:
        WorkspaceError: There is no such run or study area.
        ReferenceMapError: The inventory holds no outline of the feature.
        DiskError: The disk is full or not writable.
    """
    run = read_state(run_id)
    area = get_area(run.area_id)
    frame = inventory(run_id, "all")
    counting = KEPT["confirmed" if unjudged == "open" else "kept"]
    count = int(frame["status"].isin(counting).sum())
    if not count:
        raise ReferenceMapError(
            "the inventory holds no outline, so nothing could be compared with it or learned "
            "from it; accept or draw at least one"
        )
    known = references(area.id)
    made = new_id()
    path = make_folder(checked(AREAS, area.id) / FOLDER) / f"corrected-{made}.tif"
    left_open = ("unreviewed",) if unjudged == "open" else ()
    ids = {label.name: label.id for label in run_classes(run_id)}
    write_labels(frame, run_folder(run_id) / "classes.tif", path, left_open, ids)
    title = f"Corrected map of {run.title} ({count} outlines)"
    new = KnownReference(id=made, title=title, path=path, run_id=run_id)
    write_whole(checked(AREAS, area.id) / BOOK, _Book(references=(*known, new)).to_json())
    return _use(area, new)


def use_reference(area_id: str, reference_id: str) -> Area:
    """Make one of an area's known references the one in use.

    Raises:
        WorkspaceError: There is no such study area or reference, or its file is gone.
    """
    area = get_area(area_id)
    found = next((known for known in references(area_id) if known.id == reference_id), None)
    if found is None or (found.path is not None and not file_of(found.path).is_file()):
        raise WorkspaceError("that reference is not there any more; choose another of the list")
    return _use(area, found)


def reference_in_use(area: Area) -> str:
    """Return the id of the reference an area uses; "first" where it is none of the list."""
    for known in references(area.id):
        if known.path == area.reference:
            return known.id
    return FIRST


def _use(area: Area, reference: KnownReference) -> Area:
    chosen = {"reference": reference.path, "positive": reference.positive}
    return save_area(area.model_copy(update=chosen))
