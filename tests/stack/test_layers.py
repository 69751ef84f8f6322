"""Files of several layers, zips and every format are read as what they mean, or refused."""

import zipfile

import geopandas
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS

from geoseg.errors import GridError, ReferenceMapError
from geoseg.files.parts import split_part, with_part
from geoseg.grid import Grid
from geoseg.stack.aoi import read_area
from geoseg.stack.ogr import DRIVERS, pyogrio
from geoseg.stack.shapes import notes_of, read_lines, read_points, read_polygons

UTM = CRS.from_epsg(32633)
GRID = Grid(UTM, Affine(10, 0, 500_000, 0, -10, 6_600_000), 100, 100)
HERE = shapely.box(500_100, 6_599_500, 500_300, 6_599_700)
ALSO_HERE = shapely.box(500_000, 6_599_000, 501_000, 6_600_000)
AWAY = shapely.box(700_000, 6_599_500, 700_300, 6_599_700)
POINT = shapely.Point(500_050, 6_599_950)
TRACK = shapely.LineString(HERE.exterior.coords)


def frame(*shapes, crs=32633, **columns):
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=32633).to_crs(crs)


@pytest.fixture
def package(tmp_path):
    def package(name="inventory.gpkg", **layers):
        for layer, found in layers.items():
            kind = {} if len(found) else {"geometry_type": "Polygon"}
            found.to_file(tmp_path / name, layer=layer, **kind)
        return tmp_path / name

    return package


def polygons(path, near=GRID):
    return read_polygons(path, UTM, ReferenceMapError, near)


def test_the_only_layer_with_shapes_is_meant(package):
    path = package(empty=frame(), fens=frame(HERE))
    assert polygons(path).geometry.iloc[0].equals(HERE)
    assert notes_of(polygons(path)) == ()


def test_the_only_layer_that_lies_here_is_meant_and_said(package):
    path = package(north=frame(AWAY), fens=frame(HERE, crs=4326), far=frame(AWAY, crs=3857))
    assert polygons(path).area.item() == pytest.approx(HERE.area, rel=1e-6)
    (note,) = notes_of(polygons(path))
    assert note == "inventory.gpkg: the layer fens is read; beside it there are north, far"


def test_of_several_the_user_says_which(package):
    path = package(districts=frame(ALSO_HERE), fens=frame(HERE))
    with pytest.raises(ReferenceMapError, match=r"2 layers with polygons \(districts, fens\).*"
                                                r"'inventory\.gpkg:fens'"):  # fmt: skip
        polygons(path)
    for part in ("fens", "FENS"):
        assert polygons(with_part(path, part)).geometry.iloc[0].equals(HERE)
    from_qgis = path.with_name("inventory.gpkg|layername=fens")
    assert polygons(from_qgis).geometry.iloc[0].equals(HERE)
    both = polygons(with_part(path, "all"))
    assert sorted(both.area) == [HERE.area, ALSO_HERE.area]
    with pytest.raises(ReferenceMapError, match=r"no layer bogs; it has districts, fens"):
        polygons(with_part(path, "bogs"))


def test_an_area_of_interest_is_chosen_by_the_same_rule(package):
    path = package(districts=frame(ALSO_HERE), fens=frame(HERE))
    with pytest.raises(GridError, match="2 layers with polygons"):
        read_area(path, GRID)
    assert read_area(with_part(path, "fens"), GRID).polygons == (HERE,)


def test_tables_and_other_kinds_beside_are_passed_over(package):
    path = package(sites=frame(POINT), fens=frame(HERE), tracks=frame(TRACK))
    pyogrio.write_dataframe(frame(HERE).drop(columns="geometry").assign(a=1), path, layer="notes",
                            append=True)  # fmt: skip
    assert polygons(path).geometry.iloc[0].equals(HERE)
    assert read_points(path, UTM, ReferenceMapError).geometry.iloc[0].equals(POINT)
    assert read_lines(path, UTM, ReferenceMapError).geometry.iloc[0].equals(TRACK)


def test_points_of_several_layers_are_not_guessed_either(package):
    path = package(june=frame(POINT), july=frame(POINT))
    with pytest.raises(ReferenceMapError, match="2 layers with points"):
        read_points(path, UTM, ReferenceMapError, GRID)


def test_shapes_of_another_kind_in_one_layer_are_left_out_and_said(tmp_path):
    mixed = frame(HERE, POINT, shapely.GeometryCollection([ALSO_HERE, POINT]))
    mixed.to_file(tmp_path / "mixed.geojson", driver="GeoJSON")
    found = polygons(tmp_path / "mixed.geojson")
    assert sorted(found.area.round()) == [HERE.area, ALSO_HERE.area]
    assert notes_of(found)[0].endswith("1 shapes that are no polygons (Point) are left out")


