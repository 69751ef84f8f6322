"""trained_models as published, zipped or unpacked -> its training runs, and their files one by one."""

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from geoseg.errors import ArchiveError, DiskError
from geoseg.published.checkpoint import ZIP_FAULTS

SETTINGS = {
    "sentinel1_ensemble": "s1",
    "sentinel2_ensemble": "s2",
    "sentinel1_and_2_ensemble": "s1s2",
    "all_ch_ensemble": "all",
}
"""Folders of the archive and the settings they were trained for."""

CHECKPOINT = re.compile(rf"(?:.*/)?({'|'.join(SETTINGS)})/(\d{{1,6}})/checkpoints/[^/]+\.ckpt")
EPOCH = re.compile(r"epoch[_=]?(\d{1,9})")
SCORE = re.compile(r"f1(?:_best)?[_=-]?(0?\.\d{1,18}|1\.0*)")
LARGEST_CHECKPOINT_BYTES = 2 << 30
LARGEST_EVENTS_BYTES = 1 << 30
MOST_PACKED = 100
"""So many times smaller a zip may make a file; weights hardly shrink at all."""


@dataclass(frozen=True)
class TrainingRun:
    """One network of the archive; all paths are names inside it.

    Attributes:
        folder: Folder of its setting, as published.
        number: Its number there.
        checkpoint: The best epoch's, else the last one.
        hparams: Its choices; None where there are none.
        events: TensorBoard's files.
    """

    folder: str
    number: int
    checkpoint: str
    hparams: str | None
    events: tuple[str, ...]

    @property
    def setting(self) -> str:
        """The setting in GeoSeg's words."""
        return SETTINGS[self.folder]

    @property
    def title(self) -> str:
        """Where it lies, for a sentence."""
        return f"{self.folder}/{self.number}"

    @property
    def score_in_name(self) -> float | None:
        """F1 that the checkpoint's name tells, if it does."""
        found = SCORE.search(_stem(self.checkpoint))
        return float(found.group(1)) if found else None


class Source(Protocol):
    """The archive, wherever it lies."""

    names: Sequence[str]

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        ...

    def size(self, name: str) -> int:
        """Return the bytes of a file, unpacked."""
        ...

    def on_disk(self, name: str, room: Path) -> Path:
        """Return a file of the disk with that content; a copy goes into `room`."""
        ...


class FolderSource:
    """The unpacked archive; links are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = [
            Path(place) / file for place, _, files in os.walk(folder) for file in files
        ]  # fmt: skip
        names = [path.relative_to(folder.parent) for path in found if not path.is_symlink()]
        self.names: Sequence[str] = sorted(name.as_posix() for name in names)

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        return (self._folder.parent / name).open("rb")

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return (self._folder.parent / name).stat().st_size

    def on_disk(self, name: str, room: Path) -> Path:
        """Return the file itself."""
        return self._folder.parent / name


class ZipSource:
    """The archive as it was downloaded; one file is unpacked at a time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names: Sequence[str] = sorted(set(archive.namelist()))

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        return self._archive.open(name)

    def size(self, name: str) -> int:
        """Return the bytes of a file, unpacked."""
        return self._archive.getinfo(name).file_size

    def on_disk(self, name: str, room: Path) -> Path:
        """Unpack a file into `room`, over the one before."""
        info = self._archive.getinfo(name)
        if info.file_size > MOST_PACKED * max(info.compress_size, 1):
            raise ArchiveError(
                f"it would grow to {info.file_size} bytes from {info.compress_size}; "
                "weights never shrink so far, so it was not unpacked"
            )
        if info.file_size > shutil.disk_usage(room).free:
            raise DiskError(
                f"the disk of {room.parent} is too full to unpack {name}, "
                f"{info.file_size / 1e6:,.0f} MB; make room or choose another folder"
            )
        path = room / "checkpoint"
        with self._archive.open(info) as packed, path.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        return path


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open the archive, zipped or unpacked.

    Raises:
        ArchiveError: There is none at that path.
    """
    if path.is_dir():
        yield FolderSource(path.absolute())
        return
    if not path.exists():
        raise ArchiveError(f"no file or folder {path}; expected trained_models.zip, or its folder")
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_FAULTS as error:
        raise ArchiveError(
            f"{path.name} is not a whole zip file ({error}); expected trained_models.zip"
        ) from error
    with archive:
        yield ZipSource(archive)


def list_runs(source: Source) -> tuple[list[TrainingRun], list[str]]:
    """Return the training runs in order, and the checkpoints that lie where none is expected.

    Raises:
        ArchiveError: There is no run at all.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    strange = []
    for name in source.names:
        if place := CHECKPOINT.fullmatch(name):
            root = name[: name.index("/checkpoints/")]
            found.setdefault((place.group(1), place.group(2), root), []).append(name)
        elif name.endswith((".ckpt", ".pt", ".pth")):
            strange.append(name)
    if not found:
        raise ArchiveError(
            "no trained network was found: expected folders such as "
            "sentinel1_ensemble/0/checkpoints/epoch_010.ckpt, as in trained_models.zip"
        )
    runs = [_run(source, *place, paths) for place, paths in found.items()]
    order = list(SETTINGS)
    return sorted(runs, key=lambda run: (order.index(run.folder), run.number)), strange


def read_whole(source: Source, name: str, largest: int) -> bytes:
    """Return a small file's bytes.

    Raises:
        ArchiveError: It is damaged or larger than it may be.
    """
    try:
        with source.open(name) as file:
            data = file.read(largest + 1)
    except ZIP_FAULTS as error:
        raise ArchiveError(f"{_stem(name)} cannot be read ({error})") from error
    if len(data) > largest:
        raise ArchiveError(f"{_stem(name)} is larger than {largest} bytes, which none should be")
    return data


@contextmanager
def unpacked(source: Source, name: str, beside: Path) -> Iterator[Path]:
    """Give a checkpoint as a file of the disk, for as long as it is read.

    Raises:
        ArchiveError: It is damaged or larger than any checkpoint.
        DiskError: There is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix=".importing-", dir=beside) as room:
        try:
            if source.size(name) > LARGEST_CHECKPOINT_BYTES:
                raise ArchiveError("its checkpoint is larger than 2 GB, which none should be")
            path = source.on_disk(name, Path(room))
        except ZIP_FAULTS as error:
            raise ArchiveError(f"{_stem(name)} cannot be unpacked ({error})") from error
        yield path


def _run(
    source: Source, folder: str, number: str, root: str, checkpoints: list[str]
) -> TrainingRun:
    logs = [name for name in source.names if name.startswith(f"{root}/tensorboard/")]
    hparams = [name for name in logs if name.endswith("/hparams.yaml")]
    events = [name for name in logs if "/events.out.tfevents" in name]
    best = max(checkpoints, key=_merit)
    return TrainingRun(folder, int(number), best, hparams[-1] if hparams else None, tuple(events))


def _merit(checkpoint: str) -> tuple[float, int, str]:
    """Rank checkpoints: by a score in the name, then the latest best epoch, `last.ckpt` at the end.

    The training wrote a new epoch's file only when it was better than all before.
    """
    stem = _stem(checkpoint)
    score, epoch = SCORE.search(stem), EPOCH.search(stem)
    return (float(score.group(1)) if score else -1.0, int(epoch.group(1)) if epoch else -1, stem)


def _stem(name: str) -> str:
    return name.rpartition("/")[2]
