import subprocess
import sys

import pytest

from geoseg.cli import main
from geoseg.cli.door import at_home

COMMANDS = ("predict", "evaluate", "train", "simulate", "report", "serve",
            "unite", "experiment",
            "models list", "models show", "models verify", "models rank",
            "data list", "data fetch", "models fetch", "models import",
            "models statistics")  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example(command, capsys):
    assert main([*command.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example:" in shown
    assert f"geoseg {command}" in shown.split("Example:")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("fly", "No such command 'fly'"),
        ("predict a.tif", "Missing option '--out'"),
        ("predict --out x", "Missing argument"),
        ("predict a.tif --out x --tile many", "Invalid value for '--tile'"),
        ("predict a.tif --out x --positive six", "takes class ids"),
        ("predict a.tif --out x --bands B1", "BAND=FILE#NUMBER"),
        ("predict a.tif --out x --task moon", "no task 'moon'"),
        ("predict a.tif --out x --setting s9", "no setting 's9'"),
        ("predict a.tif --out x --setting s2 --tile 100", "multiple of 32"),
        ("predict a.tif --out x --setting s2 --overlap 160", "at most half the tile"),
        ("predict a.tif --out x --setting s2 --threshold 1.5", "less than 1"),
        ("predict a.tif --out x --setting s2 --precision sharp", "'exact' or 'fast'"),
        ("predict a.tif --out x --setting s2 --cluster host:1", "No such option"),
        ("models list --models nowhere", "no folder of trained networks at nowhere"),
        ("report nowhere --out a.html", "holds no run.json"),
        ("simulate --task custom --out x", "no simulator for 'custom'"),
        ("simulate --out x --size 8", "at least 64"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert words in told.err
    assert told.err.startswith("geoseg: ")
    assert told.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from geoseg.cli import main; status = main(['--help']);"
        "heavy = {'torch', 'rasterio', 'numpy', 'pydantic'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "predict" in done.stdout


def test_python_m_geoseg_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "geoseg", "models", "fly"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("geoseg: No such command 'fly'")


def test_the_home_folder_is_put_where_no_shell_did_and_words_stay(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.chdir(tmp_path)
    given = ["predict", "~/a.tif", "--out=~/maps", "--reference", "~/b.tif", "--title=~/x",
             "--title", "~/y", "--members=a~/b", "c~/d.tif", "~ada/x", "~"]  # fmt: skip
    expected = ["predict", "/home/ada/a.tif", "--out=/home/ada/maps", "--reference",
                "/home/ada/b.tif", "--title=~/x", "--title", "~/y", "--members=a~/b", "c~/d.tif",
                "~ada/x", "/home/ada"]  # fmt: skip
    assert at_home(given) == expected
    (tmp_path / "~").mkdir()
    assert at_home(given) == given
