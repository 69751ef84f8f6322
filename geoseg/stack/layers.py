"""A file of shapes -> its layers, and the one that is meant.

The only layer with shapes of the wished kind is meant; of several the only one that lies where the
rasters are; else the user says which, behind the file's name: `inventory.gpkg:wetlands`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoseg.files.parts import split_part
from geoseg.names import local, shown
from geoseg.stack.archives import unpacked
from geoseg.stack.kinds import Kind
from geoseg.stack.vector_formats import PACKED, PARQUET, Fault, check_format, is_other_json
from geoseg.tasks.words import find_name, in_line, key

if TYPE_CHECKING:
    import geopandas

ALL = "all"
"""Means every layer of the kind together."""


@dataclass(frozen=True)
class LayerFacts:
    """What a layer says of itself.

    Attributes:
        name: What the user calls it.
        count: Rows.
        geometry: Their geometry type.
        crs: Coordinate reference system, "" for none.
    """

    name: str
    count: int
    geometry: str
    crs: str

    def words(self) -> str:
        """Describe it: '12 outlines (Polygon), EPSG:32632'."""
        crs = self.crs or "no coordinate reference system"
        return f"{self.count} outlines ({self.geometry}), {crs}"


@dataclass(frozen=True)
class Layer:
    """One layer of a file.

    Attributes:
        name: What the user calls it.
        path: Where it lies.
        inner: Its number in the file; names may come twice.
        geometry: Geometry type as the file states it, "" for a table without shapes.
    """

    name: str
    path: Path
    inner: int
    geometry: str

    def may_hold(self, kind: Kind) -> bool:
        """Tell by the stated type whether shapes of that kind can be in it."""
        anything = "Unknown" in self.geometry or "Geometry" in self.geometry
        return anything or any(word in self.geometry for word in kind.stated)

    def read(self, fault: Fault) -> "geopandas.GeoDataFrame":
        """Return its shapes with their columns, without heights, straight lines for curves."""
        import geopandas

        if self.path.suffix.lower() in PARQUET:
            frame = _reading(self.path, fault, lambda: geopandas.read_parquet(self.path))
            frame["geometry"] = frame.geometry.force_2d()
            return frame.set_geometry("geometry")
        from geoseg.stack.ogr import pyogrio

        read = pyogrio.read_dataframe
        frame = _reading(
            self.path, fault, lambda: read(str(self.path), layer=self.inner, force_2d=True)
        )
        return frame

    def facts(self, fault: Fault) -> LayerFacts:
        """Return what it says of itself, without reading its shapes where that is possible."""
        if self.path.suffix.lower() in PARQUET:
            frame = self.read(fault)
            types = sorted(set(frame.geom_type.dropna()))
            crs = frame.crs.to_string() if frame.crs else ""
            return LayerFacts(self.name, len(frame), ", ".join(types), crs)
        from geoseg.stack.ogr import pyogrio

        read = pyogrio.read_info
        found = _reading(
            self.path, fault, lambda: read(str(self.path), layer=self.inner,
                                           force_feature_count=True)
        )  # fmt: skip
        return LayerFacts(
            self.name, found["features"], found["geometry_type"] or "", found["crs"] or ""
        )


@contextmanager
def open_layers(path: Path, fault: Fault) -> Iterator[list[Layer]]:
    """Give the layers of a file with shapes for as long as they are read.

    Args:
        path: The file; a part named behind it is passed over.
        fault: Raised with one sentence where it cannot be read.
    """
    file, _ = split_part(path)
    if not file.is_file():
        raise fault(f"there is no file {shown(file)}; check its name and folder")
    check_format(file, fault)
    file = local(file)
    if file.suffix.lower() in PACKED:
        with unpacked(file, fault) as inside:
            files = _of_shapes(inside)
            yield [layer for name, found in files for layer in _inside(name, found, fault)]
    elif file.suffix.lower() == ".gml":
        # GDAL leaves a description beside such a file and believes the one that lies there.
        with TemporaryDirectory(prefix="geoseg-gml-") as folder:
            copy = Path(folder) / "shapes.gml"
            copy.write_bytes(file.read_bytes())
            yield _layers(copy, fault)
    else:
        yield _layers(file, fault)


def _of_shapes(inside: Sequence[tuple[str, Path]]) -> Sequence[tuple[str, Path]]:
    """Leave out JSON of other things beside shapes, such as styles; alone it is told as it is."""
    return [one for one in inside if not is_other_json(one[1])] or inside


def _inside(name: str, path: Path, fault: Fault) -> list[Layer]:
    """Return the layers of a file of an archive, called by it."""
    check_format(path, fault)
    own = _layers(path, fault)
    if len(own) == 1:
        return [Layer(name, path, own[0].inner, own[0].geometry)]
    return [Layer(f"{name}.{one.name}", path, one.inner, one.geometry) for one in own]


def _layers(path: Path, fault: Fault) -> list[Layer]:
    if path.suffix.lower() in PARQUET:
        return [Layer(path.stem, path, 0, "Unknown")]
    from geoseg.stack.ogr import pyogrio

    rows = _reading(path, fault, lambda: pyogrio.list_layers(str(path)))
    return [
        Layer(str(name), path, number, str(geometry or ""))
        for number, (name, geometry) in enumerate(rows)
    ]


def _reading(path: Path, fault: Fault, read: Any) -> Any:
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

    try:
        return read()
    except (
        DataSourceError, DataLayerError, FeatureError, GeometryError, UnicodeDecodeError, ValueError,
    ):  # fmt: skip
        raise fault(
            f"{path.name} cannot be read; it is damaged or of another format, so export it again"
        ) from None


def wished_layers(path: Path, layers: Sequence[Layer], kind: Kind, fault: Fault) -> list[Layer]:
    """Return the layer named behind the file, else all that may hold the kind."""
    file, part = split_part(path)
    own = [layer for layer in layers if layer.may_hold(kind)]
    if not part:
        return own
    names = find_name([layer.name for layer in layers], part)
    if names:
        return [next(layer for layer in layers if layer.name == names[0])]
    if key(part) == ALL and own:
        return own
    raise fault(f"{file.name} has no layer {part}; it has {in_line([one.name for one in layers])}")


def too_many(path: Path, found: Sequence[str], kind: Kind, example: str) -> str:
    """Return the sentence for several layers of which nobody said which is meant."""
    file, _ = split_part(path)
    return (
        f"{file.name} has {len(found)} layers with {kind.word}s ({in_line(found)}); say which is "
        f"meant behind its name, e.g. '{file.name}:{example}', or '{file.name}:{ALL}' for all "
        "together"
    )


def together(frames: Sequence["geopandas.GeoDataFrame"]) -> "geopandas.GeoDataFrame":
    """Return the rows of several layers in one CRS as one table."""
    if len(frames) == 1:
        return frames[0]
    return pd.concat(frames, ignore_index=True)
