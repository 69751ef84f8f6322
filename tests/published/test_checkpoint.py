"""The arrays of a checkpoint are torch's own, whatever else is in the file; false ones are refused."""

import io
import zipfile
from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoseg.errors import GeosegError, ModelError
from geoseg.published.checkpoint import read_state_dict, strip_prefix
from tests.published.made import Mark, hostile, is_marked_by_running, random_network, tiny


@pytest.fixture
def write(tmp_path):
    def write(data):
        path = tmp_path / "epoch_010.ckpt"
        path.write_bytes(data)
        return path

    return write


def saved(state):
    file = io.BytesIO()
    torch.save({"state_dict": state}, file)
    return file.getvalue()


def changed(data, pickled=lambda b: b, compression=zipfile.ZIP_STORED, drop="", **sizes):
    """The same checkpoint with its pickle, its packing or a storage changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename.endswith("data.pkl"):
                content = pickled(content)
            last = info.filename.rpartition("/")[2]
            if drop != last:
                new.writestr(info.filename, content[: sizes.get(f"storage{last}")])
    return out.getvalue()


def test_every_tensor_is_what_torch_reads(write):
    path = write(tiny())
    wanted = torch.load(path, weights_only=False)["state_dict"]
    found = read_state_dict(path)
    assert list(found) == list(wanted)
    for name, values in wanted.items():
        np.testing.assert_array_equal(found[name], values.numpy())
        assert found[name].dtype == (np.int64 if name.endswith("tracked") else np.float32)


def test_views_turned_tensors_and_other_floats_are_read_as_torch_reads_them(write):
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    state = {
        "turned": base.t(),
        "part": base[1:3, 2:5],
        "every_second": base[:, ::2],
        "scalar": torch.tensor(3.5),
        "none": torch.empty(0, 3),
        "half": torch.arange(5, dtype=torch.float16),
        "double": torch.tensor([0.1, 0.2], dtype=torch.float64),
        "channels_last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
    }
    found = read_state_dict(write(saved({k: v.clone(memory_format=torch.preserve_format) if k ==
                                         "channels_last" else v for k, v in state.items()}
                                        | {"room": torch.zeros(1000)})))  # fmt: skip
    for name, values in state.items():
        np.testing.assert_array_equal(found[name], values.float().numpy())


def test_marks_in_a_checkpoint_never_appear_and_its_tensors_are_read(write, tmp_path):
    mark = tmp_path / "mark"
    data = hostile(mark)
    found = read_state_dict(write(data))
    assert found["net.0.weight"].shape == (3, 2, 3, 3)
    assert not mark.exists()
    assert is_marked_by_running(mark, data)  # the trap does work


def test_a_trap_in_the_place_of_a_tensor_is_refused_by_name(write, tmp_path):
    mark = tmp_path / "mark"
    with pytest.raises(ModelError, match=r"net\.0\.weight in its state_dict is not a tensor"):
        read_state_dict(write(tiny({"net.0.weight": Mark(mark)})))
    assert not mark.exists()


def test_whole_numbers_and_missing_numbers_are_refused(write):
    with pytest.raises(ModelError, match=r"net\.w is a LongStorage"):
        read_state_dict(write(saved({"net.w": torch.arange(3)})))
    with pytest.raises(ModelError, match="BFloat16Storage"):
        read_state_dict(write(saved({"net.w": torch.ones(3, dtype=torch.bfloat16)})))
    with pytest.raises(ModelError, match="NaN or infinite"):
        read_state_dict(write(saved({"net.w": torch.tensor([1.0, torch.nan])})))


def test_lying_sizes_are_refused(write):
    data = saved({"net.w": torch.ones(40), "net.v": torch.ones(4)})
    with pytest.raises(ModelError, match="should have 160 bytes, its file has 80"):
        read_state_dict(write(changed(data, storage0=80)))
    longer = changed(data, lambda p: p.replace(b"K(tq", b"M\xff\xfftq", 1))
    assert longer != changed(data)
    with pytest.raises(ModelError, match="more bytes than the file has"):
        read_state_dict(write(longer))
    size_of_tensor = b"K(\x85q"
    beyond = changed(data, lambda p: p.replace(size_of_tensor, b"K)\x85q", 1))
    assert beyond != changed(data)
    with pytest.raises(ModelError, match="reaches to number 41 of a storage of 40"):
        read_state_dict(write(beyond))


def test_a_compressed_storage_and_a_missing_one_are_refused(write):
    data = saved({"net.w": torch.zeros(100_000)})
    with pytest.raises(ModelError, match="compressed, which PyTorch never does"):
        read_state_dict(write(changed(data, compression=zipfile.ZIP_DEFLATED)))
    with pytest.raises(ModelError, match="damaged"):
        read_state_dict(write(changed(saved({"net.w": torch.ones(4)}), drop="0")))


def test_what_is_no_checkpoint_is_refused_in_a_sentence(write):
    with pytest.raises(ModelError, match=r"PyTorch 1\.6 or newer"):
        read_state_dict(write(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."))
    old = io.BytesIO()
    torch.save({"state_dict": {"a": torch.ones(2)}}, old, _use_new_zipfile_serialization=False)
    with pytest.raises(ModelError, match="only running them could read"):
        read_state_dict(write(old.getvalue()))
    with pytest.raises(ModelError, match="no state_dict"):
        read_state_dict(write(changed(saved({}))))
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ModelError, match=r"0 files data\.pkl"):
        read_state_dict(write(empty.getvalue()))


def test_only_names_of_the_network_are_handed_on():
    state = {"net.a": np.ones(1), "loss.weight": np.ones(2)}
    assert list(strip_prefix(state, "net.", ("loss.",))) == ["a"]
    with pytest.raises(ModelError, match=r"holds ema\.a, expected names that begin with net\."):
        strip_prefix({"ema.a": np.ones(1)}, "net.", ())


SMALL = tiny()


def test_a_damaged_end_of_the_zip_is_a_sentence(write):
    """The locator of the 64-bit end claims several disks: Python's own check raises there."""
    end = SMALL.rindex(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(12) + (2).to_bytes(4, "little")
    with pytest.raises(ModelError, match="it is damaged"):
        read_state_dict(write(SMALL[:end] + locator + SMALL[end:]))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture],
          deadline=None)  # fmt: skip
@given(data=st.data())
def test_changed_bytes_give_tensors_or_a_sentence(write, data):
    broken = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from((len(broken), data.draw(st.integers(0, len(broken))))))
    with suppress(GeosegError):
        found = read_state_dict(write(bytes(broken[:cut])))
        assert all(isinstance(values, np.ndarray) for values in found.values())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture],
          deadline=None)  # fmt: skip
@given(data=st.data())
def test_changed_words_of_the_pickle_give_tensors_or_a_sentence(write, data):
    def break_words(words):
        words = bytearray(words)
        for _ in range(data.draw(st.integers(1, 3))):
            words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.integers(0, 255))
        return bytes(words)

    with suppress(GeosegError):
        read_state_dict(write(changed(SAVED, break_words)))


SAVED = saved({"net.w": torch.ones(3, 4), "net.n.num_batches_tracked": torch.tensor(5)})


def test_a_network_of_the_archive_has_a_small_pickle():
    with zipfile.ZipFile(io.BytesIO(hostile("mark", random_network("Linknet", 2)))) as archive:
        name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
        assert archive.getinfo(name).file_size < 1 << 20
