"""`hparams.yaml` of a training run -> the choices of one network; every value is read as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from geoseg.errors import ModelError
from geoseg.models.card import ARCHITECTURES

MAX_BYTES = 1 << 20
LOSSES = {
    "SoftBCEWithLogitsLoss": "BCE",
    "BCEWithLogitsLoss": "BCE",
    "DiceLoss": "Dice",
    "FocalLoss": "Focal",
    "JaccardLoss": "Jaccard",
    "LovaszLoss": "Lovasz",
}
DEFAULT_ENCODER = "resnet34"
ENCODERS = re.compile(r"resnet\d+")
"""Only the library's own: other names may make it look for weights in the network."""

KNOWN_OF_NET = {"_target_", "encoder_name", "encoder_weights", "in_channels", "classes"}
NOTHING = ("", "null", "~", "None")
PYTHON_TAGS = "tag:yaml.org,2002:python/"


@dataclass(frozen=True)
class Choices:
    """What one network is and how it was trained.

    Attributes:
        architecture: One of `ARCHITECTURES`.
        encoder: Name of its encoder.
        loss: Loss in GeoSeg's words.
        learning_rate: As trained.
        channels: Places of its bands among the fifteen, from 0; None takes all.
    """

    architecture: str
    encoder: str
    loss: str
    learning_rate: float
    channels: tuple[int, ...] | None


class _TextLoader(yaml.BaseLoader):
    """Builds texts, lists and dictionaries only; a Python tag becomes the text it is."""


def _tagged(loader: _TextLoader, suffix: str, node: yaml.Node) -> Any:
    """Keep the class a tag names as `_target_`, as Hydra writes it; nothing is imported."""
    target = suffix.partition(":")[2]
    if isinstance(node, yaml.MappingNode):
        return {"_target_": target, **loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return {"_target_": target, "args": loader.construct_sequence(node, deep=True)}
    return {"_target_": target}


_TextLoader.add_multi_constructor(PYTHON_TAGS, _tagged)


def read_choices(text: bytes) -> Choices:
    """Read the choices of a run.

    Raises:
        ModelError: A choice is missing, unknown or contradicts another.
    """
    document = _document(text)
    net = _mapping(document, "net")
    if unknown := sorted(set(net) - KNOWN_OF_NET):
        raise ModelError(
            f"its net has the choice {unknown[0]}, expected the library's default decoder"
        )
    architecture = _class_name(net, "net")
    if architecture not in ARCHITECTURES:
        raise ModelError(f"its net is {architecture!r}, expected one of {', '.join(ARCHITECTURES)}")
    loss = _class_name(_mapping(document, "loss"), "loss")
    if loss not in LOSSES:
        raise ModelError(f"its loss is {loss!r}, expected one of {', '.join(LOSSES)}")
    if net.get("classes", "1") not in ("1", *NOTHING):
        raise ModelError(f"its net has {_words(net['classes'])} classes, expected 1")
    encoder = net.get("encoder_name", DEFAULT_ENCODER)
    if not isinstance(encoder, str) or not ENCODERS.fullmatch(encoder):
        raise ModelError(f"its encoder is {_words(encoder)}, expected {DEFAULT_ENCODER}")
    channels = _channels(document.get("data"))
    return Choices(architecture, encoder, LOSSES[loss], _rate(document), channels)


def _document(text: bytes) -> Mapping[str, Any]:
    """Return the mapping that holds net, loss and optimizer, with data beside them."""
    if len(text) > MAX_BYTES:
        raise ModelError(f"its hparams.yaml has {len(text)} bytes, expected some thousand")
    try:
        # BaseLoader's kin: it makes texts, lists and dictionaries, and nothing else.
        document = yaml.load(text, Loader=_TextLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ModelError("its hparams.yaml is damaged; fetch the archive again") from error
    if not isinstance(document, dict):
        raise ModelError("its hparams.yaml holds no choices; fetch the archive again")
    model = document.get("model")
    return {**document, **model} if isinstance(model, dict) else document


def _mapping(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of the choices; a bare class name is a part with nothing chosen."""
    part = document.get(name)
    if isinstance(part, str):
        return {"_target_": part}
    if not isinstance(part, dict):
        raise ModelError(f"its hparams.yaml does not name the {name}; expected {name} there")
    return part


def _class_name(part: Mapping[str, Any], name: str) -> str:
    target = part.get("_target_")
    if not isinstance(target, str) or not target:
        raise ModelError(f"its hparams.yaml does not name the class of the {name}")
    return target.rpartition(".")[2]


def _rate(document: Mapping[str, Any]) -> float:
    chosen = _mapping(document, "optimizer").get("lr")
    try:
        rate = float(chosen) if isinstance(chosen, str) else 0.0
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 1:
        raise ModelError(f"its learning rate is {_words(chosen)}, expected a number such as 0.001")
    return rate


def _channels(data: object) -> tuple[int, ...] | None:
    chosen = data.get("channels") if isinstance(data, dict) else None
    if chosen is None or chosen in NOTHING:
        return None
    if not isinstance(chosen, list) or not all(_is_place(channel) for channel in chosen):
        raise ModelError("its data.channels are no list of whole numbers such as [13, 14]")
    return tuple(int(channel) for channel in chosen)


def _is_place(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch("[0-9]{1,3}", text) is not None


def _words(value: object) -> str:
    """Return a text of the file for a sentence; lists may be of any size and are not shown."""
    return repr(value[:100]) if isinstance(value, str) else "no single word"
