"""trained_models as published -> a zoo: tensors read as data, cards from the training's own notes."""

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import ArchiveError, ModelError, OutputError
from geoseg.files.outputs import require_folder, same
from geoseg.models.card import BandStatistics, Card, read_card
from geoseg.models.network import build_network, fill_network, save_network
from geoseg.models.own import require_own_member
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.published import runs
from geoseg.published.checkpoint import ZIP_FAULTS, read_state_dict, strip_prefix
from geoseg.published.completing import write_card
from geoseg.published.events import read_scalar
from geoseg.published.hparams import MAX_BYTES, Choices, read_choices
from geoseg.published.registry import GLOBAL_LANDSLIDES
from geoseg.published.runs import Source, TrainingRun
from geoseg.published.shelf import check_copy, checksum_file, writable
from geoseg.tasks.landslides import LANDSLIDES

ARCHIVE = GLOBAL_LANDSLIDES

NET = "net."
BESIDE_NET = ("loss.", "train_", "val_", "test_")
"""Parts of the published module that hold no weights of the network."""

BEST_F1 = "val/f1_best"

RENAMED = {
    "DeepLabV3": (
        (re.compile(r"^decoder\.0\."), "decoder.aspp."),
        (re.compile(r"^decoder\.1\."), "decoder.conv."),
        (re.compile(r"^decoder\.2\."), "decoder.bn."),
    ),
}
"""Names that segmentation-models-pytorch changed since 0.3.3, with which the archive was made."""


@dataclass(frozen=True)
class Refusal:
    """A training run that was not imported, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of an archive."""

    imported: tuple[Card, ...]
    refused: tuple[Refusal, ...]


