"""The columns of a table -> the one a user names, or one of the usual names; capitals do not count."""

from collections.abc import Iterable, Sequence

from geoseg.errors import GeosegError
from geoseg.tasks.words import find_name, key


def named_column(
    columns: Iterable[object], wished: str, what: str, fault: type[GeosegError], option: str = ""
) -> str:
    """Return the column of a wished name, as the table writes it.

    Args:
        columns: Names of the columns.
        wished: The name a user gave.
        what: Whose columns they are, e.g. "the points".
        fault: Raised with one sentence where there is none of that name, or several.
        option: What the right name is given with; "" for no hint.
    """
    names = [str(name) for name in columns]
    found = find_name(names, wished)
    if len(found) == 1:
        return str(found[0])
    remedy = f"name the right one with {option}" if option else "choose one of them"
    if found:
        raise fault(
            f"{what} have several columns called {wished!r} but for capitals: {', '.join(found)}; "
            "write the name as it stands there"
        )
    raise fault(
        f"{what} have no column {wished!r}; their columns are {', '.join(names) or 'none'}, {remedy}"
    )


def usual_column(columns: Iterable[object], usual: Sequence[str]) -> str | None:
    """Return the first column of a usual name, the likeliest first; None where there is none."""
    return next(iter(usual_columns(columns, usual)), None)


def usual_columns(columns: Iterable[object], usual: Sequence[str]) -> list[str]:
    """Return every column of a usual name, the likeliest first."""
    by_key: dict[str, str] = {}
    for name in columns:
        by_key.setdefault(key(name), str(name))
    return [by_key[name] for name in usual if name in by_key]
