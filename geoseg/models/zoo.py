"""A folder of cards and weights -> members, ranked, chosen and checked; needs no torch."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from geoseg.errors import BandError, ModelError
from geoseg.models.card import Card, read_card
from geoseg.settings import RunSettings

PRETRAINED = Path(
    os.environ.get("GEOSEG_MODELS") or Path(__file__).resolve().parents[2] / "pretrained"
)
"""The zoo that is taken where none is named."""

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class ZooMember:
    """One trained network on disk: what is known of it, and its weights."""

    card: Card
    weights: Path


def list_members(
    models: Path | None = None, task: str | None = None, setting: str | None = None
) -> list[ZooMember]:
    """Return the members of a zoo, best validation F1 first; unscored ones last, then by name.

    Args:
        models: Folder that holds cards at any depth; None takes `PRETRAINED`.
        task: Only members of this task.
        setting: Only members of this setting.

    Raises:
        ModelError: The folder is missing, or a card in it cannot be read.
    """
    folder = PRETRAINED if models is None else models
    if not folder.is_dir():
        raise ModelError(
            f"no folder of trained networks at {folder}; expected cards (.json) beside weights "
            "(.safetensors), name another folder with --models"
        )
    found = [
        ZooMember(read_card(path), path.with_suffix(".safetensors"))
        for path in sorted(folder.rglob("*.json"))
        if _is_card(path)
    ]
    fitting = [
        member
        for member in found
        if task in (None, member.card.task) and setting in (None, member.card.setting)
    ]
    return sorted(fitting, key=_rank)


def choose_members(members: Sequence[ZooMember], settings: RunSettings) -> list[ZooMember]:
    """Return the members a run averages: those named, else the first K by validation F1.

    Raises:
        ModelError: None fits the task and setting, K is above the zoo, or a name is unknown.
    """
    place = f"task {settings.task}, setting {settings.setting}"
    fitting = [
        member
        for member in sorted(members, key=_rank)
        if (member.card.task, member.card.setting) == (settings.task, settings.setting)
    ]
    if not fitting:
        raise ModelError(f"no trained networks for {place}; train some or name another folder")
    if settings.members:
        return _named(fitting, settings.members, place)
    if settings.ensemble_size > len(fitting):
        raise ModelError(
            f"ensemble size {settings.ensemble_size} is more than the {len(fitting)} trained "
            f"networks there are for {place}; choose at most {len(fitting)}"
        )
    return fitting[: settings.ensemble_size]


def check_bands(member: ZooMember, band_names: Sequence[str]) -> None:
    """Refuse a stack whose bands are not the member's, in the member's order.

    Raises:
        BandError: A band is missing, too many or in another place.
        ModelError: The member came without the statistics of its bands.
    """
    card = member.card
    check_statistics(card)
    if tuple(band_names) != card.band_names:
        raise BandError(
            f"member {card.name} reads the bands {', '.join(card.band_names)}, "
            f"got {', '.join(band_names)}; choose the setting the member was trained for"
        )


def verify(member: ZooMember) -> None:
    """Compare the weights with the card's sha256.

    Raises:
        ModelError: The weights are missing, altered or damaged.
    """
    digest = hashlib.sha256()
    try:
        with member.weights.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    except FileNotFoundError:
        raise ModelError(
            f"member {member.card.name} has no weights at {member.weights}; fetch it again"
        ) from None
    check_digest(digest.hexdigest(), member.card, member.weights)


def check_weights(member: ZooMember) -> None:
    """Refuse weights that are no safetensors file; nothing of the numbers is read.

    Raises:
        ModelError: The file is missing or damaged.
    """
    try:
        with safe_open(member.weights, framework="numpy") as file:
            names = list(file.keys())
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{member.weights.name} is no whole safetensors file: {error}") from error
    if not names:
        raise ModelError(f"{member.weights.name} holds no weights; fetch it again")


def check_statistics(card: Card) -> None:
    """Refuse a member that cannot normalise its bands.

    Raises:
        ModelError: Mean or standard deviation of a band is unknown.
    """
    if not card.has_statistics:
        raise ModelError(
            f"member {card.name} was imported without the training statistics of its bands and "
            "cannot predict; add them with geoseg models statistics ZOO --dataset DIR, DIR being "
            "the published global_dataset, or import again with --dataset DIR"
        )


def check_digest(found: str, card: Card, weights: Path) -> None:
    """Refuse weights whose sha256 is not the card's.

    Raises:
        ModelError: The digests differ.
    """
    if found != card.sha256:
        raise ModelError(
            f"{weights.name} has sha256 {found[:12]}..., its card says {card.sha256[:12]}...; "
            "the file was altered or damaged, fetch it again"
        )


def _rank(member: ZooMember) -> tuple[float, str]:
    score = member.card.validation_f1
    return (1.0 if score is None else -score, member.card.name)


def _is_card(path: Path) -> bool:
    """Tell a card from other JSON files; one beside weights is a card however damaged."""
    if path.with_suffix(".safetensors").exists():
        return True
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(content, dict) and "sha256" in content and "architecture" in content


def _named(members: list[ZooMember], names: Sequence[str], place: str) -> list[ZooMember]:
    """Return the members of these names, each once, in the order asked for."""
    by_name: dict[str, ZooMember] = {}
    for member in members:
        by_name.setdefault(member.card.name, member)
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ModelError(
            f"no member {', '.join(unknown)} for {place}; choose among {', '.join(by_name)}"
        )
    return [by_name[name] for name in dict.fromkeys(names)]
