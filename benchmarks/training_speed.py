"""Training steps a second beside a plain loop with a data loader, and hours for the 360.

    python -m benchmarks.training_speed

Both sides train the same network on the same simulated scenes with the same crops a step, in turn
and in processes of their own, several rounds each. The plain loop is what a careful script does:
a `Dataset` that reads each crop, normalises and turns it, a `DataLoader` with as many workers as
cores, float32, the library's defaults; once from whole scenes in memory, which the ratios refer to,
and once from the files, which is more common. "Exact" is ours in float32 as in the recipe
`thesis`, "as in quick" computes in bfloat16 where the processor or GPU has it. A GPU is measured
where there is one.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import rasterio
import torch
from rasterio.windows import Window
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from benchmarks.networks import machine, write_result
from geoseg.inference.machine import core_count
from geoseg.models.card import ARCHITECTURES
from geoseg.models.network import build_network
from geoseg.simulate import simulate_scene, write_dataset
from geoseg.tasks.landslides import LANDSLIDES
from geoseg.training.dataset import band_statistics, read_dataset
from geoseg.training.grid import shape
from geoseg.training.losses import make_loss
from geoseg.training.settings import TrainSettings
from geoseg.training.starting import prepare
from geoseg.training.trainer import _step

SETTING, SCENES, FIRST_SEED = "s1s2", 5, 501
WARM_STEPS, ROUNDS = 2, 3
EPOCHS = 100
"""Assumed of a member until 50 epochs bring no better one; the thesis tells hours, not epochs."""
MEMBERS = 360
TO_END_S = 5.0
PLAIN = "plain loop, scenes in memory"
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Case:
    """A network and a recipe to measure with."""

    title: str
    shapes: str
    recipe: str
    architecture: str = "Unet"

    def settings(self, reduced: bool) -> TrainSettings:
        """Return the training's settings, exact or reduced."""
        return TrainSettings(
            task="landslides", setting=SETTING, architecture=self.architecture, recipe=self.recipe,
            reduced_precision=reduced, **shape(self.architecture, self.shapes),
        )  # fmt: skip


CASES = (
    Case("Unet resnet34, 4 crops of 256 (thesis)", "library", "thesis"),
    Case("compact Unet, 8 crops of 128 (quick)", "compact", "quick"),
)


