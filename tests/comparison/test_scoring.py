"""Any map scored by points, lines and references: hand-made numbers, every form alike."""

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.warp import calculate_default_transform, reproject

from geoseg.comparison.scoring import ScoreRequest, score_map
from geoseg.errors import GeosegError
from geoseg.evaluation import count
from tests.comparison.made_up import GRID, box, corner, mapped, truth, write, write_shapes


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """An old map as raster and polygons, the truth, and 200 points of the truth."""
    folder = tmp_path_factory.mktemp("scored")
    rng = np.random.default_rng(1)
    rows, cols = rng.integers(6, 60, (2, 200))
    spots = [shapely.Point(corner(r + 0.5, c + 0.5)) for r, c in zip(rows, cols, strict=True)]
    true = truth()[rows, cols]
    kinds = np.where(true == 1, "Hochmoor", "Wald").tolist()
    right = mapped(3)[rows, cols] == true
    return {
        "raster": write(folder / "old.tif", mapped(3)),
        "polygons": write_shapes(folder / "old.gpkg", [box(10, 13, 20, 20)], 4326, Typ=["Moor"]),
        "truth": write(folder / "truth.tif", truth()),
        "points": write_shapes(folder / "points.gpkg", spots, 4326, Art=kinds),
        "areas": write_shapes(folder / "areas.gpkg", [box(0, 0, 60, 30)], name=["West"]),
        "right": right, "true": true,
    }  # fmt: skip


def by_points(files, form, **choices):
    chosen = {"point_feature": ("HOCHMOOR",), "tolerance_m": 0, "task": "wetlands", **choices}
    return score_map(ScoreRequest(classes=files[form], points=files["points"], **chosen))


@pytest.mark.parametrize("form", ["raster", "polygons"])
def test_points_alone_score_a_map(files, form):
    grid = {"grid": files["truth"]} if form == "polygons" else {}
    record = by_points(files, form, **grid)
    found = record["points"]["at_point"]
    assert record["points"]["column"] == "Art"
    assert found["tp"] == (files["right"] & (files["true"] == 1)).sum()
    assert found["accuracy"] == pytest.approx(files["right"].mean())
    assert "tp" not in record
    assert "no scores of pixels: no reference of areas" in record["notes"]


def test_polygons_and_points_make_a_grid_of_their_own(files):
    record = by_points(files, "polygons")
    assert record["points"]["at_point"]["accuracy"] == pytest.approx(files["right"].mean())
    assert "old.gpkg is put on pixels of 30 m in EPSG:32633" in record["notes"] or any(
        note.startswith("old.gpkg is put on pixels of") for note in record["notes"]
    )


@pytest.mark.parametrize("form", ["raster", "polygons"])
def test_a_reference_points_lines_and_areas_go_together(files, tmp_path, form):
    line = shapely.LineString([corner(20, 13), corner(20, 53)])
    lines = write_shapes(tmp_path / "lines.gpkg", [line])
    record = score_map(
        ScoreRequest(
            classes=files[form], reference=files["truth"], areas=files["areas"], lines=lines,
            points=files["points"], point_feature=("hochmoor",), map_positive=(),
        )
    )  # fmt: skip
    expected = count(mapped(3), truth()).record()
    assert {key: record[key] for key in expected} == expected
    assert record["areas"][0]["tp"] == count(mapped(3)[:, :30], truth()[:, :30]).tp
    assert record["lines"]["length_weighted_overlap"] == pytest.approx(0.5)
    assert record["points"]["points"] == 200


def test_a_map_in_degrees_is_read_on_a_metric_grid(files, tmp_path):
    crs = "EPSG:4326"
    place, width, height = calculate_default_transform(
        GRID.crs, crs, GRID.width, GRID.height, *GRID.bounds
    )
    values = np.full((height, width), 255, np.uint8)
    reproject(
        mapped(3), values, src_transform=GRID.transform, src_crs=GRID.crs, dst_transform=place,
        dst_crs=crs, dst_nodata=255,
    )  # fmt: skip
    with rasterio.open(
        tmp_path / "old.tif", "w", driver="GTiff", count=1, dtype="uint8", width=width,
        height=height, crs=crs, transform=place, nodata=255,
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    record = score_map(ScoreRequest(classes=tmp_path / "old.tif", reference=files["truth"]))
    expected = count(mapped(3), truth()).record()
    assert record["f1"] == pytest.approx(expected["f1"], abs=0.03)


def test_chosen_classes_of_a_land_cover_map(files, tmp_path):
    cover = np.where(mapped(3) == 1, 412, 311).astype(np.uint16)
    cover[50:, :5] = 512
    path = write(tmp_path / "cover.tif", cover, nodata=0)
    choices = {"reference": files["truth"], "map_positive": (412,)}
    record = score_map(ScoreRequest(classes=path, **choices))
    assert record["tp"] == count(mapped(3), truth()).tp
    assert "cover.tif: class 412 counts as feature, 311, 512 as none" in record["notes"]
    with pytest.raises(GeosegError, match=r"none of them 0, .* --map-positive"):
        score_map(ScoreRequest(classes=path, reference=files["truth"]))


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"classes": "raster"}, "nothing to compare with: give a REFERENCE"),
        ({"classes": "polygons", "reference": "areas"}, "both polygons, .* with --grid"),
        ({"classes": "polygons", "reference": "truth", "map_positive": ("Bog",)}, "holds Bog; its"),
    ],
)
def test_what_cannot_be_scored_is_refused(files, choices, words):
    given = {name: files.get(value, value) if isinstance(value, str) else value
             for name, value in choices.items()}  # fmt: skip
    with pytest.raises(GeosegError, match=words):
        score_map(ScoreRequest(**given))
