"""A card -> a network of segmentation-models-pytorch, and its weights to and from disk."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segmentation_models_pytorch as smp
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from geoseg.errors import ModelError
from geoseg.models.card import ARCHITECTURES, Card
from geoseg.models.zoo import check_digest, check_statistics


def build_network(
    architecture: str,
    encoder: str,
    bands: int,
    classes: int = 1,
    options: dict[str, Any] | None = None,
) -> nn.Module:
    """Build an untrained network that gives logits (tile, class, y, x).

    Args:
        architecture: One of `ARCHITECTURES`.
        encoder: Encoder name of segmentation-models-pytorch; `tu-` prefixes one of timm.
        bands: Number of input bands.
        classes: Number of output channels; 1 for a yes/no feature.
        options: Further arguments of the architecture.

    Raises:
        ModelError: The architecture, encoder or an option is unknown.
    """
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ModelError(f"no architecture {architecture!r}; choose one of {known}")
    try:
        network: nn.Module = getattr(smp, architecture)(
            encoder_name=encoder,
            encoder_weights=None,
            in_channels=bands,
            classes=classes,
            **(options or {}),
        )
        return network
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{architecture} cannot be built with encoder {encoder!r} and options {options}: {error}"
        ) from error


def save_network(network: nn.Module, path: Path, *, half: bool = True) -> str:
    """Write the weights and return the sha256; the file appears whole or not at all.

    Args:
        network: Any network.
        path: The .safetensors file.
        half: Keep parameters in half precision; running statistics always stay whole.
    """
    parameters = {name for name, _ in network.named_parameters()} if half else set()
    tensors = {
        name: (value.detach().cpu().half() if name in parameters else value.detach().cpu())
        for name, value in network.state_dict().items()
    }
    data = save({name: value.contiguous() for name, value in tensors.items()})
    unfinished = path.with_suffix(".partial")
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return hashlib.sha256(data).hexdigest()


def fill_network(network: nn.Module, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Put weights read elsewhere into a network: every name, in its shape, and no other.

    Raises:
        ModelError: A tensor is missing, too many, or has another shape.
    """
    wanted = network.state_dict()
    if odd := sorted(set(wanted) ^ set(arrays)):
        missing = "lacks" if odd[0] in wanted else "has the unknown"
        raise ModelError(f"the checkpoint {missing} {odd[0]} ({len(odd)} names do not match)")
    for name, array in arrays.items():
        if array.shape != tuple(wanted[name].shape):
            raise ModelError(
                f"{name} has the shape {array.shape}, the network wants {tuple(wanted[name].shape)}"
            )
    network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})


def load_network(card: Card, weights: Path) -> nn.Module:
    """Build the card's network in float32, fill it strictly and set it to evaluation.

    Raises:
        ModelError: The file is missing, altered, not safetensors, does not fit the card, or the
            card lacks the statistics of its bands.
    """
    check_statistics(card)
    try:
        data = weights.read_bytes()
    except FileNotFoundError:
        raise ModelError(
            f"member {card.name} has no weights at {weights}; fetch it again"
        ) from None
    found = hashlib.sha256(data).hexdigest()
    check_digest(found, card, weights)
    network = build_network(
        card.architecture, card.encoder, len(card.bands), card.classes, card.options
    )
    try:
        tensors = load(data)
        # Floats become float32 again; counters of batches seen stay integers.
        whole = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
        network.load_state_dict(whole, strict=True)
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(f"{weights.name} does not fit its card: {error}") from error
    return network.eval()


def normalise(tiles: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Standardise (tile, band, y, x) by training statistics; missing values become the mean, 0."""
    scale = torch.where(std > 0, std, torch.ones_like(std))
    standard = (tiles - mean[:, None, None]) / scale[:, None, None]
    # A comparison, since OpenVINO knows no nan_to_num; it is False for NaN and for infinity.
    return torch.where(standard.abs() < torch.inf, standard, torch.zeros_like(standard))
