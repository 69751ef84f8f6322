import pytest
import rasterio

from geoseg import workspace
from geoseg.jobs import demo


@pytest.fixture
def area():
    return workspace.ensure_demo_area()


def test_the_demo_area_is_made_once_and_says_that_it_is_simulated(area):
    assert workspace.ensure_demo_area() == area
    assert area.simulated
    with rasterio.open(area.rasters[0]) as raster, rasterio.open(area.reference) as reference:
        assert raster.count == 15
        assert raster.shape == reference.shape
    area.reference.unlink()
    assert workspace.ensure_demo_area().reference.is_file()


def test_the_tour_is_submitted_once_and_again_only_after_a_failure(area):
    assert demo.find_demo_run() is None
    run_id = demo.ensure_demo_run()
    assert demo.ensure_demo_run() == run_id
    request = workspace.read_request(run_id)
    assert (request.settings.setting, request.settings.ensemble_size) == ("s1s2", 4)
    assert request.reference == area.reference
    workspace.change_state(run_id, status="failed")
    again = demo.ensure_demo_run()
    assert again != run_id
    workspace.change_state(run_id, status="finished")
    assert demo.ensure_demo_run() == run_id
    assert demo.find_demo_run().id == run_id
