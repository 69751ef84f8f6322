"""Prepare: choose layers, see what will be made, find it again when it is done."""

from geoseg.jobs import deriving
from geoseg.progress import never
from geoseg.workspace.derivations import DERIVATIONS, list_derivations, read_derivation_request
from geoseg.workspace.files import now
from tests.ui.test_pages import opened, words


def pressed(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def test_a_terrain_model_is_ordered_done_and_shown(demo_area):
    app = opened("prepare.py")
    assert not app.exception
    purpose = next(box for box in app.selectbox if box.label == "For")
    assert purpose.options[0].startswith("Bedrock")  # Made for pixels of 10 m, as the demo has.
    assert not app.warning
    ravines = next(option for option in purpose.options if option.startswith("Ravines"))
    app = purpose.set_value(ravines).run()
    assert "roughness5m asks for a window of 5 m" in app.warning[0].value
    assert "6 times as wide" in app.warning[0].value
    app = pressed(app, "Derive")
    assert not app.exception
    state = list_derivations()[0]
    request = read_derivation_request(state.id)
    assert request.names == ("slope", "tpi100m", "roughness5m")
    assert request.simulated
    deriving.work(state.id, never)
    DERIVATIONS.change(state.id, status="finished", started=now(), finished=now())
    app = opened("prepare.py", derivation=state.id)
    assert not app.exception
    assert not app.error
    assert "11 x 11 pixels (110 m)" in words(app)
    app = pressed(app, "Save as study area")
    assert not app.exception
    assert "Saved as" in words(app)
