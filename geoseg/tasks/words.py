"""Classes and columns as people write them -> the same word, whatever its letters and blanks.

Capitals, umlauts in either coding, the German sharp s, blanks around and within, 1 beside 1.0 and
"1", yes-or-no as true and false: two spellings are one word where their keys are equal.
"""

import csv
import math
import numbers
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from geoseg.tasks.declaration import ClassLabel

WHOLE = re.compile(r"([+-]?)0*(\d+)(?:[.,]0*)?")
"""A whole number as text: 7, 07, 7.0 and 7,0 are the same class."""
TRUTH = {"true": "1", "false": "0"}
UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))
MANY = 12
SAYS_NOTHING = re.compile(r"(band|layer|channel|gr[ae]y)?\s*_?\d*", re.IGNORECASE)
"""Names of bands that writers give of themselves: Band 1, layer_2, Gray."""


def as_written(value: Any) -> str:
    """Return a value of a column as text, whole numbers without a point; "" where it is missing."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() else repr(number)
    # The missing values of pandas are of no kind of number.
    return "" if type(value).__name__ in {"NAType", "NaTType"} else str(value).strip()


def key(value: Any) -> str:
    """Return what two spellings of one word share; "" where the value is missing or blank."""
    text = unicodedata.normalize("NFKC", as_written(value)).translate(UNSEEN)
    text = unicodedata.normalize("NFKC", " ".join(text.split()).casefold())
    text = re.sub(r"\s*,\s*", ",", text)
    if number := WHOLE.fullmatch(text):
        sign = "-" if number[1] == "-" and number[2] != "0" else ""
        return f"{sign}{number[2]}"
    return TRUTH.get(text, text)


def find_name(names: Iterable[Any], wished: Any) -> list[Any]:
    """Return the names that are a wished one: the one written so, else all of the same word."""
    known = list(names)
    exact = [name for name in known if str(name) == str(wished)]
    return exact or [name for name in known if key(name) == key(wished)]


def ids_by_word(labels: Sequence[ClassLabel]) -> dict[str, int]:
    """Return the class id of every id and name of a legend, by their keys."""
    names = {key(label.name): label.id for label in labels}
    return names | {key(label.id): label.id for label in labels}


def in_line(names: Iterable[Any], most: int = MANY) -> str:
    """Return names in one line, in their order, the first of many."""
    every = [str(name) for name in names]
    return ", ".join(every[:most]) + (" ..." if len(every) > most else "")


def listed(values: Iterable[Any], most: int = MANY) -> str:
    """Return values as they are written, in order, each word once; long lists are cut short.

    A word that holds a comma stands in double quotes.
    """
    words: dict[str, str] = {}
    for value in values:
        words.setdefault(key(value), as_written(value))
    shown = [f'"{words[w]}"' if "," in words[w] else words[w] for w in sorted(words)]
    return in_line(shown, most)


def choose_words(
    held: Iterable[Any], wanted: Sequence[Any], labels: Sequence[ClassLabel] = ()
) -> tuple[set[str], list[str]]:
    """Find wanted classes among those that a file holds.

    Args:
        held: The classes of the file, as they are written there.
        wanted: Ids or words. Neighbours that name one class only together are joined by a comma,
            since a class itself may hold one.
        labels: A legend: what the file holds as an id is found by its name, and the reverse.

    Returns:
        Keys of the classes found, and the wanted words that the file does not hold.
    """
    there = {key(value) for value in held} - {""}
    other = _other_spelling(labels)

    def known(word: str) -> str:
        return word if word in there else other.get(word, "")

    parts = [as_written(part) for part in wanted]
    pieces = _cut(parts, lambda word: known(word) in there)
    lacking = [piece for piece in pieces if known(key(piece)) not in there]
    return {known(key(piece)) for piece in pieces if piece not in lacking}, lacking


def _cut(parts: Sequence[str], is_known: Callable[[str], bool]) -> list[str]:
    """Join neighbours so that every piece is known, into as many pieces as can be.

    Where that cannot be, the parts come back as they are, but for what makes a class together.
    """
    best: list[list[str] | None] = [[]]
    for end in range(1, len(parts) + 1):
        cuts = [
            [*before, piece]
            for start in range(end)
            if (before := best[start]) is not None
            and is_known(key(piece := ",".join(parts[start:end])))
        ]
        best.append(max(cuts, key=len, default=None))
    if (whole := best[-1]) is not None:
        return whole
    reached = max(place for place, cut in enumerate(best) if cut is not None)
    return [*(best[reached] or []), parts[reached], *_cut(parts[reached + 1 :], is_known)]


def _other_spelling(labels: Sequence[ClassLabel]) -> Mapping[str, str]:
    """Return the id by the name and the name by the id of every class, as keys."""
    names = {key(label.name): key(label.id) for label in labels}
    return names | {key(label.id): key(label.name) for label in labels}


def split_words(text: str) -> tuple[str, ...]:
    """Split 'A,B' into its parts; a part in double quotes may hold commas: '"Wood, wet",B'."""
    parts = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(part.strip() for part in parts if part.strip())
