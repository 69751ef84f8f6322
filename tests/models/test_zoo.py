"""A zoo is ranked, chosen from and checked without loading any network."""

import hashlib
import json
import subprocess
import sys

import pytest

from geoseg.errors import BandError, ModelError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.zoo import check_bands, choose_members, list_members, verify
from geoseg.settings import RunSettings

WEIGHTS = b"not really weights"


def add_member(folder, name, f1, task="landslides", setting="s2"):
    place = folder / task / setting
    place.mkdir(parents=True, exist_ok=True)
    card = Card(
        name=name, task=task, setting=setting, architecture="Unet", encoder="resnet18",
        bands=tuple(BandStatistics(name=b, mean=0, std=1) for b in ("CART_landcover", "dNDVI")),
        loss="dice", learning_rate=0.001, validation_f1=f1, trained_on="simulated scenes",
        simulated=True, licence="CC0", sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    )  # fmt: skip
    (place / f"{name}.safetensors").write_bytes(WEIGHTS)
    (place / f"{name}.json").write_text(card.to_json())


@pytest.fixture
def zoo(tmp_path):
    for name, f1 in [("b", 0.6), ("a", 0.6), ("best", 0.9), ("unscored", None), ("weak", 0.1)]:
        add_member(tmp_path, name, f1)
    add_member(tmp_path, "other", 0.99, setting="s1")
    (tmp_path / "notes.json").write_text('{"what": "not a card"}')
    return tmp_path


def names(members):
    return [member.card.name for member in members]


def test_members_are_ranked_by_validation_f1(zoo):
    ranked = names(list_members(zoo, "landslides", "s2"))
    assert ranked == ["best", "a", "b", "weak", "unscored"]


def test_every_setting_is_listed_when_none_is_named(zoo):
    assert names(list_members(zoo))[0] == "other"
    assert len(list_members(zoo)) == 6


def test_the_first_k_are_averaged(zoo):
    settings = RunSettings(setting="s2", ensemble_size=3)
    assert names(choose_members(list_members(zoo), settings)) == ["best", "a", "b"]


def test_named_members_are_taken_once_in_the_order_asked_for(zoo):
    settings = RunSettings(setting="s2", members=("weak", "best", "weak"))
    assert names(choose_members(list_members(zoo), settings)) == ["weak", "best"]


def test_k_above_the_zoo_is_refused(zoo):
    with pytest.raises(ModelError, match=r"ensemble size 6 is more than the 5 .* at most 5"):
        choose_members(list_members(zoo), RunSettings(setting="s2", ensemble_size=6))


def test_an_unknown_name_is_answered_with_the_known_ones(zoo):
    with pytest.raises(ModelError, match=r"no member nobody for .* best, a, b"):
        choose_members(list_members(zoo), RunSettings(setting="s2", members=("nobody",)))


def test_a_setting_without_members_is_refused(zoo):
    with pytest.raises(ModelError, match="no trained networks for task landslides, setting all"):
        choose_members(list_members(zoo), RunSettings(setting="all"))


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no folder of trained networks"):
        list_members(tmp_path / "nowhere")


def test_a_damaged_card_is_refused(zoo):
    (zoo / "landslides" / "s2" / "best.json").write_text("{")
    with pytest.raises(ModelError, match=r"best\.json is not a member's card"):
        list_members(zoo)


def test_a_flat_folder_is_a_zoo(zoo, tmp_path_factory):
    flat = tmp_path_factory.mktemp("flat")
    for path in (zoo / "landslides" / "s2").iterdir():
        (flat / path.name).write_bytes(path.read_bytes())
    assert names(list_members(flat)) == ["best", "a", "b", "weak", "unscored"]


def test_bands_in_another_order_are_refused(zoo):
    member = list_members(zoo, setting="s2")[0]
    check_bands(member, ("CART_landcover", "dNDVI"))
    with pytest.raises(BandError, match="reads the bands CART_landcover, dNDVI, got dNDVI"):
        check_bands(member, ("dNDVI", "CART_landcover"))


def test_altered_weights_are_refused(zoo):
    member = list_members(zoo, setting="s2")[0]
    verify(member)
    member.weights.write_bytes(WEIGHTS + b"!")
    with pytest.raises(ModelError, match="altered or damaged"):
        verify(member)


def test_missing_weights_are_listed_and_refused_when_checked(zoo):
    member = list_members(zoo, setting="s2")[0]
    member.weights.unlink()
    assert names(list_members(zoo, setting="s2"))[0] == "best"
    with pytest.raises(ModelError, match="has no weights"):
        verify(member)


def test_the_zoo_needs_no_torch():
    script = "import sys, geoseg.models.zoo; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(done.stdout.decode().strip().lower()) is False
