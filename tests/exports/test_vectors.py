"""Every vector file opens elsewhere with the same rows, names and places."""

import json
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geoseg.errors import DiskError, ExportError
from geoseg.evaluation.object_files import read_outlines
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import COLUMNS

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = ["polygons.gpkg", "polygons.shp.zip", "polygons.geojson", "polygons.kml"]


def table(rows):
    corner = shapely.box(500_000, 6_800_000, 500_100, 6_800_200)
    outlines = [shapely.affinity.translate(corner, 300 * row) for row in range(rows)]
    if outlines:
        outlines[0] = outlines[0].difference(shapely.box(500_020, 6_800_020, 500_050, 6_800_050))
    columns = {
        "id": range(1, rows + 1),
        "class": ["jordskred på fjell"] * rows,
        "area_m2": [outline.area for outline in outlines],
        "perim_m": [outline.length for outline in outlines],
        "mean_prob": np.linspace(0.5, 0.9, rows).round(6),
        "mean_sprd": np.linspace(0.1, 0.2, rows).round(6),
    }
    frame = pd.DataFrame(columns).astype(COLUMNS)
    return gpd.GeoDataFrame(frame, geometry=outlines, crs=32633)


@pytest.fixture(params=[0, 3], ids=["empty", "three"])
def frame(request):
    return table(request.param)


def test_four_files_and_nothing_else(tmp_path, frame):
    assert [path.name for path in write_vectors(frame, tmp_path)] == NAMES
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


def test_reading_outlines_leaves_nothing_beside_them(tmp_path):
    """GDAL would keep the tags it found in a .aux.xml, in the user's folder."""
    write_vectors(table(3), tmp_path, {"SIMULATED": "yes"})
    assert len(read_outlines(tmp_path / NAMES[0])) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES[:2])
def test_rows_names_and_places_read_back_in_the_maps_own_crs(tmp_path, frame, name):
    write_vectors(frame, tmp_path)
    found = gpd.read_file(tmp_path / name)
    assert list(found.columns) == list(frame.columns)
    assert found.crs.to_epsg() == 32633
    assert len(found) == len(frame)
    for column in COLUMNS:
        assert found[column].tolist() == frame[column].tolist()
    assert found.geometry.normalize().geom_equals(frame.geometry.normalize()).all()


@pytest.mark.parametrize("name", NAMES[2:])
def test_web_forms_are_in_longitude_and_latitude(tmp_path, name):
    frame = table(3)
    write_vectors(frame, tmp_path)
    found = gpd.read_file(tmp_path / name)
    assert found.crs.to_epsg() == 4326
    np.testing.assert_allclose(found.to_crs(32633).area, frame.area, rtol=1e-3)
    assert found["class"].tolist() == frame["class"].tolist()
    assert found["area_m2"].tolist() == frame["area_m2"].tolist()


def test_an_empty_geojson_and_kml_are_valid(tmp_path):
    write_vectors(table(0), tmp_path)
    assert json.loads((tmp_path / "polygons.geojson").read_text())["features"] == []
    assert not list(ElementTree.parse(tmp_path / "polygons.kml").iter("{*}Placemark"))


def test_the_shapefile_archive_holds_its_parts_at_its_root(tmp_path, frame):
    write_vectors(frame, tmp_path)
    with zipfile.ZipFile(tmp_path / "polygons.shp.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert archive.read("polygons.cpg") == b"UTF-8"
        assert b"UTM_Zone_33N" in archive.read("polygons.prj")
    assert names == [f"polygons.{part}" for part in ("shp", "shx", "dbf", "prj", "cpg")]
    fields = pyogrio.read_info(tmp_path / "polygons.shp.zip")["fields"]
    assert fields.tolist() == list(COLUMNS)


def test_the_files_say_what_made_them_and_that_it_is_simulated(tmp_path):
    tags = {"SIMULATED": "yes", "GEOSEG_TASK": "landslides"}
    write_vectors(table(3), tmp_path, tags)
    assert pyogrio.read_info(tmp_path / "polygons.gpkg")["dataset_metadata"] == tags
    assert "SIMULATED=yes" in json.loads((tmp_path / "polygons.geojson").read_text())["description"]
    assert "<name>jordskred på fjell 1, simulated</name>" in (tmp_path / "polygons.kml").read_text()


def test_a_name_too_long_for_a_shapefile_is_refused(tmp_path):
    frame = table(1).rename(columns={"mean_sprd": "mean_spread"})
    with pytest.raises(ExportError, match="ten characters a name, got mean_spread"):
        write_vectors(frame, tmp_path)


def test_a_full_disk_is_told_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr("geoseg.exports.disk.free_bytes", lambda _folder: 1000)
    with pytest.raises(DiskError, match=r"the polygons needs 13\d kB, 1 kB are free"):
        write_vectors(table(3), tmp_path)


STARVED = """
    import resource, sys
    from pathlib import Path
    import geopandas as gpd
    from geoseg.errors import DiskError
    from geoseg.exports import vectors

    source, folder = map(Path, sys.argv[1:3])
    frame = gpd.read_file(source)
    every = dict(vectors.WRITERS)
    for case in sys.argv[3:]:
        ending, limit = case.split("=")
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
        vectors.WRITERS = {ending: every[ending]}
        try:
            vectors.write_vectors(frame, folder)
        except DiskError as error:
            print("TOLD", error)
"""
CASES = ["gpkg=120000", "shp.zip=5000", "shp.zip=100000", "geojson=50000", "kml=50000"]


def test_a_file_that_cannot_grow_is_told_and_leaves_nothing(tmp_path):
    frame = pd.concat([table(400)] * 3, ignore_index=True)
    frame.to_file(tmp_path / "source.gpkg")
    folder = tmp_path / "out"
    folder.mkdir()
    code = [sys.executable, "-c", textwrap.dedent(STARVED), tmp_path / "source.gpkg", folder]
    done = subprocess.run([*code, *CASES], cwd=REPOSITORY, capture_output=True, text=True,
                          check=True)  # fmt: skip
    for case, told in zip(CASES, done.stdout.splitlines(), strict=True):
        assert f"TOLD polygons.{case.split('=')[0]} cannot be written" in told
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_outlines_across_180_degrees_stay_small_in_every_form(tmp_path, name):
    frame = table(3)
    here = [
        shapely.box(818_000 + 900 * n, 8_098_000, 819_600 + 900 * n, 8_099_000) for n in range(3)
    ]
    frame = frame.set_geometry(here, crs=32760)
    write_vectors(frame, tmp_path)
    found = gpd.read_file(tmp_path / name)
    assert len(found) == len(frame)
    np.testing.assert_allclose(found.to_crs(32760).area, frame.area, rtol=1e-3)
    if found.crs.is_geographic:
        widths = found.geometry.explode().bounds
        assert (widths.maxx - widths.minx).max() < 0.1
