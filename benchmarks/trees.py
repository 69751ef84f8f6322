"""A tree, forests and the shipped networks on the same simulated scenes: F1 and seconds.

    python -m benchmarks.trees

Every side learns from the twenty scenes the shipped s1s2 networks learned from, with the same
scenes for validation, and is judged on scenes none of them saw. The points are drawn as in
Article III: 18 on landslides, 112 elsewhere. Seconds are of all cores (processor time), which a
busy machine distorts less.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.networks import machine, write_result
from geoseg.inference.member import Member
from geoseg.inference.runtime import load_members
from geoseg.models.card import read_card
from geoseg.models.zoo import PRETRAINED, ZooMember, list_members
from geoseg.settings import RunSettings, TileSettings
from geoseg.simulate import simulate_scene, write_dataset
from geoseg.tasks import find_task
from geoseg.training.dataset import LabelledScene, read_dataset
from geoseg.training.scores import Scores, count_classes, decide
from geoseg.training.shipped import DATASET_SEED, SEEDS, scenes_for
from geoseg.training.tree_settings import TreeSettings
from geoseg.training.trees import train_trees

FRESH = (100_200_000, 100_200_001, 100_200_002)
"""Scenes that no training used, beside the test scene of the dataset."""
POINTS = {0: 112, 1: 18}
POINT_SETS = 5
TILE = 256
NETWORKS = 10


@dataclass
class Side:
    """What one side is: members whose mean is the map."""

    name: str
    members: Sequence[Member]
    train_s: float | None = None


def main() -> None:
    """Train, judge and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=Path, help="keep the simulated scenes in this folder")
    choices = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = choices.scenes or Path(scratch) / "scenes"
        if not (folder / "train_val").exists():
            write_dataset(folder, [simulate_scene(seed) for seed in SEEDS], DATASET_SEED)
        fresh = folder / "fresh"
        if not (fresh / "train_val").exists():
            write_dataset(fresh, [simulate_scene(seed) for seed in FRESH], 0)
        task = find_task("landslides")
        test = read_dataset(folder, task, "s1s2", "test")
        for part in ("train_val", "test"):
            if (fresh / part / "input").is_dir():
                test += read_dataset(fresh, task, "s1s2", part)
        rows = [judged(side, test) for side in (*trees(folder, Path(scratch)), *networks())]
    rows += [mean_of([row for row in rows if "points" in row["name"]])]
    rows = [row for row in rows if "points, set" not in row["name"]]
    title = f"Trees beside networks, simulated landslides, s1s2, {len(test)} unseen scenes"
    write_result("trees", title, {"machine": machine(), "sides": rows}, table(rows))


def trees(folder: Path, scratch: Path) -> list[Side]:
    """Train the three methods on scenes, and CART on five sets of points."""
    judges = tuple(f"simulated{seed}" for seed in scenes_for("validation"))
    shared: dict[str, Any] = {"task": "landslides", "setting": "s1s2", "validation": judges}
    sides = [
        side_of(folder, TreeSettings(method=method, **shared), scratch / "zoo", words)
        for method, words in (
            ("cart", "CART, mode filter of 3"),
            ("forest", "random forest, 60 trees"),
            ("segments", "k-means segments and random forest"),
        )
    ]
    for number in range(POINT_SETS):
        points = draw_points(folder, scratch / f"points{number}.gpkg", number)
        settings = TreeSettings(method="cart", name=f"points{number}", points=str(points), **shared)
        sides.append(side_of(folder, settings, scratch / "zoo", f"CART from points, set {number}"))
    return sides


def side_of(folder: Path, settings: TreeSettings, out: Path, words: str) -> Side:
    """Train one member and load it as a run does."""
    began = time.process_time()
    path = train_trees(folder, settings, out)
    seconds = time.process_time() - began
    member = ZooMember(read_card(path), path.with_suffix(".safetensors"))
    return Side(words, load_members([member], _run_settings()), seconds)


def draw_points(folder: Path, path: Path, number: int) -> Path:
    """Write points drawn by chance on one training scene, as many as were picked in Article III."""
    import geopandas as gpd
    import rasterio

    name = f"simulated{scenes_for('train')[number]}"
    label_path = next((folder / "train_val/label").glob(f"{name}_*"))
    with rasterio.open(label_path) as raster:
        label, transform, crs = raster.read(1), raster.transform, raster.crs
    rng, rows, ids = np.random.default_rng(number), [], []
    for class_id, count in POINTS.items():
        places = np.argwhere(label == class_id)
        rows += rng.permutation(places)[:count].tolist()
        ids += [class_id] * min(count, len(places))
    x, y = transform @ (np.array(rows).T[::-1] + 0.5)
    frame = gpd.GeoDataFrame({"class": ids}, geometry=gpd.points_from_xy(x, y), crs=crs)
    frame.to_file(path)
    return path


def networks() -> list[Side]:
    """Return the best shipped network by validation, and the mean of the best ten."""
    best = list_members(PRETRAINED, "landslides", "s1s2")[:NETWORKS]
    ready = load_members(best, _run_settings())
    return [
        Side(f"best network by validation ({best[0].card.architecture})", ready[:1]),
        Side(f"mean of the best {len(ready)} networks", ready),
    ]


def judged(side: Side, scenes: Sequence[LabelledScene]) -> dict[str, Any]:
    """Return the pooled scores of a side on whole scenes and what it took."""
    total, seconds, pixels = Scores(0, 0, 0, 0.0), 0.0, 0
    for scene in scenes:
        began = time.process_time()
        probability = mapped(side.members, scene.bands)
        seconds += time.process_time() - began
        pixels += scene.label.size
        here = count_classes(decide(probability[None]), scene.label, 1)[0]
        total = Scores(
            total.hits + here.hits, total.found + here.found, total.true + here.true, 0.0
        )
    return {
        "name": side.name, "precision": total.precision, "recall": total.recall, "f1": total.f1,
        "train_s": side.train_s, "s_per_megapixel": seconds / pixels * 1e6,
    }  # fmt: skip


def mapped(members: Sequence[Member], bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean probability (y, x), tiles side by side."""
    height, width = bands.shape[1:]
    whole = np.zeros((height, width), np.float32)
    for row in range(0, height, TILE):
        for col in range(0, width, TILE):
            here = np.s_[row : row + TILE, col : col + TILE]
            tile = np.ascontiguousarray(bands[:, *here][None])
            answers = [member.probability(tile)[0, 0] for member in members]
            whole[here] = np.mean(answers, axis=0)
    return whole


def mean_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one row for the sets of points: the mean, and the range of F1 in its name."""
    scores = [row["f1"] for row in rows]
    words = f"{min(scores):.3f} to {max(scores):.3f}"
    numbers = {
        key: float(np.mean([row[key] or 0.0 for row in rows])) for key in rows[0] if key != "name"
    }
    return {"name": f"CART from 130 points, mean of {len(rows)} sets (F1 {words})", **numbers}


def table(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Lay the sides out as rows."""
    head = ["", "precision", "recall", "F1", "training, s", "a megapixel, s"]
    return [
        head,
        *(
            [
                row["name"], f"{row['precision']:.3f}", f"{row['recall']:.3f}", f"{row['f1']:.3f}",
                "" if row["train_s"] is None else f"{row['train_s']:.0f}",
                f"{row['s_per_megapixel']:.2f}",
            ]
            for row in sorted(rows, key=lambda row: -row["f1"])
        ),
    ]  # fmt: skip


def _run_settings() -> RunSettings:
    return RunSettings(setting="s1s2", device="cpu", tiles=TileSettings(size=TILE))


if __name__ == "__main__":
    main()
