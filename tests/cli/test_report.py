"""geoseg report writes a page or a PDF, and refuses what is neither."""

import pytest

from geoseg import pipeline
from geoseg.cli import main


@pytest.fixture
def run_folder(zoo, stack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = {"setting": "s2", "ensemble_size": 1}
    pipeline.run(
        pipeline.RunRequest(rasters=(stack,), models=zoo, settings=settings), tmp_path / "run"
    )
    return tmp_path / "run"


def test_the_report_comes_as_a_page_and_as_a_pdf(run_folder, tmp_path, capsys):
    for name, begins in (("a.html", b"<!DOCTYPE html>"), ("a.PDF", b"%PDF-")):
        assert main(["report", str(run_folder), "--out", str(tmp_path / name)]) == 0
        assert capsys.readouterr().out.strip() == str(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "a.docx"], "name it .html or .pdf"),
        (["--out", "a.pdf", "--comparison", "nowhere"], "geoseg compare wrote"),
        (["--out", "nowhere/a.pdf"], "there is no folder nowhere"),
    ],
)
def test_a_mistake_is_one_sentence(run_folder, arguments, words, capsys):
    assert main(["report", str(run_folder), *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
