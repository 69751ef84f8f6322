"""The published networks become members that predict what they did; false ones are named."""

import errno
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from affine import Affine
from rasterio.crs import CRS

from geoseg.errors import ArchiveError, DiskError, ModelError, RunCancelledError
from geoseg.grid import Grid
from geoseg.inference.runtime import load_members
from geoseg.inference.streaming import predict_strips
from geoseg.models.network import load_network
from geoseg.models.zoo import check_bands, list_members, verify
from geoseg.published.completing import complete_members
from geoseg.published.importing import import_models
from geoseg.published.statistics import dataset_statistics
from geoseg.settings import RunSettings, TileSettings
from geoseg.stack.stack import ArrayStack
from geoseg.tasks.landslides import LANDSLIDES
from tests.published import made

SIDE = 256


@pytest.fixture(scope="module")
def networks():
    """The published architecture and encoder, and a smaller one under its old names."""
    return {
        "s1s2": made.random_network("Unet", 11, "resnet34", seed=1),
        "s2": made.random_network("DeepLabV3", 2, "resnet18", seed=2),
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory, networks):
    """Two good runs, one with a hostile pickle that must be read, one trap and much rubbish."""
    place = tmp_path_factory.mktemp("published")
    models, mark = place / "trained_models", place / "mark"
    made.write_run(
        models, "s1s2", 50, made.hostile(mark, networks["s1s2"]),
        made.hparams("s1s2", "Unet", "SoftBCEWithLogitsLoss", 0.01, encoder=None),
    )  # fmt: skip
    old = {f"net.{_old_name(k)}": v for k, v in networks["s2"].state_dict().items()}
    run = made.write_run(
        models, "s2", 3, made.lightning(networks["s2"], old), made.hparams("s2", "DeepLabV3")
    )
    (run / "checkpoints" / "last.ckpt").write_bytes(b"not the best epoch, never read")
    trap = made.tiny({"net.0.weight": made.Mark(mark)})
    made.write_run(models, "s1", 0, trap, made.hparams("s1", "Linknet"))
    made.write_run(models, "s1", 1, made.tiny(), made.hparams("s1", "Linknet"))
    made.write_run(models, "s1", 2, b"PK\x03\x04 cut short", made.hparams("s1", "FPN"))
    made.write_run(models, "all", 7, made.tiny(), made.hparams("s2", "FPN"))
    made.write_run(models, "all", 8, made.tiny(), made.hparams("all", "Transformer"))
    (models / "stray.ckpt").write_bytes(trap)
    (models / "README.md").write_text("ninety networks a setting")
    return models, mark


def _old_name(name):
    """The name in segmentation-models-pytorch 0.3.3, where the decoder was a plain sequence."""
    for now, old in (("aspp", "0"), ("conv", "1"), ("bn", "2")):
        if name.startswith(f"decoder.{now}."):
            return name.replace(f"decoder.{now}.", f"decoder.{old}.", 1)
    return name


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dataset") / "global_dataset"
    return folder, made.write_dataset(folder)


@pytest.fixture(scope="module")
def statistics(dataset):
    return dataset_statistics(dataset[0], LANDSLIDES)


@pytest.fixture(scope="module")
def imported(archive, statistics, tmp_path_factory):
    models, mark = archive
    zipped = made.zipped(models, models.parent / "trained_models.zip")
    zoo = tmp_path_factory.mktemp("zoo")
    outcome = import_models(zipped, zoo, statistics)
    assert not mark.exists()
    return zoo, outcome


def test_members_come_with_all_that_is_known_of_them(imported):
    zoo, _ = imported
    members = {m.card.setting: m for m in list_members(zoo)}
    card = members["s1s2"].card
    assert sorted(p.relative_to(zoo).as_posix() for p in zoo.rglob("*.*")) == [
        "landslides/s1s2/Unet-BCE-0.01.json",
        "landslides/s1s2/Unet-BCE-0.01.safetensors",
        "landslides/s2/DeepLabV3-Dice-0.001.json",
        "landslides/s2/DeepLabV3-Dice-0.001.safetensors",
    ]
    assert (card.architecture, card.encoder, card.loss, card.learning_rate) == (
        "Unet", "resnet34", "BCE", 0.01,
    )  # fmt: skip
    assert card.band_names == LANDSLIDES.setting("s1s2").bands
    assert card.validation_f1 == 0.625
    assert (card.recipe, card.simulated, card.licence) == ("thesis", False, "MIT")
    assert "10.5281/zenodo.13471162" in card.attribution
    assert "sentinel1_and_2_ensemble/50, epoch_010" in card.trained_on
    for member in members.values():
        verify(member)


