"""Scenes in memory, members made of three lines, and small random networks on disk."""

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
import torch
from affine import Affine
from rasterio.crs import CRS
from scipy import ndimage

from geoseg.grid import Grid
from geoseg.inference.streaming import Strip, predict_strips
from geoseg.models.card import BandStatistics, Card
from geoseg.models.network import build_network, save_network
from geoseg.models.zoo import ZooMember
from geoseg.settings import RunSettings, TileSettings
from geoseg.stack.stack import ArrayStack

LAYERS = tuple(field.name for field in fields(Strip) if field.name != "row")


def grid_of(height, width):
    return Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_700_000), width, height)


@pytest.fixture(scope="session")
def make_stack() -> Callable[..., ArrayStack]:
    """Values (band, y, x) -> a stack of bands b0, b1, ..."""

    def make(values):
        names = tuple(f"b{index}" for index in range(len(values)))
        return ArrayStack(np.asarray(values, np.float32), names, grid_of(*values.shape[1:]))

    return make


class PixelMember:
    """Answers from each pixel alone: the logistic of the bands' sum."""

    def __init__(self, bands=1, shift=0.0, name="pixel"):
        self.name, self.classes = name, 1
        self.bands = tuple(f"b{index}" for index in range(bands))
        self.shift = np.float32(shift)
        self.asked = []

    def probability(self, tiles):
        self.asked.append(len(tiles))
        total = np.nan_to_num(tiles).sum(axis=1, keepdims=True) + self.shift
        return 1 / (1 + np.exp(-total))


class NearMember(PixelMember):
    """Sees as far as its radius: a sum over a square, scaled to variance 1, zero beyond the tile."""

    def __init__(self, radius, **kwargs):
        super().__init__(**kwargs)
        self.width = 2 * radius + 1

    def probability(self, tiles):
        size = (1, self.width, self.width)
        total = np.nan_to_num(tiles).astype(float).sum(axis=1)
        seen = ndimage.uniform_filter(total, size, mode="constant")[:, None] * self.width
        return (1 / (1 + np.exp(-seen - self.shift))).astype(np.float32)


@pytest.fixture(scope="session")
def pixel_member():
    return PixelMember


@pytest.fixture(scope="session")
def near_member():
    return NearMember


@pytest.fixture(scope="session")
def predict() -> Callable[..., Strip]:
    """Run the ensemble and put the strips together to one, checking that rows follow on."""

    def run(stack, members, size=64, overlap=32, **choices):
        watch = {name: choices.pop(name) for name in ("progress", "cancelled") if name in choices}
        settings = RunSettings(
            setting="x", tiles=TileSettings(size=size, overlap=overlap), **choices
        )
        strips = list(predict_strips(stack, members, settings, **watch))
        next_row = 0
        for strip in strips:
            assert strip.row == next_row
            next_row += len(strip.coverage)
        assert next_row == stack.grid.height
        layers = [
            np.concatenate([getattr(strip, name) for strip in strips], axis=-2) for name in LAYERS
        ]
        return Strip(0, *layers)

    return run


SMALL = {
    "Unet": {"encoder_depth": 3, "decoder_channels": (16, 16, 8)},
    "UnetPlusPlus": {"encoder_depth": 3, "decoder_channels": (16, 16, 8)},
    "MAnet": {"encoder_depth": 3, "decoder_channels": (16, 16, 8), "decoder_pab_channels": 8},
    "Linknet": {"encoder_depth": 3},
    "FPN": {"decoder_pyramid_channels": 32, "decoder_segmentation_channels": 32},
    "PSPNet": {"encoder_depth": 3, "psp_out_channels": 32},
    "PAN": {"decoder_channels": 16},
    "DeepLabV3": {"decoder_channels": 16},
    "DeepLabV3Plus": {"decoder_channels": 16},
}


@pytest.fixture(scope="session")
def random_member(tmp_path_factory) -> Callable[..., ZooMember]:
    """An untrained network of random weights with its card, as a zoo holds them."""
    folder = tmp_path_factory.mktemp("zoo")

    def make(architecture="Unet", bands=3, classes=1, seed=0, *, name="", std=2.0):
        name = name or f"{architecture}-{bands}-{classes}-{seed}"
        torch.manual_seed(seed)
        network = build_network(
            architecture, "tu-resnet10t", bands, classes, SMALL[architecture]
        ).eval()
        with torch.no_grad():  # contrast, which untrained networks have little of
            network.segmentation_head[0].weight *= 20
        weights = folder / f"{name}.safetensors"
        digest = save_network(network, weights)
        statistics = tuple(
            BandStatistics(name=f"b{index}", mean=0.5 * index, std=std) for index in range(bands)
        )
        card = Card(
            name=name, task="custom", setting="x", architecture=architecture,
            encoder="tu-resnet10t", options=SMALL[architecture], classes=classes, bands=statistics,
            loss="dice", learning_rate=0.001, trained_on="nothing: random weights",
            simulated=True, licence="CC0", sha256=digest,
        )  # fmt: skip
        weights.with_suffix(".json").write_text(card.to_json())
        return ZooMember(card, weights)

    return make
