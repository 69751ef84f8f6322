"""Wetlands of the Gewata scene: a random forest beside the shipped members, same labelled pixels.

    python -m benchmarks.gewata_forest DATA

DATA holds GewataB1.tif ... GewataB7.tif and lulcGewata.tif. The forest (100 trees) learns from
60,000 labelled pixels of rows 0 to 783; both are judged on every labelled pixel of rows 784 and
below, which neither has seen. Intervals hold 95 % and come from drawing squares of 64 pixels anew,
the same for every method, so that differences compare.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window
from sklearn.ensemble import RandomForestClassifier

from benchmarks.networks import RESULTS, machine, write_result
from geoseg.inference.runtime import load_members
from geoseg.inference.streaming import predict_strips
from geoseg.models.zoo import list_members
from geoseg.ranking.counting import Counts, Pixels, Resampling, block_numbers
from geoseg.settings import RunSettings
from geoseg.stack.opening import open_stack
from geoseg.stack.reference import open_reference
from geoseg.stack.stack import ArrayStack
from geoseg.tasks import find_task

FIRST_TEST_ROW = 784
TRAINING_PIXELS = 60_000
TREES = 100
UNKNOWN = 255
BLOCK, RESAMPLES = 64, 1000
SIZES = (10, 20)
FOREST = "random forest"
SETTINGS = RunSettings(task="wetlands", setting="landsat")


def main() -> None:
    """Judge both, print and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, help="another zoo than the shipped one")
    choices = parser.parse_args()
    stack, label = read(choices.data)
    maps = {FOREST: forest(stack, label)} | members_and_means(stack, choices.models)
    rows = judge(maps, label[FIRST_TEST_ROW:])
    record = {"machine": machine(), "block": BLOCK, "resamples": RESAMPLES, "methods": rows}
    head = ["method", "F1", "95 %", "MCC", "precision", "recall", "above the forest by", "95 %"]
    table = [head, *([name, *row["shown"]] for name, row in rows.items())]
    write_result("gewata", "Wetlands of Gewata, rows 784 and below", record, table)
    print(f"written to {RESULTS}")


def read(data: Path) -> tuple[ArrayStack, NDArray[np.uint8]]:
    """Return the whole scene and its labels: 1 wetland, 0 another class, 255 unknown."""
    task = find_task("wetlands")
    stack = open_stack(sorted(data.glob("GewataB*.tif")), task, SETTINGS.setting)
    whole = Window(0, 0, stack.grid.width, stack.grid.height)
    with stack.open() as reader:
        values = reader.read(whole)
    with open_reference(data / "lulcGewata.tif", stack.grid, task).open() as reader:
        label = reader.read(whole)
    return ArrayStack(values, stack.names, stack.grid), label


def forest(stack: ArrayStack, label: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Fit a random forest on single pixels of the north; return its map of the south, (y, x)."""
    north = label[:FIRST_TEST_ROW]
    pixels = stack.values.reshape(len(stack.names), -1).T
    known = np.flatnonzero(north != UNKNOWN)
    chosen = np.random.default_rng(0).choice(known, TRAINING_PIXELS, replace=False)
    model = RandomForestClassifier(TREES, random_state=0, n_jobs=-1)
    model.fit(pixels[chosen], north.ravel()[chosen])
    return np.asarray(model.predict(pixels[north.size :]) == 1).reshape(-1, label.shape[1])


def members_and_means(stack: ArrayStack, models: Path | None) -> dict[str, NDArray[np.bool_]]:
    """Return the maps of every member and of the mean of the first members, (y, x)."""
    window = Window(0, FIRST_TEST_ROW, stack.grid.width, stack.grid.height - FIRST_TEST_ROW)
    part = ArrayStack(stack.values[:, FIRST_TEST_ROW:], stack.names, stack.grid.window(window))
    zoo = list_members(models, SETTINGS.task, SETTINGS.setting)
    total = np.zeros(part.grid.shape, np.float32)
    means, singles = {}, {}
    for size, member in enumerate(zoo, start=1):
        start = time.perf_counter()
        ready = load_members([member], SETTINGS, part.grid.shape)
        strips = [strip.probability[0] for strip in predict_strips(part, ready, SETTINGS)]
        probability = np.concatenate(strips)
        total += probability
        singles[f"{size}. {member.card.name}"] = probability >= SETTINGS.threshold
        if size in SIZES or size == len(zoo):
            means[f"mean of the first {size}"] = total / size >= SETTINGS.threshold
        print(f"{member.card.name}: {time.perf_counter() - start:.1f} s", flush=True)
    return means | singles


def judge(maps: dict[str, NDArray[np.bool_]], label: NDArray[np.uint8]) -> dict[str, Any]:
    """Count every map on the known pixels, with intervals over blocks."""
    known = label != UNKNOWN
    blocks = block_numbers(label.shape, BLOCK)
    pixels = Pixels(label[known] == 1, blocks[known], int(blocks.max()) + 1)
    resampling = Resampling.of(pixels.blocks, RESAMPLES, 0)
    counts = {name: pixels.count(mapped[known]) for name, mapped in maps.items()}
    return {name: row(own, counts[FOREST], pixels, resampling) for name, own in counts.items()}


def row(own: Counts, forest: Counts, pixels: Pixels, resampling: Resampling) -> dict[str, Any]:
    """Return what the table and the record tell of one method."""
    metrics = pixels.confusion(own).metrics()
    reference = pixels.confusion(forest).metrics()["f1"]
    interval, apart = resampling.interval(own), resampling.difference(own, forest)
    names = ("f1", "mcc", "precision", "recall")
    f1, mcc, precision, recall = (round(metrics[name] or 0.0, 3) for name in names)
    above = round(f1 - (reference or 0.0), 3) + 0.0  # no -0.0
    shown = [f1, between(interval), mcc, precision, recall, above, between(apart)]
    return {**metrics, "f1_interval": interval, "above_forest": apart, "shown": shown}


def between(interval: tuple[float | None, float | None]) -> str:
    """Return 'low to high'."""
    low, high = interval
    return "undefined" if low is None or high is None else f"{low:.3f} to {high:.3f}"


if __name__ == "__main__":
    main()
