"""geoseg train: labelled scenes or points -> a trained member with its card, or a grid of them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import AsJson, Device, TaskName, names
from geoseg.cli.output import ProgressLine, show, table, warn
from geoseg.cli.train_progress import MembersLine, wish_to_stop
from geoseg.cli.train_trees import NETWORK, train_one, unfitting
from geoseg.errors import RunCancelledError, SettingsError
from geoseg.progress import Cancelled

INTERRUPTED = 130
GRIDS = ("thesis",)
SHOWN = 10
"""Members of a grid that are listed; the table has them all."""


def train(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", help="Folder with train_val/input and /label.")
    ],
    *,
    setting: Annotated[str, typer.Option("--setting", help="Named choice of bands.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the networks.")],
    task: TaskName = "landslides",
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help="What is trained: network; cart, one decision tree; forest, many; segments, a "
            "forest over patches of like pixels.",
        ),
    ] = NETWORK,
    bands: Annotated[
        str,
        typer.Option("--bands", metavar="A,B", help="With --task custom: the names of its bands."),
    ] = "",
    classes: Annotated[
        str,
        typer.Option(
            "--classes",
            metavar="A,B",
            help="With --task custom: its classes, the background first.",
        ),
    ] = "",
    points: Annotated[
        Path | None,
        typer.Option(
            "--points", metavar="FILE", help="Learn a cart or forest from points with a class."
        ),
    ] = None,
    class_column: Annotated[
        str, typer.Option("--class-column", help="Column of the points that holds the class.")
    ] = "class",
    trees: Annotated[
        int | None, typer.Option("--trees", metavar="N", help="Trees of a forest; else 60.")
    ] = None,
    mode_filter: Annotated[
        int | None,
        typer.Option(
            "--mode-filter",
            metavar="N",
            help="Side in pixels of the square whose commonest class a pixel of a cart takes: more "
            "removes larger specks; else 3, 1 filters nothing.",
        ),
    ] = None,
    clusters: Annotated[
        int | None,
        typer.Option("--clusters", metavar="N", help="Kinds of pixels that segments tell apart."),
    ] = None,
    grid: Annotated[
        str,
        typer.Option(
            "--grid", help="thesis: 9 architectures x 5 losses x 2 rates; not one network."
        ),
    ] = "",
    start: Annotated[
        str, typer.Option("--from", metavar="CARD", help="Go on from this trained network.")
    ] = "",
    arch: Annotated[
        str, typer.Option("--arch", help="Architecture, e.g. Unet, FPN; in a grid also A,B.")
    ] = "",
    encoder: Annotated[str, typer.Option("--encoder", help="Its encoder; else by --shapes.")] = "",
    loss: Annotated[
        str, typer.Option("--loss", help="BCE, Dice, Focal, Jaccard, Lovasz; in a grid also A,B.")
    ] = "",
    rate: Annotated[
        str, typer.Option("--lr", help="Learning rate; else the recipe's; in a grid also A,B.")
    ] = "",
    shapes: Annotated[
        str, typer.Option("--shapes", help="library: as published; compact: small and fast.")
    ] = "library",
    recipe: Annotated[
        str, typer.Option("--recipe", help="quick, or thesis / thesis-text as published.")
    ] = "quick",
    max_steps: Annotated[
        int | None, typer.Option("--max-steps", metavar="N", help="End after N steps.")
    ] = None,
    validation: Annotated[
        str, typer.Option("--validation", metavar="A,B", help="Scenes that judge; else a fifth.")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Source of chance.")] = 0,
    name: Annotated[str, typer.Option("--name", help="Name of the network; else made up.")] = "",
    device: Device = "auto",
    at_once: Annotated[
        int | None,
        typer.Option("--at-once", metavar="N", help="Networks of a grid at the same time."),
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", help="Keep the best N of a grid.")
    ] = None,
    cluster: Annotated[
        str,
        typer.Option("--cluster", metavar="ADDRESS", help="Train a grid on this Dask cluster."),
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an earlier training stopped.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train one network, tree or forest on labelled scenes, or a grid of many networks.

    Example:
    geoseg train scenes --task landslides --setting s1s2 --arch FPN --max-steps 500
    --out members
    """
    from geoseg.tasks.words import split_words

    own = {"task": task, "setting": setting, "validation": names(validation), "seed": seed,
           "bands": names(bands), "classes": split_words(classes)}  # fmt: skip
    of_trees = {"--points": points, "--trees": trees, "--mode-filter": mode_filter,
                "--clusters": clusters}  # fmt: skip
    if method != NETWORK:
        of_networks = {"--grid": grid, "--from": start, "--arch": arch, "--encoder": encoder,
                       "--loss": loss, "--lr": rate, "--max-steps": max_steps, "--keep": keep,
                       "--at-once": at_once, "--cluster": cluster, "--resume": resume}  # fmt: skip
        _refuse(f"--method {method}", of_networks | unfitting(method, of_trees))
        chosen = {"trees": trees, "mode_filter": mode_filter, "clusters": clusters,
                  "points": points and str(points), "name": name}  # fmt: skip
        chosen = {option: value for option, value in chosen.items() if value is not None}
        choices = {"method": method, "class_column": class_column, **chosen, **own}
        with wish_to_stop() as cancelled:
            return train_one(dataset, choices, out, cancelled, as_json=as_json)
    _refuse("a network", of_trees)
    shared = {"recipe": recipe, "max_steps": max_steps, "device": device, **own}
    single = {"--from": start, "--encoder": encoder, "--name": name}
    many = {"--at-once": at_once, "--keep": keep, "--cluster": cluster}
    _refuse("--grid" if grid else "one network", single if grid else many)
    if shapes not in ("library", "compact"):
        raise SettingsError(f"no shapes {shapes!r}; choose library or compact")
    with wish_to_stop() as cancelled:
        try:
            if grid:
                choices = _grid(grid, arch, loss, rate)
                choices |= {"shapes": shapes, "at_once": at_once, "keep": keep, **shared}
                _train_grid(
                    dataset,
                    choices,
                    out,
                    cancelled,
                    resume=resume,
                    cluster=cluster,
                    as_json=as_json,
                )
            else:
                choices = _one(arch, encoder, loss, rate, shapes)
                choices |= {"start_from": start, "name": name, **shared}
                _train_one(dataset, choices, out, cancelled, resume=resume, as_json=as_json)
        except RunCancelledError as error:
            typer.echo(f"geoseg: {error}; repeat the command with --resume", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _refuse(kind: str, choices: dict[str, Any]) -> None:
    """Refuse options that say nothing in this kind of training."""
    if given := [option for option, value in choices.items() if value]:
        raise SettingsError(f"{', '.join(given)} cannot go with {kind}; leave it out")


def _rates(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in names(text))
    except ValueError:
        raise SettingsError(
            f"--lr takes numbers such as 0.001 or 0.001,0.01, got {text!r}"
        ) from None


def _grid(grid: str, arch: str, loss: str, rate: str) -> dict[str, Any]:
    """Return what a named grid tries, narrowed to what the user lists."""
    if grid not in GRIDS:
        raise SettingsError(f"no grid {grid!r}; choose {', '.join(GRIDS)}")
    narrowed = {
        "architectures": names(arch), "losses": names(loss), "learning_rates": _rates(rate),
    }  # fmt: skip
    return {choice: values for choice, values in narrowed.items() if values}


def _one(arch: str, encoder: str, loss: str, rate: str, shapes: str) -> dict[str, Any]:
    from geoseg.training.grid import shape

    rates = _rates(rate)
    if len(rates) > 1:
        raise SettingsError(f"one network has one learning rate, got {rate}; or add --grid thesis")
    choices: dict[str, Any] = {"architecture": arch or "Unet", "loss": loss or "Dice"}
    choices |= shape(choices["architecture"], shapes)
    choices |= {"learning_rate": rates[0]} if rates else {}
    return choices | ({"encoder": encoder} if encoder else {})


def _train_one(
    dataset: Path,
    choices: dict[str, Any],
    out: Path,
    cancelled: Cancelled,
    *,
    resume: bool,
    as_json: bool,
) -> None:
    from geoseg.models.card import read_card
    from geoseg.training.dataset import fills_told
    from geoseg.training.settings import TrainSettings
    from geoseg.training.trainer import train_member

    settings = TrainSettings(**choices)
    line = ProgressLine()
    try:
        path = train_member(
            dataset, settings, out, progress=line, cancelled=cancelled, resume=resume
        )
    finally:
        line.close()
    warn(fills_told(dataset, settings.declared, settings.setting))
    card = read_card(path)
    score = "unknown" if card.validation_f1 is None else f"{card.validation_f1:.3f}"
    text = f"{card.name}: validation F1 {score}, written to {path}"
    show(card.model_dump(mode="json"), text, as_json=as_json)


def _train_grid(
    dataset: Path,
    choices: dict[str, Any],
    out: Path,
    cancelled: Cancelled,
    *,
    resume: bool,
    cluster: str,
    as_json: bool,
) -> None:
    from geoseg.training.dataset import fills_told
    from geoseg.training.grid import GridSettings
    from geoseg.training.grid_run import train_grid
    from geoseg.training.results import read_results
    from geoseg.training.settings import declared_task

    settings = GridSettings(**choices)
    line = MembersLine()
    try:
        path = train_grid(
            dataset,
            settings,
            out,
            progress=line,
            cancelled=cancelled,
            resume=resume,
            cluster=cluster or None,
        )
    finally:
        line.close()
    task = declared_task(settings.task, settings.setting, settings.bands, settings.classes)
    warn(fills_told(dataset, task, settings.setting))
    rows = [row for row in read_results(path) if row.setting == settings.setting]
    head = ("network", "validation F1", "test F1", "status")
    cells = [(row.name, row.validation_f1, row.test_f1, row.status) for row in rows[:SHOWN]]
    trained = sum(row.is_trained for row in rows)
    text = f"{table(head, cells)}\n{trained} of {len(rows)} trained; all of them in {path}"
    record = {"results": str(path), "members": [vars(row) for row in rows]}
    show(record, text, as_json=as_json)
