"""A file of shapes -> which of the known formats it is, by name and content; or one sentence.

The one list of formats: uploads and runs read the same. A file is opened only as what its name
promises: some formats that hide behind an innocent name point to further files or addresses.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from geoseg.errors import GeosegError

Fault = type[GeosegError]
LARGEST_TEXT_BYTES = 200 * 10**6
"""JSON is read whole."""
LARGEST_BYTES = 4 * 10**9
"""Of what a packed file may hold."""
HEAD_BYTES = 256
CHUNK_BYTES = 2**20
GEOJSON_TYPES = {
    "FeatureCollection", "Feature", "Polygon", "MultiPolygon", "LineString", "MultiLineString",
    "Point", "MultiPoint", "GeometryCollection",
}  # fmt: skip
EXPECTED = "GeoPackage, GeoJSON, shapefile, KML, FlatGeobuf, GML or GeoParquet, zipped or not"


@dataclass(frozen=True)
class Format:
    """One format of shapes.

    Attributes:
        title: What it is called.
        starts: First bytes, one of them; blanks before text are passed over.
        check: Raises the fault with one sentence where the content is something else.
    """

    title: str
    starts: tuple[bytes, ...]
    check: Callable[[Path, Fault], None] = lambda _path, _fault: None


def check_format(path: Path, fault: Fault) -> None:
    """Refuse a file whose content is not what its name says.

    Args:
        path: The file.
        fault: Raised with one sentence.
    """
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        raise fault(f"{path.name} is no file of shapes; expected one of {', '.join(FORMATS)}")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not _plain(head).startswith(known.starts):
        raise fault(
            f"{path.name} is not what its name says, for it does not begin like a {known.title}; "
            "export it again"
        )
    known.check(path, fault)


def _plain(head: bytes) -> bytes:
    """Return the start of a text without byte order mark, blanks and every second, empty byte."""
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if head.startswith(mark):
            head = head.removeprefix(mark).replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _geojson(path: Path, fault: Fault) -> None:
    if path.stat().st_size > LARGEST_TEXT_BYTES:
        raise fault(f"{path.name} is larger than 200 MB; save it as GeoPackage")
    try:
        content = json.loads(path.read_bytes(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise fault(f"{path.name} is damaged JSON, or none at all; export it again") from None
    if not isinstance(content, dict) or content.get("type") not in GEOJSON_TYPES:
        raise fault(f"{path.name} is JSON without shapes; export it as GeoJSON")


def is_other_json(path: Path) -> bool:
    """Tell whether a file is sound JSON of something else than shapes, such as a style."""
    if path.suffix.lower() != ".json" or path.stat().st_size > LARGEST_TEXT_BYTES:
        return False
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return not isinstance(content, dict) or content.get("type") not in GEOJSON_TYPES


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object that says nothing twice: readers differ in what they take."""
    found = dict(pairs)
    if len(found) < len(pairs) and "type" in found:
        raise ValueError("twice")
    return found


def _shapefile(path: Path, fault: Fault) -> None:
    """Refuse a shapefile without its index; GDAL would call it damaged."""
    beside = {other.name.lower() for other in path.parent.glob(f"{glob_safe(path.stem)}.*")}
    if f"{path.stem}.shx".lower() not in beside:
        raise fault(
            f"{path.name} came without {path.stem}.shx, which belongs to it; bring all parts of "
            "the shapefile (.shp, .shx, .dbf, .prj)"
        )


def glob_safe(name: str) -> str:
    """Return a name whose signs mean only themselves in a search for files."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _xml(roots: tuple[str, ...]) -> Callable[[Path, Fault], None]:
    """Return the check of a format in XML: its root, and nothing that unfolds or fetches."""

    def check(path: Path, fault: Fault) -> None:
        found: list[str] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = lambda name, _: found.append(name) if not found else None
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    parser.Parse(chunk)
            parser.Parse(b"", True)
        except _DoctypeError:
            raise fault(
                f"{path.name} declares a document type, which may unfold or fetch further text; "
                "export it again without"
            ) from None
        except expat.ExpatError:
            raise fault(f"{path.name} is cut off or damaged XML; export it again") from None
        root = found[0].rsplit(" ", 1)[-1]
        if roots and root not in roots:
            raise fault(
                f"{path.name} is XML that begins with {root[:40]}; expected {' or '.join(roots)}, "
                "so export it again"
            )

    return check


class _DoctypeError(Exception):
    """Ends the parsing."""


def _no_doctype(*_found: object) -> None:
    raise _DoctypeError


def _gml(path: Path, fault: Fault) -> None:
    _xml(())(path, fault)
    with path.open("rb") as file:
        head = _plain(file.read(CHUNK_BYTES))
    if b"http://www.opengis.net/gml" not in head:
        raise fault(f"{path.name} is XML, but no GML; export it again")


def _parquet(path: Path, fault: Fault) -> None:
    import pyarrow
    from pyarrow import parquet

    try:
        about = parquet.read_metadata(path)
        sizes = [about.row_group(row).total_byte_size for row in range(about.num_row_groups)]
    except (pyarrow.ArrowException, OSError):
        raise fault(f"{path.name} is cut off or damaged; export it again") from None
    if sum(sizes) > LARGEST_BYTES:
        raise fault(f"{path.name} unpacks to more than 4 GB; save it as GeoPackage")
    if b"geo" not in (about.metadata or {}):
        raise fault(f"{path.name} is a table without shapes; export it as GeoParquet")


_XML_STARTS = (b"<",)
FORMATS: dict[str, Format] = {
    ".gpkg": Format("GeoPackage", (b"SQLite format 3\0",)),
    ".geojson": Format("GeoJSON file", (b"{",), _geojson),
    ".json": Format("GeoJSON file", (b"{",), _geojson),
    ".shp": Format("shapefile", (b"\x00\x00\x27\x0a",), _shapefile),
    ".kml": Format("KML file", _XML_STARTS, _xml(("kml",))),
    ".fgb": Format("FlatGeobuf", (b"fgb\x03fgb",)),
    ".gml": Format("GML file", _XML_STARTS, _gml),
    ".parquet": Format("GeoParquet", (b"PAR1",), _parquet),
    ".geoparquet": Format("GeoParquet", (b"PAR1",), _parquet),
    ".zip": Format("zip file", (b"PK\x03\x04", b"PK\x05\x06")),
    ".kmz": Format("KMZ file", (b"PK\x03\x04", b"PK\x05\x06")),
}
"""Ending of the name -> format."""
PACKED = (".zip", ".kmz")
"""Formats that hold files of the others."""
PARQUET = (".parquet", ".geoparquet")
SHAPE_ENDINGS = [ending.removeprefix(".") for ending in FORMATS if ending != ".shp"]
"""What a page takes: a shapefile alone is not whole, so it comes in a zip."""
