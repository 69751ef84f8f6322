"""What hiding the bands changed -> sentences for a person who never saw a network."""

from typing import Any

Record = dict[str, Any]

LITTLE = 0.02
"""Change of a probability or of F1 that is not worth a sentence."""
NAMED = 3
"""Bands named in one sentence at most."""
CAUTION = (
    "A band can matter and still show little here, where another band tells the same; the kinds of "
    "evidence hidden as a whole show that. The figures tell what the networks rely on, not what "
    "made the ground as it is."
)


def in_words(record: Record) -> list[str]:
    """Return the sentences of an explanation, the most important first."""
    sentences = [_begin(record), *_strongest(record), *_against(record)]
    return [sentence for sentence in (*sentences, _tiles(record), CAUTION) if sentence]


def _begin(record: Record) -> str:
    target, base, feature = record["target"], record["baseline"], record["feature"]
    mean = _share(base["mean_probability"])
    if target["kind"] == "polygon":
        return (
            f"Inside outline {target['polygon']} ({target['area_m2']:,.0f} square metres) the "
            f"probability of {feature} is {mean} on average."
        )
    if target["kind"] == "point":
        return f"There is no outline at this place; its probability of {feature} is {mean}."
    if base["mean_probability"] is None:
        return f"Nothing is mapped as {feature} on the tiles looked at."
    scored = "" if base["f1"] is None else f" F1 there is {base['f1']:.2f}."
    return (
        f"On the ground mapped as {feature} the probability is {mean} on average, on the "
        f"{record['tiles']} tiles looked at.{scored}"
    )


def _strongest(record: Record) -> list[str]:
    """Say what is lost without the strongest band and the strongest kind of evidence."""
    sentences = []
    for rows, words in ((record["bands"], "{0}"), (record["groups"], "the whole of {0}")):
        if rows and _loss(rows[0]) is not None and (_loss(rows[0]) or 0) >= LITTLE:
            sentences.append(_without(rows[0], words.format(_called(rows[0])), record))
    if not sentences and record["bands"]:
        sentences.append("No band by itself makes much of a difference here.")
    return sentences


def _without(row: Record, what: str, record: Record) -> str:
    base = record["baseline"]
    if row["f1_fall"] is not None:
        return f"Without {what}, F1 would be {row['f1']:.2f} instead of {base['f1']:.2f}."
    after = base["mean_probability"] - row["fall"]
    spread = ""
    if row["fall_spread"] is not None and len(record["members"]) > 1:
        spread = f" (the networks differ by {row['fall_spread']:.2f})"
    return (
        f"Without {what}, the probability would be {_share(after)} instead of "
        f"{_share(base['mean_probability'])}{spread}."
    )


def _against(record: Record) -> list[str]:
    """Name the bands that speak against what is mapped."""
    rows = [*record["bands"], *record["groups"]]
    contrary = [row for row in rows if (_loss(row) or 0) <= -LITTLE]
    if not contrary:
        return []
    strongest = sorted(contrary, key=lambda row: _loss(row) or 0)[:NAMED]
    names = ", ".join(_called(row) for row in strongest)
    if strongest[0]["f1_fall"] is not None:
        return [f"Misleading here: {names}. Without, F1 would be higher."]
    return [f"Speaking against it: {names}. Without, the probability would be higher."]


def _tiles(record: Record) -> str:
    if record["tiles"] >= record["tiles_in_all"]:
        return ""
    how = "half of them where most is mapped, half spread evenly"
    chosen = how if record["target"]["kind"] == "area" else "spread over the outline"
    return f"{record['tiles']} of {record['tiles_in_all']} tiles were looked at, {chosen}."


def _loss(row: Record) -> float | None:
    return row["f1_fall"] if row["f1_fall"] is not None else row["fall"]


def _called(row: Record) -> str:
    if row["title"] == row["name"]:
        return f"{row['name'].lower()} evidence" if len(row["bands"]) > 1 else row["name"]
    return f"{row['title']} ({row['name']})"


def _share(probability: float | None) -> str:
    return "undefined" if probability is None else f"{probability:.2f}"
