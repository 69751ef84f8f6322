"""Members of one line whose errors are independent, on scenes of blobs with known truth."""

from pathlib import Path

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from scipy import ndimage

from geoseg.grid import Grid
from geoseg.models.card import ARCHITECTURES, BandStatistics, Card
from geoseg.models.zoo import ZooMember
from geoseg.ranking.areas import ArrayTruth, LabelledArea
from geoseg.stack.stack import ArrayStack
from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task

LOSSES = ("BCE", "Dice", "Focal")


def names_of(members):
    return tuple(f"b{index}" for index in range(members))


def task_of(members):
    bands = tuple(Band(name, name) for name in names_of(members))
    return Task(
        name="custom", title="Blobs", feature="blob", bands=bands,
        settings=(Setting("x", "All bands", names_of(members)),),
        classes=(ClassLabel(0, "none", "#000000"), ClassLabel(1, "blob", "#ffffff")),
        default_setting="x",
    )  # fmt: skip


def zoo_of(members):
    """Cards only, in the order of the ranking: member i reads its own band."""
    statistics = tuple(BandStatistics(name=name, mean=0, std=1) for name in names_of(members))
    return [
        ZooMember(
            Card(
                name=f"m{place}", task="custom", setting="x",
                architecture=ARCHITECTURES[place % 9], encoder="none",
                loss=LOSSES[place // 9 % 3], learning_rate=(0.001, 0.01)[place % 2],
                bands=statistics, validation_f1=0.9 - 0.01 * place, trained_on="nothing",
                simulated=True, licence="CC0", sha256=f"{place:064d}",
            ),
            Path(f"m{place}.safetensors"),
        )
        for place in range(members)
    ]  # fmt: skip


class OneBand:
    """Answers with the logistic of its own band."""

    def __init__(self, zoo_member):
        self.name = zoo_member.card.name
        self.bands = zoo_member.card.band_names
        self.classes = 1
        self.place = int(self.name[1:])

    def probability(self, tiles):
        own = np.nan_to_num(tiles[:, self.place : self.place + 1])
        return 1 / (1 + np.exp(-own))


def area(name, part, members, seed, *, size=96, noise=2.0):
    """A scene whose bands say +1 or -1 with noise; the first columns are missing or unlabelled."""
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.normal(size=(size, size)), 4)
    truth = (field > np.quantile(field, 0.9)).astype(np.uint8)
    values = (2.0 * truth - 1) + rng.normal(0, noise, (members, size, size))
    values[:, :, :3] = np.nan
    truth[:, 3:5] = 255
    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 5e5, 0, -10, 6.8e6), size, size)
    stack = ArrayStack(values.astype(np.float32), names_of(members), grid)
    return LabelledArea(name, part, stack, ArrayTruth(truth), simulated=True)
