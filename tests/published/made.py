"""Small archives of exactly the published form, and hostile ones."""

import functools
import io
import os
import struct
import zipfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import numpy as np
import rasterio
import segmentation_models_pytorch as smp
import torch

from geoseg.published.events import masked_checksum

HPARAMS = """\
model:
  _target_: src.models.landslide_module.LandslideLitModule
  optimizer:
    _target_: torch.optim.Adam
    _partial_: true
    lr: {rate}
    weight_decay: 0.0
  scheduler:
    _target_: torch.optim.lr_scheduler.ReduceLROnPlateau
    _partial_: true
    mode: min
    factor: 0.1
    patience: 10
  net:
    encoder_weights: null
    in_channels: {bands}
    classes: 1
    _target_: segmentation_models_pytorch.{architecture}{encoder}
  loss:
    _target_: segmentation_models_pytorch.losses.{loss}
    mode: binary
model/params/total: 21000000
data:
  _target_: src.data.landslides_datamodule.GlobalLandslideDataModule
  batch_size: 4
  random_crop: 256
  train_val_split: 0.8{channels}
seed: 42
task_name: train
"""

CHANNELS = {"s1": list(range(9)), "s2": [13, 14], "s1s2": [*range(9), 13, 14], "all": None}
FOLDERS = {
    "s1": "sentinel1_ensemble",
    "s2": "sentinel2_ensemble",
    "s1s2": "sentinel1_and_2_ensemble",
    "all": "all_ch_ensemble",
}


def random_network(architecture, bands, encoder="resnet18", seed=0):
    """A network whose running statistics are those of a trained one: anything but 0 and 1."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = getattr(smp, architecture)(
            encoder_name=encoder, encoder_weights=None, in_channels=bands, classes=1
        )
        for name, value in network.named_buffers():
            if name.endswith("running_var"):
                value.uniform_(0.7, 1.2)
            elif name.endswith("running_mean"):
                value.normal_(0, 0.1)
            else:
                value.fill_(1234)
    return network.eval()


def lightning(network, state=None, **changes):
    """What Lightning 1.9 writes: weights, the state of the training, pickled choices."""
    weights = OrderedDict((f"net.{k}", v) for k, v in network.state_dict().items())
    choices = {
        "net": network,
        "loss": smp.losses.DiceLoss("binary"),
        "optimizer": functools.partial(torch.optim.Adam, lr=0.001, weight_decay=0.0),
        "scheduler": functools.partial(torch.optim.lr_scheduler.ReduceLROnPlateau, patience=10),
    }
    content = {
        "epoch": 10,
        "global_step": 2750,
        "pytorch-lightning_version": "1.9.1",
        "state_dict": weights if state is None else state,
        "loops": {"fit_loop": {"epoch_progress": {"total": {"ready": 11}}}},
        "callbacks": {"ModelCheckpoint": {"best_model_score": torch.tensor(0.5)}},
        "optimizer_states": [{"state": {}, "param_groups": [{"lr": 0.001, "params": [0]}]}],
        "lr_schedulers": [{"best": 0.4, "num_bad_epochs": 2}],
        "hparams_name": "kwargs",
        "hyper_parameters": choices,
    } | changes
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def tiny(state=None, **changes):
    """A checkpoint of a network of two layers, for what does not need a real one."""
    network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3))
    return lightning(network, state, **changes)


def hparams(setting, architecture, loss="DiceLoss", rate=0.001, encoder="resnet18"):
    channels = CHANNELS[setting]
    return HPARAMS.format(
        rate=rate,
        bands=15 if channels is None else len(channels),
        architecture=architecture,
        encoder="" if encoder is None else f"\n    encoder_name: {encoder}",
        loss=loss,
        channels="" if channels is None else f"\n  channels: {channels}",
    )


def record(data):
    head = struct.pack("<Q", len(data))
    sums = [struct.pack("<I", masked_checksum(part)) for part in (head, data)]
    return head + sums[0] + data + sums[1]


def event(tag, value, step):
    """One scalar as TensorBoard writes it."""
    name = tag.encode()
    entry = b"\x0a" + bytes([len(name)]) + name + b"\x15" + struct.pack("<f", value)
    summary = b"\x0a" + bytes([len(entry)]) + entry
    stamp = b"\x09" + struct.pack("<d", 1.69e9 + step) + b"\x10" + bytes([step])
    return record(stamp + b"\x2a" + bytes([len(summary)]) + summary)


def events(*scores):
    first = record(b"\x09" + struct.pack("<d", 1.69e9) + b"\x1a\x0dbrain.Event:2")
    parts = [event("val/loss", 0.5, 0)]
    parts += [event("val/f1_best", score, step) for step, score in enumerate(scores)]
    return first + b"".join(parts)


def write_run(models, setting, number, checkpoint, choices, *, scores=(0.1, 0.625)):
    """Write one training run below the folder of trained models."""
    folder = models / FOLDERS[setting] / str(number)
    logs = folder / "tensorboard" / "version_0"
    logs.mkdir(parents=True)
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "epoch_010.ckpt").write_bytes(checkpoint)
    (folder / "config_tree.log").write_text("CONFIG")
    (folder / "tags.log").write_text("['landslide']")
    (logs / "hparams.yaml").write_text(choices)
    (logs / "events.out.tfevents.1689845082.airflow.1022171.0").write_bytes(events(*scores))
    return folder


def zipped(folder, path, compression=zipfile.ZIP_STORED):
    """Zip a folder under its own name, as published."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


