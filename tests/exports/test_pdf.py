"""The PDF says what the page says, shows the maps it shows, and holds whatever comes."""

import base64
import io
from collections import Counter

import numpy as np
import pypdfium2
import pypdfium2.raw
import pytest
from PIL import Image

from geoseg.exports.html_tree import parse
from geoseg.exports.pdf import as_pdf, write_pdf
from geoseg.exports.report import write_report
from tests.exports.test_report import METRICS, classes, run_folder  # noqa: F401 - fixtures


@pytest.fixture
def read():
    """The text and the number of pictures of a PDF."""

    def reader(content):
        document = pypdfium2.PdfDocument(content)
        texts, pictures = [], 0
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_bounded())
            text.close()
            pictures += sum(1 for _ in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
            page.close()
        document.close()
        return texts, pictures

    return reader


def page_of(inside):
    return f"<html><head><title>x</title></head><body>{inside}</body></html>"


def picture(width, height):
    memory = io.BytesIO()
    Image.fromarray(np.zeros((height, width, 3), np.uint8)).save(memory, "PNG")
    return "data:image/png;base64," + base64.b64encode(memory.getvalue()).decode("ascii")


def figure(width, height, words="a map"):
    return (
        f'<figure><div class="map"><img src="{picture(width, height)}" alt="">'
        '<div class="bar" style="width: 20%"><span>1 km</span></div></div>'
        f"<figcaption><strong>Title</strong> {words}<ul><li><i style='background: #ff0000'></i>red"
        "</li></ul></figcaption></figure>"
    )


def test_the_pdf_of_a_run_says_every_word_of_its_page(run_folder, read, tmp_path):  # noqa: F811
    text = write_report(run_folder(METRICS)).read_text()
    path = write_pdf(text, tmp_path / "report.pdf")
    pages, pictures = read(path.read_bytes())
    said = Counter(" ".join(pages).split())
    assert not Counter(parse(text).words.split()) - said
    assert pictures == 4
    assert "page 1" in pages[0]


def test_the_same_page_gives_the_same_file(run_folder):  # noqa: F811
    text = write_report(run_folder()).read_text()
    assert as_pdf(text) == as_pdf(text)


def test_letters_beyond_english_are_set(read):
    words = "Ålesund, Łódź, Ελλάδα, Килиманджаро, m² ± 5"
    assert words in read(as_pdf(page_of(f"<h1>{words}</h1>")))[0][0]


def test_markup_in_a_title_stays_text(read):
    page = page_of("<h1>a &lt;b&gt; &amp;amp; c</h1><p>1 &lt; 2</p>")
    assert "a <b> &amp; c" in read(as_pdf(page))[0][0]


@pytest.mark.parametrize("shape", [(900, 30), (30, 900), (1, 1)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_map_of_any_shape_fits_its_page(read, shape, count):
    page = page_of(f'<div class="maps">{figure(*shape) * count}</div>')
    pages, pictures = read(as_pdf(page))
    assert pictures == count
    assert "".join(pages).count("Title") == count


def test_a_long_table_goes_on_with_its_heading(read):
    rows = "".join(f"<tr><td>row{n}</td><td class='number'>{n}</td></tr>" for n in range(200))
    pages, _ = read(as_pdf(page_of(f"<table><tr><th>Name</th><th>No</th></tr>{rows}</table>")))
    assert len(pages) > 1
    assert all("Name" in page for page in pages)
    assert all(f"row{n}" in " ".join(pages) for n in range(200))


def test_words_without_a_place_to_break_stay_on_the_page(read):
    name = "a_very_long_file_name_" * 20
    pages, _ = read(as_pdf(page_of(f"<dl><dt>File</dt><dd>{name}</dd></dl><p>{name}</p>")))
    assert "".join("".join(pages).split()).count(name) == 2
