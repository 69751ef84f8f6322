"""Unknown pixels add nothing to any loss; known ones give the numbers done by hand."""

import math

import pytest
import torch

from geoseg.errors import TrainingError
from geoseg.training.dataset import UNKNOWN
from geoseg.training.losses import make_loss
from geoseg.training.settings import LOSSES

LOGITS = torch.tensor([[[[2.0, -1.0], [0.5, 9.0]]]])
LABEL = torch.tensor([[[1, 0], [1, UNKNOWN]]], dtype=torch.uint8)
SIGMOIDS = [1 / (1 + math.exp(-value)) for value in (2.0, -1.0, 0.5)]


@pytest.mark.parametrize("name", LOSSES)
def test_what_stands_on_unknown_pixels_does_not_matter(name):
    other = LOGITS.clone()
    other[..., 1, 1] = -50.0
    loss = make_loss(name)
    assert float(loss(LOGITS, LABEL)) == float(loss(other, LABEL))


@pytest.mark.parametrize("name", LOSSES)
def test_unknown_pixels_get_no_gradient(name):
    logits = LOGITS.clone().requires_grad_()
    make_loss(name)(logits, LABEL).backward()
    assert logits.grad[0, 0, 1, 1] == 0
    assert logits.grad.abs().sum() > 0


def test_bce_by_hand():
    p, q, r = SIGMOIDS
    expected = -(math.log(p) + math.log(1 - q) + math.log(r)) / 3
    assert float(make_loss("BCE")(LOGITS, LABEL)) == pytest.approx(expected, rel=1e-5)


def test_dice_by_hand():
    p, q, r = SIGMOIDS
    expected = 1 - 2 * (p + r) / (p + q + r + 2)
    assert float(make_loss("Dice")(LOGITS, LABEL)) == pytest.approx(expected, rel=1e-5)


def test_jaccard_by_hand():
    p, q, r = SIGMOIDS
    expected = 1 - (p + r) / (p + q + r + 2 - (p + r))
    assert float(make_loss("Jaccard")(LOGITS, LABEL)) == pytest.approx(expected, rel=1e-5)


def test_focal_by_hand():
    p, q, r = SIGMOIDS
    terms = [(1 - p) ** 2 * -math.log(p), q**2 * -math.log(1 - q), (1 - r) ** 2 * -math.log(r)]
    assert float(make_loss("Focal")(LOGITS, LABEL)) == pytest.approx(sum(terms) / 3, rel=1e-4)


def test_lovasz_by_hand():
    # Errors 1 - logit * sign: -1, 0, 0.5; sorted 0.5 (feature), 0 (not), -1 (feature).
    # Jaccard loss after the first error: 1 - 1/2; only positive errors count.
    assert float(make_loss("Lovasz")(LOGITS, LABEL)) == pytest.approx(0.25, rel=1e-5)


def test_a_batch_without_any_label_costs_nothing():
    nothing = torch.full_like(LABEL, UNKNOWN)
    assert float(make_loss("Dice")(LOGITS, nothing)) == 0


def test_an_unknown_loss_answers_with_the_known_ones():
    with pytest.raises(TrainingError, match="choose one of BCE, Dice, Focal, Jaccard, Lovasz"):
        make_loss("Hinge")
