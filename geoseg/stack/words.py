"""Texts of files and bands -> the band of a task that they name."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from geoseg.stack.source import BandSource
from geoseg.tasks import Task
from geoseg.tasks.words import SAYS_NOTHING

# "GewataB1" -> Gewata, B1; "preVV_10m" -> pre, VV, 10, m; "B8A" stays whole.
WORD = re.compile(
    r"[A-Za-z]\d+[A-Za-z](?![A-Za-z0-9])|[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])\d*|[A-Z]\d*|\d+"
)


@dataclass(frozen=True)
class Words:
    """What texts mean, without case and punctuation.

    Attributes:
        names: Text -> the band of that name; for the likeliest setting aliases count as names
            where another setting's band has that very name ("B3" is red or green).
        aliases: Text -> a band that also goes by it.
    """

    names: Mapping[str, str]
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, task: Task, sources: Sequence[BandSource], setting: str | None) -> "Words":
        """Collect the words of a task, those of the setting that is meant before others.

        Args:
            task: Its settings may call different bands the same.
            sources: Where no setting is named, the one whose bands they show most of is meant.
            setting: The one that is meant.
        """
        names = {plain(band.name): band.name for band in task.bands}
        aliases = {plain(alias): band.name for band in task.bands for alias in band.aliases}
        if not names.keys() & aliases.keys():
            return cls(names, aliases)
        every = [task.setting(setting)] if setting else list(task.settings)
        settings = [cls._preferring(task, own.bands, names, aliases) for own in every]
        texts = [text for source in sources for text in (source.description, source.path.stem)]
        shown = [{meant_by(text, words, loose=True) for text in texts} for words in settings]
        shares = [
            (len(found.intersection(own.bands)) / len(own.bands), own.name == task.default_setting)
            for own, found in zip(every, shown, strict=True)
        ]
        return settings[shares.index(max(shares))]

    @classmethod
    def _preferring(
        cls, task: Task, bands: Sequence[str], names: Mapping[str, str], aliases: Mapping[str, str]
    ) -> "Words":
        own = {plain(alias): band for band in bands for alias in task.band(band).aliases}
        own |= {plain(band): band for band in bands}
        contested = {text: own[text] for text in names.keys() & aliases.keys() & own.keys()}
        return cls({**names, **contested}, aliases)

    def without(self, taken: Container[str]) -> "Words":
        """Return the words of the bands that are not taken yet."""
        names, aliases = (
            {text: band for text, band in words.items() if band not in taken}
            for words in (self.names, self.aliases)
        )
        return Words(names, aliases)


def meant_by(text: str, words: Words, *, loose: bool) -> str | None:
    """Return the band a text names: the whole text, else its last words, else any words.

    Args:
        text: A file's name or a description inside it.
        words: What texts mean.
        loose: True takes an alias anywhere; else only where the text begins with it, for
            "vegetation height" is not the height of the ground.
    """
    parts = [plain(part) for part in WORD.findall(text)]
    spans = [
        (stop == len(parts), stop - start, "".join(parts[start:stop]), start == 0)
        for start in range(len(parts))
        for stop in range(start + 1, len(parts) + 1)
    ]
    spans.append((True, len(parts) + 1, plain(text), True))
    hits = [
        (at_end, length, name)
        for at_end, length, span, leads in spans
        if (name := words.names.get(span) or (words.aliases.get(span) if loose or leads else None))
    ]
    return max(hits)[2] if hits else None


def plain(text: str) -> str:
    """Drop case and punctuation, and the zero of 'B04'."""
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    return re.sub(r"(?<=[a-z])0+(?=[1-9])", "", letters)


def undescribed(source: BandSource) -> bool:
    """Tell whether a band has no name in its file, or only a number."""
    return SAYS_NOTHING.fullmatch(source.description.strip()) is not None
