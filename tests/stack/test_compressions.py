"""A compression that cannot be read here is named; it is not called damage."""

import struct

import numpy as np
import pytest
import rasterio

from geoseg.errors import RasterError
from geoseg.stack import inspect_raster
from geoseg.stack.gtiff import opened
from geoseg.stack.tiff_head import compression, method

ABSENT = [(50002, "JPEG XL"), (52546, "JPEG XL"), (34712, "JPEG 2000"), (6, "old-style JPEG"),
          (34661, "JBIG"), (34926, "Zstandard"), (12345, "number 12345")]  # fmt: skip


def stamp(path, number, order, big):
    """Write another number where the file states its compression."""
    raw = bytearray(path.read_bytes())
    place = struct.unpack_from(f"{order}{'Q' if big else 'I'}", raw, 8 if big else 4)[0]
    count = struct.unpack_from(f"{order}{'Q' if big else 'H'}", raw, place)[0]
    for at in range(count):
        entry = place + (8 + 20 * at if big else 2 + 12 * at)
        if struct.unpack_from(f"{order}H", raw, entry)[0] == 259:
            struct.pack_into(f"{order}H", raw, entry + (12 if big else 8), number)
    path.write_bytes(raw)


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("number", "name"), ABSENT)
def test_an_absent_codec_is_named_in_either_byte_order(write, number, name, order, big):
    values = np.ones((2, 32, 32), np.uint8)
    options = {"BIGTIFF": "YES" if big else "NO", "ENDIANNESS": "BIG" if order == ">" else "LITTLE"}
    path = write("a.tif", values, **options)
    with opened(path) as raster:
        assert raster.read().sum() == 2 * 32 * 32
    stamp(path, number, order, big)
    assert compression(path) == number
    with pytest.raises(RasterError, match=rf"compressed by {name}.*may well be sound.*Deflate"):
        inspect_raster(path)


@pytest.mark.parametrize("codec", ["lzw", "deflate", "packbits", "zstd", "lerc", "lzma"])
def test_what_can_be_read_is_read(write, codec):
    path = write("a.tif", np.full((1, 16, 16), 7, np.uint8), compress=codec)
    assert compression(path) > 1
    with opened(path) as raster:
        assert (raster.read(1) == 7).all()


def test_damage_is_still_called_damage(write, tmp_path):
    path = write("a.tif", np.random.default_rng(0).random((2, 64, 64)), compress="deflate")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(RasterError, match="cut off or damaged"):
        inspect_raster(path)
    stub = tmp_path / "stub.tif"
    stub.write_bytes(b"II*\0\x08\0")
    assert compression(stub) == 1
    with pytest.raises(RasterError, match="cut off or damaged"):
        inspect_raster(stub)


def test_methods_have_words():
    assert method(50001) == "WebP (number 50001)"
    assert method(99) == "number 99"


def test_a_file_without_a_stated_compression_has_none(write):
    with rasterio.open(write("a.tif", np.zeros((1, 4, 4), np.uint8))) as raster:
        assert raster.compression is None
    assert compression(write("b.tif", np.zeros((1, 4, 4), np.uint8))) == 1
