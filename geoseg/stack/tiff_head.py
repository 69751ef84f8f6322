"""The first bytes of a TIFF -> how its pixels are compressed, where GDAL would not even open it."""

import struct
from pathlib import Path

COMPRESSION = 259
METHODS = {
    2: "CCITT", 3: "CCITT fax 3", 4: "CCITT fax 4", 5: "LZW", 6: "old-style JPEG", 7: "JPEG",
    8: "Deflate", 9: "JBIG", 10: "JBIG", 32908: "PixarFilm", 32946: "Deflate", 33003: "JPEG 2000",
    33005: "JPEG 2000", 34661: "JBIG", 34712: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG",
    34925: "LZMA", 34926: "Zstandard", 34927: "WebP", 50000: "Zstandard", 50001: "WebP",
    50002: "JPEG XL", 52546: "JPEG XL",
}  # fmt: skip
"""Numbers of tag 259 as registered, and as GDAL and libtiff use them."""
NO_COMPRESSION = 1
MOST_TAGS = 4096


def compression(path: Path) -> int:
    """Return the number of the compression that the first image states; 1 where it states none.

    Both byte orders and BigTIFF are read. A file too short for its own first directory gives 1.
    """
    with path.open("rb") as file:
        start = file.read(16)
        order = "<" if start[:2] == b"II" else ">"
        big = start[2:4] in {b"+\0", b"\0+"}
        try:
            place = struct.unpack_from(f"{order}Q" if big else f"{order}I", start, 8 if big else 4)
            file.seek(place[0])
            head, entry = (8, 20) if big else (2, 12)
            count = struct.unpack(f"{order}Q" if big else f"{order}H", file.read(head))[0]
            tags = file.read(min(count, MOST_TAGS) * entry)
        except (struct.error, OSError, OverflowError):
            return NO_COMPRESSION
    for at in range(0, len(tags) - entry + 1, entry):
        if struct.unpack_from(f"{order}H", tags, at)[0] == COMPRESSION:
            return int(struct.unpack_from(f"{order}H", tags, at + (12 if big else 8))[0])
    return NO_COMPRESSION


def method(number: int) -> str:
    """Name a compression: 'JPEG XL', or 'number 12345' where nobody registered one."""
    name = METHODS.get(number)
    return f"{name} (number {number})" if name else f"number {number}"
