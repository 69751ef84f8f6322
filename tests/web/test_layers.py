"""What may become a layer, and how it is named."""

import stat

import numpy as np
import pytest

from geoseg.errors import WorkspaceError
from geoseg.web import layers

ONE = np.ones((4, 4), np.float32)


def test_the_same_file_keeps_its_id_and_another_kind_gets_another(write):
    path = write("a.tif", ONE)
    first = layers.register(path, "probability")
    assert layers.register(path, "probability", "other title") == first
    assert layers.register(path, "band") != first
    assert layers.find(first).title == "other title"


def test_another_workspace_names_the_same_file_otherwise(write, tmp_path, monkeypatch):
    path = write("a.tif", ONE)
    first = layers.register(path, "band")
    (tmp_path / "b").mkdir()
    monkeypatch.setenv("GEOSEG_DATA", str(path.parent))
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "b"))
    assert layers.register(path, "band") != first


def test_the_id_tells_nothing_and_the_secret_is_the_owners_alone(write, home):
    layer_id = layers.register(write("quarry.tif", ONE), "band")
    assert len(layer_id) == 24
    assert "quarry" not in layer_id
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


def test_a_file_elsewhere_is_refused_even_through_a_link(home, tmp_path):
    outside = tmp_path / "outside.tif"
    outside.write_bytes(b"x")
    (home / "link.tif").symlink_to(outside)
    for path in (outside, home / "link.tif", home / ".." / "outside.tif"):
        with pytest.raises(WorkspaceError, match="lies outside"):
            layers.register(path, "band")


def test_a_data_folder_the_server_was_told_of_is_allowed(home, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.tif").write_bytes(b"x")
    monkeypatch.setenv("GEOSEG_DATA", str(tmp_path / "data"))
    layer_id = layers.register(tmp_path / "data" / "a.tif", "band")
    monkeypatch.delenv("GEOSEG_DATA")
    with pytest.raises(WorkspaceError, match="lies outside"):
        layers.find(layer_id)


@pytest.mark.parametrize("layer_id", ["", "x" * 24, "../secret", "a/b", "." * 24])
def test_an_unknown_id_is_told(home, layer_id):
    with pytest.raises(WorkspaceError, match="no such map layer"):
        layers.find(layer_id)


def test_an_unknown_kind_is_told_with_the_known_ones(write):
    with pytest.raises(WorkspaceError, match="choose one of probability, spread"):
        layers.register(write("a.tif", ONE), "heat")


def test_a_tile_address_changes_with_the_file(write):
    layer_id = layers.register(write("a.tif", ONE), "probability")
    before = layers.tile_url(layer_id, threshold=0.4)
    assert before.startswith(f"/tiles/{layer_id}/{{z}}/{{x}}/{{y}}.png?threshold=0.4&v=")
    write("a.tif", np.ones((9, 9), np.float32))
    assert layers.tile_url(layer_id, threshold=0.4) != before


def test_a_record_outlives_the_process(write, home):
    layer_id = layers.register(write("a.tif", ONE), "rgb", "Imagery")
    assert (home / "layers" / f"{layer_id}.json").is_file()
    assert layers.find(layer_id).kind == "rgb"
