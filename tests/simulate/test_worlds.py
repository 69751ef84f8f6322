"""Every kind of country turns up, with slides in it and bands that tell something."""

from pathlib import Path

import numpy as np
import pytest

from geoseg.simulate import DEMO_SEED
from geoseg.simulate.worlds import HABITS, WORLDS, Kind, world_of
from geoseg.tasks import LANDSLIDES

NAMES = [band.name for band in LANDSLIDES.bands]
BARE_OF_GREEN = {"alps", "steppe", "scree"}


@pytest.mark.parametrize("first", [0, 7, 1001, 100_000])
def test_any_twenty_one_seeds_visit_every_world_at_least_twice(first):
    names = [world_of(seed).name for seed in range(first, first + 21)]
    assert {names.count(world.name) for world in WORLDS} == {2, 3}


@pytest.mark.parametrize("first", range(10))
def test_bare_country_is_in_every_four_and_never_most_of_them(first):
    names = [world_of(seed).name for seed in range(first, first + 4)]
    assert 1 <= len(BARE_OF_GREEN.intersection(names)) <= 2


def test_the_demo_area_is_green():
    assert world_of(DEMO_SEED).name == "fjord"


def test_every_kind_of_slide_falls_somewhere(made):
    assert {kind for one in made for kind in one.slides.kinds} == set(Kind) == set(HABITS)


def test_worlds_are_unlike_each_other(made):
    steepness = [float(np.median(one.terrain.slope)) for one in made]
    forest = [float((one.ground.cover == 2).mean()) for one in made]
    warmth = [float(one.ground.temperature.mean()) for one in made]
    assert max(steepness) > 1.3 * min(steepness)
    assert min(forest) < 0.02
    assert max(forest) > 0.4
    assert max(warmth) - min(warmth) > 20


def test_a_sane_share_of_every_world_slides(made):
    for one in made:
        share = one.scene.reference.mean()
        assert 0.002 < share < 0.08, one.scene.world
        assert one.scene.facts["slides"] >= 3


def test_no_band_is_constant_or_all_missing_in_any_world(made):
    for one in made:
        for name, values in zip(NAMES, one.scene.bands, strict=True):
            there = values[np.isfinite(values)]
            assert there.size > 0.8 * values.size, (one.scene.world, name)
            if name not in ("layover", "shadow", "KG_climate", "tree_height"):
                assert there.std() > 0.01, (one.scene.world, name)


def test_some_scene_has_layover_some_shadow_and_both_orbits_occur(made):
    assert any(one.geometry.layover.any() for one in made)
    assert any(one.geometry.shadow.any() for one in made)
    assert {one.geometry.look[0] > 0 for one in made} == {True, False}


def test_the_page_of_the_docs_names_every_world():
    page = (Path(__file__).parents[2] / "docs" / "simulated_world.md").read_text(encoding="utf-8")
    for number, world in enumerate(WORLDS):
        assert f"| {number} | **{world.name}**: {world.title} |" in page
    assert f"seed {DEMO_SEED}" in page