class PlainCrops(IterableDataset[tuple[torch.Tensor, torch.Tensor]]):
    """Crops read from memory or from their files, one at a time, without end."""

    def __init__(self, folder: Path, settings: TrainSettings, in_memory: bool) -> None:
        recipe, bands = settings.completed, LANDSLIDES.setting(SETTING).bands
        scenes = read_dataset(folder, LANDSLIDES, SETTING)
        statistics = band_statistics(scenes, LANDSLIDES, SETTING)
        names = [band.name for band in LANDSLIDES.bands]
        self.indexes = [names.index(band) + 1 for band in bands]
        self.mean = np.array([s.mean for s in statistics], np.float32)[:, None, None]
        self.std = np.array([s.std or 1 for s in statistics], np.float32)[:, None, None]
        self.files = [
            (path, folder / "train_val/label" / path.name.replace("_input", "_label"))
            for path in sorted((folder / "train_val/input").iterdir())
        ]
        self.positive = [np.argwhere(scene.label == 1) for scene in scenes]
        self.held = scenes if in_memory else None
        self.sides = [scene.label.shape for scene in scenes]
        self.crop, self.share = recipe.crop, recipe.positive_share

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield crop after crop."""
        worker = get_worker_info()
        rng = np.random.default_rng(worker.id if worker else 0)
        while True:
            yield self._one(rng)

    def _one(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        number = rng.integers(len(self.files))
        height, width = self.sides[number]
        anchor = rng.integers((height, width))
        if rng.random() < self.share and len(self.positive[number]):
            anchor = rng.choice(self.positive[number])
        row, col = np.clip(
            anchor - rng.integers(self.crop, size=2), 0, (height - self.crop, width - self.crop)
        )
        bands, label = self._read(int(number), int(row), int(col))
        bands = np.nan_to_num((bands - self.mean) / self.std, nan=0.0)
        for axis in (-1, -2):
            if rng.random() < 0.5:
                bands, label = np.flip(bands, axis), np.flip(label, axis)
        if rng.random() < 0.5:
            bands, label = np.rot90(bands, axes=(-2, -1)), np.rot90(label)
        return torch.from_numpy(bands.astype(np.float32)), torch.from_numpy(label.copy())

    def _read(self, number: int, row: int, col: int) -> tuple[Any, Any]:
        if self.held:
            here = (slice(row, row + self.crop), slice(col, col + self.crop))
            return self.held[number].bands[:, *here], self.held[number].label[here]
        window = Window(col, row, self.crop, self.crop)
        with rasterio.open(self.files[number][0]) as raster:
            bands = raster.read(self.indexes, window=window)
        with rasterio.open(self.files[number][1]) as raster:
            return bands, raster.read(1, window=window)


def plain_loop(folder: Path, case: Case, in_memory: bool) -> Callable[[], Any]:
    """Return one step of the plain loop."""
    settings = case.settings(reduced=False)
    recipe = settings.completed
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    crops = PlainCrops(folder, settings, in_memory)
    network = build_network(
        settings.architecture, settings.encoder, len(crops.indexes), 1, settings.options
    )
    network = network.to(device).train()
    optimiser = torch.optim.Adam(network.parameters(), recipe.learning_rate)
    loss = make_loss(settings.loss)
    batches = iter(DataLoader(crops, recipe.batch, num_workers=core_count()))

    def step() -> None:
        bands, label = (tensor.to(device) for tensor in next(batches))
        value = loss(network(bands), label)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        value.item()  # as every loop that shows its loss

    return step


def our_step(folder: Path, case: Case, reduced: bool) -> Callable[[], Any]:
    """Return one step of ours."""
    settings = case.settings(reduced)
    training = prepare(settings, None, read_dataset(folder, LANDSLIDES, SETTING), "simulated")
    return lambda: _step(training)


SIDES: dict[str, Callable[[Path, Case], Callable[[], Any]]] = {
    PLAIN: lambda folder, case: plain_loop(folder, case, in_memory=True),
    "plain loop, from files": lambda folder, case: plain_loop(folder, case, in_memory=False),
    "ours, exact": lambda folder, case: our_step(folder, case, reduced=False),
    "ours, as in quick": lambda folder, case: our_step(folder, case, reduced=True),
}


class Side:
    """A process that makes steps for a while when asked."""

    def __init__(self, name: str, folder: Path, case: Case, threads: int) -> None:
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_serve, args=(theirs, name, folder, case, threads))
        self.process.start()

    def wait(self) -> None:
        """Return when it is ready to make steps."""
        self.pipe.recv()

    def begin(self, seconds: float) -> None:
        """Let it make steps."""
        self.pipe.send(seconds)

    def rate(self) -> float:
        """Return the steps a second it made."""
        return float(self.pipe.recv())

    def end(self) -> None:
        """Let it go; workers of a loader that waits for ever are ended with it."""
        self.pipe.send(None)
        self.process.join(TO_END_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve(pipe: Connection, name: str, folder: Path, case: Case, threads: int) -> None:
    torch.set_num_threads(threads)
    step = SIDES[name](folder, case)
    for _ in range(WARM_STEPS):
        step()
    pipe.send("ready")
    while (seconds := pipe.recv()) is not None:
        pipe.send(_rate(step, seconds))


def _rate(step: Callable[[], Any], seconds: float) -> float:
    began, steps = time.perf_counter(), 0
    while steps == 0 or time.perf_counter() - began < seconds:
        step()
        steps += 1
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return steps / (time.perf_counter() - began)


def alternate(folder: Path, case: Case, seconds: float, threads: int) -> dict[str, float]:
    """Return steps a second of every side, the median of rounds in turn."""
    sides = {name: Side(name, folder, case, threads) for name in SIDES}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for side in sides.values():
        side.wait()
    for _ in range(ROUNDS):
        for name, side in sides.items():
            side.begin(seconds)
            rates[name].append(side.rate())
    for side in sides.values():
        side.end()
    return {name: median(values) for name, values in rates.items()}


def at_once(folder: Path, case: Case, seconds: float) -> tuple[int, float]:
    """Return how many members, and the steps a second that they make together at the same time."""
    count = core_count()
    sides = [Side("ours, as in quick", folder, case, 1) for _ in range(count)]
    totals = []
    for side in sides:
        side.wait()
    for _ in range(ROUNDS):
        for side in sides:
            side.begin(seconds)
        totals.append(sum(side.rate() for side in sides))
    for side in sides:
        side.end()
    return count, median(totals)


def seconds_a_step(folder: Path) -> dict[str, float]:
    """Return the seconds of a step of every architecture as published."""
    found = {}
    for architecture in ARCHITECTURES:
        step = our_step(folder, Case("", "library", "thesis", architecture), reduced=False)
        step()
        found[architecture] = 1 / _rate(step, 0.5)
    return found


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="of a round")
    parser.add_argument("--threads", type=int, default=core_count(), help="of each side")
    choices = parser.parse_args()
    torch.set_num_threads(choices.threads)
    record: dict[str, Any] = {"machine": machine() | {"threads": choices.threads}, "cases": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = range(FIRST_SEED, FIRST_SEED + SCENES)
        write_dataset(folder, [simulate_scene(seed) for seed in seeds], FIRST_SEED)
        for case in CASES:
            rates = alternate(folder, case, choices.seconds, choices.threads)
            count, together = at_once(folder, case, choices.seconds)
            record["cases"][case.title] = rates | {"at once": together, "members at once": count}
        seconds = seconds_a_step(folder)
    record["seconds a step, thesis, exact"] = seconds
    record["hours for the 360"] = _hours(record, seconds)
    title = "Training steps a second, and hours for the 360"
    name = "training_speed_cuda" if torch.cuda.is_available() else "training_speed"
    write_result(name, title, record, _table(record))


def _hours(record: dict[str, Any], seconds: dict[str, float]) -> dict[str, float]:
    """Return hours by what is trained; bfloat16 and members at once count as measured on Unet."""
    thesis, quick = (record["cases"][case.title] for case in CASES)
    epoch, steps = (case.settings(reduced=False).completed for case in CASES)
    exact = EPOCHS * epoch.steps_per_epoch * sum(seconds.values()) / len(seconds)
    faster = max(1.0, thesis["at once"] / thesis["ours, exact"])
    hours = {
        f"thesis recipe, {EPOCHS} epochs of {epoch.steps_per_epoch} steps, exact": exact,
        "the same in bfloat16, members at once": exact / faster,
        f"compact Unet, quick recipe, {steps.max_steps} steps, members at once": steps.max_steps
        / quick["at once"],
    }
    return {words: MEMBERS * value / 3600 for words, value in hours.items()}


def _table(record: dict[str, Any]) -> list[list[Any]]:
    rows: list[list[Any]] = [["training", "steps a second", "times the plain loop in memory"]]
    for title, rates in record["cases"].items():
        count = rates["members at once"]
        for side in (*SIDES, "at once"):
            words = f"ours, {count} members at once, together" if side == "at once" else side
            times = rates[side] / rates[PLAIN]
            rows.append([f"{title}: {words}", f"{rates[side]:.2f}", f"{times:.2f}"])
    for words, hours in record["hours for the 360"].items():
        rows.append([f"360 members: {words}", f"{hours:.0f} hours", ""])
    return rows


if __name__ == "__main__":
    main()
