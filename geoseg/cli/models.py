"""geoseg models: what trained networks there are, how good, and whether they are whole."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geoseg.cli.options import AsJson, Models
from geoseg.cli.output import show, table
from geoseg.cli.ranking import rank

if TYPE_CHECKING:
    from geoseg.models.zoo import ZooMember

app = typer.Typer(help="List, show, check and rank trained networks.", no_args_is_help=True)

OfTask = Annotated[str | None, typer.Option("--task", help="Only networks of this task.")]
OfSetting = Annotated[str | None, typer.Option("--setting", help="Only those of this setting.")]
HEAD = ("name", "task", "setting", "architecture", "encoder", "loss", "rate", "validation F1")


@app.command("list")
def list_(
    models: Models = None, task: OfTask = None, setting: OfSetting = None, as_json: AsJson = False
) -> None:
    """List the trained networks.

    Example:
    geoseg models list --task landslides
    """
    from geoseg.models.zoo import list_members

    members = list_members(models, task, setting)
    ordered = sorted(members, key=lambda member: (member.card.task, member.card.setting))
    records = [_record(member) for member in ordered]
    show(records, table(HEAD, [_row(member) for member in ordered]), as_json=as_json)


@app.command("show")
def show_(
    name: Annotated[str, typer.Argument(help="Name of the network.")],
    models: Models = None,
    setting: OfSetting = None,
) -> None:
    """Show the cards of the networks of that name as JSON.

    Example:
    geoseg models show unet-dice-1 --setting s1s2
    """
    from geoseg.errors import ModelError
    from geoseg.models.zoo import list_members

    members = list_members(models, setting=setting)
    cards = [member.card.model_dump(mode="json") for member in members if member.card.name == name]
    if not cards:
        known = ", ".join(sorted({member.card.name for member in members}))
        raise ModelError(f"no network {name!r}; choose one of {known}")
    print(json.dumps(cards[0] if len(cards) == 1 else cards, indent=2))


@app.command("verify")
def verify_(models: Models = None, as_json: AsJson = False) -> None:
    """Compare every network's weights with the checksum of its card.

    Example:
    geoseg models verify --models pretrained
    """
    from geoseg.errors import ModelError
    from geoseg.models.zoo import list_members, verify

    members, faults = list_members(models), []
    for member in members:
        try:
            verify(member)
        except ModelError as error:
            faults.append(str(error))
    if faults:
        raise ModelError(f"{len(faults)} of {len(members)} networks failed: {'; '.join(faults)}")
    show({"verified": len(members)}, f"{len(members)} networks are whole", as_json=as_json)


app.command("rank")(rank)


def _row(member: "ZooMember") -> tuple[Any, ...]:
    card = member.card
    return (
        card.name, card.task, card.setting, card.architecture, card.encoder, card.loss,
        f"{card.learning_rate:g}", card.validation_f1,
    )  # fmt: skip


def _record(member: "ZooMember") -> dict[str, Any]:
    return {**member.card.model_dump(mode="json"), "weights": str(member.weights)}
