"""Draws simulated scenes of wetlands, bedrock or ravines, and prints what their bands tell.

    python examples/draw_task_worlds.py ravines docs/pictures/simulated_ravines.png

One row a world: light from the north-west or canopy height, three bands as red, green and blue,
and the classes with the lines along ravines. The table is the area under the ROC curve of single
bands against the background, over two scenes of every world: 0.5 says nothing, 1 says all.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from sklearn.metrics import roc_auc_score

from geoseg.predictors.catalogue import hillshade
from geoseg.simulate import Scene, find_simulator, make_scene

FIRST_SEED = 1000
GAP, TITLE = 4, 14
SHOWN = {
    "wetlands": ("NIR", "SWIR2", "GREEN"),
    "bedrock": ("B5", "B4", "B3"),
    "ravines": ("roughness5m", "slope", "tpi100m"),
}
MASKED = (40, 40, 90)
LINE = (30, 90, 220)
SAMPLED = 3
"""Every so manieth row and column is measured."""


def main() -> None:
    """Draw the sheet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=SHOWN)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, help="side of a scene, pixels")
    parser.add_argument("--side", type=int, default=256, help="side of a drawn panel, pixels")
    choices = parser.parse_args()
    worlds = find_simulator(choices.task).worlds
    seeds = range(FIRST_SEED, FIRST_SEED + 2 * len(worlds))
    scenes = [make_scene(choices.task, seed, choices.size) for seed in seeds]
    strips = [strip(scene, choices.side) for scene in scenes[: len(worlds)]]
    sheet = Image.new("RGB", (strips[0].width, len(strips) * (strips[0].height + GAP)), "white")
    for number, drawn in enumerate(strips):
        sheet.paste(drawn, (0, number * (drawn.height + GAP)))
    sheet.quantize(128, Image.Quantize.FASTOCTREE).save(choices.out, optimize=True)
    print(table(scenes))


def table(scenes: Sequence[Scene]) -> str:
    """Return what every band alone tells of every class, as a table in Markdown."""
    classes = [label for label in scenes[0].task.classes if label.id]
    heads = [f"{label.name} ({share(scenes, label.id):.1%})" for label in classes]
    lines = ["| band | " + " | ".join(heads) + " |", "|---" * (len(classes) + 1) + "|"]
    for name in scenes[0].band_names:
        found = [f"{area_under_curve(scenes, name, label.id):.2f}" for label in classes]
        lines.append(f"| {name} | " + " | ".join(found) + " |")
    return "\n".join(lines)


def share(scenes: Sequence[Scene], class_id: int) -> float:
    """Return the mean share of a class."""
    return float(np.mean([scene.share(class_id) for scene in scenes]))


def area_under_curve(scenes: Sequence[Scene], name: str, class_id: int) -> float:
    """Return how well a band tells a class from the background, whichever way round."""
    step = (slice(None, None, SAMPLED), slice(None, None, SAMPLED))
    value = np.concatenate([s.bands[s.band_names.index(name)][step].ravel() for s in scenes])
    truth = np.concatenate([s.reference[step].ravel() for s in scenes])
    chosen = np.isfinite(value) & np.isin(truth, (0, class_id))
    found = float(roc_auc_score(truth[chosen] == class_id, value[chosen]))
    return max(found, 1 - found)


def strip(scene: Scene, side: int) -> Image.Image:
    """Draw three panels of a scene under its world's name."""
    relief = ground(scene)
    panels = (relief, composite(scene), classes_over(scene, relief))
    titles = (f"{scene.world} (seed {scene.seed})", ", ".join(SHOWN[scene.task.name]), "classes")
    drawn = Image.new("RGB", (3 * (side + GAP) - GAP, side + TITLE), "white")
    pen = ImageDraw.Draw(drawn)
    for number, (panel, title) in enumerate(zip(panels, titles, strict=True)):
        picture = Image.fromarray(panel.astype(np.uint8))
        if number == len(panels) - 1:
            draw_lines(picture, scene)
        left = number * (side + GAP)
        drawn.paste(picture.resize((side, side), Image.Resampling.BOX), (left, TITLE))
        pen.text((left + 1, 1), title, fill="black")
    return drawn


def ground(scene: Scene) -> NDArray[np.float64]:
    """Return the relief, or the canopy where there is no terrain model, in greys (y, x, 3)."""
    if scene.elevation is None:
        grey = np.clip(60 + 9 * scene.bands[scene.band_names.index("CHM")].astype(float), 0, 255)
    else:
        grey = hillshade(scene.elevation.astype(float), scene.grid.pixel_size_m)
    colour = np.repeat(grey[..., None], 3, axis=2)
    return np.where(np.isfinite(colour), colour, MASKED)


def composite(scene: Scene) -> NDArray[np.float64]:
    """Return three bands as red, green and blue, each between its 2 % and 98 % quantiles."""
    names = SHOWN[scene.task.name]
    bands = np.stack([scene.bands[scene.band_names.index(name)] for name in names], axis=-1)
    low, high = np.nanquantile(bands, [0.02, 0.98], axis=(0, 1))
    drawn = 255 * np.clip((bands - low) / (high - low), 0, 1)
    return np.where(np.isfinite(drawn), drawn, MASKED)


def classes_over(scene: Scene, relief: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the relief tinted with the colours of the legend."""
    drawn = relief.copy()
    for label in scene.task.classes:
        colour = np.array([int(label.colour[place : place + 2], 16) for place in (1, 3, 5)])
        if label.id:
            there = scene.reference == label.id
            drawn[there] = 0.45 * drawn[there] + 0.55 * colour
    return drawn


def draw_lines(picture: Image.Image, scene: Scene) -> None:
    """Draw the lines along ravine floors."""
    pen, to_pixels = ImageDraw.Draw(picture), ~scene.grid.transform
    for own in scene.lines:
        pen.line([to_pixels * (x, y) for x, y in own.line.coords], fill=LINE, width=3)


if __name__ == "__main__":
    main()
