"""Networks to measure with, the machine in words, and results written as JSON and as a table."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from geoseg.inference.machine import core_count
from geoseg.models.card import ARCHITECTURES, BandStatistics, Card
from geoseg.models.network import build_network, save_network
from geoseg.models.zoo import PRETRAINED, ZooMember, list_members
from geoseg.tasks.landslides import LANDSLIDES
from geoseg.training.compact import ENCODER, SHAPES

RESULTS = Path(__file__).parent / "results"
SETTING = "s1s2"
LIBRARY_ENCODER = "resnet34"


def take_or_make_zoo(folder: Path, count: int) -> tuple[Path, str]:
    """Return a folder of at least `count` members for s1s2, and what they are."""
    if PRETRAINED.is_dir() and len(list_members(PRETRAINED, "landslides", SETTING)) >= count:
        return PRETRAINED, "the shipped networks"
    for index in range(count):
        architecture = list(SHAPES)[index % len(SHAPES)]
        make_member(folder, architecture, SHAPES[architecture].options, f"random-{index}")
    return folder, "networks of the shipped shapes with random weights"


def make_library_zoo(folder: Path, count: int) -> tuple[Path, str]:
    """Write networks as published: the library's resnet34 and decoders, of random weights."""
    for index in range(count):
        architecture = ARCHITECTURES[index % len(ARCHITECTURES)]
        make_member(folder, architecture, {}, f"random-{index}", LIBRARY_ENCODER)
    return folder, "networks of the published size with random weights"


def make_member(
    folder: Path, architecture: str, options: dict[str, Any], name: str, encoder: str = ENCODER
) -> ZooMember:
    """Write an untrained network for s1s2, as a zoo holds it."""
    bands = LANDSLIDES.setting(SETTING).bands
    torch.manual_seed(len(list(folder.glob("*.json"))))
    network = build_network(architecture, encoder, len(bands), 1, options)
    weights = folder / f"{name}.safetensors"
    card = Card(
        name=name,
        task="landslides",
        setting=SETTING,
        architecture=architecture,
        encoder=encoder,
        options=options,
        bands=tuple(BandStatistics(name=band, mean=0, std=1) for band in bands),
        loss="none",
        learning_rate=0.001,
        trained_on="nothing: random weights",
        simulated=True,
        licence="MIT",
        sha256=save_network(network, weights),
    )
    weights.with_suffix(".json").write_text(card.to_json(), encoding="utf-8")
    return ZooMember(card, weights)


def machine() -> dict[str, Any]:
    """Say what was measured on, how busy it was, and when."""
    words = [line for line in _cpu_lines() if line.startswith("model name")]
    return {
        "processor": words[0].split(":")[1].strip() if words else platform.processor(),
        "cores": core_count(),
        "load at the start": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "torch": version("torch"),
        **_accelerator(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def write_result(
    name: str, title: str, record: dict[str, Any], rows: Sequence[Sequence[Any]]
) -> None:
    """Write results/<name>.json and results/<name>.md; the first row is the table's head."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    head, *body = [["" if cell is None else str(cell) for cell in row] for row in rows]
    table = [head, ["---"] * len(head), *body]
    lines = [f"# {title}", "", *(f"| {' | '.join(row)} |" for row in table), ""]
    lines += [f"- {key}: {value}" for key, value in record["machine"].items()]
    text = "\n".join(lines) + "\n"
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


def _accelerator() -> dict[str, str]:
    """Name the GPU where there is one, else the processor's runtime."""
    if torch.cuda.is_available():
        return {"GPU": torch.cuda.get_device_name()}
    return {"openvino": version("openvino")}


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
