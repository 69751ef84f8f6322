"""The published archives that GeoSeg knows: where they are, what they hold, whom to cite."""

from dataclasses import dataclass
from typing import Literal

from geoseg.errors import ArchiveError

Kind = Literal["dataset", "models"]


@dataclass(frozen=True)
class PublishedFile:
    """One file of an archive.

    Attributes:
        name: As the publisher calls it.
        kind: Labelled scenes, or trained networks.
        folder: Folder that it holds, and that appears when it is unpacked.
        marks: Paths below that folder by which an unpacked copy is recognised, any of them.
    """

    name: str
    kind: Kind
    folder: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Archive:
    """One published archive.

    Attributes:
        name: Word for the command line.
        title: What it is, in a few words.
        doi: Its digital object identifier.
        files: What it holds.
        licence: Under which it may be used.
        citation: How its authors wish to be named.
    """

    name: str
    title: str
    doi: str
    files: tuple[PublishedFile, ...]
    licence: str
    citation: str

    @property
    def page(self) -> str:
        """Where a person finds it."""
        return f"https://doi.org/{self.doi}"

    @property
    def record(self) -> str:
        """Number of the archive at its repository."""
        return self.doi.rpartition(".")[2]

    def file(self, kind: Kind) -> PublishedFile:
        """Return its file of that kind.

        Raises:
            ArchiveError: It has none.
        """
        for file in self.files:
            if file.kind == kind:
                return file
        raise ArchiveError(f"{self.name} has no {kind}; it holds {self.files[0].kind}")


GLOBAL_LANDSLIDES = Archive(
    name="global-landslides",
    title="21 landslide areas in 15 bands, and 360 networks trained on them",
    doi="10.5281/zenodo.13471162",
    files=(
        PublishedFile("global_dataset.zip", "dataset", "global_dataset", ("train_val/input",)),
        PublishedFile(
            "trained_models.zip", "models", "trained_models",
            ("sentinel1_ensemble", "sentinel2_ensemble", "sentinel1_and_2_ensemble",
             "all_ch_ensemble"),
        ),
    ),
    licence="MIT",
    citation=(
        "Ganerød, A. J., Franch, G., Lindsay, E., Calovi, M. (2023): Automating global landslide "
        "detection with heterogeneous ensemble deep-learning classification. arXiv:2310.05959"
    ),
)  # fmt: skip

ARCHIVES = {archive.name: archive for archive in (GLOBAL_LANDSLIDES,)}


def find_archive(name: str) -> Archive:
    """Return the archive of that name.

    Raises:
        ArchiveError: There is none; the sentence lists the known ones.
    """
    if name not in ARCHIVES:
        raise ArchiveError(f"no archive {name!r}; choose one of {', '.join(ARCHIVES)}")
    return ARCHIVES[name]