def test_everything_else_is_refused_by_name(imported):
    reasons = {refusal.title: refusal.reason for refusal in imported[1].refused}
    assert len(reasons) == 6
    assert "net.0.weight in its state_dict is not a tensor" in reasons["sentinel1_ensemble/0"]
    assert "names do not match" in reasons["sentinel1_ensemble/1"]
    assert "not a zip checkpoint" in reasons["sentinel1_ensemble/2"]
    assert "data.channels are [13, 14]" in reasons["all_ch_ensemble/7"]
    assert "its net is 'Transformer'" in reasons["all_ch_ensemble/8"]
    assert "where no checkpoint is expected" in reasons["trained_models/stray.ckpt"]


def test_the_traps_would_have_worked(archive):
    models, mark = archive
    trap = models / "sentinel1_and_2_ensemble" / "50" / "checkpoints" / "epoch_010.ckpt"
    copy = mark.with_name("copy")
    data = trap.read_bytes()
    assert str(mark).encode() in data
    assert made.is_marked_by_running(mark, data)
    mark.unlink()
    assert not copy.exists()


@pytest.mark.parametrize("setting", ["s1s2", "s2"])
def test_predictions_equal_the_same_network_run_on_the_whole_image(
    imported, networks, dataset, setting
):
    """Whole image; minus mean, over deviation, both in single precision; then NaN becomes 0."""
    zoo, _ = imported
    bands = LANDSLIDES.setting(setting).bands
    places = [[band.name for band in LANDSLIDES.bands].index(name) for name in bands]
    image = dataset[1]["test0"][:, :SIDE, :SIDE]
    pixels = np.concatenate(
        [v.reshape(15, -1) for n, v in dataset[1].items() if n.startswith("train")], axis=1
    ).astype(np.float64)
    mean = torch.from_numpy(np.nanmean(pixels, axis=1)).float()[:, None, None]
    std = torch.from_numpy(np.nanstd(pixels, axis=1)).float()[:, None, None]
    normal = torch.nan_to_num((torch.from_numpy(image) - mean) / std, nan=0.0)[places]
    with torch.no_grad():
        whole = torch.sigmoid(networks[setting](normal[None]))[0, 0].numpy()

    members = list_members(zoo, setting=setting)
    settings = RunSettings(
        setting=setting, ensemble_size=1, device="cpu", tiles=TileSettings(size=SIDE, overlap=64)
    )
    grid = Grid(CRS.from_epsg(32632), Affine(10, 0, 5e5, 0, -10, 6.8e6), SIDE, SIDE)
    stack = ArrayStack(image[places], bands, grid)
    (strip,) = predict_strips(stack, load_members(members, settings, (SIDE, SIDE)), settings)
    seen = strip.coverage != 255
    assert seen.mean() > 0.9
    assert np.ptp(whole) > 0.01
    np.testing.assert_allclose(strip.probability[0][seen], whole[seen], atol=1e-5)


def test_an_unpacked_folder_even_of_one_setting_gives_the_same_members(archive, imported, tmp_path):
    (card,) = import_models(archive[0] / "sentinel2_ensemble", tmp_path / "zoo").imported
    assert card.sha256 in {zipped.sha256 for zipped in imported[1].imported}
    assert not card.has_statistics


def test_members_without_statistics_wait_for_them(imported, statistics, tmp_path):
    zoo = tmp_path / "zoo"
    shutil.copytree(imported[0] / "landslides" / "s2", zoo)
    (path,) = zoo.glob("*.json")
    card = json.loads(path.read_text())
    before = card["bands"]
    card["bands"] = [band | {"mean": None, "std": None} for band in before]
    path.write_text(json.dumps(card))
    (waiting,) = list_members(zoo)
    with pytest.raises(ModelError, match="geoseg models statistics ZOO --dataset DIR"):
        load_network(waiting.card, waiting.weights)
    with pytest.raises(ModelError, match="cannot predict"):
        check_bands(waiting, waiting.card.band_names)
    with pytest.raises(ArchiveError, match="lack the bands CART_landcover, dNDVI"):
        complete_members(zoo, statistics[:9])
    assert [card.name for card in complete_members(zoo, statistics)] == ["DeepLabV3-Dice-0.001"]
    assert json.loads(path.read_text())["bands"] == before
    assert complete_members(zoo, statistics) == []


