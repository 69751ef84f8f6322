import json
import shutil

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.warp import transform as transform_points

from geoseg.cli import main
from tests.pipeline import tiny


@pytest.fixture
def predict(zoo, tmp_path, capsys):
    def run(*arguments, models=zoo):
        out = tmp_path / "out"
        status = main(
            ["predict", "--models", str(models), "--out", str(out), "--json", *map(str, arguments)]
        )
        told = capsys.readouterr()
        assert status == 0, told.err
        return json.loads(told.out), told.err, out

    return run


def test_the_setting_may_be_left_out_and_members_named(predict, stack):
    record, _, _ = predict(stack, "--members", "tiny3,tiny1", "--min-area", 0)
    assert record["settings"]["setting"] == "s2"
    assert [member["name"] for member in record["members"]] == ["tiny3", "tiny1"]
    assert record["settings"]["min_area_m2"] == 0


def test_bands_in_another_unit_raise_a_warning_and_no_more(predict, tmp_path):
    values = tiny.scene_values()
    values["dNDVI"] = values["dNDVI"] * 10_000
    wrong = tiny.write_raster(tmp_path / "wrong.tif", values)
    record, told, _ = predict(wrong, "--ensemble-size", 1)
    warnings = [line for line in told.splitlines() if line.startswith("warning: dNDVI")]
    assert len(warnings) == 1
    assert warnings[0].removeprefix("warning: ") in record["warnings"]


def test_a_reference_of_another_crs_is_warped(predict, stack, tmp_path, reference):
    same, _, _ = predict(stack, "--ensemble-size", 1, "--reference", reference)
    (east,), (north,) = transform_points("EPSG:32633", "EPSG:32634", [500_000], [6_800_000])
    away = Affine(5, 0, east - 200, 0, -5, north + 200)
    with rasterio.open(reference) as raster:
        truth, (height, width) = raster.read(1), (300, 400)
        warped = np.zeros((height, width), np.uint8)
        rasterio.warp.reproject(
            truth, warped, src_transform=raster.transform, src_crs=raster.crs,
            dst_transform=away, dst_crs="EPSG:32634",
        )  # fmt: skip
    other = tiny.write_raster(tmp_path / "o.tif", {"t": warped}, crs="EPSG:32634", transform=away)
    record, _, out = predict(stack, "--ensemble-size", 1, "--reference", other)
    assert any("o.tif" in note and "resampled" in note for note in record["notes"])
    assert record["metrics"]["f1"] == pytest.approx(same["metrics"]["f1"], abs=0.05)
    with rasterio.open(out / "reference.tif") as mapped, rasterio.open(stack) as given:
        assert (mapped.crs, mapped.transform, mapped.shape) == (
            given.crs, given.transform, given.shape,
        )  # fmt: skip


def test_a_band_may_be_chosen_by_hand(predict, tmp_path):
    values = tiny.scene_values()
    odd = tiny.write_raster(
        tmp_path / "odd.tif", {"a": values["dNDVI"], "b": values["CART_landcover"]}
    )
    record, _, _ = predict(
        odd, "--bands", "dNDVI=odd.tif#1", "--bands", "CART_landcover=odd.tif#2",
        "--ensemble-size", 1,
    )  # fmt: skip
    assert record["bands"] == {"CART_landcover": "odd.tif#2", "dNDVI": "odd.tif#1"}


def test_a_zoo_of_the_users_own_is_a_task(predict, tmp_path, stack):
    tiny.write_member(tmp_path / "own", "mine", 0.6, seed=1, task="custom", setting="two")
    record, _, _ = predict(stack, "--task", "custom", models=tmp_path / "own")
    assert record["settings"]["setting"] == "two"
    assert record["task"]["name"] == "custom"


def test_a_person_reads_a_table(zoo, stack, reference, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["predict", str(stack), "--models", str(zoo), "--out", str(out),
                 "--reference", str(reference), "--ensemble-size", "2"]) == 0  # fmt: skip
    told = capsys.readouterr()
    assert "f1 " in told.out
    assert "10 m pixels, 70 rows x 90 columns" in told.out
    assert "predicting" in told.err
    shutil.rmtree(out)


def test_evaluate_agrees_with_the_run(predict, stack, reference, capsys):
    record, _, out = predict(stack, "--ensemble-size", 2, "--reference", reference)
    arguments = [out / "classes.tif", reference, "--probability", out / "probability.tif"]
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    for key in ("tp", "fp", "fn", "tn", "f1", "mcc", "best_threshold"):
        assert again[key] == record["metrics"][key]


def test_a_void_that_no_file_declares_is_left_out_told_and_may_be_kept(predict, tmp_path):
    values = tiny.scene_values()
    for band in values.values():
        band[30:34, 40:45] = -9999
    holed = tiny.write_raster(tmp_path / "holed.tif", values)
    record, told, out = predict(holed, "--ensemble-size", 1)
    with rasterio.open(out / "classes.tif") as raster:
        assert (raster.read(1)[30:34, 40:45] == 255).all()
    words = [line for line in told.splitlines() if "-9999" in line]
    assert len(words) == 1
    assert words[0].startswith("warning: holed.tif: -9999 in ")
    assert words[0].removeprefix("warning: ") in record["warnings"]
    assert record["settings"]["fill"] == "auto"
    record, told, out = predict(holed, "--ensemble-size", 1, "--fill", "keep")
    assert "stands alone" not in told
    assert record["settings"]["fill"] == "keep"
    record, told, _ = predict(holed, "--ensemble-size", 1, "--fill", "-9999")
    assert record["settings"]["fill"] == -9999


def test_a_fill_is_a_word_or_a_number(stack, zoo, tmp_path, capsys):
    command = ["predict", str(stack), "--models", str(zoo), "--out", str(tmp_path / "o")]
    assert main([*command, "--fill", "none"]) == 2
    assert "--fill takes auto, keep or a number such as -9999" in capsys.readouterr().err