def import_models(
    source: Path,
    out: Path,
    statistics: Sequence[BandStatistics] | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Outcome:
    """Write a zoo `<out>/landslides/<setting>/<member>.{safetensors,json}` of the archive.

    Nothing of a checkpoint is executed. What is not as expected is refused and named, the rest
    goes on; one checkpoint is in memory at a time.

    Args:
        source: trained_models.zip, or the folder it unpacks to.
        out: Folder of the zoo; members imported earlier are written anew.
        statistics: Of all fifteen bands; without them the members wait for them.
        progress: Hears of every network.
        cancelled: Asked before every network.

    Raises:
        ArchiveError: The archive holds no training run, or differs from the sha256 beside it.
        DiskError: The disk is full or the folder not writable.
        RunCancelledError: `cancelled` answered True; finished members stay.
    """
    if source.is_file() and checksum_file(source).exists():
        check_copy(source)
    imported: list[Card] = []
    refused: list[Refusal] = []
    require_folder(out)
    if same(source, out):
        raise OutputError(f"{out} is what is imported; choose another folder for the new zoo")
    with runs.open_source(source) as archive, writable(out):
        found, strange = runs.list_runs(archive)
        refused += [Refusal(name, "it lies where no checkpoint is expected") for name in strange]
        for done, run in enumerate(found):
            stop_if(cancelled)
            progress(Event("importing networks", done, len(found), run.title))
            taken = {card.name for card in imported if card.setting == run.setting}
            try:
                imported.append(_import_run(archive, run, out, taken, statistics))
            except (ModelError, ArchiveError, OutputError) as error:
                refused.append(Refusal(run.title, str(error)))
        progress(Event("importing networks", len(found), len(found)))
    return Outcome(tuple(imported), tuple(refused))


def _import_run(
    archive: Source,
    run: TrainingRun,
    out: Path,
    taken: set[str],
    statistics: Sequence[BandStatistics] | None,
) -> Card:
    """Import one network; its card is written last, and with it the member appears."""
    choices = _choices(archive, run)
    weights = _place(out, run, choices, taken)
    card = _card(run, choices, weights.stem, statistics)
    found = {
        "validation_f1": _validation_f1(archive, run),
        "sha256": _save(archive, run, choices, weights),
    }
    card = card.model_copy(update=found)
    write_card(card, weights.with_suffix(".json"))
    return card


def _choices(archive: Source, run: TrainingRun) -> Choices:
    """Read what the network is; its bands must be those of its folder's setting."""
    if run.hparams is None:
        raise ModelError("it has no tensorboard/version_0/hparams.yaml that tells what it is")
    choices = read_choices(runs.read_whole(archive, run.hparams, MAX_BYTES))
    names = [band.name for band in LANDSLIDES.bands]
    wanted = tuple(names.index(band) for band in LANDSLIDES.setting(run.setting).bands)
    if choices.channels not in (None, wanted):
        raise ModelError(
            f"its data.channels are {list(choices.channels or ())}, {run.folder} has {list(wanted)}"
        )
    return choices


def _place(out: Path, run: TrainingRun, choices: Choices, taken: set[str]) -> Path:
    """Return where the weights go; a member that came from elsewhere is not overwritten."""
    name = f"{choices.architecture}-{choices.loss}-{choices.learning_rate:g}"
    if name in taken:
        name = f"{name}-{run.number}"
    weights = out / LANDSLIDES.name / run.setting / f"{name}.safetensors"
    card = weights.with_suffix(".json")
    if card.exists() and ARCHIVE.doi not in read_card(card).attribution:
        raise ModelError(f"{card} is there already and came from elsewhere; choose another folder")
    require_own_member(weights)
    weights.parent.mkdir(parents=True, exist_ok=True)
    return weights


def _save(archive: Source, run: TrainingRun, choices: Choices, weights: Path) -> str:
    """Write the checkpoint's weights in full precision, every name and shape matched."""
    with runs.unpacked(archive, run.checkpoint, weights.parent) as checkpoint:
        state = strip_prefix(read_state_dict(checkpoint), NET, BESIDE_NET)
    for pattern, now in RENAMED.get(choices.architecture, ()):
        state = {pattern.sub(now, name): values for name, values in state.items()}
    bands = LANDSLIDES.setting(run.setting).bands
    network = build_network(choices.architecture, choices.encoder, len(bands))
    fill_network(network, state)
    try:
        return save_network(network, weights, half=False)
    except OSError:
        weights.with_suffix(".partial").unlink(missing_ok=True)
        raise


def _card(
    run: TrainingRun, choices: Choices, name: str, statistics: Sequence[BandStatistics] | None
) -> Card:
    """Return what is known of a member before its weights and score are read."""
    return Card(
        name=name,
        task=LANDSLIDES.name,
        setting=run.setting,
        architecture=choices.architecture,
        encoder=choices.encoder,
        bands=_bands(LANDSLIDES.setting(run.setting).bands, statistics),
        loss=choices.loss,
        learning_rate=choices.learning_rate,
        recipe="thesis",
        trained_on=(
            "16 training and 4 validation areas of the global landslide dataset "
            f"({run.title}, {Path(run.checkpoint).stem})"
        ),
        simulated=False,
        licence=ARCHIVE.licence,
        attribution=f"{ARCHIVE.citation}, doi:{ARCHIVE.doi}",
        sha256="",
    )


def _bands(
    names: Sequence[str], statistics: Sequence[BandStatistics] | None
) -> tuple[BandStatistics, ...]:
    """Return the statistics of these bands, unknown ones where there are none."""
    known = {band.name: band for band in statistics or ()}
    unknown = {
        name: BandStatistics(
            name=name, unit=LANDSLIDES.band(name).unit, mean=math.nan, std=math.nan
        )
        for name in names
    }
    return tuple({**unknown, **known}[name] for name in names)


def _validation_f1(archive: Source, run: TrainingRun) -> float | None:
    """Return the best validation F1 of the event files, else of the checkpoint's name."""
    values: list[float] = []
    for name in run.events:
        with suppress(*ZIP_FAULTS), archive.open(name) as file:
            values += read_scalar(file, BEST_F1)
    return max((value for value in values if 0 <= value <= 1), default=run.score_in_name)
