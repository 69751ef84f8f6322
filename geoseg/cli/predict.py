"""geoseg predict: rasters -> maps, outlines, scores and a report in a folder."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import (
    AsJson,
    Device,
    Fill,
    Models,
    Positive,
    Precision,
    TaskName,
    band_choices,
    class_ids,
    fill_choice,
    names,
)
from geoseg.cli.output import ProgressLine, show, tell, warn

DEFAULT_MEMBERS = 10
SHOWN = ("precision", "recall", "f1", "iou", "mcc")


def predict(
    rasters: Annotated[
        list[Path],
        typer.Argument(
            metavar="RASTER...", help="GeoTIFF files; tiles of one scene are mapped together."
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    task: TaskName = "landslides",
    setting: Annotated[
        str,
        typer.Option(
            "--setting", help="Named choice of bands, such as s1s2; `geoseg tasks list` tells them."
        ),
    ] = "",
    ensemble_size: Annotated[
        int,
        typer.Option("--ensemble-size", metavar="K", help="Average the K best networks; else ten."),
    ] = 0,
    members: Annotated[
        str, typer.Option("--members", metavar="A,B", help="Average just these networks.")
    ] = "",
    models: Models = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="FILE",
            help="Mapped truth to score by; a layer or band may follow its name: a.gpkg:fens.",
        ),
    ] = None,
    positive: Positive = "",
    aoi: Annotated[
        Path | None, typer.Option("--aoi", metavar="FILE", help="Polygons: map only inside them.")
    ] = None,
    bands: Annotated[
        list[str] | None,
        typer.Option(
            "--bands",
            metavar="BAND=FILE#N",
            help="Say which layer a band is read from; once for each tile where tiles differ.",
        ),
    ] = None,
    combination: Annotated[
        str,
        typer.Option(
            "--combination",
            help="How the networks become one map: mean; greedy or weighted, as fitted by "
            "`geoseg models rank`.",
        ),
    ] = "mean",
    turns: Annotated[
        bool,
        typer.Option("--turns", help="Show every tile in eight positions: eight times the time."),
    ] = False,
    calibrated: Annotated[
        bool | None,
        typer.Option(
            "--calibrated/--as-it-is",
            help="Correct the probability as validation scenes want it, or not; else only that of "
            "combination greedy, which is chosen for right pixels alone.",
        ),
    ] = None,
    threshold: Annotated[
        str,
        typer.Option(
            "--threshold",
            help="Probability from which a pixel counts as feature, or: validation, the best "
            "threshold on validation scenes.",
        ),
    ] = "0.5",
    min_area: Annotated[
        float | None,
        typer.Option("--min-area", metavar="M2", help="Leave out smaller outlines."),
    ] = None,
    buffer: Annotated[
        float | None,
        typer.Option(
            "--buffer",
            metavar="M",
            help="Widen outlines by so many metres and join those that then touch; else as the "
            "task's article does.",
        ),
    ] = None,
    tile: Annotated[int, typer.Option("--tile", help="Side of a tile, pixels.")] = 256,
    overlap: Annotated[int, typer.Option("--overlap", help="Overlap of tiles, pixels.")] = 64,
    precision: Precision = "exact",
    device: Device = "auto",
    fill: Fill = "auto",
    title: Annotated[str, typer.Option("--title", help="Heading of the report.")] = "",
    as_json: AsJson = False,
) -> None:
    """Map a feature from rasters by an ensemble of trained networks.

    Example:
    geoseg predict GewataB*.tif --task wetlands --ensemble-size 4
    --reference lulcGewata.tif --out gewata
    """
    from geoseg import pipeline
    from geoseg.pipeline.plan import only_setting, resolve_task
    from geoseg.settings import RunSettings, TileSettings

    chosen, wanted, feature_ids = band_choices(bands or []), names(members), class_ids(positive)
    known = resolve_task(task, models)
    setting = known.setting(setting).name if setting else only_setting(rasters, known, chosen)
    choices: dict[str, Any] = {
        "task": task,
        "setting": setting,
        "ensemble_size": ensemble_size
        or len(wanted)
        or _usual_size(models, task, setting, combination),
        "members": wanted,
        "combination": combination,
        "turns": turns,
        "calibrated": combination == "greedy" if calibrated is None else calibrated,
        **_threshold(threshold),
        "min_area_m2": known.min_area_m2 if min_area is None else min_area,
        "buffer_m": known.post.buffer_m if buffer is None else buffer,
        "tiles": TileSettings(size=tile, overlap=overlap),
        "precision": precision,
        "device": device,
        "fill": fill_choice(fill),
    }
    request = pipeline.RunRequest(
        rasters=tuple(rasters),
        settings=RunSettings(**choices),
        bands=chosen,
        models=models,
        reference=reference,
        positive=feature_ids,
        aoi=aoi,
        title=title,
    )
    line = ProgressLine()
    try:
        record = pipeline.run(request, out, line)
    finally:
        line.close()
    warn(record["warnings"])
    tell(record["notes"])
    show(record, _summary(record, out), as_json=as_json)


def _threshold(text: str) -> dict[str, Any]:
    """Read a number, or the word that leaves the number to validation.

    Raises:
        typer.BadParameter: It is neither.
    """
    if text == "validation":
        return {"threshold_by": text}
    try:
        return {"threshold": float(text)}
    except ValueError:
        raise typer.BadParameter(
            f"--threshold takes a number such as 0.5, or validation, got {text!r}."
        ) from None


def _usual_size(models: Path | None, task: str, setting: str, combination: str) -> int:
    """Return the ensemble size where the user did not say: ten, or all that a fit could choose."""
    from geoseg.models.combination import find_ensembles
    from geoseg.models.zoo import list_members

    fitted = find_ensembles(models, task, setting) if combination != "mean" else None
    if fitted is not None and fitted.sizes(combination):
        return fitted.sizes(combination)[-1]
    return max(1, min(DEFAULT_MEMBERS, len(list_members(models, task, setting))))


def _summary(record: dict[str, Any], out: Path) -> str:
    """Return what a person wants to know of a finished run."""
    from geoseg.evaluation.by_ground import leading
    from geoseg.exports.disk import size_words

    found, metrics = record["summary"], record["metrics"] or {}
    part, led = leading(metrics)
    told = metrics.get("ground") or record.get("ground") or {}
    shown_of: list[tuple[str, object]] = []
    ground: list[tuple[str, object]] = []
    if part == "unseen" and metrics["taught"]["pixels"]:
        shown_of = [("scores of", "unseen ground")]
        ground = [("f1, taught ground", metrics["taught"]["f1"]), ("f1, both", metrics["f1"])]
    if told:
        ground.append(("ground", told["words"]))
    rows: list[tuple[str, object]] = [
        ("grid", record["grid_words"]),
        ("networks", ", ".join(member["name"] for member in record["members"])),
        ("pixels with data", f"{found['valid_share']:.1%}"),
        (f"{record['feature']} area", f"{found['feature_area_m2'] / 1e6:.3f} km2"),
        ("outlines", found["polygons"]),
        *shown_of,
        *((key, led[key]) for key in SHOWN if metrics),
        *((f"f1, {row['name']}", row["f1"]) for row in led.get("classes", ())[1:]),
        *ground,
        ("time", f"{sum(record['timings_s'].values()):.1f} s"),
        ("peak memory", size_words(record["peak_memory_bytes"])),
        ("results", out),
    ]
    if record["simulated"]:
        rows.insert(0, ("input", "simulated"))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {_words(value)}" for name, value in rows)


def _words(value: object) -> str:
    if value is None:
        return "undefined"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
