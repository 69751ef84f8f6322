"""A task and its zoo <-> one file to send: task.json, zoo.json, cards and weights; never code.

What comes in is checked before it is trusted: only these names, bounded sizes, cards that fit the
task, weights of the card's sha256.
"""

import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field

from geoseg.errors import ArchiveError, DiskError, GeosegError, SettingsError
from geoseg.files.outputs import check_file
from geoseg.models.card import TREES, Card
from geoseg.models.tree_member import load_tree_member
from geoseg.models.zoo import ZooMember, check_weights, verify
from geoseg.published.checkpoint import ZIP_FAULTS
from geoseg.published.unpacking import extract, need_space, safe_files
from geoseg.settings import Settings
from geoseg.tasks import TASKS, Task
from geoseg.tasks.own import OwnTask

ENDING = ".geoseg.zip"
TASK, ZOO, MEMBERS = "task.json", "zoo.json", "members"
MEMBER = re.compile(rf"{MEMBERS}/([A-Za-z0-9.-]{{1,120}})\.(json|safetensors)")
MOST_MEMBERS = 400
LARGEST_TEXT, LARGEST_WEIGHTS, LARGEST_WHOLE = 2_000_000, 2_000_000_000, 100_000_000_000
"""Bytes unpacked: of task, zoo or card; of one member's weights; of all."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Date of every file in a pack, so that the same content makes the same bytes."""
ENCODER, OPTION = re.compile(r"[A-Za-z0-9_.-]{1,80}"), re.compile(r"[A-Za-z0-9_]{0,60}")
LARGEST_OPTION, LONGEST_LIST = 4096, 32


class PackedZoo(Settings):
    """What is told of the zoo as a whole."""

    version: Literal[1] = 1
    title: str = Field(min_length=1, max_length=120)
    task: str
    setting: str
    trained_on: str = Field(default="", max_length=2000)
    simulated: bool = False
    warnings: tuple[str, ...] = Field(default=(), max_length=20)


@dataclass(frozen=True)
class Pack:
    """What a file holds.

    Attributes:
        task: The user's own task; None where the zoo serves a declared one.
        zoo: None where the file holds a task alone.
        members: Of the zoo, on disk.
    """

    task: OwnTask | None
    zoo: PackedZoo | None
    members: tuple[ZooMember, ...]

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name if self.task else (self.zoo.task if self.zoo else "")


