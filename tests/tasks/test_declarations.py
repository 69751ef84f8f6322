"""Every declared task is whole, and says of its terrain bands how to derive them."""

import pytest

from geoseg.errors import SettingsError
from geoseg.predictors.catalogue import predictor
from geoseg.predictors.indices import wanted
from geoseg.tasks import BEDROCK, RAVINES, TASKS, WETLANDS, Band, PostProcessing, Task

every_task = pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)


@every_task
def test_a_task_says_everything_a_page_needs(task):
    assert task.title
    assert task.help
    assert task.setting(task.default_setting)
    assert task.classes[0].id == 0
    assert [label.id for label in task.classes] == list(range(len(task.classes)))
    assert len({band.name for band in task.bands}) == len(task.bands)
    assert all(band.title and band.help for band in task.bands)
    assert all(setting.help for setting in task.settings)


@every_task
def test_no_text_means_two_bands_of_one_setting(task):
    for setting in task.settings:
        bands = [task.band(name) for name in setting.bands]
        texts = [text.lower() for band in bands for text in {band.name, *band.aliases}]
        assert len(texts) == len(set(texts))


@every_task
def test_what_is_derived_can_be_derived(task):
    for band in task.bands:
        if band.derive:
            known = []
            for find in (lambda name: predictor(name, task.pixel_size_m), wanted):
                try:
                    known.append(find(band.derive))
                except SettingsError:
                    continue
            assert known, band.name


def test_a_setting_of_derived_bands_tells_what_to_ask_for():
    assert RAVINES.derived("terrain") == ("slope", "tpi100m", "roughness5m")
    assert BEDROCK.derived("terrain")[2:5] == ("slope_sum12", "relief12", "valley_depth1000m")
    assert BEDROCK.derived("landsat8") == ()


def test_bands_and_windows_are_those_of_the_articles():
    assert len(BEDROCK.setting("terrain").bands) == 7
    assert len(BEDROCK.setting("landsat8").bands) == 9
    assert len(WETLANDS.setting("sentinel2").bands) == 14
    assert predictor("tpi100m", RAVINES.pixel_size_m).width == 101
    assert predictor("roughness5m", RAVINES.pixel_size_m).width == 5


def test_the_four_designs_of_article_one_make_twenty_cases():
    sampling = BEDROCK.sampling
    assert len(sampling.designs) * sampling.cases == 20
    assert {(d.count, d.area_km2, d.least_positive) for d in sampling.designs} == {
        (10, (1.5, 4.0), 0.0), (10, (1.5, 4.0), 0.7), (15, (0.3, 0.8), 0.0), (15, (0.3, 0.8), 0.7),
    }  # fmt: skip


def test_outlines_of_ravines_are_cleaned_as_in_article_six():
    assert (RAVINES.post.buffer_m, RAVINES.post.dissolve) == (5.0, True)
    assert RAVINES.min_area_m2 == 5000
    assert RAVINES.outputs == 3
    assert BEDROCK.outputs == 1


def test_features_have_a_plural():
    assert RAVINES.features == "ravines"
    assert BEDROCK.features == "bedrock"


@pytest.mark.parametrize("wrong", [{"buffer_m": -1.0}, {"min_area_m2": -1.0}])
def test_a_negative_size_is_refused(wrong):
    with pytest.raises(SettingsError, match="0 or more"):
        PostProcessing(**wrong)


def test_the_setting_that_lacks_least_counts():
    gewata = {"B1", "B2", "B3", "B4", "B5", "B7"}
    assert WETLANDS.share_found(gewata) == (1.0, 6)
    assert BEDROCK.share_found(gewata) == (6 / 9, 6)
    assert Task("a", "A", "a", (Band("b", "B"),), (), (), "").share_found({"b"}) == (0.0, 0)
