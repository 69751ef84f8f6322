"""What the processor computes in, and that one switch hides it everywhere."""

import platform
import sys

import openvino as ov
import pytest
import torch

from geoseg import processor
from geoseg.inference.arithmetic import fast_warning
from geoseg.processor import has_bfloat16
from geoseg.training.starting import _reduced_is_faster

FLAGS = "flags\t\t: fpu avx2 fma {}\n"


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Set what the machine says of its processor."""

    def tell(text):
        (tmp_path / "cpuinfo").write_text("processor\t: 0\n" + text)

    monkeypatch.setattr(processor, "CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.delenv("GEOSEG_BFLOAT16", raising=False)
    return tell


@pytest.mark.parametrize(
    ("flags", "has"),
    [("avx512f avx512_bf16", True), ("amx_bf16 amx_tile", True), ("avx512f", False), ("", False)],
)
def test_the_flags_of_the_processor_decide(told, flags, has):
    told(FLAGS.format(flags))
    assert has_bfloat16() == has


@pytest.mark.parametrize("word", ["off", "OFF", "0", "no", " false "])
def test_one_word_hides_it_from_networks_and_training(told, monkeypatch, word):
    told(FLAGS.format("avx512_bf16"))
    assert _reduced_is_faster(torch.device("cpu"))
    monkeypatch.setenv("GEOSEG_BFLOAT16", word)
    assert not has_bfloat16()
    assert not _reduced_is_faster(torch.device("cpu"))


def test_a_machine_that_does_not_tell_has_none(told, monkeypatch):
    assert not has_bfloat16()
    told("Features : fp asimd bf16\n")
    assert not has_bfloat16()


def test_fast_is_warned_of_where_it_gains_nothing(told, monkeypatch):
    monkeypatch.setattr("geoseg.inference.machine.may_have_gpu", lambda: False)
    told(FLAGS.format(""))
    assert "takes as long" in fast_warning("fast")
    assert fast_warning("exact") == ""
    told(FLAGS.format("avx512_bf16"))
    assert fast_warning("fast") == ""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="asked of Linux on x86-64"
)
def test_openvino_and_torch_know_what_the_flags_say(monkeypatch):
    monkeypatch.delenv("GEOSEG_BFLOAT16", raising=False)
    if has_bfloat16():
        assert "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    assert torch.cpu._is_avx512_bf16_supported() <= has_bfloat16()
