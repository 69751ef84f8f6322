"""Trees learn from scenes and from points, stand in a zoo beside networks, and map as they do."""

import json

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from geoseg import pipeline
from geoseg.errors import DiskError, RunCancelledError, SettingsError, TrainingError
from geoseg.models.card import TREES, read_card
from geoseg.models.tree_member import load_tree_member
from geoseg.models.zoo import ZooMember, list_members
from geoseg.settings import RunSettings, TileSettings
from geoseg.training.trainer import train_member
from geoseg.training.tree_settings import TreeSettings
from geoseg.training.trees import train_trees
from tests.training.made_up import NAMES, wet_scene, write_pair, write_raster
from tests.training.test_classes import BANDS, CLASSES, ravine_scene

WEST, NORTH, STEP = 5e5, 1e6, 30
METHODS = ("cart", "forest", "segments")


def choices(method, **more):
    shared = {"task": "wetlands", "setting": "landsat", "validation": ("scene2",), "trees": 12}
    return TreeSettings(method=method, **shared | more)


def points_of(path, rows, crs="EPSG:32636", **columns):
    """Write points at (row, col) of the made-up grid."""
    places = [Point(WEST + STEP * (col + 0.5), NORTH - STEP * (row + 0.5)) for row, col in rows]
    gpd.GeoDataFrame(columns, geometry=places, crs=crs).to_file(path)
    return path


@pytest.fixture
def points(tmp_path, dataset):
    """Thirty points of each class on the first scene."""
    _, label = wet_scene(0)
    rng = np.random.default_rng(0)
    rows = [
        tuple(place)
        for class_id in (0, 1)
        for place in rng.permutation(np.argwhere(label == class_id))[:30]
    ]
    return points_of(tmp_path / "points.gpkg", rows, **{"class": [0] * 30 + [1] * 30})


@pytest.mark.parametrize("method", METHODS)
def test_trees_learn_a_scene(dataset, tmp_path, method):
    path = train_trees(dataset, choices(method), tmp_path)
    card = read_card(path)
    assert card.architecture in TREES
    assert card.validation_f1 > 0.8
    assert card.trained_on == "3 scenes of dataset, 1 of them for validation"
    assert sorted(file.name for file in tmp_path.glob(f"{method}*")) == [
        f"{method}.json",
        f"{method}.safetensors",
    ]
    again = train_trees(dataset, choices(method), tmp_path / "again")
    assert read_card(again).sha256 == card.sha256


def test_trees_and_networks_make_one_ensemble(dataset, settings, tmp_path):
    zoo = tmp_path / "zoo"
    for method in METHODS:
        train_trees(dataset, choices(method), zoo)
    train_member(dataset, settings.model_copy(update={"max_steps": 20}), zoo)
    assert len(list_members(zoo, "wetlands", "landsat")) == 4
    bands, label = wet_scene(7)
    write_raster(tmp_path / "new.tif", bands, NAMES, float("nan"))
    write_raster(tmp_path / "truth.tif", label[None])
    request = pipeline.RunRequest(
        rasters=(tmp_path / "new.tif",), models=zoo, reference=tmp_path / "truth.tif",
        settings=RunSettings(task="wetlands", setting="landsat", ensemble_size=4, device="cpu",
                             tiles=TileSettings(size=64, overlap=32)),
    )  # fmt: skip
    record = pipeline.run(request, tmp_path / "run")
    assert record["metrics"]["f1"] > 0.8
    sizes = json.loads((tmp_path / "run/ensemble_sizes.json").read_text())
    assert {one["name"] for one in sizes["members"]} == {*METHODS, "tiny"}


@pytest.mark.parametrize("method", ["cart", "forest"])
def test_a_map_by_pixels_does_not_depend_on_the_tiles(dataset, tmp_path, method):
    import rasterio

    train_trees(dataset, choices(method), tmp_path / "zoo")
    maps = []
    for size, overlap in ((96, 32), (64, 32)):
        request = pipeline.RunRequest(
            rasters=(dataset / "train_val/input/scene1_input.tif",), models=tmp_path / "zoo",
            settings=RunSettings(task="wetlands", setting="landsat", ensemble_size=1, device="cpu",
                                 tiles=TileSettings(size=size, overlap=overlap)),
        )  # fmt: skip
        pipeline.run(request, tmp_path / f"run{size}")
        with rasterio.open(tmp_path / f"run{size}/probability.tif") as raster:
            maps.append(raster.read(1))
    assert np.abs(maps[0] - maps[1]).max() < 1e-5


