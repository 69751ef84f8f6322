"""A workspace with a small demo area, a made-up zoo and, on wish, a finished run of known numbers."""

import json
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.evaluation.counts import confusion_map, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.exports.raster import RasterWriter
from geoseg.exports.record import RunFacts, make_record, write_record
from geoseg.exports.vectors import write_vectors
from geoseg.grid import Grid
from geoseg.mapping.polygons import polygonise
from geoseg.models.card import BandStatistics, Card
from geoseg.pipeline.request import RunRequest
from geoseg.settings import RunSettings
from geoseg.tasks import LANDSLIDES
from geoseg.workspace import Area, change_state, create_run, run_folder, save_area
from geoseg.workspace.files import now

SIDE = 48
GRID = Grid(CRS.from_epsg(32632), from_origin(400_000, 6_800_000, 10, 10), SIDE, SIDE)
SETTING = LANDSLIDES.setting("s1s2")


def write(path: Path, values: np.ndarray, names: list[str], nodata: float | None) -> Path:
    values = values.reshape(len(names), SIDE, SIDE)
    with RasterWriter(path, GRID, names, str(values.dtype), nodata) as writer:
        writer.write(0, values)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """An empty workspace and a zoo of three cards."""
    zoo = tmp_path / "zoo"
    zoo.mkdir()
    for place, name in enumerate(("Unet", "FPN", "Linknet")):
        (zoo / f"{name}.json").write_text(card(name, 0.8 - place / 10).to_json())
        (zoo / f"{name}.safetensors").touch()
    monkeypatch.setattr("geoseg.models.zoo.PRETRAINED", zoo)
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GEOSEG_DATA", raising=False)
    st.cache_data.clear()
    return tmp_path / "home"


def card(name: str, score: float) -> Card:
    bands = tuple(BandStatistics(name=band, mean=0, std=1) for band in SETTING.bands)
    return Card(
        name=name, task="landslides", setting="s1s2", architecture=name, encoder="resnet18",
        bands=bands, loss="Dice", learning_rate=0.001, validation_f1=score,
        trained_on="three simulated scenes", simulated=True, licence="MIT", sha256="0" * 64,
    )  # fmt: skip


@pytest.fixture
def demo_area(home) -> Area:
    """The demo area in small: all fifteen bands, a reference of one square."""
    folder = home / "areas" / "demo" / "files"
    folder.mkdir(parents=True)
    names = [band.name for band in LANDSLIDES.bands]
    rng = np.random.default_rng(1)
    values = rng.normal(size=(len(names), SIDE, SIDE)).astype(np.float32)
    values[0, :8] = np.nan
    stack = write(folder / "demo_stack.tif", values, names, float("nan"))
    reference = write(folder / "demo_reference.tif", truth(), ["reference"], 255)
    return save_area(
        Area(id="demo", title="Demo valley (simulated)", rasters=(stack,), reference=reference,
             kind="demo", simulated=True)
    )  # fmt: skip


def truth() -> np.ndarray:
    square = np.zeros((SIDE, SIDE), np.uint8)
    square[10:30, 10:30] = 1
    return square


@pytest.fixture
def finished_run(demo_area) -> str:
    """A finished run whose map is the reference, five columns too far to the right."""
    return make_run(demo_area, with_reference=True)


@pytest.fixture
def older_run(demo_area) -> str:
    """A finished run of an older version: no layers of doubt, no single best network."""
    return make_run(demo_area, with_reference=True, newer=False)


@pytest.fixture
def run_without_reference(demo_area) -> str:
    """A finished run that nothing could be compared with."""
    return make_run(demo_area, with_reference=False)


def make_run(area: Area, with_reference: bool, newer: bool = True) -> str:
    settings = RunSettings(setting="s1s2", ensemble_size=3)
    request = RunRequest(
        rasters=area.rasters, settings=settings, simulated=True, title="Made-up run",
        reference=area.reference if with_reference else None,
    )  # fmt: skip
    run_id = create_run(request, area.id)
    folder = run_folder(run_id)
    probability = np.roll(truth(), 5, axis=1) * np.float32(0.8) + np.float32(0.1)
    classes = (probability >= 0.5).astype(np.uint8)
    maps = {"probability": probability, "spread": probability / 4, "agreement": probability}
    if newer:
        doubt = 1 - 2 * abs(probability - 0.5)
        single = np.roll(probability, 2, axis=1)
        maps |= {"entropy": doubt, "mutual_information": doubt / 4, "single_best": single}
    for name, values in maps.items():
        write(folder / f"{name}.tif", values.astype(np.float32), [name], float("nan"))
    write(folder / "coverage.tif", np.full((SIDE, SIDE), 100, np.uint8), ["coverage"], 255)
    write(folder / "classes.tif", classes, ["classes"], 255)
    rasters = [folder / f"{name}.tif" for name in ("classes", "probability", "spread")]
    write_vectors(polygonise(*rasters, 0, LANDSLIDES.classes), folder)
    if with_reference:
        score(folder, probability, classes)
    if with_reference and newer:
        sizes(folder, classes)
    cards = [card(name, 0.7) for name in ("Unet", "FPN", "Linknet")]
    facts = RunFacts(
        settings=settings, task=LANDSLIDES, members=cards, grid=GRID, title="Made-up run",
        simulated=True, inputs=area.rasters,
    )  # fmt: skip
    write_record(make_record(facts), folder)
    change_state(run_id, status="finished", stage="finished", started=now(), finished=now())
    return run_id


def score(folder: Path, probability: np.ndarray, classes: np.ndarray) -> None:
    write(folder / "reference.tif", truth(), ["reference"], 255)
    write(folder / "confusion.tif", confusion_map(classes, truth()), ["confusion"], 255)
    counts = count(classes, truth())
    record = {**counts.record(), "threshold": 0.5}
    (folder / "metrics.json").write_text(json.dumps(record))
    histogram = ScoreHistogram()
    histogram.add(probability, truth())
    (folder / "curves.json").write_text(json.dumps(histogram.to_record()))


def sizes(folder: Path, classes: np.ndarray) -> None:
    """Three members that map the same, and so does every ensemble of them."""
    counts = count(classes, truth()).record()
    row = {name: counts[name] for name in ("tp", "fp", "fn", "tn")}
    members = [{"name": name, **row} for name in ("Unet", "FPN", "Linknet")]
    content = {"members": members, "sizes": [{"k": k, **row} for k in (1, 2, 3)]}
    (folder / "ensemble_sizes.json").write_text(json.dumps(content))
