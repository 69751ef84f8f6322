"""A PyTorch checkpoint -> the arrays of its `state_dict`, without torch and without running it.

The file is a zip: `<any>/data.pkl` describes the content, `<any>/data/<key>` holds the numbers of
one storage each, uncompressed. Every size is checked against the file before a byte is read.
"""

import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ModelError
from geoseg.published.pickle_data import MAX_BYTES, Name, Outside, Wish, read_pickle

PICKLE, BYTE_ORDER = "data.pkl", "byteorder"
MOST_AXES = 8

STORAGES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
}

COUNTER = "num_batches_tracked"
"""The one kind of tensor that holds whole numbers."""

ZIP_FAULTS = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError, KeyError,
    IndexError, NotImplementedError, RuntimeError, OverflowError, OSError,
)  # fmt: skip
"""What the standard library raises on damaged zips."""


@dataclass(frozen=True)
class TensorNote:
    """Where the numbers of one tensor lie.

    Attributes:
        key: Name of the storage's file.
        dtype: Of its numbers.
        length: Numbers in the storage.
        offset: Numbers before the first of this tensor.
        shape: Of the tensor.
        strides: Numbers from one element to the next, by axis.
    """

    key: str
    dtype: np.dtype[Any]
    length: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def count(self) -> int:
        """Elements of the tensor."""
        return math.prod(self.shape)

    @property
    def reach(self) -> int:
        """Numbers of the storage up to the last one of this tensor."""
        if not self.count:
            return self.offset
        steps = zip(self.shape, self.strides, strict=True)
        return self.offset + 1 + sum((size - 1) * step for size, step in steps)


def read_state_dict(path: Path) -> dict[str, NDArray[Any]]:
    """Return every tensor of a checkpoint's `state_dict` by name; floats become float32.

    Raises:
        ModelError: The file is no zip checkpoint, is damaged, or holds anything but tensors there.
    """
    try:
        # It raises on some damaged ends of a zip, where one would expect False.
        if not zipfile.is_zipfile(path):
            raise ModelError(
                "it is not a zip checkpoint of PyTorch 1.6 or newer; older files are pickles that "
                "only running them could read, so they are refused"
            )
        with zipfile.ZipFile(path) as archive:
            notes = _notes(archive)
            if sum(n.length * n.dtype.itemsize for n in notes.values()) > path.stat().st_size:
                raise ModelError("its tensors claim more bytes than the file has")
            return {name: _read(archive, name, note) for name, note in notes.items()}
    except ModelError:
        raise
    except ZIP_FAULTS as error:
        raise ModelError(f"it is damaged ({error}); fetch the file again") from error


def _notes(archive: zipfile.ZipFile) -> dict[str, TensorNote]:
    """Return where the tensors of `state_dict` lie, in a file each under `data/`."""
    pickles = [name for name in archive.namelist() if PurePosixPath(name).name == PICKLE]
    if len(pickles) != 1:
        raise ModelError(f"it holds {len(pickles)} files {PICKLE}, a checkpoint holds one")
    folder = str(PurePosixPath(pickles[0]).parent)
    order = f"{folder}/{BYTE_ORDER}"
    if order in archive.namelist() and _stored(archive, order, MAX_BYTES) != b"little":
        raise ModelError("its numbers are big-endian; save it on a little-endian machine")
    content = read_pickle(_stored(archive, pickles[0], MAX_BYTES))
    state = content.get("state_dict") if isinstance(content, dict) else None
    if not isinstance(state, dict) or not state:
        raise ModelError("it has no state_dict with tensors; expected a Lightning checkpoint")
    return {str(name): _note(str(name), value, folder) for name, value in state.items()}


def _note(name: str, value: object, folder: str) -> TensorNote:
    """Read a note of the wish to rebuild a tensor; anything else is refused by name."""
    match value:
        case Wish(
            what=Name("torch._utils", "_rebuild_tensor_v2"),
            arguments=(Outside(key=key), int(offset), tuple(shape), tuple(strides), *_),
        ) if _are_sizes((offset, *shape, *strides)) and len(shape) == len(strides) <= MOST_AXES:
            return _checked(name, TensorNote(*_storage(name, key, folder), offset, shape, strides))
    raise ModelError(f"{name} in its state_dict is not a tensor")


def _storage(name: str, key: object, folder: str) -> tuple[str, np.dtype[Any], int]:
    """Return file, number type and length of a storage."""
    match key:
        case ("storage", Name("torch", kind), str(file), str(), int(length)) if length >= 0:
            if kind not in STORAGES or (kind == "LongStorage") != name.endswith(COUNTER):
                raise ModelError(
                    f"{name} is a {kind}; weights are floating-point numbers, counters whole ones"
                )
            return f"{folder}/data/{file}", STORAGES[kind], length
    raise ModelError(f"{name} refers to data in a form that PyTorch does not write")


def _are_sizes(values: tuple[object, ...]) -> bool:
    return all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in values)


def _checked(name: str, note: TensorNote) -> TensorNote:
    if note.count > note.length or note.reach > note.length:
        raise ModelError(
            f"{name} reaches to number {note.reach} of a storage of {note.length}; "
            "the file is damaged or false"
        )
    return note


def _read(archive: zipfile.ZipFile, name: str, note: TensorNote) -> NDArray[Any]:
    size = note.length * note.dtype.itemsize
    data = _stored(archive, note.key, size)
    if len(data) != size:
        raise ModelError(f"{name} should have {size} bytes, its file has {len(data)}")
    storage = np.frombuffer(data, note.dtype)
    steps = tuple(step * note.dtype.itemsize for step in note.strides)
    view = np.lib.stride_tricks.as_strided(storage[note.offset :], note.shape, steps)
    if name.endswith(COUNTER):
        return view.copy()
    with np.errstate(over="ignore"):
        values = view.astype(np.float32, order="C")
    if not np.isfinite(values).all():
        raise ModelError(f"{name} holds NaN or infinite weights; nothing could be predicted")
    return values


def _stored(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """Read one file of the zip that is stored as it is and no larger than it may be."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise ModelError(f"{name} is compressed, which PyTorch never does; the file is false")
    if info.file_size > largest:
        raise ModelError(f"{name} has {info.file_size} bytes, expected at most {largest}")
    return archive.read(info)


def strip_prefix(
    state: Mapping[str, NDArray[Any]], prefix: str, ignored: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Return the tensors under `prefix` by their names in the network.

    Raises:
        ModelError: A tensor is neither under the prefix nor under one that is ignored.
    """
    odd = [name for name in state if not name.startswith((prefix, *ignored))]
    if odd:
        raise ModelError(f"its state_dict holds {odd[0]}, expected names that begin with {prefix}")
    return {
        name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)
    }
