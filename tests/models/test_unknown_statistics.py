"""A member may wait for the statistics of its bands, and weights may stay in full precision."""

import json
import math

import pytest
import torch
from safetensors.torch import load_file

from geoseg.errors import ModelError, SettingsError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.network import build_network, fill_network, save_network
from geoseg.models.zoo import check_statistics

KNOWN = BandStatistics(name="slope", mean=12.5, std=3)
UNKNOWN = BandStatistics(name="slope", mean=math.nan, std=math.nan)


def card(*bands):
    return Card(
        name="a", task="custom", setting="x", architecture="Unet", encoder="resnet18", bands=bands,
        loss="Dice", learning_rate=0.001, trained_on="", simulated=True, licence="MIT", sha256="",
    )  # fmt: skip


def test_what_is_unknown_is_null_in_the_file_and_nan_in_memory():
    written = json.loads(card(UNKNOWN).to_json())["bands"][0]
    assert (written["mean"], written["std"]) == (None, None)
    read = Card.from_json(card(KNOWN, UNKNOWN).to_json())
    assert [band.known for band in read.bands] == [True, False]
    assert json.dumps(read.model_dump(mode="json"), allow_nan=False)


def test_a_member_predicts_only_with_all_statistics():
    check_statistics(card(KNOWN, KNOWN))
    assert not card(KNOWN, UNKNOWN).has_statistics
    with pytest.raises(ModelError, match="without the training statistics of its bands"):
        check_statistics(card(KNOWN, UNKNOWN))


def test_a_negative_deviation_is_refused():
    with pytest.raises(SettingsError, match="cannot be negative"):
        BandStatistics(name="slope", mean=0, std=-1)


@pytest.fixture(scope="module")
def network():
    return build_network("Linknet", "tu-resnet10t", 2, 1, {"encoder_depth": 3})


def test_full_precision_keeps_every_bit_and_half_does_not(network, tmp_path):
    state = network.state_dict()
    save_network(network, tmp_path / "full.safetensors", half=False)
    save_network(network, tmp_path / "half.safetensors")
    full = load_file(tmp_path / "full.safetensors")
    assert all(torch.equal(full[name], value) for name, value in state.items())
    half = load_file(tmp_path / "half.safetensors")
    assert {half[name].dtype for name, _ in network.named_parameters()} == {torch.float16}


def test_a_network_is_filled_name_by_name_and_shape_by_shape(network):
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    fill_network(network, state)
    first = next(iter(state))
    with pytest.raises(ModelError, match=f"lacks {first}"):
        fill_network(network, {name: value for name, value in state.items() if name != first})
    with pytest.raises(ModelError, match="has the unknown zzz"):
        fill_network(network, {**state, "zzz": state[first]})
    with pytest.raises(ModelError, match="has the shape"):
        fill_network(network, {**state, first: state[first][:1]})
