"""How far TF32, PyTorch's own choice for convolutions on a GPU, moves an answer; no GPU is needed.

    python -m benchmarks.tf32

TF32 keeps 10 of float32's 23 bits of fraction of what a convolution multiplies. Here inputs and
weights are rounded so on the processor, and the networks of `predict_2048 --library` answer with
and without. A loop that leaves PyTorch as it is departs from GeoSeg's *exact* by about as much.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import nn

from benchmarks.networks import machine, make_library_zoo, write_result
from geoseg.inference.torch_runtime import load_whole
from geoseg.models.zoo import list_members

SIDE, BANDS, MEMBERS = 256, 11, 10
DROPPED_BITS = 13


def main() -> None:
    """Ask every network twice and write the largest differences."""
    tile = smooth_tile()
    rows, plain, rounded = [], [], []
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        make_library_zoo(Path(folder), MEMBERS)
        for member in list_members(Path(folder)):
            network = load_whole(member)
            plain.append(network(tile))
            round_convolutions(network)
            rounded.append(network(tile))
            difference = float((plain[-1] - rounded[-1]).abs().max())
            rows.append([f"{member.card.architecture}, {member.card.name}", f"{difference:.1e}"])
    mean = float((torch.stack(plain).mean(0) - torch.stack(rounded).mean(0)).abs().max())
    rows.append([f"mean of the {MEMBERS}", f"{mean:.1e}"])
    head = ["network of random weights", "largest difference of probability on one tile"]
    record = {"machine": machine(), "rows": rows}
    write_result("tf32", "Convolutions in TF32 against float32", record, [head, *rows])


def smooth_tile() -> torch.Tensor:
    """Return a tile (1, band, y, x) of the smooth noise of `predict_2048`."""
    random = np.random.default_rng(1)
    bands = [
        ndimage.zoom(random.normal(size=(SIDE // 16, SIDE // 16)), 16, order=1)
        for _ in range(BANDS)
    ]
    return torch.from_numpy(np.stack(bands).astype(np.float32)[None])


def round_convolutions(network: nn.Module) -> None:
    """Let every convolution see its weights and its input as TF32 does."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            part.weight.data = to_tf32(part.weight.data)
            part.register_forward_pre_hook(lambda _part, given: (to_tf32(given[0]),))


def to_tf32(values: torch.Tensor) -> torch.Tensor:
    """Round float32 to the nearest number of 10 bits of fraction, ties to even."""
    bits = values.contiguous().view(torch.int32)
    even = (bits >> DROPPED_BITS) & 1
    half = (1 << (DROPPED_BITS - 1)) - 1
    return ((bits + half + even) & ~((1 << DROPPED_BITS) - 1)).view(torch.float32)


if __name__ == "__main__":
    main()
