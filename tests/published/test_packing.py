"""A task and its zoo as one file: comes back the same, and nothing else gets in."""

import json
import zipfile

import numpy as np
import pytest

from geoseg.errors import ArchiveError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.trees import save_arrays
from geoseg.models.zoo import ZooMember
from geoseg.published.packing import PackedZoo, pack, unpack_zoo
from geoseg.tasks.own import OwnTask

TASK = OwnTask(
    name="screes", title="Screes", feature="scree",
    bands=[{"name": "slope", "unit": "degrees"}, {"name": "red"}],
    classes=[{"name": "other"}, {"name": "scree", "colour": "#d7301f"}],
)  # fmt: skip
ZOO = PackedZoo(title="My screes", task="screes", setting="all", trained_on="two slopes")


@pytest.fixture
def member(tmp_path):
    """A tree that says scree where the slope is above 30 degrees."""
    arrays = {
        "roots": np.array([0], np.int32), "left": np.array([1, -1, -1], np.int32),
        "right": np.array([2, -1, -1], np.int32), "column": np.zeros(3, np.int32),
        "limit": np.array([30, np.inf, np.inf], np.float32),
        "share": np.array([[0.5, 0.5], [1, 0], [0, 1]], np.float32),
    }  # fmt: skip
    weights = tmp_path / "cart.safetensors"
    sha256 = save_arrays(arrays, weights)
    bands = tuple(BandStatistics(name=b.name, unit=b.unit, mean=1, std=1) for b in TASK.bands)
    card = Card(
        name="cart", task="screes", setting="all", architecture="CART", encoder="rules",
        bands=bands, loss="Gini", learning_rate=0, trained_on="two slopes", simulated=False,
        licence="CC0-1.0", sha256=sha256,
    )  # fmt: skip
    return ZooMember(card, weights)


@pytest.fixture
def sent(tmp_path, member):
    return pack(tmp_path / "screes.geoseg.zip", TASK, ZOO, [member])


def rewritten(source, change):
    """Return a copy of a pack, its files {name: bytes} changed."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    path = source.with_name("changed.geoseg.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def card_with(**changes):
    def change(files):
        card = json.loads(files["members/cart.json"])
        files["members/cart.json"] = json.dumps(card | changes).encode()

    return change


def test_what_is_packed_comes_back_the_same(sent, member, tmp_path):
    found = unpack_zoo(sent, tmp_path / "in")
    assert (found.task, found.zoo) == (TASK, ZOO)
    assert [one.card for one in found.members] == [member.card]
    assert found.members[0].weights.read_bytes() == member.weights.read_bytes()
    assert found.members[0].weights == tmp_path / "in" / "screes" / "all" / "cart.safetensors"


def test_the_same_content_makes_the_same_bytes(sent, member, tmp_path):
    again = pack(tmp_path / "again.geoseg.zip", TASK, ZOO, [member])
    assert again.read_bytes() == sent.read_bytes()


def test_a_task_can_take_another_name(sent, tmp_path):
    found = unpack_zoo(sent, tmp_path / "in", "screes-of-anna")
    assert found.task.name == found.zoo.task == found.members[0].card.task == "screes-of-anna"


def test_a_task_travels_alone_too(tmp_path):
    path = pack(tmp_path / "bare.geoseg.zip", TASK, None, [])
    found = unpack_zoo(path, tmp_path / "in")
    assert (found.task, found.zoo, found.members) == (TASK, None, ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.update({"run.py": b"print()"}), "holds 'run.py'"),
        (lambda files: files.update({"../up.json": b"{}"}), "leads outside"),
        (lambda files: files.update({"members/a/b.json": b"{}"}), "expected task.json"),
        (lambda files: files.pop("members/cart.json"), "no card of member cart"),
        (lambda files: files.pop("members/cart.safetensors"), "no weights of member cart"),
        (lambda files: files.pop("task.json"), "does not say what its zoo maps"),
        (lambda files: files.pop("zoo.json"), "lacks zoo.json"),
        (lambda files: files.update({"zoo.json": b"{"}), "cannot be used"),
        (lambda files: files.update({"task.json": b" " * 2_000_001}), "more than the 2 MB"),
        (lambda files: files.update({"members/cart.safetensors": b"x"}), "sha256"),
        (card_with(sha256="0" * 64), "sha256"),
        (card_with(name="other"), "is the card of member other"),
        (card_with(task="landslides"), "maps landslides from all"),
        (card_with(classes=3), "answers in 3 channels"),
        (card_with(encoder="tu-hf_hub:someone/net"), "cannot be built safely"),
        (card_with(options={"decoder_channels": [10**9]}), "cannot be built safely"),
        (card_with(architecture="Unet", encoder="../x"), "cannot be built safely"),
        (card_with(bands=[{"name": "slope", "mean": 0, "std": 1}]), "reads slope, not slope, red"),
    ],
)
def test_what_does_not_belong_is_told_in_a_sentence(sent, tmp_path, change, words):
    path = rewritten(sent, change)
    with pytest.raises(ArchiveError, match=words) as told:
        unpack_zoo(path, tmp_path / "in")
    assert "\n" not in str(told.value)


def test_weights_that_fit_their_digest_are_still_looked_at(sent, tmp_path):
    import hashlib

    damaged = b"not safetensors"

    def change(files):
        card_with(sha256=hashlib.sha256(damaged).hexdigest())(files)
        files["members/cart.safetensors"] = damaged

    with pytest.raises(ArchiveError, match="does not fit its card"):
        unpack_zoo(rewritten(sent, change), tmp_path / "in")


def test_a_declared_task_keeps_its_name(tmp_path, sent):
    def change(files):
        files["task.json"] = TASK.model_copy(update={"name": "landslides"}).to_json().encode()

    with pytest.raises(ArchiveError, match="the name of one GeoSeg has"):
        unpack_zoo(rewritten(sent, change), tmp_path / "in")


def test_a_broken_download_is_told(tmp_path, sent):
    half = tmp_path / "half.geoseg.zip"
    half.write_bytes(sent.read_bytes()[:400])
    with pytest.raises(ArchiveError, match="no whole file"):
        unpack_zoo(half, tmp_path / "in")
    with pytest.raises(ArchiveError, match="no file"):
        unpack_zoo(tmp_path / "none.geoseg.zip", tmp_path / "in")
