"""geoseg models rank: a zoo and labelled areas -> tables, figures and better ensembles."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geoseg.cli.options import AsJson, Device, Models, Positive, Precision, class_ids, names
from geoseg.cli.output import ProgressLine, show, table, warn

if TYPE_CHECKING:
    from geoseg.models.combination import Ensembles
    from geoseg.models.zoo import ZooMember
    from geoseg.ranking import LabelledArea, Ranking, RankSettings
    from geoseg.tasks import Task

Of = Annotated[str | None, typer.Option("--task", help="Only networks of this task.")]
OfSetting = Annotated[str | None, typer.Option("--setting", help="Only those of this setting.")]
HEAD = ("rank", "name", "task", "setting", "architecture", "loss", "rate", "validation F1")


def rank(
    *,
    models: Models = None,
    task: Of = None,
    setting: OfSetting = None,
    dataset: Annotated[
        Path | None,
        typer.Option("--dataset", metavar="DIR", help="Labelled scenes: train_val and test."),
    ] = None,
    validation: Annotated[
        str,
        typer.Option(
            "--validation",
            metavar="A,B",
            help="Scenes of train_val that no network learned from; they fit the ensembles.",
        ),
    ] = "",
    raster: Annotated[
        list[Path] | None,
        typer.Option("--raster", metavar="FILE", help="Instead of a dataset: rasters of one area."),
    ] = None,
    reference: Annotated[
        Path | None, typer.Option("--reference", metavar="FILE", help="Mapped truth of that area.")
    ] = None,
    positive: Positive = "",
    ensemble_sizes: Annotated[
        str,
        typer.Option("--ensemble-sizes", metavar="K,K", help="Sizes beside 1 and all."),
    ] = "10,20,40",
    turns: Annotated[
        bool,
        typer.Option("--turns", help="Also try flips and turns: nine times the work on the test."),
    ] = False,
    block: Annotated[
        int, typer.Option("--block", metavar="PX", help="Side of the squares of the intervals.")
    ] = 64,
    precision: Precision = "exact",
    device: Device = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for tables and figures.")
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep/--no-keep",
            help="Put ranking.json and ensembles.json beside the networks, for app and predict.",
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Rank networks; with labelled scenes judge every ensemble size and fit better ensembles.

    Without scenes: the order by validation F1, as ensembles take the networks.

    Example:
    geoseg models rank --task landslides --setting s1s2 --dataset scenes
    --validation a,b,c,d --turns --out ranking
    """
    from geoseg.errors import SettingsError
    from geoseg.files.outputs import check_folder
    from geoseg.pipeline.plan import resolve_task
    from geoseg.ranking import RankSettings
    from geoseg.ranking.files import OUTPUT, check_zoo, keep_in_zoo

    if dataset is None and not raster:
        _by_card(models, task, setting, as_json=as_json)
        return
    if out is None:
        raise SettingsError("a ranking on labelled scenes needs a folder for its tables: --out DIR")
    if raster and reference is None:
        raise SettingsError("rasters are judged by a mapped truth; name it with --reference FILE")
    scenes = _Scenes(
        dataset, names(validation), tuple(raster or ()), reference, class_ids(positive)
    )
    choices: dict[str, Any] = {
        "sizes": class_ids(ensemble_sizes), "turns": turns, "block": block,
        "precision": precision, "device": device,
    }  # fmt: skip
    groups = _groups(models, task, setting)
    folders = {key: out if len(groups) == 1 else out / key[0] / key[1] for key in groups}
    for (task_name, setting_name), folder in folders.items():
        check_folder(folder, OUTPUT, (dataset, *(raster or ()), reference, models))
        if keep:
            check_zoo(models, task_name, setting_name)
    records, texts = {}, []
    for (task_name, setting_name), members in groups.items():
        known = resolve_task(task_name, models)
        settings = RankSettings(task=task_name, setting=setting_name, **choices)
        ranking, ensembles = _rank(members, scenes.areas(known, setting_name), known, settings)
        folder = folders[task_name, setting_name]
        _write(ranking, ensembles, folder)
        if keep:
            keep_in_zoo(ranking, ensembles, models)
        warn(ranking.notes)
        records[f"{task_name}/{setting_name}"] = ranking.model_dump(mode="json")
        texts.append(_summary(ranking, folder))
    record = next(iter(records.values())) if len(records) == 1 else records
    show(record, "\n\n".join(texts), as_json=as_json)


