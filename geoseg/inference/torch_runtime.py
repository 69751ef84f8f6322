"""Members run by PyTorch: on a GPU, and on the processor where conversion would not pay."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from geoseg.errors import ModelError
from geoseg.inference.machine import NumberType, Precision, core_count, speed_key
from geoseg.models.card import Card
from geoseg.models.network import load_network, normalise
from geoseg.models.zoo import ZooMember

GPU_BYTES_PER_PIXEL = 4096
"""Of activations at the widest place of the networks; errs on the safe side."""

GPU_SHARE = 0.5
"""Of the free GPU memory that one batch may take."""

GPU_BATCH = 64


class FromUnitsToProbability(nn.Module):
    """Bands in their own units, NaN where missing -> probability, all in one graph."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, network: nn.Module, card: Card) -> None:
        super().__init__()
        self.network = network
        self.classes = card.classes
        self.register_buffer("mean", torch.tensor([band.mean for band in card.bands]))
        self.register_buffer("std", torch.tensor([band.std for band in card.bands]))

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        """Map (tile, band, y, x) to (tile, class, y, x)."""
        logits = self.network(normalise(tiles, self.mean, self.std)).float()
        return logits.sigmoid() if self.classes == 1 else logits.softmax(1)


def load_whole(member: ZooMember) -> FromUnitsToProbability:
    """Load a member's network together with its normalisation, in evaluation mode."""
    network = load_network(member.card, member.weights)
    return FromUnitsToProbability(network, member.card).eval()


class Upload:
    """Keeps the last batch on the device, so that all members share one transfer."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._tiles: NDArray[np.float32] | None = None
        self._there = torch.empty(0)

    def __call__(self, tiles: NDArray[np.float32]) -> torch.Tensor:
        """Return the tiles on the device; the same array is sent only once."""
        if self._tiles is not tiles:
            self._tiles, self._there = None, torch.empty(0)
            there = torch.from_numpy(tiles).to(self.device)
            self._there = there.contiguous(memory_format=torch.channels_last)
            self._tiles = tiles
        return self._there


class CpuMember:
    """One network in plain PyTorch, tile by tile: larger batches are slower on a processor."""

    computes_in: NumberType = "float32"

    def __init__(self, member: ZooMember, precision: Precision) -> None:
        self._card = card = member.card
        self.name, self.bands, self.classes = card.name, card.band_names, card.classes
        self.key = speed_key(
            f"{card.architecture} {card.encoder}", len(card.bands), precision, "cpu"
        )
        self._network = load_whole(member)
        torch.set_num_threads(core_count())

    def probability(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map (tile, band, y, x) to (tile, class, y, x)."""
        with torch.inference_mode(), _told(self._card, tiles):
            single = [self._network(torch.from_numpy(tile[None])) for tile in tiles]
            return torch.cat(single).numpy()


class CudaMember:
    """One network resident on the GPU: exact in float32 without TF32, fast in bfloat16."""

    def __init__(
        self, member: ZooMember, precision: Precision, upload: Upload, tile_size: int
    ) -> None:
        self._card = card = member.card
        self.name, self.bands, self.classes = card.name, card.band_names, card.classes
        self.key = speed_key(
            f"{card.architecture} {card.encoder}", len(card.bands), precision, "cuda"
        )
        self._fast = precision == "fast"
        self.computes_in: NumberType = "bfloat16" if self._fast else "float32"
        self._upload = upload
        network = load_whole(member).to(upload.device)
        self._network = network.to(memory_format=torch.channels_last)
        free, _ = torch.cuda.mem_get_info(upload.device)
        fitting = int(free * GPU_SHARE) // (GPU_BYTES_PER_PIXEL * tile_size**2)
        self.batch = min(max(fitting, 1), GPU_BATCH)

    def probability(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map (tile, band, y, x) to (tile, class, y, x)."""
        with (
            torch.inference_mode(),
            _told(self._card, tiles),
            torch.autocast("cuda", torch.bfloat16, enabled=self._fast),
        ):
            return self._network(self._upload(tiles)).cpu().numpy()


def cuda_device() -> torch.device:
    """Return the GPU, told to compute in whole float32 unless a member asks for less."""
    torch.backends.cuda.matmul.fp32_precision = "ieee"
    torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]
    return torch.device("cuda")


def cannot_read(card: Card, tile_size: int) -> ModelError:
    """Return the fault of a network that fails on tiles of this size: PAN below 128 pixels."""
    return ModelError(
        f"member {card.name} ({card.architecture}) cannot read tiles of {tile_size} pixels; "
        "choose larger tiles, 256 suits every architecture"
    )


@contextmanager
def _told(card: Card, tiles: NDArray[np.float32]) -> Iterator[None]:
    """Tell of a lack of memory in Python's own word, of other faults in a sentence."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            raise MemoryError(str(error)) from error
        raise cannot_read(card, tiles.shape[-1]) from error
