"""The demo area mapped, compared and drawn -> docs/figures.md: every figure of prediction and truth.

python examples/draw_article_figures.py docs [FOLDER FOR THE RUNS]

Needs Chromium for the charts. The runs are kept where a folder is named, and used again.
"""

import csv
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import article_pictures as pictures
import geopandas as gpd
import jinja2
import shapely

from geoseg.comparison import CompareRequest, compare
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.object_files import grid_of, reference_objects
from geoseg.evaluation.objects import ObjectSettings
from geoseg.figures import compare as charts
from geoseg.figures import compare_ground, compare_sure
from geoseg.figures.compare_lines import lines_map
from geoseg.pipeline import RunRequest, run
from geoseg.settings import RunSettings
from geoseg.simulate import demo_area

SETTINGS = {"s1": "Sentinel-1", "s2": "Sentinel-2", "s1s2": "both", "all": "all bands"}
MAIN, OTHER = "s1s2", "s2"
MEMBERS = 20
SIZES = (1, 10, 20, 40)


def main(docs: Path, folder: Path) -> None:
    stack, reference = demo_area(folder)
    runs = {name: map_area(name, stack, reference, folder) for name in SETTINGS}
    areas, lines = quarters(reference, folder), axes(reference, folder)
    records = {}
    for name, made in runs.items():
        request = CompareRequest(
            run=made,
            other=runs[OTHER] if name != OTHER else None,
            rasters=(stack,),
            areas=areas,
            lines=lines,
            objects=ObjectSettings(same_smallest=False, join_touching=False),
        )
        records[name] = compare(request, folder / f"compared_{name}")
    out = docs / "pictures" / "figures"
    out.mkdir(parents=True, exist_ok=True)
    draw_maps(runs, folder, stack, out)
    draw_charts(records, folder, out)
    template = Path(__file__).with_name("figures.md.jinja").read_text(encoding="utf-8")
    text = jinja2.Template(template, trim_blocks=True, lstrip_blocks=True).render(
        tables=tables(records, folder), sizes=SIZES, members=MEMBERS
    )
    (docs / "figures.md").write_text(text, encoding="utf-8")


def map_area(name: str, stack: Path, reference: Path, folder: Path) -> Path:
    """Map the demo area with the networks of one setting, unless that was done before."""
    out = folder / f"run_{name}"
    if not (out / "run.json").is_file():
        settings = RunSettings(setting=name, ensemble_size=MEMBERS)
        title = f"{SETTINGS[name]}, {MEMBERS} networks"
        request = RunRequest(
            rasters=(stack,), settings=settings, reference=reference, title=title, simulated=True
        )
        run(request, out)
    return out


def quarters(reference: Path, folder: Path) -> Path:
    """Write the quarters of the area as sub-areas A to D."""
    left, bottom, right, top = grid_of(reference).bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    boxes = [(left, y, x, top), (x, y, right, top), (left, bottom, x, y), (x, bottom, right, y)]
    shapes = [shapely.box(*box) for box in boxes]
    return written(folder / "areas.gpkg", reference, shapes, name=list("ABCD"))


def axes(reference: Path, folder: Path) -> Path:
    """Write the long axis of every mapped slide, as a geologist would draw a line down it."""
    outlines = reference_objects(reference, grid_of(reference)).geometry
    shapes = []
    for outline in outlines:
        corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(outline))[:4]
        first, second = corners[1] - corners[0], corners[2] - corners[1]
        long, short = sorted((first, second), key=lambda side: -float(side @ side))
        middle = corners[0] + short / 2 if long is first else corners[1] - first / 2
        # A slide that bends leaves its axis: the line ends where the slide does.
        axis = shapely.intersection(shapely.LineString([middle, middle + long]), outline)
        shapes += [part for part in shapely.get_parts(axis) if part.geom_type == "LineString"]
    return written(folder / "lines.gpkg", reference, shapes)