SMALL = made.tiny()


@pytest.fixture
def one_run(tmp_path):
    """An archive of one run whose weights fit no network: what stops before the weights."""

    def write(setting="s2", choices=None, scores=()):
        text = choices or made.hparams(setting, "Unet")
        run = made.write_run(tmp_path / "models", setting, 4, SMALL, text, scores=scores)
        return tmp_path / "models", run

    return write


def reason(models, tmp_path):
    outcome = import_models(models, tmp_path / "zoo")
    assert outcome.imported == ()
    return outcome.refused[0].reason


def test_a_run_without_notes_is_refused(one_run, tmp_path):
    models, run = one_run()
    (run / "tensorboard" / "version_0" / "hparams.yaml").unlink()
    assert "has no tensorboard/version_0/hparams.yaml" in reason(models, tmp_path)


def test_links_in_a_folder_are_not_followed(one_run, tmp_path):
    models, run = one_run()
    checkpoint = run / "checkpoints" / "epoch_010.ckpt"
    checkpoint.rename(tmp_path / "elsewhere.ckpt")
    checkpoint.symlink_to(tmp_path / "elsewhere.ckpt")
    with pytest.raises(ArchiveError, match="no trained network was found"):
        import_models(models, tmp_path / "zoo")


def test_a_checkpoint_that_would_grow_a_hundredfold_is_not_unpacked(one_run, tmp_path):
    models, run = one_run()
    (run / "checkpoints" / "epoch_010.ckpt").write_bytes(bytes(10_000_000))
    packed = made.zipped(models, tmp_path / "bomb.zip", zipfile.ZIP_DEFLATED)
    assert "was not unpacked" in reason(packed, tmp_path)


def test_a_member_that_came_from_elsewhere_is_not_overwritten(imported, one_run, tmp_path):
    place = tmp_path / "zoo" / "landslides" / "s2"
    place.mkdir(parents=True)
    card = json.loads(next((imported[0] / "landslides" / "s2").glob("*.json")).read_text())
    own = json.dumps(card | {"attribution": "my own"})
    (place / "Unet-Dice-0.001.json").write_text(own)
    models, _ = one_run()
    assert "came from elsewhere" in reason(models, tmp_path)
    assert (place / "Unet-Dice-0.001.json").read_text() == own


def test_what_is_no_archive_is_told_in_a_sentence(tmp_path):
    with pytest.raises(ArchiveError, match="no file or folder"):
        import_models(tmp_path / "none.zip", tmp_path / "zoo")
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(ArchiveError, match="not a whole zip file"):
        import_models(tmp_path / "text.zip", tmp_path / "zoo")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArchiveError, match="no trained network was found"):
        import_models(tmp_path / "empty", tmp_path / "zoo")


def test_a_disk_that_fills_leaves_no_half_written_member(archive, tmp_path, monkeypatch):
    def fill(path, data):
        with path.open("wb") as file:
            file.write(data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(DiskError, match="No space left"):
        import_models(archive[0] / "sentinel2_ensemble", tmp_path / "zoo")
    assert [path for path in (tmp_path / "zoo").rglob("*") if path.is_file()] == []


def test_a_zip_that_differs_from_the_checksum_beside_it_is_refused(tmp_path):
    (tmp_path / "trained_models.zip").write_bytes(b"altered")
    (tmp_path / "trained_models.zip.sha256").write_text(f"{'0' * 64}  trained_models.zip\n")
    with pytest.raises(ArchiveError, match="altered or damaged"):
        import_models(tmp_path / "trained_models.zip", tmp_path / "zoo")


def test_cancelling_stops_between_two_networks(one_run, tmp_path):
    models, _ = one_run()
    with pytest.raises(RunCancelledError):
        import_models(models, tmp_path / "zoo", cancelled=lambda: True)