@pytest.mark.parametrize("part", ["Süßgräser", "SÜSSGRÄSER", "su\u0308ssgra\u0308ser "])
def test_layers_are_named_in_any_letters_as_classes_are(package, part):
    path = package(districts=frame(ALSO_HERE), Süßgräser=frame(HERE))
    assert polygons(with_part(path, part)).geometry.iloc[0].equals(HERE)


@pytest.mark.parametrize("ending", ["kml", "fgb", "gml", "parquet", "geoparquet", "kmz"])
def test_formats_of_every_kind_are_read_with_their_columns(tmp_path, ending):
    path = tmp_path / f"fens.{ending}"
    found = frame(HERE, crs=4326 if ending in ("kml", "kmz") else 32633, **{"class": ["fen"]})
    if "parquet" in ending:
        found.to_parquet(path)
    elif ending == "kmz":
        found.to_file(tmp_path / "doc.kml", driver="LIBKML")
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(tmp_path / "doc.kml", "doc.kml")
    else:
        found.to_file(path, driver={"kml": "LIBKML", "fgb": "FlatGeobuf", "gml": "GML"}[ending])
    before = sorted(tmp_path.iterdir())
    read = polygons(path)
    assert read.area.item() == pytest.approx(HERE.area, rel=1e-4)
    assert read["class"].tolist() == ["fen"]
    assert sorted(tmp_path.iterdir()) == before


@pytest.fixture
def zipped(tmp_path):
    def zipped(name, files):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for inside, content in files.items():
                archive.writestr(inside, content)
        return tmp_path / name

    return zipped


def parts(tmp_path, shape, stem="fens"):
    """The files of a shapefile."""
    folder = tmp_path / stem
    folder.mkdir()
    frame(shape).to_file(folder / f"{stem}.shp")
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


JUNK = {
    "__MACOSX/fens/._fens.shp": b"\0\5\x16\7", ".DS_Store": b"x", "fens/Thumbs.db": b"x",
    "fens/._fens.dbf": b"x", "readme.pdf": b"%PDF", "../evil.gpkg": b"SQLite format 3\0",
}  # fmt: skip


@pytest.mark.parametrize("name", ["fens/fens{}", "a/b/FENS{}", "Feuchtgebiete Süd{}"])
@pytest.mark.parametrize("upper", [False, True])
def test_a_zipped_shapefile_is_read_whatever_lies_beside_it(tmp_path, zipped, name, upper):
    found = parts(tmp_path, HERE)
    files = {name.format(e.upper() if upper else e): c for e, c in found.items()}
    assert polygons(zipped("fens.zip", files | JUNK)).geometry.iloc[0].equals(HERE)


@pytest.mark.parametrize("beside", [b'{"version": 1}', b"[1, 2]", b'{"type": "Topology"}', b"null"])
def test_json_of_other_things_beside_shapes_is_passed_over(tmp_path, zipped, beside):
    files = {f"fens{e}": c for e, c in parts(tmp_path, HERE).items()}
    path = zipped("fens.zip", files | {"style.json": beside})
    assert polygons(path).geometry.iloc[0].equals(HERE)


@pytest.mark.parametrize("beside", [b'{"type": "FeatureCollection", "featu', b"words"])
def test_damaged_json_beside_shapes_is_told_and_so_is_json_alone(tmp_path, zipped, beside):
    files = {f"fens{e}": c for e, c in parts(tmp_path, HERE).items()}
    with pytest.raises(ReferenceMapError, match=r"style\.json"):
        polygons(zipped("fens.zip", files | {"style.json": beside}))
    with pytest.raises(ReferenceMapError, match=r"style\.json is JSON without shapes"):
        polygons(zipped("alone.zip", {"style.json": b'{"version": 1}'}))


def test_several_files_in_a_zip_are_its_layers(tmp_path, zipped):
    files = {f"old/old{e}": c for e, c in parts(tmp_path, ALSO_HERE, "old").items()}
    frame(HERE).to_file(tmp_path / "fens.gpkg")
    path = zipped("both.zip", files | {"new/fens.gpkg": (tmp_path / "fens.gpkg").read_bytes()})
    with pytest.raises(ReferenceMapError, match=r"2 layers with polygons \(old, fens\)"):
        polygons(path)
    assert polygons(with_part(path, "fens")).geometry.iloc[0].equals(HERE)


