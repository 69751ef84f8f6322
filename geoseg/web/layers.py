"""A raster file and the kind of map it holds -> an unguessable layer id that tiles are asked by.

Pages import this module: it knows the registry and the URLs, nothing of servers.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import urlencode

from geoseg.errors import WorkspaceError
from geoseg.settings import Settings
from geoseg.web.places import allowed, signed
from geoseg.workspace.files import make_folder, root, write_whole

LayerKind = Literal[
    "probability",
    "spread",
    "agreement",
    "coverage",
    "classes",
    "confusion",
    "reference",
    "single_vs_ensemble",
    "run_vs_run",
    "difference",
    "probability_difference",
    "single_best",
    "entropy",
    "mutual_information",
    "rgb",
    "hillshade",
    "band",
]
KINDS: tuple[str, ...] = get_args(LayerKind)
ID_FORM = re.compile(r"[A-Za-z0-9_-]{24}")
Source = tuple[Path, int]
"""A raster file and the band in it, counted from 1."""


class Layer(Settings):
    """One map layer.

    Attributes:
        id: What tiles are asked by; tells nothing of the file.
        kind: Which style it is drawn in.
        title: What the legend and the values box call it.
        sources: The band it shows; three of them, red, green and blue, for `rgb`; probability and
            reference for a `confusion` that follows the threshold.
        task: Whose legend it takes; "" for the plain one.
    """

    id: str
    kind: LayerKind
    title: str
    sources: tuple[Source, ...]
    task: str = ""

    @property
    def version(self) -> str:
        """Eight letters that change with the files' times and sizes; browsers may keep tiles."""
        states = [path.stat() for path, _band in self.sources]
        text = repr([(state.st_mtime_ns, state.st_size) for state in states])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def register(path: Path, kind: str, title: str = "", band: int = 1, task: str = "") -> str:
    """Make one band of a raster a layer and return its id, the same at every call.

    Args:
        path: The raster.
        kind: One of `KINDS`.
        title: What the legend and the values box call it; the file's name where empty.
        band: Which band of the file, counted from 1.
        task: Whose colours and words the legend of classes takes.

    Raises:
        WorkspaceError: The file is missing, outside the allowed folders, or the kind is unknown.
    """
    return register_sources([(path, band)], kind, title, task)


def register_rgb(sources: Sequence[Source], title: str = "") -> str:
    """Make three bands, red, green and blue, of one file or of three, a layer; return its id."""
    return register_sources(sources, "rgb", title)


def register_live_confusion(
    probability: Path, reference: Path, title: str = "", task: str = ""
) -> str:
    """Make right and wrong at any threshold a layer; its tiles are asked with `threshold`."""
    return register_sources([(probability, 1), (reference, 1)], "confusion", title, task)


def register_sources(sources: Sequence[Source], kind: str, title: str = "", task: str = "") -> str:
    """Make bands a layer of that kind and return its id."""
    if kind not in KINDS:
        raise WorkspaceError(f"no layer kind {kind!r}; choose one of {', '.join(KINDS)}")
    real = tuple((allowed(Path(path)), band) for path, band in sources)
    layer = Layer(
        id=_layer_id(kind, real),
        kind=cast("LayerKind", kind),
        title=title or real[0][0].stem,
        sources=real,
        task=task,
    )
    _write(layer)
    return layer.id


def find(layer_id: str) -> Layer:
    """Return the registered layer.

    Raises:
        WorkspaceError: There is none of that id, or its file is gone or no longer allowed.
    """
    path = _record_path(layer_id)
    if not ID_FORM.fullmatch(layer_id) or not path.is_file():
        raise WorkspaceError("there is no such map layer; open the page again to make it anew")
    layer = Layer.from_json(path.read_bytes())
    for file, _band in layer.sources:
        allowed(file)
    return layer


def tile_url(layer_id: str, **style: str | float) -> str:
    """Return the address of the layer's tiles with {z}, {x} and {y} left open.

    Args:
        layer_id: What `register` gave.
        **style: colormap, min, max, threshold; see `geoseg.web.drawing.Drawing`.
    """
    query = urlencode({**style, "v": find(layer_id).version})
    return f"/tiles/{layer_id}/{{z}}/{{x}}/{{y}}.png?{query}"


def info_url(layer_id: str) -> str:
    """Return the address of the layer's bounds, zooms, unit and legend."""
    return f"/tiles/{layer_id}/info"


def point_url(layer_ids: Sequence[str]) -> str:
    """Return the address of all the layers' values at `&lon=` and `&lat=`, which are to follow."""
    first, *others = layer_ids
    return f"/tiles/{first}/point?" + urlencode({"also": ",".join(others)})


def _layer_id(kind: str, sources: Sequence[Source]) -> str:
    """Return 24 letters that only this workspace's secret can make out of kind and files."""
    return signed(json.dumps([kind, *([str(path), band] for path, band in sources)]))


def _record_path(layer_id: str) -> Path:
    return root() / "layers" / f"{layer_id}.json"


def _write(layer: Layer) -> None:
    """Store the record; an unchanged one is left alone."""
    path, text = _record_path(layer.id), layer.to_json()
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        make_folder(path.parent)
        write_whole(path, text)
