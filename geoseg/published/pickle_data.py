"""The bytes of a pickle -> what it describes, as inert data: nothing named in it is ever made.

A pickle is a small program for a stack machine. Here its words are read by the standard library's
disassembler and only the harmless half of the machine is played: numbers, texts, lists and
dictionaries become themselves; whatever the pickle wants to import, call or fill becomes a note of
that wish. There is no callable on the stack, so there is nothing that could run.
"""

import pickletools
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from geoseg.errors import ModelError

MAX_BYTES = 16 << 20
"""A checkpoint's pickle has about one; its tensors lie in files of their own."""

MAX_WORDS = 1_000_000
"""A checkpoint with its pickled network has some ten thousand."""

LONGEST_REASON = 100


@dataclass(frozen=True)
class Name:
    """A class or function that the pickle names; it was neither looked up nor imported."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, eq=False)
class Wish:
    """An object that the pickle wants made; it was not made."""

    what: object
    arguments: object


@dataclass(frozen=True, eq=False)
class Outside:
    """A reference to data kept outside the pickle, such as the storage of a tensor."""

    key: object


class _Mark:
    """Where on the stack a group begins."""


@dataclass
class _Machine:
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def pop(self) -> Any:
        value = self.stack.pop()
        if isinstance(value, _Mark):
            raise IndexError("a group is left open")
        return value

    def group(self) -> list[Any]:
        """Take everything above the topmost mark, and the mark."""
        values: list[Any] = []
        while not isinstance(value := self.stack.pop(), _Mark):
            values.append(value)
        return values[::-1]


def read_pickle(data: bytes) -> Any:
    """Return what a pickle describes; imports, calls and states stay notes.

    Raises:
        ModelError: The bytes are no pickle, are cut short, or are far too many.
    """
    if len(data) > MAX_BYTES:
        raise ModelError(
            f"its pickle has {len(data) >> 20} MB, expected about 1; it is not a checkpoint"
        )
    try:
        with warnings.catch_warnings():
            # Names with a backslash make the disassembler warn; here they are only notes.
            warnings.simplefilter("ignore", DeprecationWarning)
            return _play(data)
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        reason = str(error)[:LONGEST_REASON]
        raise ModelError(f"its pickle is damaged ({reason}); fetch the file again") from error


def _play(data: bytes) -> Any:
    """Follow the words of a pickle to its end."""
    machine = _Machine()
    for opcode, argument, _ in islice(pickletools.genops(data), MAX_WORDS):
        if opcode.name == "STOP":
            return machine.pop()
        _OPERATIONS[opcode.name](machine, argument)
    raise ModelError("its pickle does not come to an end; it is not a checkpoint")


def _push(machine: _Machine, value: Any) -> None:
    machine.stack.append(value)


def _make(kind: Callable[[], Any]) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.stack.append(kind())


def _collect(kind: Callable[[list[Any]], Any]) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.stack.append(kind(machine.group()))


def _tuple_of(count: int) -> Callable[[_Machine, Any], None]:
    def gather(machine: _Machine, _: Any) -> None:
        values = [machine.pop() for _ in range(count)]
        machine.stack.append(tuple(reversed(values)))

    return gather


def _remember(machine: _Machine, place: Any) -> None:
    machine.memo[place] = machine.stack[-1]


def _recall(machine: _Machine, place: Any) -> None:
    machine.stack.append(machine.memo[place])


def _memoize(machine: _Machine, _: Any) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _append(machine: _Machine, _: Any) -> None:
    _add(machine, [machine.pop()])


def _appends(machine: _Machine, _: Any) -> None:
    _add(machine, machine.group())


def _add(machine: _Machine, values: list[Any]) -> None:
    if isinstance(machine.stack[-1], list):
        machine.stack[-1].extend(values)


def _set_item(machine: _Machine, _: Any) -> None:
    value, key = machine.pop(), machine.pop()
    _fill(machine, [key, value])


def _set_items(machine: _Machine, _: Any) -> None:
    _fill(machine, machine.group())


def _fill(machine: _Machine, values: list[Any]) -> None:
    if isinstance(machine.stack[-1], dict):
        machine.stack[-1].update(_pairs(values))


def _pairs(values: list[Any]) -> dict[Any, Any]:
    """Pair keys with values; keys that are no plain word or number are left out.

    Hashing a key of the pickle's own making could cost anything, so none is hashed.
    """
    return {
        key: value
        for key, value in zip(values[::2], values[1::2], strict=True)
        if isinstance(key, str | bytes | int | float | None)
    }


def _name(machine: _Machine, argument: Any) -> None:
    machine.stack.append(Name(*argument.split(" ", 1)))


def _stack_name(machine: _Machine, _: Any) -> None:
    name, module = machine.pop(), machine.pop()
    machine.stack.append(Name(str(module)[:200], str(name)[:200]))


def _reduce(machine: _Machine, _: Any) -> None:
    arguments, what = machine.pop(), machine.pop()
    machine.stack.append(_wish(what, arguments))


def _newobj_ex(machine: _Machine, _: Any) -> None:
    machine.pop()
    _reduce(machine, None)


def _inst(machine: _Machine, argument: Any) -> None:
    arguments = tuple(machine.group())
    machine.stack.append(_wish(Name(*argument.split(" ", 1)), arguments))


def _obj(machine: _Machine, _: Any) -> None:
    what, *arguments = machine.group()
    machine.stack.append(_wish(what, tuple(arguments)))


def _wish(what: object, arguments: object) -> object:
    """Note a call; an ordered dictionary is the one thing that becomes itself, a dictionary."""
    if what == Name("collections", "OrderedDict") and arguments == ():
        return {}
    return Wish(what, arguments)


def _outside(machine: _Machine, argument: Any) -> None:
    machine.stack.append(Outside(argument))


def _binary_outside(machine: _Machine, _: Any) -> None:
    machine.stack.append(Outside(machine.pop()))


def _extension(machine: _Machine, argument: Any) -> None:
    machine.stack.append(Name("copyreg", f"extension {argument}"))


def _drop(machine: _Machine, _: Any) -> None:
    machine.stack.pop()


def _drop_group(machine: _Machine, _: Any) -> None:
    machine.group()


def _nothing(_machine: _Machine, _argument: Any) -> None:
    """A word about the stream itself."""


_CONSTANTS = (
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE",
    "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
)  # fmt: skip

_OPERATIONS: dict[str, Callable[[_Machine, Any], None]] = {
    **dict.fromkeys(_CONSTANTS, _push),
    **dict.fromkeys(("PROTO", "FRAME", "READONLY_BUFFER"), _nothing),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _remember),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _recall),
    **dict.fromkeys(("EXT1", "EXT2", "EXT4"), _extension),
    "MEMOIZE": _memoize,
    "NONE": _make(lambda: None),
    "NEWTRUE": _make(lambda: True),
    "NEWFALSE": _make(lambda: False),
    "EMPTY_TUPLE": _make(tuple),
    "EMPTY_LIST": _make(list),
    "EMPTY_DICT": _make(dict),
    "EMPTY_SET": _make(list),
    "MARK": _make(_Mark),
    "TUPLE": _collect(tuple),
    "LIST": _collect(list),
    "FROZENSET": _collect(list),
    "DICT": _collect(_pairs),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "APPEND": _append,
    "APPENDS": _appends,
    "ADDITEMS": _appends,
    "SETITEM": _set_item,
    "SETITEMS": _set_items,
    "GLOBAL": _name,
    "STACK_GLOBAL": _stack_name,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _newobj_ex,
    "INST": _inst,
    "OBJ": _obj,
    "BUILD": _drop,
    "PERSID": _outside,
    "BINPERSID": _binary_outside,
    "POP": _drop,
    "POP_MARK": _drop_group,
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
}