@pytest.mark.parametrize("ending", ["geojson", "fgb", "parquet", "kml"])
def test_a_zip_may_hold_any_of_the_formats(tmp_path, zipped, ending):
    path = tmp_path / f"fens.{ending}"
    if ending == "parquet":
        frame(HERE).to_parquet(path)
    else:
        frame(HERE, crs=4326).to_file(path, driver="KML" if ending == "kml" else None)
    found = polygons(zipped("fens.zip", {f"deep/{path.name}": path.read_bytes()}))
    assert found.area.item() == pytest.approx(HERE.area, rel=1e-4)


def test_what_a_zip_lacks_is_said(tmp_path, zipped):
    found = parts(tmp_path, HERE)
    with pytest.raises(ReferenceMapError, match=r"a\.zip holds fens\.shp without its \.shx"):
        polygons(zipped("a.zip", {f"fens{e}": found[e] for e in (".shp", ".dbf")}))
    with pytest.raises(ReferenceMapError, match=r"holds the raster map\.tif; unpack it"):
        polygons(zipped("b.zip", {"map.tif": b"II*\0"}))
    with pytest.raises(ReferenceMapError, match="holds nothing, no file of shapes"):
        polygons(zipped("c.zip", {"__MACOSX/._x.shp": b"x"}))


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch, zipped):
    monkeypatch.setattr("geoseg.stack.archives.LARGEST_BYTES", 10**6)
    with pytest.raises(ReferenceMapError, match="unpacks to more than"):
        polygons(zipped("bomb.zip", {"a.geojson": b" " * (2 * 10**6)}))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.kml", '<!DOCTYPE kml [<!ENTITY a "b">]><kml/>', "declares a document type"),
        ("a.gml", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "declares a document type"),
        ("a.kml", "<OGRVRTDataSource/>", "begins with OGRVRTDataSource; expected kml"),
        ("a.gml", "<OGRVRTDataSource/>", "no GML"),
        ("a.kml", "<kml><Document>", "cut off or damaged"),
        ("a.json", '{"type": "gdal_streamed_alg", "type": "FeatureCollection"}', "damaged JSON"),
        ("a.json", '{"type": "Topology"}', "without shapes"),
        ("a.fgb", "SQLite format 3", "not what its name says"),
        ("a.parquet", "PAR1 and no more", "cut off or damaged"),
    ],
)
def test_a_file_of_another_kind_opens_nothing(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(ReferenceMapError, match=words):
        polygons(tmp_path / name)


def test_only_the_drivers_of_the_list_are_left():
    assert set(pyogrio.list_drivers()) <= set(DRIVERS)


def test_a_part_is_split_from_a_file_that_is_there_and_from_nothing_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame(HERE).to_file("a.gpkg")
    (tmp_path / "b.gpkg:c").write_text("a file with a colon in its name")
    here = tmp_path / "a.gpkg"
    assert split_part(with_part(here, "x:y")) == (here, "x:y")
    assert split_part(tmp_path / "b.gpkg:c") == (tmp_path / "b.gpkg:c", "")
    assert split_part(tmp_path / "gone.gpkg:c")[1] == ""


def test_a_name_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("http:fens.gpkg", "zip:fens.fgb"):
        plain = tmp_path / f"x{name[-5:].replace('s', '')}"
        frame(HERE).to_file(plain)
        plain.rename(tmp_path / name)
        assert polygons(type(tmp_path)(name)).geometry.iloc[0].equals(HERE)


def test_an_outline_cut_at_180_degrees_is_one_again_on_the_grid(tmp_path):
    """RFC 7946, 3.1.9: what crosses the antimeridian is cut in two."""
    crs = CRS.from_epsg(32760)
    whole = shapely.box(818_000, 8_098_000, 820_500, 8_099_000)
    degrees = shapely.union_all([shapely.box(179.9, -17, 180, -16.9),
                                 shapely.box(-180, -17, -179.9, -16.9)])  # fmt: skip
    geopandas.GeoDataFrame(geometry=[degrees], crs=4326).to_file(tmp_path / "a.geojson")
    (found,) = read_polygons(tmp_path / "a.geojson", crs, ReferenceMapError).geometry
    assert found.geom_type == "Polygon"
    assert found.bounds[2] - found.bounds[0] < 25_000
    geopandas.GeoDataFrame(geometry=[whole], crs=32760).to_file(tmp_path / "b.gpkg")
    (same,) = read_polygons(tmp_path / "b.gpkg", crs, ReferenceMapError).geometry
    assert same.equals(whole)