class Mark:
    """An object that touches a file when it is unpickled, by `os.system` or what is given."""

    def __init__(self, path, call=os.system, arguments=None):
        self.call = call
        self.arguments = (f"touch {path}",) if arguments is None else arguments

    def __reduce__(self):
        return self.call, self.arguments


class Setter:
    """An object with `__setstate__`, which an ordinary reader would run."""

    def __getstate__(self):
        return {"mark": self.mark}

    def __setstate__(self, state):
        Path(state["mark"]).touch()


def hostile(path, network=None):
    """Everything of a real checkpoint, and marks in several of its corners."""
    setter = Setter()
    setter.mark = str(path)
    traps = {
        "system": Mark(path),
        "eval": Mark(path, eval, (f"__import__('pathlib').Path({str(path)!r}).touch()",)),
        "setter": setter,
        "nested": [(Mark(path, os.mkdir, (str(path),)),)],
    }
    return (
        tiny(hyper_parameters=traps)
        if network is None
        else lightning(network, hyper_parameters=traps)
    )


def is_marked_by_running(path, checkpoint):
    """Tell whether the marks work: what an ordinary reader would do."""
    with suppress(OSError):
        torch.load(io.BytesIO(checkpoint), weights_only=False)
    return path.exists()


def write_dataset(folder, sizes=((256, 300), (280, 256)), test=((256, 256),), seed=0):
    """Write images as published: no band names, pixel-interleaved, NaN, differing sizes."""
    rng = np.random.default_rng(seed)
    values = {}
    for part, shapes in (("train_val", sizes), ("test", test)):
        for number, shape in enumerate(shapes):
            bands = rng.normal(
                np.arange(15)[:, None, None], 1 + np.arange(15)[:, None, None], (15, *shape)
            ).astype(np.float32)
            bands[:, :20, :30] = np.nan
            bands[3, 100:120] = np.nan
            label = np.zeros(shape, np.uint8)
            label[40:80, 50:90] = 1
            name = f"{part.replace('_', '')}{number}"
            write_tif(folder / part / "input" / f"{name}_15bands.tif", bands)
            write_tif(folder / part / "label" / f"{name}_gt_mask.tif", label[None])
            values[name] = bands
    return values


def write_tif(path, bands):
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", count=len(bands), height=bands.shape[1], width=bands.shape[2],
        dtype=bands.dtype, crs="EPSG:32632", interleave="pixel",
        transform=rasterio.Affine(10, 0, 500_000, 0, -10, 6_800_000),
    ) as raster:  # fmt: skip
        raster.write(bands)