@pytest.mark.parametrize("method", METHODS)
def test_trees_tell_several_classes_apart(tmp_path, method):
    for seed in range(3):
        write_pair(tmp_path, f"scene{seed}", *ravine_scene(seed), BANDS)
    own = {"task": "custom", "setting": "terrain", "bands": BANDS, "classes": CLASSES}
    card = read_card(train_trees(tmp_path, choices(method, **own), tmp_path / "zoo"))
    assert (card.classes, card.class_names) == (3, CLASSES)
    assert card.validation_f1 > 0.75
    member = load_tree_member(ZooMember(card, tmp_path / f"zoo/{method}.safetensors"))
    answer = member.probability(ravine_scene(5)[0][None])
    assert answer.shape == (1, 3, 96, 96)
    assert np.allclose(answer.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("method", ["cart", "forest"])
def test_points_teach_and_labelled_scenes_judge(dataset, tmp_path, points, method):
    path = train_trees(dataset, choices(method, points=str(points), validation=()), tmp_path)
    card = read_card(path)
    assert card.name == f"{method}-points"
    assert card.trained_on == "60 points of points.gpkg on dataset, judged on 3 labelled scenes"
    assert card.validation_f1 > 0.7
    assert "odds" not in card.options


def test_without_labels_every_fifth_point_judges(dataset, tmp_path, points):
    for label in (dataset / "train_val/label").iterdir():
        label.unlink()
    (dataset / "train_val/label").rmdir()
    chosen = choices("cart", points=str(points), validation=())
    card = read_card(train_trees(dataset, chosen, tmp_path))
    assert card.trained_on.endswith("judged on every fifth of them")
    assert card.validation_f1 > 0.7


def test_points_may_name_their_class_and_lie_in_degrees(dataset, tmp_path, points):
    frame = gpd.read_file(points)
    frame["what"] = ["no wetland" if one == 0 else "Wetland" for one in frame["class"]]
    frame.drop(columns="class").to_crs("EPSG:4326").to_file(tmp_path / "named.geojson")
    shared = {"validation": (), "points": str(points)}
    plain = train_trees(dataset, choices("cart", **shared), tmp_path / "plain")
    shared["points"] = str(tmp_path / "named.geojson")
    named = train_trees(dataset, choices("cart", class_column="WHAT", **shared), tmp_path / "named")
    assert read_card(named).sha256 == read_card(plain).sha256
    places = frame.to_crs("EPSG:4326")
    rows = [
        f"{spot.x:.12f};{spot.y:.12f};{word.upper()}".replace(".", ",")
        for spot, word in zip(places.geometry, frame["what"], strict=True)
    ]
    (tmp_path / "named.csv").write_text("\n".join(["Lon;Lat;Class", *rows]), encoding="utf-8-sig")
    shared["points"] = str(tmp_path / "named.csv")
    table = train_trees(dataset, choices("cart", **shared), tmp_path / "table")
    assert read_card(table).sha256 == read_card(plain).sha256


INSIDE = [(row, row) for row in range(6)]


@pytest.mark.parametrize(
    ("places", "columns", "words"),
    [
        (
            [*INSIDE, (500, 5)],
            {"class": [0, 0, 0, 1, 1, 1, 1]},
            "1 of 7 points .* lie outside every",
        ),
        (INSIDE, {"class": [0, 0, 0, 0, 0, 1]}, "holds 1 point of class 1 wetland; at least 2"),
        (INSIDE, {"class": [1] * 6}, "holds 0 points of class 0 no wetland"),
        (INSIDE, {"class": [0, 0, 1, 1, 7, 9]}, "names the classes 7, 9, task wetlands has 0 no"),
        (INSIDE, {"kind": [0, 0, 0, 1, 1, 1]}, "no column 'class'; their columns are kind, name"),
    ],
)
def test_points_that_cannot_teach_are_refused(dataset, tmp_path, places, columns, words):
    file = points_of(tmp_path / "bad.gpkg", places, **columns)
    with pytest.raises(TrainingError, match=words):
        train_trees(dataset, choices("cart", points=str(file)), tmp_path)


def test_points_on_no_data_are_refused(dataset, tmp_path):
    bands, label = wet_scene(0)
    bands[:, :3] = np.nan
    write_pair(dataset, "scene0", bands, label)
    for name in ("scene1", "scene2"):
        (dataset / f"train_val/input/{name}_input.tif").unlink()
        (dataset / f"train_val/label/{name}_label.tif").unlink()
    file = points_of(tmp_path / "bad.gpkg", INSIDE, **{"class": [0, 1, 0, 1, 0, 1]})
    with pytest.raises(TrainingError, match=r"3 of 6 points .* hold no data"):
        train_trees(dataset, choices("cart", points=str(file), validation=()), tmp_path)


def test_segments_do_not_learn_from_points(dataset, tmp_path, points):
    with pytest.raises(TrainingError, match="segments cannot be learned from single points"):
        train_trees(dataset, choices("segments", points=str(points)), tmp_path)


def test_a_wish_to_stop_and_a_full_disk_leave_nothing(dataset, tmp_path, monkeypatch):
    with pytest.raises(RunCancelledError):
        train_trees(dataset, choices("cart"), tmp_path / "zoo", cancelled=lambda: True)
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DiskError, match="cannot be written"):
        train_trees(dataset, choices("cart"), tmp_path / "taken")
    assert not (tmp_path / "zoo").exists()


def test_impossible_choices_are_told():
    with pytest.raises(SettingsError, match=r"odd, e\.g\. 3 or 5"):
        choices("cart", mode_filter=4)
    with pytest.raises(SettingsError, match="method"):
        choices("bush")


def test_a_tree_cannot_go_on_learning_as_a_network(dataset, settings, tmp_path):
    path = train_trees(dataset, choices("cart"), tmp_path)
    tuned = settings.model_copy(update={"start_from": str(path)})
    with pytest.raises(TrainingError, match="member cart is no network"):
        train_member(dataset, tuned, tmp_path)
