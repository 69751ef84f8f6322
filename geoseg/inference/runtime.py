"""Members on disk + the run's device and precision -> members ready to be asked."""

from collections.abc import Callable, Sequence
from typing import Literal

from geoseg.errors import SettingsError
from geoseg.inference.machine import core_count, may_have_gpu, speed_key
from geoseg.inference.member import Member
from geoseg.inference.tiles import count_tiles
from geoseg.inference.turns import POSITIONS, TurnedMember
from geoseg.models.card import TREES
from geoseg.models.zoo import ZooMember
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.settings import RunSettings

CONVERSION_PAYS_FROM_TILES = 80
"""Converting takes some 2 s a member and saves some 25 ms a tile (256 pixels, two cores)."""

Load = Callable[[ZooMember], Member]


def load_members(
    members: Sequence[ZooMember],
    settings: RunSettings,
    shape: tuple[int, int] | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> list[Member]:
    """Return the members ready for `predict_strips`, in the same order.

    Args:
        members: As chosen from a zoo; cards and checksums are checked here.
        settings: Device, precision, tile size and turns count.
        shape: (height, width) of the scene; None is a large one.
        progress: Hears of every network.
        cancelled: Asked before every network.

    Raises:
        ModelError: Weights are missing, altered or do not fit their card.
        SettingsError: A GPU is asked for and there is none.
        RunCancelledError: `cancelled` answered True.
    """
    device = choose_device(settings)
    load = LOADERS[device](settings, shape)
    ready: list[Member] = []
    for done, member in enumerate(members):
        stop_if(cancelled)
        progress(Event("preparing networks", done, len(members), member.card.name))
        trees = member.card.architecture in TREES
        loaded = _trees(member, settings, device) if trees else load(member)
        ready.append(TurnedMember(loaded) if settings.turns else loaded)
    progress(Event("preparing networks", len(members), len(members)))
    return ready


def choose_device(settings: RunSettings) -> Literal["cpu", "cuda"]:
    """Return where the networks will run.

    Raises:
        SettingsError: A GPU is asked for and there is none.
    """
    if settings.device == "cpu":
        return "cpu"
    if _has_gpu():
        return "cuda"
    if settings.device == "cuda":
        raise SettingsError(
            "device cuda was asked for, but no GPU that PyTorch can use was found; "
            "choose device auto or cpu"
        )
    return "cpu"


def _trees(member: ZooMember, settings: RunSettings, device: str) -> Member:
    """Load a member that is no network; it runs on the processor whatever the device."""
    from geoseg.models.tree_member import load_tree_member

    card = member.card
    network = f"{card.architecture} {card.encoder}"
    key = speed_key(network, len(card.bands), settings.precision, device)
    return load_tree_member(member, key, core_count())


def _has_gpu() -> bool:
    if not may_have_gpu():
        return False
    import torch

    return torch.cuda.is_available()


def _on_processor(settings: RunSettings, shape: tuple[int, int] | None) -> Load:
    from geoseg.inference.openvino_runtime import OpenVinoMember, is_converted

    size = settings.tiles.size
    views = len(POSITIONS) if settings.turns else 1
    many = shape is None or count_tiles(shape, settings.tiles) * views >= CONVERSION_PAYS_FROM_TILES

    def load(member: ZooMember) -> Member:
        if many or is_converted(member, size):
            return OpenVinoMember(member, settings.precision, size)
        from geoseg.inference.torch_runtime import CpuMember

        return CpuMember(member, settings.precision)

    return load


def _on_gpu(settings: RunSettings, _shape: tuple[int, int] | None) -> Load:
    from geoseg.inference.torch_runtime import CudaMember, Upload, cuda_device

    upload = Upload(cuda_device())
    return lambda member: CudaMember(member, settings.precision, upload, settings.tiles.size)


LOADERS: dict[str, Callable[[RunSettings, tuple[int, int] | None], Load]] = {
    "cpu": _on_processor,
    "cuda": _on_gpu,
}
