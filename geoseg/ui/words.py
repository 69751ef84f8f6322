"""Every term of the app in plain words, and numbers as a person reads them."""

from datetime import UTC, datetime

TERMS: dict[str, str] = {
    "study area": "The place you want to map: its rasters, which band is which, and a reference "
    "if you have one.",
    "replace area": "Replacing cannot be undone: the choices of the area before are gone, and its "
    "runs, points and references then stand beside other rasters. Keeping both loses nothing.",
    "band": "One layer of numbers over the area, such as radar brightness, slope or greenness.",
    "setting": "Which bands the networks look at. More kinds of evidence usually give a better "
    "map.",
    "member": "One trained network. Each was trained a little differently and makes its own "
    "mistakes.",
    "ensemble size": "How many networks are asked; their answers are averaged. More of them give "
    "a steadier map and take longer. The best by validation F1 come first.",
    "validation F1": "How well the network did on areas it was not trained on: 1 is perfect, "
    "0 is useless. It ranks the networks.",
    "zoo": "The collection of trained networks to choose from: those that come with GeoSeg, or your "
    "own from the page Train. Networks that learned from ground like yours make the better map.",
    "threshold": "The probability from which a place counts as found. Lower finds more but raises "
    "more false alarms. You can move it later on the map without running again.",
    "minimum area": "Found patches smaller than this are left out of the outlines. The maps "
    "(GeoTIFF) keep every pixel.",
    "buffer": "Outlines grow by so much on every side, and those that then touch become one, as a "
    "mapper would draw a ravine in one piece. The maps (GeoTIFF) keep every pixel.",
    "precision of the arithmetic": "Exact computes with full numbers. Fast uses shorter ones where "
    "the processor or GPU has them: done in about half the time, and a few pixels may fall on the "
    "other side of the threshold.",
    "reference": "What people mapped in the field or from images. The prediction is measured by "
    "it. This run does not look at it to make the map, but the networks may have learned from the "
    "same ground before: where their cards tell, scores of such ground stand apart from those of "
    "unseen ground.",
    "unseen ground": "Ground that none of the networks asked learned from or was chosen on. Only "
    "its scores tell how well a new place would be mapped.",
    "taught ground": "Ground that some network asked learned from, or that chose its weights "
    "(validation). Scores there are better than those of new ground will be. A pixel counts as "
    "taught as soon as such ground touches it; networks see somewhat beyond its edge, and no margin "
    "is left out for that.",
    "reference classes": "Class numbers of a land-cover map that count as the feature you are "
    "looking for, for example 6 for wetland.",
    "probability": "How sure the ensemble is that the feature is here, 0 to 1.",
    "spread": "How far the networks' answers lie apart (standard deviation). High where they "
    "contradict each other: look there first.",
    "agreement": "Share of the networks that say yes on their own.",
    "entropy": "How near the probability is to one half, 0 sure to 1 a coin toss.",
    "mutual information": "The part of the doubt that comes from networks contradicting each other. "
    "More and better training ground can lower it; what remains is in the images themselves.",
    "single best network": "The one network of the highest validation F1 among those asked, alone.",
    "comparison": "Everything that is counted of a map beside its reference: maps of right and "
    "wrong, scores by sub-area and kind of ground, whole features, corrected area.",
    "coverage": "Share of the needed bands that have a value. Low where radar saw nothing.",
    "simulated": "Made by a computer model, not measured. Good for learning the tool, not for "
    "decisions about real ground.",
    "no data": "Places without a value in any band. They stay empty on every map and do not count "
    "in any score.",
    "fill": "A number such as -9999 that stands alone, far from all others, where nothing was "
    "measured, though the file does not say so. Counted as missing unless you keep it as measured.",
    "grid": "Where the pixels lie: coordinate system, pixel size, rows and columns. All bands are "
    "put on it.",
}
"""Term -> its help text."""

SCORES: dict[str, tuple[str, str]] = {
    "f1": (
        "F1",
        (
            "One number for both kinds of mistake: 1 is perfect, 0 is useless. The balance of"
            " precision and recall."
        ),
    ),
    "precision": (
        "Precision",
        (
            "Of all that the map shows as found, the share that is in the reference. Low "
            "means many false alarms."
        ),
    ),
    "recall": (
        "Recall",
        (
            "Of all that is in the reference, the share that the map found. Low means much "
            "was missed."
        ),
    ),
    "iou": (
        "IoU",
        (
            "Overlap: area found and in the reference, divided by the area that is in either."
            " Stricter than F1."
        ),
    ),
    "mcc": (
        "MCC",
        (
            "Agreement beyond chance, also fair where the feature is rare: 1 is perfect, 0 is"
            " like guessing, -1 is always wrong."
        ),
    ),
    "accuracy": (
        "Accuracy",
        (
            "Share of all pixels that are right. High by itself where the feature is rare, so"
            " never read it alone."
        ),
    ),
    "balanced_accuracy": (
        "Balanced accuracy",
        "Mean of the share found of the feature and the share rightly left out elsewhere.",
    ),
}
"""Name in metrics.json -> what the app calls it, what it means."""

STATUS: dict[str, tuple[str, str]] = {
    "queued": ("waiting", "gray"),
    "running": ("running", "blue"),
    "finished": ("finished", "green"),
    "failed": ("failed", "red"),
    "cancelled": ("cancelled", "orange"),
}
"""State of a run -> word, colour of its badge."""