@dataclass(frozen=True)
class _Scenes:
    """What the command line says of labelled scenes."""

    dataset: Path | None
    validation: Sequence[str]
    rasters: Sequence[Path]
    reference: Path | None
    positive: Sequence[int]

    def areas(self, task: "Task", setting: str) -> list["LabelledArea"]:
        """Open what is there for a setting."""
        from geoseg.ranking import dataset_areas, files_area

        found = []
        if self.dataset is not None:
            found += dataset_areas(self.dataset, task, setting, self.validation)
        if self.rasters and self.reference is not None:
            positive = self.positive
            found.append(files_area(self.rasters, self.reference, task, setting, positive=positive))
        return found


def _by_card(models: Path | None, task: str | None, setting: str | None, *, as_json: bool) -> None:
    """Show the order of the cards; nothing is asked."""
    ranked = [
        (place, member)
        for group in _groups(models, task, setting).values()
        for place, member in enumerate(group, start=1)
    ]
    records = [
        {"rank": place, **member.card.model_dump(mode="json"), "weights": str(member.weights)}
        for place, member in ranked
    ]
    rows = [
        (place, c.name, c.task, c.setting, c.architecture, c.loss, f"{c.learning_rate:g}",
         c.validation_f1)
        for place, c in ((place, member.card) for place, member in ranked)
    ]  # fmt: skip
    show(records, table(HEAD, rows), as_json=as_json)


def _groups(
    models: Path | None, task: str | None, setting: str | None
) -> dict[tuple[str, str], list["ZooMember"]]:
    """Return the members of each task and setting, best first.

    Raises:
        ModelError: There are none.
    """
    from geoseg.errors import ModelError
    from geoseg.models.zoo import list_members

    groups: dict[tuple[str, str], list[ZooMember]] = {}
    for member in list_members(models, task, setting):
        groups.setdefault((member.card.task, member.card.setting), []).append(member)
    if not groups:
        raise ModelError(
            f"no trained networks of task {task or 'any'}, setting {setting or 'any'} to rank; "
            "train some or name another folder with --models"
        )
    return dict(sorted(groups.items()))


def _rank(
    members: Sequence["ZooMember"],
    areas: Sequence["LabelledArea"],
    task: "Task",
    settings: "RankSettings",
) -> tuple["Ranking", "Ensembles | None"]:
    from geoseg.ranking.rank import rank_zoo
    from geoseg.ranking.trained import find_trained

    trained = find_trained([member.weights for member in members], settings.setting)
    line = ProgressLine()
    try:
        return rank_zoo(members, areas, task, settings, trained=trained, progress=line)
    finally:
        line.close()


def _write(ranking: "Ranking", ensembles: "Ensembles | None", out: Path) -> None:
    from geoseg.figures.ranking import write_figures
    from geoseg.files.partial import partial_folder
    from geoseg.ranking.files import FIGURES, OUTPUT, write_ranking

    with partial_folder(out, OUTPUT) as folder:
        write_ranking(ranking, ensembles, folder)
        write_figures(ranking, folder / FIGURES)


def _summary(ranking: "Ranking", out: Path) -> str:
    """Return single best against ensembles, and the best ways to put members together."""
    from geoseg.ranking.tables import variant_words

    settings = ranking.settings
    sizes = [
        (row.size, row.score.precision, row.score.recall, row.score.f1, _range(row.score),
         row.gain.value)
        for row in ranking.improvements
    ]  # fmt: skip
    best = sorted(ranking.variants, key=lambda row: -(row.score.f1 or 0))[:10]
    rows = [
        (variant_words(row), row.members, row.score.f1, _range(row.score), row.calibration_error,
         row.calibration_error_calibrated)
        for row in best
    ]  # fmt: skip
    head = f"{settings.task} {settings.setting}: {len(ranking.members)} networks, judged on "
    kind = "simulated " if ranking.simulated else ""
    judged = ", ".join(area.name for area in ranking.areas if area.part == ranking.judged_on)
    return "\n\n".join(
        [
            f"{head}{kind}{ranking.judged_on} area {judged}",
            table(("K", "precision", "recall", "F1", "95 %", "gain"), sizes),
            table(("ensemble", "networks", "F1", "95 %", "calibration error", "calibrated"), rows),
            f"written to {out}",
        ]
    )


def _range(score: Any) -> str:
    return "-" if score.low is None else f"{score.low:.3f} to {score.high:.3f}"
