"""Wetlands of the Gewata scene: a random forest beside the shipped ensemble, same labelled pixels.

    python -m benchmarks.gewata_forest DATA

DATA holds GewataB1.tif ... GewataB7.tif and lulcGewata.tif. The forest (100 trees) learns from
60,000 labelled pixels of rows 0 to 783; both are judged on every labelled pixel of rows 784 and
below, which neither has seen.
"""

import argparse
import json
import os
import platform
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window
from sklearn.ensemble import RandomForestClassifier

from geoseg.evaluation.counts import Confusion, count
from geoseg.inference.runtime import load_members
from geoseg.inference.streaming import predict_strips
from geoseg.models.zoo import choose_members, list_members
from geoseg.settings import RunSettings
from geoseg.stack.opening import open_stack
from geoseg.stack.reference import open_reference
from geoseg.stack.stack import ArrayStack
from geoseg.tasks import find_task

FIRST_TEST_ROW = 784
TRAINING_PIXELS = 60_000
TREES = 100
UNKNOWN = 255
RESULTS = Path(__file__).parent / "results/gewata.json"
SETTINGS = RunSettings(task="wetlands", setting="landsat", ensemble_size=4)


def main() -> None:
    """Judge both, print and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, help="another zoo than the shipped one")
    parser.add_argument("--out", type=Path, default=RESULTS)
    choices = parser.parse_args()
    stack, label = read(choices.data)
    results = {
        "machine": {
            "date": date.today().isoformat(),
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
        },
        "pixels_judged": int((label[FIRST_TEST_ROW:] != UNKNOWN).sum()),
        "random forest": forest(stack, label),
        **ensembles(stack, label, choices.models),
    }
    text = json.dumps(results, indent=2)
    choices.out.write_text(text + "\n")
    print(text)


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


def forest(stack: ArrayStack, label: NDArray[np.uint8]) -> dict[str, Any]:
    """Fit and judge a random forest on single pixels."""
    north, south = label[:FIRST_TEST_ROW], label[FIRST_TEST_ROW:]
    pixels = stack.values.reshape(len(stack.names), -1).T
    known = np.flatnonzero(north != UNKNOWN)
    chosen = np.random.default_rng(0).choice(known, TRAINING_PIXELS, replace=False)
    start = time.perf_counter()
    model = RandomForestClassifier(TREES, random_state=0, n_jobs=-1)
    model.fit(pixels[chosen], north.ravel()[chosen])
    fitted = time.perf_counter()
    classes = model.predict(pixels[north.size :]).reshape(south.shape).astype(np.uint8)
    return row(count(classes, south), time.perf_counter() - fitted) | {
        "training_s": round(fitted - start, 1)
    }


def ensembles(
    stack: ArrayStack, label: NDArray[np.uint8], models: Path | None
) -> dict[str, dict[str, Any]]:
    """Judge the shipped members one by one and all together."""
    south = label[FIRST_TEST_ROW:]
    window = Window(0, FIRST_TEST_ROW, stack.grid.width, stack.grid.height - FIRST_TEST_ROW)
    part = ArrayStack(stack.values[:, FIRST_TEST_ROW:], stack.names, stack.grid.window(window))
    zoo = choose_members(list_members(models, "wetlands", "landsat"), SETTINGS)
    rows = {}
    for name, members in [(member.card.name, [member]) for member in zoo] + [("ensemble", zoo)]:
        ready = load_members(members, SETTINGS, part.grid.shape)
        start = time.perf_counter()
        strips = [strip.probability[0] for strip in predict_strips(part, ready, SETTINGS)]
        seconds = time.perf_counter() - start
        classes = (np.concatenate(strips) >= SETTINGS.threshold).astype(np.uint8)
        rows[name] = row(count(classes, south), seconds)
        if len(members) == 1:
            rows[name]["validation_f1"] = members[0].card.validation_f1
    return rows


def row(confusion: Confusion, seconds: float) -> dict[str, Any]:
    """Return what the table shows of one method."""
    metrics = confusion.metrics()
    names = ("f1", "mcc", "precision", "recall")
    rounded = {name: round(value, 3) for name in names if (value := metrics[name]) is not None}
    return {**rounded, "prediction_s": round(seconds, 1)}


if __name__ == "__main__":
    main()
