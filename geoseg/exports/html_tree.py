"""The text of a page of ours -> a small tree of its elements, for writers that are no browsers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "img", "link", "br"})
"""Elements that hold nothing and are never closed."""
UNSEEN = frozenset({"head", "style", "script"})


@dataclass
class Element:
    """One element: its tag, what it says of itself, and what it holds, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def has_class(self, name: str) -> bool:
        """Tell whether the element carries a class."""
        return name in self.attributes.get("class", "").split()

    @property
    def elements(self) -> list["Element"]:
        """The elements directly inside, without the text between them."""
        return [child for child in self.children if isinstance(child, Element)]

    def find_all(self, *tags: str) -> Iterator["Element"]:
        """Give every element of these tags inside, in the order of the page."""
        for child in self.elements:
            if child.tag in tags:
                yield child
            yield from child.find_all(*tags)

    def find(self, *tags: str) -> "Element | None":
        """Return the first element of these tags; None where there is none."""
        return next(self.find_all(*tags), None)

    @property
    def words(self) -> str:
        """The text inside as a reader sees it, in one line."""
        return " ".join("".join(_pieces(self)).split())


def parse(page: str) -> Element:
    """Return the body of a well-formed page; head, styles and scripts are left out."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    return builder.root.find("body") or builder.root


def _pieces(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in UNSEEN:
            yield from _pieces(child)
            if child.tag not in ("strong", "i", "b", "em"):
                yield " "


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(element.tag in UNSEEN for element in self._open):
            self._open[-1].children.append(data)
