"""Members run by OpenVINO on the processor; converted once, then kept in the cache folder."""

import hashlib
import os
import shutil
import tempfile
import warnings
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from geoseg.inference.machine import NumberType, Precision, cache_folder, core_count, speed_key
from geoseg.models.zoo import ZooMember, verify
from geoseg.processor import has_bfloat16

MODEL, WEIGHTS = "network.xml", "network.bin"

CACHE_BYTES = 4 << 30
"""Of converted networks; beyond it the longest unused are removed."""

LIBRARIES = ("openvino", "torch", "segmentation-models-pytorch", "timm")
"""Another version of these may build another graph from the same weights."""


class OpenVinoMember:
    """One compiled network; every tile is its own request, one core each.

    On two cores this is faster than larger batches and makes the result free of the batch size.
    """

    def __init__(self, member: ZooMember, precision: Precision, tile_size: int) -> None:
        card = member.card
        self.name, self.bands, self.classes = card.name, card.band_names, card.classes
        self.key = speed_key(
            f"{card.architecture} {card.encoder}", len(card.bands), precision, "cpu"
        )
        streams = core_count()
        short = _number_type(precision) == "bf16"
        self.computes_in: NumberType = "bfloat16" if short else "float32"
        self.batch = max(4, 2 * streams)
        compiled = _core().compile_model(
            read_or_convert(member, tile_size),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": _number_type(precision),
                "NUM_STREAMS": streams,
                "INFERENCE_NUM_THREADS": streams,
            },
        )
        self._queue = ov.AsyncInferQueue(compiled, streams)
        self._queue.set_callback(_keep)

    def probability(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map (tile, band, y, x) to (tile, class, y, x)."""
        count, _, height, width = tiles.shape
        answers = np.empty((count, self.classes, height, width), np.float32)
        tiles = np.ascontiguousarray(tiles)
        for index in range(count):
            single = tiles[index : index + 1]
            self._queue.start_async({0: single}, answers[index], share_inputs=True)
        self._queue.wait_all()
        return answers


def is_converted(member: ZooMember, tile_size: int) -> bool:
    """Tell whether the cache holds the member's network for tiles of this size."""
    return (_folder(member, tile_size) / MODEL).exists()


def read_or_convert(member: ZooMember, tile_size: int) -> ov.Model:
    """Return the member's graph from the cache; on first use convert it and put it there.

    Raises:
        ModelError: The weights are missing, altered or do not fit the card.
    """
    verify(member)
    folder = _folder(member, tile_size)
    if is_converted(member, tile_size):
        with suppress(RuntimeError):  # a damaged file: convert again
            model = _core().read_model(folder / MODEL)
            os.utime(folder)
            return model
        shutil.rmtree(folder, ignore_errors=True)
    model = _convert(member, tile_size)
    with suppress(OSError):  # without room for the cache the run goes on
        _keep_converted(model, folder)
    return model


def _convert(member: ZooMember, tile_size: int) -> ov.Model:
    import torch

    from geoseg.inference.torch_runtime import cannot_read, load_whole

    shape = [1, len(member.card.bands), tile_size, tile_size]
    with torch.no_grad(), warnings.catch_warnings():
        # OpenVINO reads the graph by tracing, of which torch says that it is deprecated; sizes
        # turned to constants are right, since every tile has the same size.
        warnings.simplefilter("ignore")
        network = load_whole(member)
        try:
            return ov.convert_model(network, example_input=torch.zeros(shape), input=shape)
        except RuntimeError as error:
            raise cannot_read(member.card, tile_size) from error


def _keep_converted(model: ov.Model, folder: Path) -> None:
    """Write the graph; it appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        ov.save_model(model, Path(unfinished) / MODEL, compress_to_fp16=False)
        _make_room(folder.parent)
        Path(unfinished).rename(folder)


def _make_room(networks: Path) -> None:
    """Remove the longest unused networks while all together are above `CACHE_BYTES`."""
    kept = 0
    for folder in sorted(networks.iterdir(), key=lambda path: -path.stat().st_mtime):
        kept += sum(file.stat().st_size for file in folder.iterdir())
        if kept > CACHE_BYTES:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(member: ZooMember, tile_size: int) -> Path:
    versions = [f"{library} {version(library)}" for library in LIBRARIES]
    identity = "\n".join([member.card.to_json(), f"tile {tile_size}", *versions])
    return cache_folder() / "networks" / hashlib.sha256(identity.encode()).hexdigest()[:32]


def _number_type(precision: Precision) -> Literal["f32", "bf16"]:
    return "bf16" if precision == "fast" and has_bfloat16() else "f32"


def _keep(request: Any, answer: NDArray[np.float32]) -> None:
    answer[...] = request.get_output_tensor(0).data[0]


@cache
def _core() -> ov.Core:
    return ov.Core()
