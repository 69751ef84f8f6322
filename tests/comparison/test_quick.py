"""Sub-areas counted at once give what the whole comparison gives."""

import geopandas as gpd
import pytest

from geoseg.comparison.quick import count_areas
from tests.comparison import made_up


def drawn(place):
    return gpd.read_file(place / "areas.gpkg")


def test_the_counts_are_those_of_the_comparison(place, compared):
    found = count_areas(place / "first", drawn(place))
    assert found.beside == ("Beside",)
    for row, expected in zip(found.rows, compared[1]["areas"], strict=True):
        assert {key: row[key] for key in expected} == expected
    assert found.mean == compared[1]["mean_of_areas"]
    assert sum(row["mapped_m2"] for row in found.rows) == 400 * 100


def test_without_a_reference_the_mapped_area_is_told(tmp_path, place):
    run = made_up.make_run(tmp_path / "bare", reference=False)
    found = count_areas(run, drawn(place))
    assert found.mean is None
    assert "f1" not in found.rows[0]
    assert found.rows[0]["mapped_share"] == pytest.approx(300 / 1800)


def test_an_area_without_data_has_no_share(place):
    column = made_up.box(0, made_up.SIDE - 1, made_up.SIDE, 1)
    areas = gpd.GeoDataFrame({"name": ["Edge"]}, geometry=[column], crs=made_up.GRID.crs.to_wkt())
    row = count_areas(place / "first", areas).rows[0]
    assert (row["mapped_share"], row["f1"], row["pixels"]) == (None, None, 0)


def test_no_areas_give_no_rows(place):
    empty = gpd.GeoDataFrame({"name": []}, geometry=[], crs="EPSG:4326")
    assert count_areas(place / "first", empty).rows == ()