def pack(
    out: Path, task: OwnTask | None, zoo: PackedZoo | None, members: Sequence[ZooMember]
) -> Path:
    """Write one file to send; it appears whole or not at all.

    Args:
        out: The file; its name should end with `ENDING`.
        task: The user's own task; None where the zoo serves a declared one.
        zoo: What is told of the zoo; None packs the task alone.
        members: Of the zoo.

    Raises:
        OutputError: `out` is a folder, or a file that was not packed by GeoSeg.
        ModelError: The weights of a member are missing or altered.
        DiskError: The file cannot be written.
    """
    check_file(out, is_ours=_is_pack, what="the packed task")
    for member in members:
        verify(member)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        with zipfile.ZipFile(unfinished, "w") as archive:
            for name, record in ((TASK, task), (ZOO, zoo)):
                if record is not None:
                    archive.writestr(_info(name), record.to_json())
            for member in members:
                place = f"{MEMBERS}/{member.card.name}"
                archive.writestr(_info(f"{place}.json"), member.card.to_json())
                info = _info(f"{place}.safetensors")
                info.file_size = member.weights.stat().st_size
                with archive.open(info, "w") as packed, member.weights.open("rb") as file:
                    while chunk := file.read(1 << 20):
                        packed.write(chunk)
        unfinished.replace(out)
    except OSError as error:
        raise DiskError(
            f"cannot write {out.name}: {error.strerror}; free some disk space or choose a place "
            "you may write to"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return out


def unpack_zoo(source: Path, folder: Path, name: str = "") -> Pack:
    """Check a file someone sent and write its members as <folder>/<task>/<setting>/<member>.

    Args:
        source: The file.
        folder: Made where missing; the caller removes it where this fails.
        name: Another name for the user's own task; empty keeps the sender's.

    Raises:
        ArchiveError: The file is no such pack, damaged, too large, or holds anything else.
        DiskError: The disk cannot hold it.
    """
    title = source.name
    if not source.is_file():
        raise ArchiveError(f"no file {title}; choose a file that ends with {ENDING}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(source) as archive:
            files = {info.filename: info for info in safe_files(archive, title)}
            _check_names(files, title)
            texts = {
                key: archive.read(info)
                for key, info in files.items()
                if not key.endswith(".safetensors")
            }
            found, cards = _described(texts, title, name)
            need_space(folder, list(files.values()), title)
            for card in cards:
                place = folder / card.task / card.setting
                extract(archive, files[f"{MEMBERS}/{card.name}.safetensors"],
                        place / f"{card.name}.safetensors")  # fmt: skip
                (place / f"{card.name}.json").write_text(card.to_json(), encoding="utf-8")
    except OSError as error:
        raise DiskError(
            f"{title} cannot be unpacked: {error.strerror}; free some disk space and try again"
        ) from error
    except ZIP_FAULTS as error:
        raise ArchiveError(
            f"{title} is no whole file of a task and its zoo ({error}); ask for it again"
        ) from error
    members = tuple(_trusted(card, folder, title) for card in cards)
    return Pack(found.task, found.zoo, members)


def _is_pack(path: Path) -> bool:
    """Tell whether a file is one that was packed before."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, *ZIP_FAULTS):
        return False
    return bool(names & {TASK, ZOO}) and all(
        name in (TASK, ZOO) or MEMBER.fullmatch(name) for name in names
    )


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIRST_DAY)
    info.external_attr = 0o644 << 16
    return info


def _check_names(files: Mapping[str, zipfile.ZipInfo], title: str) -> None:
    """Let only known names of bounded size pass, and every card only with its weights."""
    for name, info in files.items():
        if name not in (TASK, ZOO) and not MEMBER.fullmatch(name):
            raise ArchiveError(
                f"{title} holds {name[:80]!r}; expected {TASK}, {ZOO}, and cards with weights in "
                f"{MEMBERS}, so ask for a file that GeoSeg packed"
            )
        most = LARGEST_WEIGHTS if name.endswith(".safetensors") else LARGEST_TEXT
        if info.file_size > most:
            raise ArchiveError(
                f"{title} holds {name} of {info.file_size / 1e6:,.0f} MB, more than the "
                f"{most / 1e6:,.0f} MB such a file may have; nothing of it is taken"
            )
    cards = {PurePosixPath(name).with_suffix("").name for name in files if _is(name, ".json")}
    weights = {
        PurePosixPath(name).with_suffix("").name for name in files if _is(name, ".safetensors")
    }
    if odd := sorted(cards ^ weights):
        missing = "weights" if odd[0] in cards else "card"
        raise ArchiveError(f"{title} holds no {missing} of member {odd[0]}; ask for it again")
    whole = sum(info.file_size for info in files.values())
    if len(cards) > MOST_MEMBERS or whole > LARGEST_WHOLE:
        raise ArchiveError(
            f"{title} holds {len(cards)} members of {whole / 1e9:,.1f} GB together, at most "
            f"{MOST_MEMBERS} of {LARGEST_WHOLE / 1e9:,.0f} GB are taken; ask for fewer"
        )


def _is(name: str, ending: str) -> bool:
    return name.startswith(f"{MEMBERS}/") and name.endswith(ending)


def _described(texts: Mapping[str, bytes], title: str, name: str) -> tuple[Pack, tuple[Card, ...]]:
    """Read task, zoo and cards, and see that they speak of the same."""
    try:
        own = OwnTask.from_json(texts[TASK]) if TASK in texts else None
        zoo = PackedZoo.from_json(texts[ZOO]) if ZOO in texts else None
        given = {key: Card.from_json(text) for key, text in texts.items() if _is(key, ".json")}
        if name and own:
            own = OwnTask(**own.model_dump() | {"name": name})
    except SettingsError as error:
        raise ArchiveError(f"{title} cannot be used: {error}; ask for it again") from error
    _check_parts(own, zoo, given, title, name)
    if zoo is None:
        return Pack(own, None, ()), ()
    task = own.declare() if own else TASKS[zoo.task]
    sent = zoo.task
    zoo = zoo.model_copy(update={"task": task.name})
    cards = []
    for key, card in given.items():
        if fault := _fault(card, key, task, sent, zoo.setting):
            raise ArchiveError(f"{title} cannot be used: {fault}; ask for it again")
        cards.append(card.model_copy(update={"task": task.name}))
    return Pack(own, zoo, ()), tuple(cards)


def _check_parts(
    own: OwnTask | None, zoo: PackedZoo | None, cards: Mapping[str, Card], title: str, name: str
) -> None:
    if own is None and (zoo is None or zoo.task not in TASKS):
        raise ArchiveError(f"{title} does not say what its zoo maps; ask for one with {TASK}")
    if own is None and name:
        raise ArchiveError(
            f"{title} serves the task {zoo.task if zoo else ''} that everybody has, which cannot "
            "be renamed; take it under its own name"
        )
    if own is not None and own.name in TASKS:
        raise ArchiveError(
            f"{title} brings a task called {own.name}, the name of one GeoSeg has; give it another"
        )
    if bool(cards) != (zoo is not None):
        lacks = f"members for its {ZOO}" if zoo else ZOO
        raise ArchiveError(f"{title} lacks {lacks}; ask for it again")


def _fault(card: Card, key: str, task: Task, sent: str, setting: str) -> str:
    """Say why a card cannot belong to this zoo; nothing where it can."""
    try:
        wanted = task.setting(setting).bands
    except SettingsError as error:
        return str(error)
    who = f"member {card.name[:60]}"
    faults = (
        (key != f"{MEMBERS}/{card.name}.json", f"{key} is the card of {who}"),
        (
            (card.task, card.setting) != (sent, setting),
            f"{who} maps {card.task} from {card.setting}, not {sent} from {setting}",
        ),
        (
            card.band_names != wanted,
            f"{who} reads {', '.join(card.band_names)}, not {', '.join(wanted)}",
        ),
        (
            card.classes != task.outputs,
            f"{who} answers in {card.classes} channels, not {task.outputs}",
        ),
        (
            not ENCODER.fullmatch(card.encoder) or not _harmless(card.options),
            f"the card of {who} asks for a network that cannot be built safely",
        ),
    )
    return next((words for wrong, words in faults if wrong), "")


def _harmless(options: Mapping[str, Any]) -> bool:
    """Allow numbers of moderate size, plain words, and short lists of them."""
    values = list(options.values())
    lists = [value for value in values if isinstance(value, list)]
    if any(len(one) > LONGEST_LIST for one in lists):
        return False
    flat = [value for value in values if not isinstance(value, list)]
    return all(map(_is_plain, [*flat, *(item for one in lists for item in one)]))


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return OPTION.fullmatch(value) is not None
    return value is None or (isinstance(value, int | float) and abs(value) <= LARGEST_OPTION)


def _trusted(card: Card, folder: Path, title: str) -> ZooMember:
    """Return a member on disk once its weights are what the card says."""
    member = ZooMember(card, folder / card.task / card.setting / f"{card.name}.safetensors")
    try:
        verify(member)
        if card.architecture in TREES:
            load_tree_member(member)
        else:
            check_weights(member)
    except GeosegError as error:
        raise ArchiveError(f"{title} cannot be used: {error}") from error
    return member
