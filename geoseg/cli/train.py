"""geoseg train: labelled scenes -> a trained network with its card."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import AsJson, TaskName
from geoseg.cli.output import ProgressLine, show


def train(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", help="Folder with train_val/input and /label.")
    ],
    *,
    setting: Annotated[str, typer.Option("--setting", help="Named choice of bands.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the network.")],
    task: TaskName = "landslides",
    arch: Annotated[str, typer.Option("--arch", help="Architecture, e.g. Unet, FPN.")] = "Unet",
    encoder: Annotated[str, typer.Option("--encoder", help="Its encoder.")] = "resnet34",
    loss: Annotated[
        str, typer.Option("--loss", help="BCE, Dice, Focal, Jaccard, Lovasz.")
    ] = "Dice",
    rate: Annotated[
        float | None, typer.Option("--lr", help="Learning rate; else the recipe's.")
    ] = None,
    recipe: Annotated[
        str, typer.Option("--recipe", help="quick, or thesis as published.")
    ] = "quick",
    max_steps: Annotated[
        int | None, typer.Option("--max-steps", metavar="N", help="End after N steps.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Source of chance.")] = 0,
    name: Annotated[str, typer.Option("--name", help="Name of the network; else made up.")] = "",
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an earlier training stopped.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train one network on labelled scenes; the best by validation F1 is kept.

    Example:
    geoseg train scenes --task landslides --setting s1s2 --arch FPN --max-steps 500
    --out members
    """
    from geoseg.models.card import read_card
    from geoseg.training.settings import TrainSettings
    from geoseg.training.trainer import train_member

    choices: dict[str, Any] = {"task": task, "setting": setting, "name": name,
               "architecture": arch, "encoder": encoder, "loss": loss, "learning_rate": rate,
               "recipe": recipe, "max_steps": max_steps, "seed": seed, "device": device}  # fmt: skip
    settings = TrainSettings(**choices)
    line = ProgressLine()
    try:
        path = train_member(dataset, settings, out, progress=line, resume=resume)
    finally:
        line.close()
    card = read_card(path)
    score = "unknown" if card.validation_f1 is None else f"{card.validation_f1:.3f}"
    text = f"{card.name}: validation F1 {score}, written to {path}"
    show(card.model_dump(mode="json"), text, as_json=as_json)
