"""Curves of training hold the numbers they were given, however many members there are."""

from geoseg.figures.charts import SOFT
from geoseg.figures.training import MOST_COLOURED, loss_curves, score_curves


def rows(*scores):
    return [
        {"step": 10 * place, "f1": f1, "loss": 1 / place, "validation_loss": 2 / place}
        for place, f1 in enumerate(scores, start=1)
    ]


def test_score_curves_hold_every_validation_and_mark_the_best():
    line, star = score_curves({"Unet": rows(0.1, 0.5, 0.4)}).data
    assert list(line.x) == [10, 20, 30]
    assert list(line.y) == [0.1, 0.5, 0.4]
    assert (star.x, star.y) == ((20,), (0.5,))


def test_loss_curves_tell_learning_from_checking():
    learning, checking = loss_curves({"Unet": rows(0.1, 0.5)}).data
    assert list(learning.y) == [1, 0.5]
    assert list(checking.y) == [2, 1]
    assert checking.line.dash == "dot"


def test_of_many_members_only_the_best_are_coloured():
    many = {f"m{place:02d}": rows(place / 100) for place in range(30)}
    lines = [trace for trace in score_curves(many).data if trace.mode == "lines+markers"]
    assert len(lines) == 30
    coloured = {trace.name for trace in lines if trace.line.color != SOFT}
    assert coloured == {f"m{place:02d}" for place in range(30 - MOST_COLOURED, 30)}


def test_curves_are_drawn_before_the_first_validation():
    assert not score_curves({}).data
    assert not loss_curves({"Unet": []}).data