def written(path: Path, reference: Path, shapes: list[Any], **columns: list[str]) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=grid_of(reference).crs.to_wkt())
    frame.to_file(path, driver="GPKG")
    return path


def draw_maps(runs: dict[str, Path], folder: Path, stack: Path, out: Path) -> None:
    compared = {name: folder / f"compared_{name}" for name in runs}
    light = pictures.relief(stack)
    titles = list(SETTINGS.values())
    four = [pictures.confusion(compared[name] / "confusion.tif", light) for name in runs]
    pictures.save(pictures.panels(four, titles, 2), out / "right_and_wrong.png")
    seven = [pictures.seven(compared[name] / "single_vs_ensemble.tif", light) for name in runs]
    pictures.save(pictures.panels(seven, titles, 2), out / "seven_colours.png")
    places = pictures.close_ups(runs[MAIN] / "reference.tif")
    near = [picture[place] for picture in seven for place in places]
    named = [f"{title}, close-up {number}" for title in titles for number in (1, 2)]
    pictures.save(pictures.panels(near, named, 4), out / "seven_colours_near.png")
    detail = pictures.detail(runs[MAIN], light, places[0])
    words = ["reference", "prediction, pixels", "after post-processing, outlines"]
    pictures.save(pictures.panels(detail, words, 3), out / "detail.png")


def draw_charts(records: dict[str, Any], folder: Path, out: Path) -> None:
    record = records[MAIN]
    at = folder / f"compared_{MAIN}"
    curve = ScoreHistogram.from_record(json.loads((at / "curves.json").read_text()))
    lines = [gpd.read_file(at / "lines.gpkg", layer=layer) for layer in ("lines", "outlines")]
    places = [
        charts.Placed.of(f"{SETTINGS[name]}, best {row['k']}", SETTINGS[name], row)
        for name, other in records.items()
        for row in other["ensemble_sizes"]["sizes"]
        if row["k"] in SIZES
    ]
    slopes = [row for row in record["strata"] if row["kind"] == "slope"]
    figures = {
        "performance_diagram": charts.performance_diagram(places),
        "f1_by_size": charts.f1_by_size(record["ensemble_sizes"]),
        "precision_recall": charts.precision_recall(curve, record["threshold"]),
        "reliability": charts.reliability(curve),
        "confusion_matrix": charts.error_matrix(record),
        "seven_counts": charts.seven_colours(record["seven_colours"]),
        "sub_areas": compare_ground.by_group(record["areas"]),
        "by_slope": compare_ground.by_group(slopes),
        "objects_by_size": compare_ground.object_counts(record["objects"]),
        "selective": compare_sure.selective(record["selective"]),
        "calibration": compare_sure.calibration(curve, record["calibration"]["temperature"]),
        "lines": lines_map(*lines),
    }
    pictures.save_charts(figures, out)


def tables(records: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what the tables of the page show."""
    by_setting = {SETTINGS[name]: record for name, record in records.items()}
    sizes = {
        title: {row["k"]: row for row in record["ensemble_sizes"]["sizes"]}
        for title, record in by_setting.items()
    }
    cards = json.loads((folder / f"run_{MAIN}" / "run.json").read_text())["members"]
    alone = {row["name"]: row for row in records[MAIN]["ensemble_sizes"]["members"]}
    ranked = [(card, alone[card["name"]]) for card in cards[:10]]
    with (folder / f"compared_{MAIN}" / "areas.csv").open() as file:
        kinds = {row["kind"] for row in csv.DictReader(file)}
    return {"settings": by_setting, "sizes": sizes, "ranked": ranked, "main": records[MAIN],
            "kinds": sorted(kinds)}  # fmt: skip


if __name__ == "__main__":
    target = Path(sys.argv[1])
    if len(sys.argv) > 2:  # noqa: PLR2004
        Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
        main(target, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as place:
            main(target, Path(place))
