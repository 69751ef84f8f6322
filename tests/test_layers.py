"""Imports run one way, and heavy libraries stay where they belong."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "geoseg"
ORDER = (
    "errors names progress files processor settings lonlat ellipsoid grid tasks stack predictors simulate models training "
    "published inference "
    "mapping evaluation ranking figures exports pipeline comparison experiments workspace jobs web ui cli"
).split()
HOME = {
    "torch": {"models", "training", "inference"},
    "segmentation_models_pytorch": {"models", "training", "inference"},
    "openvino": {"inference"},
    "starlette": {"web"},
    "fastapi": {"web"},
    "streamlit": {"ui"},
    "plotly": {"figures", "exports", "ui"},
    "typer": {"cli"},
    "huey": {"jobs"},
}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem in ORDER)


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_above_it(path):
    own = ORDER.index(layer(path))
    for name in imported(path):
        if name.startswith("geoseg.") and name.split(".")[1] in ORDER:
            assert ORDER.index(name.split(".")[1]) <= own, f"{layer(path)} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_stay_in_their_layers(path):
    for name in imported(path):
        root = name.split(".")[0]
        assert layer(path) in HOME.get(root, ORDER), f"{path.name} imports {root}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_vector_files_are_read_by_the_pyogrio_that_leaves_nothing_beside_them(path):
    if path != PACKAGE / "stack" / "ogr.py":
        assert "pyogrio" not in list(imported(path)), f"{path.name} takes pyogrio past stack.ogr"


def test_the_page_process_never_loads_torch():
    code = (
        "import sys, importlib\n"
        "for name in ('figures.charts', 'ui', 'web', 'jobs.queue', 'workspace', 'pipeline', 'cli'):\n"
        "    importlib.import_module('geoseg.' + name)\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, check=False)
    assert done.returncode == 0
