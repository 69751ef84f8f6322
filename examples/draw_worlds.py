"""Draws a simulated scene of every world, and prints the table of the worlds.

    python examples/draw_worlds.py docs/pictures/simulated_worlds.png

Colours: land cover in shaded relief; dNDVI brown where green is lost; dVV orange where the echo
grew, violet where it fell, black where the radar has no data; landslides red.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from geoseg.simulate import Scene, simulate_scene
from geoseg.simulate.worlds import WORLDS
from geoseg.tasks.landslides import LANDSLIDES

FIRST_SEED = 1000
GAP, TITLE = 6, 14
COLUMNS = ("ground", "dNDVI", "dVV", "landslides")
NAMES = [band.name for band in LANDSLIDES.bands]
BROWN, GREEN = (166, 97, 26), (1, 133, 113)
ORANGE, PURPLE = (230, 97, 1), (94, 60, 153)
COVER_COLOURS = np.array(
    [
        (255, 255, 255), (170, 60, 60), (56, 118, 72), (132, 160, 90), (176, 196, 120),
        (214, 214, 130), (206, 186, 150), (90, 140, 200), (120, 170, 160), (150, 145, 140),
        (245, 248, 255),
    ],
    np.float32,
)  # fmt: skip
"""Of the land-cover classes, from 0; the hillshade is tinted with them."""


def main() -> None:
    """Draw the sheet: two worlds side by side on every row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--size", type=int, default=512, help="side of a scene, pixels")
    parser.add_argument("--side", type=int, default=128, help="side of a drawn panel, pixels")
    choices = parser.parse_args()
    seeds = range(choices.first_seed, choices.first_seed + len(WORLDS))
    strips = [strip(simulate_scene(seed, choices.size), choices.side) for seed in seeds]
    rows = -(-len(strips) // 2)
    width, height = strips[0].width + GAP, strips[0].height + GAP
    sheet = Image.new("RGB", (2 * width + GAP, rows * height + GAP), "white")
    for number, drawn in enumerate(strips):
        sheet.paste(drawn, (GAP + number % 2 * width, GAP + number // 2 * height))
    sheet.quantize(160, Image.Quantize.FASTOCTREE).save(choices.out, optimize=True)
    print(table())


def table() -> str:
    """Return the worlds as a table in Markdown."""
    head = (
        "| seed ends in | world | like cases | yearly mean at the valley floor, °C | steepest, degrees "
        "| forest, % | sparse or bare, % | slid, % | kinds of slides, commonest first |"
    )
    lines = [head, "|---" * 9 + "|"]
    for number, world in enumerate(WORLDS):
        kinds = sorted(world.slides, key=lambda kind: -world.slides[kind])
        cells = (
            str(number),
            f"**{world.name}**: {world.title}",
            world.cases,
            span(world.base_degrees),
            span(world.steepest_degrees),
            span(world.forest, 100),
            span(world.barren, 100),
            span(world.share, 100),
            ", ".join(kind.name.lower().replace("_", " ") for kind in kinds),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def span(range_: tuple[float, float], times: float = 1) -> str:
    """Write a range, as 30 to 37."""
    return " to ".join(f"{times * end:.3g}" for end in range_)


def strip(scene: Scene, side: int) -> Image.Image:
    """Draw four panels of a scene under its world's name."""
    greenness, echo = scene.bands[NAMES.index("dNDVI")], scene.bands[NAMES.index("dVV")]
    panels = (
        ground(scene),
        diverging(greenness / 0.5, BROWN, GREEN),
        diverging(echo / 8, PURPLE, ORANGE),
        np.where(scene.reference[..., None] > 0, (215, 48, 31), (235, 235, 235)),
    )
    drawn = Image.new("RGB", (4 * (side + 2) - 2, side + TITLE), "white")
    pen = ImageDraw.Draw(drawn)
    for number, panel in enumerate(panels):
        left = number * (side + 2)
        picture = Image.fromarray(panel.astype(np.uint8)).resize((side, side), Image.Resampling.BOX)
        drawn.paste(picture, (left, TITLE))
        label = f"{scene.world}: {COLUMNS[0]}" if number == 0 else COLUMNS[number]
        pen.text((left + 1, 1), label, fill="black")
    return drawn


def ground(scene: Scene) -> NDArray[np.float32]:
    """Return the land cover's colours under light from the north-west, (y, x, 3)."""
    south, east = np.gradient(scene.bands[NAMES.index("elevation")], 10)
    light = np.clip(0.75 + 0.5 * (-south * -0.7 - east * 0.7) * -1, 0.25, 1.15)
    cover = scene.bands[NAMES.index("CART_landcover")].astype(int)
    return np.clip(COVER_COLOURS[cover] * light[..., None], 0, 255)


def diverging(
    values: NDArray[np.float32], low: tuple[int, int, int], high: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Colour -1 as `low`, 0 white, 1 as `high`, missing black, (y, x, 3)."""
    strength = np.clip(np.abs(values), 0, 1)[..., None]
    colour = np.where(values[..., None] < 0, np.array(low, np.float32), np.array(high, np.float32))
    drawn = 255 + (colour - 255) * np.nan_to_num(strength)
    return np.where(np.isfinite(values)[..., None], drawn, 0)


if __name__ == "__main__":
    main()
