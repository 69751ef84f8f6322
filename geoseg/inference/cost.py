"""A run that is not yet started -> about how long it takes and what it needs; needs no torch."""

from collections.abc import Sequence
from dataclasses import dataclass

from geoseg.grid import Grid
from geoseg.inference.machine import (
    core_count,
    fast_may_be_faster,
    may_have_gpu,
    read_speeds,
    speed_key,
)
from geoseg.inference.streaming import memory_bound_bytes
from geoseg.inference.tiles import count_tiles
from geoseg.inference.turns import POSITIONS
from geoseg.models.card import TREES
from geoseg.models.zoo import ZooMember
from geoseg.settings import RunSettings

PIXELS_PER_SECOND_AND_CORE = 700_000.0
"""A small U-Net by OpenVINO; stands in until this machine has measured its own speed."""

PIXELS_PER_SECOND_GPU = 30_000_000.0

RELATIVE_SPEED = {
    "UnetPlusPlus": 0.3, "MAnet": 0.5, "DeepLabV3": 0.4, "PSPNet": 2.0, "FPN": 0.8,
    "CART": 4.0, "RandomForest": 0.45, "SegmentForest": 1.4,
}  # fmt: skip
"""Of architectures that are much slower or faster than a U-Net, by the same encoder."""

FAST = 1.8
"""Times exact, where nothing is measured yet."""

START_SECONDS = 4.0
SECONDS_PER_MEMBER = 1.5
"""To load or convert a network."""

PROGRAM_BYTES = 500_000_000
NETWORK_BYTES = 60_000_000
"""Of a network's intermediate results, in addition to five times its half-precision file."""

PRODUCT_BYTES_PER_PIXEL = 23.0
"""Six float layers and four of bytes, compressed, with their overviews."""

GIGABYTE, MEGABYTE = 1e9, 1e6
FEW_SECONDS = 10
MINUTE = 60
HOUR = 3600


@dataclass(frozen=True)
class Cost:
    """What a run is expected to take."""

    seconds: float
    memory_bytes: int
    disk_bytes: int
    tiles: int

    def words(self) -> str:
        """Say it to a person: 'about 40 seconds, 0.6 GB of memory, 25 MB of disk'."""
        disk = (
            f"{self.disk_bytes / GIGABYTE:.1f} GB"
            if self.disk_bytes >= GIGABYTE
            else f"{max(self.disk_bytes / MEGABYTE, 1):.0f} MB"
        )
        memory = f"{self.memory_bytes / GIGABYTE:.1f} GB"
        return f"about {_duration(self.seconds)}, {memory} of memory, {disk} of disk"


def estimate(grid: Grid, bands: int, members: Sequence[ZooMember], settings: RunSettings) -> Cost:
    """Estimate a run from speeds this machine has measured, else from stated defaults."""
    tiles = count_tiles(grid.shape, settings.tiles)
    views = len(POSITIONS) if settings.turns else 1
    pixels = views * tiles * settings.tiles.size**2
    device = "cuda" if settings.device == "cuda" or _would_take_gpu(settings) else "cpu"
    speeds = read_speeds()
    predicting = sum(pixels / _speed(member, bands, settings, device, speeds) for member in members)
    classes = max((member.card.classes for member in members), default=1)
    held = memory_bound_bytes(grid.width, bands, len(members), settings.tiles, classes=classes)
    networks = sum(5 * _file_bytes(member) + NETWORK_BYTES for member in members)
    return Cost(
        seconds=START_SECONDS + SECONDS_PER_MEMBER * len(members) + predicting,
        memory_bytes=PROGRAM_BYTES + held + networks,
        disk_bytes=int(PRODUCT_BYTES_PER_PIXEL * classes * grid.width * grid.height),
        tiles=tiles,
    )


def _speed(
    member: ZooMember, bands: int, settings: RunSettings, device: str, speeds: dict[str, float]
) -> float:
    card = member.card
    network = f"{card.architecture} {card.encoder}"
    measured = speeds.get(speed_key(network, bands, settings.precision, device))
    if measured is not None:
        return measured
    faster = FAST if settings.precision == "fast" and fast_may_be_faster() else 1.0
    relative = RELATIVE_SPEED.get(card.architecture, 1.0) * faster
    if device == "cuda" and card.architecture not in TREES:
        return PIXELS_PER_SECOND_GPU * relative
    return PIXELS_PER_SECOND_AND_CORE * core_count() * relative


def _would_take_gpu(settings: RunSettings) -> bool:
    return settings.device == "auto" and may_have_gpu()


def _file_bytes(member: ZooMember) -> int:
    return member.weights.stat().st_size if member.weights.exists() else 0


def _duration(seconds: float) -> str:
    if seconds < 1.5 * MINUTE:
        digits = 0 if seconds < FEW_SECONDS else -1
        return f"{max(round(seconds, digits), 2):.0f} seconds"
    if seconds < 1.5 * HOUR:
        return f"{seconds / MINUTE:.0f} minutes"
    return f"{seconds / HOUR:.1f} hours"
