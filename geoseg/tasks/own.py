"""A user's own task: bands and classes in a JSON file -> a task like the declared ones.

The files lie in the folder `tasks` of the workspace, one a task; they hold words and numbers only.
"""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from geoseg.errors import SettingsError
from geoseg.settings import Settings
from geoseg.tasks.custom import COLOURS
from geoseg.tasks.declaration import Band, BandKind, ClassLabel, Setting, Task
from geoseg.tasks.method import PostProcessing
from geoseg.tasks.words import key

FOLDER = "tasks"
ALL_BANDS = "all"
"""Name of the one setting of a user's own task."""
MOST_BANDS, MOST_CLASSES = 64, 32
NAME, BAND = re.compile(r"[a-z][a-z0-9-]{1,39}"), re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
BACKGROUND = "#9aa0a6"


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError(
            f"a task is called by 2 to 40 small letters, digits and dashes, got {text[:60]!r}"
        )
    return text


def _band(text: str) -> str:
    if not BAND.fullmatch(text):
        raise ValueError(
            "a band is called by 1 to 40 letters, digits, dots, dashes and underscores, got "
            f"{text[:60]!r}"
        )
    return text


def _colour(text: str) -> str:
    if not COLOUR.fullmatch(text):
        raise ValueError(f"a colour is written as #rrggbb, got {text[:30]!r}")
    return text.lower()


def _words(text: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise ValueError("a title or name is empty; write a word")
    if not plain.isprintable():
        raise ValueError(f"{plain[:40]!r} holds signs that cannot be shown; write plain words")
    return plain


Words = Annotated[str, Field(max_length=120), AfterValidator(_words)]


class OwnBand(Settings):
    """One band as the user names it."""

    name: Annotated[str, AfterValidator(_band)]
    unit: str = Field(default="", max_length=40)
    title: str = Field(default="", max_length=120)
    kind: BandKind = BandKind.CONTINUOUS


class OwnClass(Settings):
    """One class; its id is its place in the list, the background being 0."""

    name: Words
    colour: Annotated[str, AfterValidator(_colour)] = BACKGROUND


class OwnTask(Settings):
    """What a user decides of a task: the content of its file.

    Attributes:
        name: Short name of the command line, and of the file.
        title: Heading in the app.
        feature: What is mapped, singular, for sentences.
        plural: Where it is not the feature with an s.
        bands: In the order members read them.
        classes: The background first.
        pixel_size_m: Side of the pixels it is made for.
        buffer_m: Outlines are widened by so much; those that touch then become one.
        min_area_m2: Smaller outlines are left out.
        help: One paragraph for the page.
    """

    version: Literal[1] = 1
    name: Annotated[str, AfterValidator(_name)]
    title: Words
    feature: Words
    plural: str = Field(default="", max_length=120)
    bands: tuple[OwnBand, ...] = Field(min_length=1, max_length=MOST_BANDS)
    classes: tuple[OwnClass, ...] = Field(min_length=2, max_length=MOST_CLASSES)
    pixel_size_m: float = Field(default=10.0, gt=0, le=10_000)
    buffer_m: float = Field(default=0.0, ge=0, le=10_000)
    min_area_m2: float = Field(default=0.0, ge=0, le=1e9)
    help: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _names_tell_apart(self) -> Self:
        for what, found in (("band", self.bands), ("class", self.classes)):
            names = [key(one.name) for one in found]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"every {what} has a name of its own, {twice[0]!r} is there twice")
        return self

    def declare(self) -> Task:
        """Return the task as the rest of the product knows tasks."""
        names = tuple(band.name for band in self.bands)
        return Task(
            name=self.name,
            title=self.title,
            feature=self.feature,
            plural=self.plural,
            bands=tuple(_declared(band) for band in self.bands),
            settings=(Setting(ALL_BANDS, "All its bands", names, "Every band of the task."),),
            classes=tuple(
                ClassLabel(number, one.name, one.colour) for number, one in enumerate(self.classes)
            ),
            default_setting=ALL_BANDS,
            pixel_size_m=self.pixel_size_m,
            post=PostProcessing(self.buffer_m, self.buffer_m > 0, self.min_area_m2),
            reference_positive=tuple(range(1, len(self.classes))),
            help=self.help or f"A task of your own: {self.title}.",
        )


def own_folder() -> Path:
    """Return where the files of own tasks lie: `tasks` in the workspace."""
    return Path(os.environ.get("GEOSEG_HOME") or "workspace").absolute() / FOLDER


def own_tasks() -> dict[str, Task]:
    """Return the tasks users made, by name; a damaged file is left out, `read_own` says why."""
    found = {}
    for path in sorted(own_folder().glob("*.json")):
        task = _kept(path)
        if task is not None:
            found[task.name] = task.declare()
    return found


def read_own(path: Path) -> OwnTask:
    """Read the file of an own task.

    Raises:
        SettingsError: It is missing, damaged, or not called like its task.
    """
    try:
        task = OwnTask.from_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(
            f"the task {path.stem} cannot be read: {error.strerror}; choose another or make it"
        ) from error
    except SettingsError as error:
        raise SettingsError(f"{path.name} does not describe a task: {error}") from error
    return task


def task_name(title: str) -> str:
    """Return 'rock-glaciers' for 'Rock glaciers!': a name the command line can take."""
    parts = re.findall(r"[a-z0-9]+", title.lower())
    name = "-".join(parts)[:40].strip("-")
    return name if NAME.fullmatch(name) else f"task-{name}"[:40].strip("-")


def usual_colour(place: int) -> str:
    """Return the colour a class of this place in the list gets where the user chose none."""
    return COLOURS[(place - 1) % len(COLOURS)] if place else BACKGROUND


def _declared(band: OwnBand) -> Band:
    return Band(band.name, band.title or band.name, band.unit, kind=band.kind)


def _kept(path: Path) -> OwnTask | None:
    try:
        found = path.stat()
        return _cached(path, found.st_mtime_ns, found.st_size)
    except (OSError, SettingsError):
        return None


@lru_cache(maxsize=256)
def _cached(path: Path, _changed_ns: int, _size: int) -> OwnTask:
    return read_own(path)
