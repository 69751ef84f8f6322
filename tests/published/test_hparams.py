"""The notes of a training are read as text; what they do not say or say wrongly is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.errors import ModelError
from geoseg.models.card import ARCHITECTURES
from geoseg.published.hparams import LOSSES, Choices, read_choices
from tests.published.made import CHANNELS, hparams

LOSS_CLASSES = [name for name in LOSSES if name != "BCEWithLogitsLoss"]


@pytest.mark.parametrize("setting", CHANNELS)
def test_the_published_notes_are_understood(setting):
    text = hparams(setting, "MAnet", "LovaszLoss", 0.01, encoder=None)
    channels = CHANNELS[setting]
    wanted = None if channels is None else tuple(channels)
    assert read_choices(text.encode()) == Choices("MAnet", "resnet34", "Lovasz", 0.01, wanted)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_and_loss_is_known(architecture):
    found = [read_choices(hparams("s2", architecture, loss).encode()).loss for loss in LOSS_CLASSES]
    assert found == ["BCE", "Dice", "Focal", "Jaccard", "Lovasz"]


def test_python_tags_are_texts_and_run_nothing(tmp_path):
    mark = tmp_path / "mark"
    text = f"""
net: !!python/object:segmentation_models_pytorch.Unet
  in_channels: 2
loss: !!python/object/apply:segmentation_models_pytorch.losses.DiceLoss [binary]
optimizer:
  _target_: torch.optim.Adam
  lr: 1e-3
data: {{channels: null}}
trap: !!python/object/apply:os.system ["touch {mark}"]
other: !!python/name:os.system ''
"""
    assert read_choices(text.encode()) == Choices("Unet", "resnet34", "Dice", 0.001, None)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("segmentation_models_pytorch.Unet", "evil.Net", "its net is 'Net'"),
        ("DiceLoss", "MyLoss", "its loss is 'MyLoss'"),
        ("lr: 0.001", "lr: fast", "its learning rate is 'fast'"),
        ("lr: 0.001", "lr: [1, 2]", "learning rate is no single word"),
        ("classes: 1", "classes: 3", "has '3' classes"),
        ("resnet18", "tu-hf-hub:someone/something", "its encoder is 'tu-hf-hub"),
        ("in_channels: 2", "decoder_channels: [1]", "the choice decoder_channels"),
        ("[13, 14]", "[13, x]", "no list of whole numbers"),
        ("[13, 14]", "14", "no list of whole numbers"),
        ("  loss:", "  lost:", "does not name the loss"),
        ("model:", "model: [", "damaged"),
    ],
)
def test_what_is_not_as_published_is_named(old, new, sentence):
    text = hparams("s2", "Unet")
    assert old in text
    with pytest.raises(ModelError, match=sentence):
        read_choices(text.replace(old, new).encode())


def test_references_that_would_grow_without_end_are_no_fault():
    laughs = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
    )
    with pytest.raises(ModelError, match="no list of whole numbers"):
        read_choices((laughs + hparams("s2", "Unet").replace("[13, 14]", "*a39")).encode())


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_in_a_sentence(data):
    with pytest.raises(ModelError, match=r"hparams\.yaml"):
        read_choices(data)
