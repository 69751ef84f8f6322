"""Blocks of the report's page -> what is set on paper: text, lists, tables, maps."""

import base64
import io
import re
from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import escape

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from geoseg.exports.html_tree import Element
from geoseg.exports.pdf_look import (
    BODY,
    BOLD,
    GAP,
    HEIGHT,
    INK,
    LINE,
    LOUD,
    LOUD_EDGE,
    STYLES,
    WIDTH,
)

TALLEST = 0.6
"""Of the page: no map is taller, so that its words stay beside it."""
CELL_GAP = 8
"""Points between columns."""
ROOM_BELOW = 100
"""Points: a heading with less room below it begins the next page."""
SWATCH, WHITE_SWATCH = "\u25a0", "\u25a1"
ROW = TableStyle([
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), CELL_GAP),
    ("TOPPADDING", (0, 0), (-1, -1), 3), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
])  # fmt: skip
BOX = TableStyle([
    ("BACKGROUND", (0, 0), (-1, -1), LOUD), ("BOX", (0, 0), (-1, -1), 1.2, LOUD_EDGE),
    ("LEFTPADDING", (0, 0), (-1, -1), 8), ("RIGHTPADDING", (0, 0), (-1, -1), 8),
    ("TOPPADDING", (0, 0), (-1, -1), 6), ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
])  # fmt: skip
PLAIN = TableStyle([
    ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
])  # fmt: skip


class MapPicture(Flowable):  # type: ignore[misc, unused-ignore]
    """A map with its frame and scale bar."""

    def __init__(self, source: str, width: float, bar: tuple[float, str]) -> None:
        """Take the picture as the page holds it.

        Args:
            source: 'data:image/png;base64,...'.
            width: Points; a tall picture is drawn narrower.
            bar: Length of the scale bar as a share of the picture, and its words.
        """
        super().__init__()
        self.image = ImageReader(io.BytesIO(base64.b64decode(source.partition(",")[2])))
        across, down = self.image.getSize()
        self.width = min(width, TALLEST * HEIGHT * across / down)
        self.height, self.bar = self.width * down / across, bar

    def draw(self) -> None:
        """Draw the picture with its lower left corner at the origin."""
        page, (share, words) = self.canv, self.bar
        page.drawImage(self.image, 0, 0, self.width, self.height)
        page.setStrokeColor(INK)
        page.setLineWidth(0.4)
        page.rect(0, 0, self.width, self.height)
        left, low, length = 0.02 * self.width, 0.03 * self.height, share * self.width
        page.setFillColorRGB(1, 1, 1, 0.8)
        page.rect(left, low, max(length, stringWidth(words, BOLD, 6) + 4), 12, stroke=0, fill=1)
        page.setFillColor(INK)
        page.setLineWidth(1.2)
        page.lines([(left, low, left + length, low), (left, low, left, low + 4),
                    (left + length, low, left + length, low + 4)])  # fmt: skip
        page.setFont(BOLD, 6)
        page.drawString(left + 2, low + 5, words)


def blocks(element: Element) -> Iterator[Flowable]:
    """Give what an element shows, top to bottom; an element that only groups shows its content."""
    for child in element.elements:
        if child.tag in BLOCKS:
            yield from BLOCKS[child.tag](child)
        elif child.has_class("maps"):
            yield from _maps(child)
        elif child.has_class("loud"):
            yield from _box([*_text(child), *blocks(child)])
        else:
            yield from blocks(child)


def _heading(element: Element) -> Iterator[Flowable]:
    yield CondPageBreak(ROOM_BELOW)
    yield Paragraph(_inline(element), STYLES[element.tag])


def _paragraph(element: Element) -> Iterator[Flowable]:
    kind = element.attributes.get("class", "")
    text = Paragraph(_inline(element), STYLES.get(kind, BODY))
    yield from _box([text]) if kind == "loud" else [text]


def _list(element: Element) -> Iterator[Flowable]:
    style = BODY.clone("item", leftIndent=12, bulletIndent=2, spaceAfter=2)
    for item in element.find_all("li"):
        yield Paragraph(_inline(item), style, bulletText="\u2022")
    yield Spacer(0, 3)


def _terms(element: Element) -> Iterator[Flowable]:
    """Set a list of terms as a table of two columns."""
    terms = [Paragraph(_inline(term), STYLES["term"]) for term in element.find_all("dt")]
    words = [Paragraph(_inline(word), STYLES["cell"]) for word in element.find_all("dd")]
    if terms:
        rows = list(zip(terms, words, strict=True))
        yield Table(rows, [0.28 * WIDTH, 0.72 * WIDTH], style=ROW, spaceAfter=6)


def _table(element: Element) -> Iterator[Flowable]:
    rows = [row.elements for row in element.find_all("tr")]
    if not rows:
        return
    heads = 1 if all(cell.tag == "th" for cell in rows[0]) else 0
    cells = [[Paragraph(_inline(cell), STYLES[_cell_style(cell)]) for cell in row] for row in rows]
    yield Table(cells, _widths(rows), style=ROW, repeatRows=heads, spaceAfter=8)


