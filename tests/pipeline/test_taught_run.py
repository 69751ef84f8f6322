"""A zoo trained on one area and used on an overlapping one tells taught ground from unseen."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio

from geoseg import pipeline
from geoseg.comparison import compare
from geoseg.comparison.request import CompareRequest
from geoseg.exports.report import write_report
from geoseg.tasks import LANDSLIDES
from geoseg.training.from_areas import write_area_dataset
from geoseg.training.ground import TrainingArea
from geoseg.training.tree_settings import TreeSettings
from geoseg.training.trees import train_trees
from tests.pipeline import tiny

HEIGHT, WIDTH, TAUGHT_ROWS = 320, 200, 192


def write_area(folder, rows, **tags):
    """Write stack and truth of some rows of one made-up scene, greenness lost on squares."""
    rng = np.random.default_rng(5)
    all_rows, cols = np.indices((HEIGHT, WIDTH))
    truth = ((all_rows // 16 + cols // 16) % 5 == 0).astype(np.uint8)
    green = rng.normal(-0.25 * truth, 0.15).astype(np.float32)
    bands = {"CART_landcover": np.full_like(green, 3), "dNDVI": green}
    bands["CART_landcover"][::2] = 4
    at = tiny.write_raster  # the same corner, moved down by the first row
    shift = rasterio.Affine(10, 0, 500_000, 0, -10, 6_800_000) * rasterio.Affine.translation(
        0, rows.start
    )
    folder.mkdir(parents=True)
    cut = {name: values[rows] for name, values in bands.items()}
    stack = at(folder / "stack.tif", cut, transform=shift)
    reference = at(folder / "truth.tif", {"truth": truth[rows]}, transform=shift)
    if tags:
        with rasterio.open(stack, "r+") as raster:
            raster.update_tags(**tags)
    return stack, reference


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("taught")


@pytest.fixture(scope="module")
def zoo(place):
    """Trees that learned from the blocks of an area, its first rows of the scene."""
    stack, reference = write_area(place / "taught", slice(0, TAUGHT_ROWS))
    area = TrainingArea(id="a", title="North", rasters=(stack,), reference=reference)
    split = write_area_dataset([area], LANDSLIDES, "s2", place / "blocks")
    settings = TreeSettings(
        task="landslides", setting="s2", method="cart", validation=split.validation, max_depth=6
    )
    train_trees(place / "blocks", settings, place / "zoo")
    return place / "zoo"


@pytest.fixture(scope="module")
def finished(place, zoo):
    """A run over rows 64 and below, of which the first 128 taught."""
    stack, reference = write_area(place / "used", slice(64, HEIGHT))
    request = pipeline.RunRequest(
        rasters=(stack,), models=zoo, reference=reference,
        settings={"setting": "s2", "ensemble_size": 1},
    )  # fmt: skip
    return place / "run", pipeline.run(request, place / "run")


def counted(folder, rows):
    with rasterio.open(folder / "confusion.tif") as raster:
        kinds = np.bincount(raster.read(1)[rows].ravel(), minlength=5)
    return dict(zip(("tp", "fp", "fn", "tn"), kinds[1:5].tolist(), strict=True))


def test_the_scores_of_both_grounds_are_those_of_their_pixels(finished):
    folder, record = finished
    metrics = json.loads((folder / "metrics.json").read_text())
    for part, rows in (("taught", slice(0, 128)), ("unseen", slice(128, None))):
        own = {name: metrics[part][name] for name in ("tp", "fp", "fn", "tn")}
        assert own == counted(folder, rows)
    assert metrics["unseen"]["pixels"] == 128 * WIDTH
    assert (
        "50% of the 51,200 pixels counted taught or judged the network"
        in (metrics["ground"]["words"])
    )
    assert record["ground"]["taught"] == 128 * WIDTH
    assert record["metrics"] == metrics


def test_best_threshold_and_sizes_are_of_unseen_ground(finished):
    folder, _ = finished
    sizes = json.loads((folder / "ensemble_sizes.json").read_text())
    assert sizes["ground"] == "unseen"
    last = {name: sizes["sizes"][-1][name] for name in ("tp", "fp", "fn", "tn")}
    assert last == counted(folder, slice(128, None))
    assert json.loads((folder / "metrics.json").read_text())["best_threshold_on"] == "unseen"


def test_taught_ground_is_outlined_with_its_style(finished):
    folder, _ = finished
    outlines = gpd.read_file(folder / "taught_ground.gpkg")
    assert set(outlines["class"]) == {"taught", "judged"}
    assert outlines.area.sum() == pytest.approx(128 * WIDTH * 100)
    assert (folder / "taught_ground.qml").is_file()


def test_the_report_leads_with_unseen_ground(finished):
    folder, record = finished
    page = write_report(folder).read_text()
    f1 = record["metrics"]["unseen"]["f1"]
    assert record["metrics"]["ground"]["words"] in page
    assert page.index("Unseen ground") < page.index("Taught ground") < page.index("Whole map")
    assert f'<td>F1</td><td class="number">{f1:.3f}</td>' in page


def test_a_comparison_leads_with_it_too(finished, place):
    folder, record = finished
    compared = compare(CompareRequest(run=folder), place / "compared")
    for part in ("unseen", "taught"):
        assert compared[part]["f1"] == record["metrics"][part]["f1"]
    assert compared["ground"] == record["metrics"]["ground"]
    assert compared["seven_colours"]["unseen"]["total"] == 128 * WIDTH
    assert compared["best_threshold_on"] == "unseen"
    rows = (place / "compared" / "areas.csv").read_text().splitlines()
    assert [row.split(",")[1] for row in rows[1:4]] == [
        "unseen ground",
        "taught ground",
        "whole map",
    ]


def test_without_a_reference_the_run_still_tells(finished, place, zoo):
    stack = place / "used" / "stack.tif"
    request = pipeline.RunRequest(
        rasters=(stack,), models=zoo, settings={"setting": "s2", "ensemble_size": 1}
    )
    record = pipeline.run(request, place / "plain")
    assert record["ground"]["words"].startswith("50% of the mapped pixels taught or judged")
    assert record["ground"]["words"] in (place / "plain" / "report.html").read_text()


@pytest.mark.parametrize(
    ("tags", "known"),
    [({"SIMULATED": "yes", "GEOSEG_WORLD": "alps", "GEOSEG_SEED": "2"}, True), ({}, True)],
)
def test_simulated_ground_at_the_same_coordinates_is_unseen(place, zoo, tags, known, tmp_path):
    stack, reference = write_area(tmp_path / "other", slice(64, HEIGHT), **tags)
    request = pipeline.RunRequest(
        rasters=(stack,), models=zoo, reference=reference,
        settings={"setting": "s2", "ensemble_size": 1},
    )  # fmt: skip
    metrics = pipeline.run(request, tmp_path / "run")["metrics"]
    assert metrics["ground"]["known"] is known
    assert metrics["taught"]["pixels"] == (0 if tags else 128 * WIDTH)
