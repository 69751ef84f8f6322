"""geoseg compare: two folders in, a folder out; mistakes end with 2 and one sentence."""

import json

import pytest
import shapely

from geoseg.cli import main
from tests.comparison import made_up, made_up_classes


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return made_up.make_run(folder / "first"), made_up.make_run(folder / "second", shift=2)


def test_two_runs_are_compared(runs, tmp_path, capsys):
    out = tmp_path / "out"
    code = main(["compare", *map(str, runs), "--out", str(out), "--json"])
    assert code == 0
    record = json.loads(capsys.readouterr().out)
    assert record == json.loads((out / "metrics.json").read_text())
    assert (record["run"], record["other"]) == ("first", "second")
    expected = ("confusion.tif", "single_vs_ensemble.tif", "objects.csv", "areas.csv")
    assert all((out / name).is_file() for name in expected)


def test_the_rules_for_objects_are_said_and_switched(runs, tmp_path, capsys):
    corner = made_up.write_shapes(
        tmp_path / "truth.gpkg",
        [made_up.box(10, 10, 10, 10), made_up.box(20, 20, 10, 10), made_up.box(50, 50, 0.5, 1)],
    )
    words = ["compare", str(runs[0]), "--reference", str(corner), "--json"]
    usual, switched = tmp_path / "usual", tmp_path / "switched"
    assert main([*words, "--out", str(usual)]) == 0
    first = json.loads(capsys.readouterr().out)["objects"]
    assert main([*words, "--out", str(switched), "--every-size", "--touching-apart"]) == 0
    second = json.loads(capsys.readouterr().out)["objects"]
    # The map cannot show less than a pixel, and the last one is half of it.
    assert (first["overlap"]["detected"], first["overlap"]["missed"]) == (1, 0)
    assert first["too_small"] == 1
    assert "too small" in (usual / "objects.csv").read_text()
    assert (second["overlap"]["detected"], second["overlap"]["missed"]) == (2, 1)
    assert all(rule in json.loads((usual / "metrics.json").read_text())["notes"]
               for rule in first["rules"])  # fmt: skip


def test_a_person_reads_a_table(runs, tmp_path, capsys):
    areas = made_up.write_shapes(tmp_path / "areas.gpkg", [made_up.box(0, 30, 60, 30)])
    code = main(["compare", str(runs[0]), "--areas", str(areas), "--out", str(tmp_path / "out")])
    shown = capsys.readouterr().out
    assert code == 0
    assert "area 1 (few)" in shown
    assert "any overlap" in shown
    assert "written to" in shown


def test_several_classes_have_tables_of_their_own(tmp_path, capsys):
    run = made_up_classes.make_run(tmp_path / "ravines")
    areas = made_up.write_shapes(tmp_path / "areas.gpkg", [made_up.box(0, 0, 35, 60)])
    points = made_up.write_shapes(
        tmp_path / "points.gpkg",
        [shapely.Point(made_up.corner(place + 0.5, place + 0.5)) for place in (5, 15, 45)],
        **{"class": ["no ravine", "smooth ravine", "sharp ravine"]},
    )
    words = ["compare", str(run), "--areas", str(areas), "--points", str(points)]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out.splitlines()
    (of_area,) = [line.split() for line in shown if line.startswith("area 1") and "-" in line]
    # Only the smooth square lies there: F1 600 / 700, of the sharp one none.
    assert of_area == ["area", "1", "0.857", "0.857", "-"]
    (of_points,) = [line.split() for line in shown if line.startswith("at the points")]
    assert of_points[-3:] == ["0.333", "0.667", "0.000"]


def test_areas_of_a_map_are_told_by_class(tmp_path, capsys):
    run = made_up_classes.make_run(tmp_path / "ravines")
    areas = made_up.write_shapes(tmp_path / "areas.gpkg", [made_up.box(0, 0, 35, 60)])
    truth = str(run / "reference_classes.tif")
    words = ["evaluate", str(run / "classes.tif"), truth, "--areas", str(areas)]
    assert main([*words, "--task", "ravines"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert ["area", "1", "0.857", "0.857", "-"] in [line.split() for line in shown]


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("expected the folder of a finished run", ["RUNS"]),
        ("takes one or two runs or maps", ["RUN", "RUN", "RUN"]),
        ("there is no file", ["RUN", "--reference", "gone.gpkg"]),
        ("impossible choice", ["RUN", "--tolerance", "-1"]),
    ],
)
def test_a_mistake_ends_with_one_sentence(runs, tmp_path, capsys, words, arguments):
    names = {"RUN": str(runs[0]), "RUNS": str(runs[0].parent)}
    given = [names.get(word, word) for word in arguments]
    assert main(["compare", *given, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()


def test_a_map_of_others_is_set_beside_a_run(runs, tmp_path, capsys):
    old = made_up.write_shapes(
        tmp_path / "old.gpkg", [made_up.box(10, 12, 20, 20), made_up.box(0, 0, 9, 9)], 4326,
        Typ=["Moor", "Wald"],
    )  # fmt: skip
    points = made_up.write_shapes(
        tmp_path / "points.gpkg",
        [shapely.Point(made_up.corner(20.5, col + 0.5)) for col in (11, 20, 33, 50)],
        Art=["Hochmoor", "fen", "Wald, nass", "Wald"],
    )
    words = ["compare", str(runs[0]), str(old), "--other-positive", "moor", "--points", str(points)]
    words += ["--point-class", "ART", "--point-feature", "hochmoor,Fen", "--tolerance", "0"]
    assert main([*words, "--out", str(tmp_path / "out"), "--json"]) == 0
    told = capsys.readouterr()
    record = json.loads(told.out)
    assert record["beside"]["points"]["paired"]["only_second"] == 1
    assert "note: old.gpkg: Moor in column Typ counts as landslide, Wald as none" in told.err
    assert "note: at 4 points that both maps know, first is right at 50.0%" in told.err
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert "only old.gpkg" in capsys.readouterr().out
    assert main([*words[:-4], "--point-feature", "Mire", "--out", str(tmp_path / "no")]) == 2
    assert 'holds fen, Hochmoor, Wald, "Wald, nass"; say' in capsys.readouterr().err


def test_a_map_is_evaluated_by_points_alone(runs, tmp_path, capsys):
    points = made_up.write_shapes(
        tmp_path / "points.gpkg",
        [shapely.Point(made_up.corner(20.5, col + 0.5)) for col in (11, 20, 50)],
        **{"class": ["Landslide", "LANDSLIDE", "no landslide"]},
    )
    words = ["evaluate", str(runs[0] / "classes.tif"), "--points", str(points)]
    words += ["--task", "landslides", "--tolerance", "0"]
    assert main([*words, "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["points"]["at_point"]["accuracy"] == pytest.approx(2 / 3)
    assert "note: points: Landslide in column class counts as landslide" in told.err
    assert main(words) == 0
    assert "3 points" in capsys.readouterr().out
    assert main(["evaluate", str(runs[0] / "classes.tif")]) == 2
    assert "nothing to compare with: give a REFERENCE" in capsys.readouterr().err