HOW_MATCHED: dict[str, str] = {
    "description": "named inside the file",
    "file name": "by the file's name",
    "order": "by its place in the file: please check",
    "chosen": "chosen by you",
    "missing": "not found",
}

PRODUCT_HELP: dict[str, str] = {
    "report.html": "Maps and numbers in one file; any web browser opens and prints it.",
    "report.pdf": "The same report to print, to send, or to put beside a permit.",
    "classes.tif": "1 where the feature is, or the number of its class; 0 elsewhere, 255 no data.",
    "probability.tif": "The ensemble's probability, before any threshold. QGIS, ArcGIS.",
    "spread.tif": "High where the networks contradict each other. QGIS, ArcGIS.",
    "agreement.tif": "Share of the networks that say yes on their own. QGIS, ArcGIS.",
    "entropy.tif": "High where the probability is near one half: a coin toss. QGIS, ArcGIS.",
    "mutual_information.tif": "The part of the doubt that comes from networks contradicting each "
    "other. QGIS, ArcGIS.",
    "single_best.tif": "What the one best network says by itself, to set beside all. QGIS, ArcGIS.",
    "coverage.tif": "Percent of the needed bands that have a value. QGIS, ArcGIS.",
    "polygons.gpkg": "Outlines with area, perimeter, mean probability. Best for QGIS and ArcGIS.",
    "polygons.shp.zip": "The same outlines for older software; unzip first.",
    "polygons.geojson": "The same outlines in degrees, for web maps and scripts.",
    "polygons.kml": "The same outlines for Google Earth.",
    "taught_ground.gpkg": "Where the networks learned, and where they were chosen. QGIS, ArcGIS.",
    "confusion.tif": "1 rightly found, 2 false alarm, 3 missed, 4 rightly left out. QGIS, ArcGIS.",
    "reference.tif": "The reference as it was compared, on the grid of the map. QGIS, ArcGIS.",
    "reference_classes.tif": "Class numbers of the reference on the map's grid, 255 unknown.",
    "metrics.json": "All scores and counts; any text editor, Python, R.",
    "curves.json": "What the scores would be at every threshold; Python, R.",
    "ensemble_sizes.json": "Scores of each network and of the mean of the first 2, 3, ...; Python, R.",
    "stac.json": "Place, time, files and their meaning, for data catalogues such as STAC browsers.",
    "run.json": "Every choice, the networks with their checksums, times. Keep it with the map.",
}
"""Product -> what it holds and what opens it."""

COMPARISON_HELP: dict[str, str] = {
    "confusion.tif": "1 rightly found, 2 false alarm, 3 missed, 4 rightly left out. QGIS, ArcGIS.",
    "single_vs_ensemble.tif": "Where the best network alone and all together are right and wrong: "
    "1 red to 7 white. QGIS, ArcGIS.",
    "difference.tif": "Where only one of two maps says so: 1 this one, -1 the other. QGIS, ArcGIS.",
    "probability_difference.tif": "Probability of this run minus the other's, -1 to 1. QGIS.",
    "map.tif": "The map that is no run, on the grid it was compared on. QGIS, ArcGIS.",
    "other_map.tif": "The other map on the grid of this one. QGIS, ArcGIS.",
    "run_vs_run.tif": "The same for two runs: 1 red to 7 white. QGIS, ArcGIS.",
    "reference.tif": "The reference as it was compared, on the grid of the map. QGIS, ArcGIS.",
    "reference_classes.tif": "Class numbers of the reference on the map's grid, 255 unknown.",
    "objects.gpkg": "Outlines of map and reference with what became of each. QGIS, ArcGIS.",
    "objects.csv": "The same as a table; any spreadsheet.",
    "lines.gpkg": "Mapped lines, and how much of each the map holds. QGIS, ArcGIS.",
    "points.gpkg": "Reference points with what the map says there. QGIS, ArcGIS.",
    "areas.csv": "Scores by sub-area, slope, aspect, land cover; any spreadsheet.",
    "visits.gpkg": "Points with why each is worth a visit, the most unsure first. QGIS, ArcGIS.",
    "visits.csv": "The same with longitude and latitude; any spreadsheet.",
    "visits.gpx": "The same for a GPS or a phone.",
    "label_next.gpkg": "Outlines where map and reference differ, the largest first. QGIS, ArcGIS.",
    "label_next.csv": "The same as a table; any spreadsheet.",
    "curves.json": "What the scores would be at every threshold; Python, R.",
    "metrics.json": "All scores, counts and intervals; any text editor, Python, R.",
}
"""File of a comparison -> what it holds and what opens it."""


def size(count_bytes: int) -> str:
    """Return 1536 as '1.5 KB'."""
    amount = float(count_bytes)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"


def duration(seconds: float) -> str:
    """Return 75 as '1 min 15 s'."""
    if seconds < 1:
        return "under a second"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest if not hours else 0, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def when(stamp: str | None) -> str:
    """Return an ISO time as '22 Nov 2026, 16:41 UTC'; nothing for None."""
    if not stamp:
        return ""
    moment = datetime.fromisoformat(stamp)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def area(square_metres: float) -> str:
    """Return an area in the unit a geologist would use."""
    if square_metres >= 1e6:  # noqa: PLR2004
        return f"{square_metres / 1e6:,.1f} km²"
    if square_metres >= 1e4:  # noqa: PLR2004
        return f"{square_metres / 1e4:,.1f} ha"
    return f"{square_metres:,.0f} m²"
