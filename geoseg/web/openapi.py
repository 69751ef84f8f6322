"""The API's description in OpenAPI 3.1, as FastAPI writes it -> 3.0, as the offline page reads it."""

from typing import Any

VERSION = "3.0.3"


def as_3_0(described: dict[str, Any]) -> dict[str, Any]:
    """Return the same description in the older words."""
    return {**_older(described), "openapi": VERSION}


def _older(part: Any) -> Any:
    """Translate one part and all below it."""
    if isinstance(part, list):
        return [_older(one) for one in part]
    if not isinstance(part, dict):
        return part
    words = {name: _older(value) for name, value in part.items()}
    for translate in (_nullable, _exclusive, _constant, _tuple):
        words = translate(words)
    return words


def _nullable(words: dict[str, Any]) -> dict[str, Any]:
    """Turn 'one of X and null' into 'X, which may be null'."""
    choices = words.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return words
    others = [choice for choice in choices if choice != {"type": "null"}]
    rest = {name: value for name, value in words.items() if name != "anyOf"}
    # In 3.0 nothing may stand beside a reference, so a reference is wrapped.
    named = others[0] if len(others) == 1 and "$ref" not in others[0] else {"allOf": others}
    return {**rest, **named, "nullable": True}


def _exclusive(words: dict[str, Any]) -> dict[str, Any]:
    """Turn 'above 0' into 'at least 0, and not 0'."""
    changed = dict(words)
    for new, old in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        limit = words.get(new)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            changed |= {old: limit, new: True}
    return changed


def _constant(words: dict[str, Any]) -> dict[str, Any]:
    """Turn 'always X' into 'one of X'."""
    if isinstance(words.get("const"), str | int | float):
        return {name: v for name, v in words.items() if name != "const"} | {
            "enum": [words["const"]]
        }
    return words


def _tuple(words: dict[str, Any]) -> dict[str, Any]:
    """Turn 'X, then Y' into a list of X or Y."""
    if isinstance(words.get("prefixItems"), list):
        kinds = words["prefixItems"]
        rest = {name: value for name, value in words.items() if name != "prefixItems"}
        return rest | {"items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}}
    return words