def _cell_style(cell: Element) -> str:
    head, number = cell.tag == "th", cell.has_class("number")
    return "number head" if head and number else "number" if number else "head" if head else "cell"


def _widths(rows: Sequence[Sequence[Element]]) -> list[float]:
    """Share the page's width: every column holds its longest word, the rest goes by need."""
    columns = list(zip(*rows, strict=True))
    least = [CELL_GAP + _widest(column, str.split) for column in columns]
    wish = [CELL_GAP + _widest(column, lambda words: [words]) for column in columns]
    if sum(least) >= WIDTH:
        return [WIDTH * own / sum(least) for own in least]
    extra = [most - own for own, most in zip(least, wish, strict=True)]
    share = (WIDTH - sum(least)) / (sum(extra) or 1)
    widths = [own + more * min(share, 1) for own, more in zip(least, extra, strict=True)]
    return [WIDTH * own / sum(widths) for own in widths]


def _widest(column: Sequence[Element], pieces: Callable[[str], list[str]]) -> float:
    """Return the width of the widest piece in a column; nothing counts for more than half a page."""
    sizes = [stringWidth(piece, BOLD, 8) for cell in column for piece in pieces(cell.words)]
    return min(WIDTH / 2, max(sizes, default=0))


def _maps(element: Element) -> Iterator[Flowable]:
    """Set maps two in a row, the first alone where they are odd in number."""
    figures = element.elements
    if len(figures) % 2:
        yield KeepTogether(list(_figure(figures[0], WIDTH)))
        figures = figures[1:]
    half = (WIDTH - GAP) / 2
    for left, right in zip(figures[::2], figures[1::2], strict=True):
        pair = [list(_figure(left, half)), "", list(_figure(right, half))]
        yield Table([pair], [half, GAP, half], style=PLAIN)


def _figure(element: Element, width: float) -> Iterator[Flowable]:
    image, bar, caption = element.find("img"), element.find("span"), element.find("figcaption")
    if image is not None:
        yield MapPicture(image.attributes["src"], width, _bar(element, bar))
    if caption is None:
        return
    yield Spacer(0, 3)
    said = [
        part for part in caption.children if not (isinstance(part, Element) and part.tag == "ul")
    ]
    yield Paragraph(_inline(Element("figcaption", children=said)), STYLES["caption"])
    yield Paragraph("&nbsp;&nbsp; ".join(map(_label, caption.find_all("li"))), STYLES["legend"])


def _bar(figure: Element, words: Element | None) -> tuple[float, str]:
    styles = [part.attributes.get("style", "") for part in figure.find_all("div")]
    percent = next(
        (found[1] for text in styles if (found := re.search(r"width: ([\d.]+)%", text))), "0"
    )
    return float(percent) / 100, words.words if words else ""


def _label(item: Element) -> str:
    """Return one entry of a legend: a square in its colour and the words, never torn apart."""
    words = escape(item.words).replace(" ", "&nbsp;")
    return "".join(map(_swatch, item.find_all("i"))) + words


def _swatch(element: Element) -> str:
    """Return a square in the colour of a legend; white has an edge."""
    found = re.search(r"#[0-9a-fA-F]{6}", element.attributes.get("style", ""))
    colour = found[0].lower() if found else "#ffffff"
    square = f'<font color="{colour}">{SWATCH}</font>'
    return f"{WHITE_SWATCH if colour == '#ffffff' else square}&nbsp;"


def _box(inside: Sequence[Flowable]) -> Iterator[Flowable]:
    yield Table([[list(inside)]], [WIDTH], style=BOX, spaceBefore=4, spaceAfter=8)


def _text(element: Element) -> Iterator[Flowable]:
    """Give the text that stands in an element beside its blocks."""
    text = " ".join(" ".join(part for part in element.children if isinstance(part, str)).split())
    if text:
        yield Paragraph(escape(text), STYLES["loud"])


def _inline(element: Element) -> str:
    """Return text with its emphasis, as the paragraph writer takes it."""
    parts = []
    for child in element.children:
        if isinstance(child, str):
            parts.append(escape(re.sub(r"\s+", " ", child)))
        elif child.tag == "br":
            parts.append("<br/>")
        elif child.tag == "i":
            parts.append(_swatch(child))
        else:
            inside = _inline(child)
            parts.append(f"<b>{inside}</b>" if child.tag in ("strong", "b") else inside)
    return "".join(parts)


BLOCKS: dict[str, Callable[[Element], Iterator[Flowable]]] = {
    "h1": _heading, "h2": _heading, "h3": _heading, "p": _paragraph, "ul": _list,
    "dl": _terms, "table": _table,
}  # fmt: skip
"""Element -> what sets it."""
