"""A signal as one line of JSON, and back: what was judged once need not be judged again.

Fields and their types are read from the dataclasses themselves, so that a new field is kept without a word here.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from warning.core.altered import made_of
from warning.core.signals import Signal

Turn = Callable[[Any], Any]
_PLAIN = (str, int, float, bool)
_ENCODER, _DECODER = json.JSONEncoder(separators=(",", ":")), json.JSONDecoder()


def line_of(signal: Signal) -> bytes:
    """Return the signal as one line, without its end; lone surrogates of a broken text are kept."""
    return _ENCODER.encode(_packer(Signal)(signal)).encode("ascii")


def signal_of(line: bytes) -> Signal:
    """Return the signal of a line that `line_of` made."""
    signal: Signal = _reader(Signal)(_DECODER.raw_decode(line.decode("ascii"))[0])
    return signal


def _same(value: Any) -> Any:
    return value


@cache
def _packer(hint: Any) -> Turn:
    """How a value of this type becomes a JSON value; `_same` where it is one."""
    if _is_dataclass(hint):
        every = attrgetter(*(name for name, _ in _fields_of(hint)))
        turned = _turned(_packer(one) for _, one in _fields_of(hint))
        return lambda value: _with_turned(list(every(value)), turned)
    inner, optional = _without_none(hint)
    if optional:
        pack = _packer(inner)
        return _same if pack is _same else lambda value: None if value is None else pack(value)
    origin = get_origin(hint)
    if origin is tuple:
        item = _packer(_item_of(hint))
        return list if item is _same else lambda value: [item(one) for one in value]
    if origin is frozenset:
        return sorted
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value
    if hint in {date, datetime}:
        return lambda value: value.isoformat()
    return _plain(hint)


@cache
def _reader(hint: Any) -> Turn:
    """How a JSON value becomes a value of this type again."""
    if _is_dataclass(hint):
        count, turned = len(_fields_of(hint)), _turned(_reader(one) for _, one in _fields_of(hint))
        return lambda values: made_of(hint, _with_turned(_so_many(values, count), turned))
    inner, optional = _without_none(hint)
    if optional:
        read = _reader(inner)
        return _same if read is _same else lambda value: None if value is None else read(value)
    origin = get_origin(hint)
    if origin is tuple:
        item = _reader(_item_of(hint))
        return tuple if item is _same else lambda value: tuple(item(one) for one in value)
    if origin is frozenset:
        return frozenset
    if isinstance(hint, type) and issubclass(hint, Enum):
        members = {member.value: member for member in hint}
        return members.__getitem__
    if hint in {date, datetime}:
        turn: Turn = hint.fromisoformat
        return turn
    return _plain(hint)


def _turned(turns: Iterable[Turn]) -> list[tuple[int, Turn]]:
    """The places of values that do not stay as they are."""
    return [(place, turn) for place, turn in enumerate(turns) if turn is not _same]


def _with_turned(values: list[Any], turned: list[tuple[int, Turn]]) -> list[Any]:
    for place, turn in turned:
        values[place] = turn(values[place])
    return values


def _so_many(values: list[Any], count: int) -> list[Any]:
    if len(values) != count:
        raise ValueError(f"{len(values)} values for {count} fields")
    return values


def _is_dataclass(hint: Any) -> bool:
    return is_dataclass(hint)


def _plain(hint: Any) -> Turn:
    if hint in _PLAIN or get_origin(hint) is Literal:
        return _same
    raise TypeError(f"a field of the type {hint} cannot be kept as JSON")


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


def _item_of(hint: Any) -> Any:
    kinds = set(get_args(hint)) - {Ellipsis}
    if len(kinds) != 1:
        raise TypeError(f"a field of the type {hint} cannot be kept as JSON")
    return kinds.pop()


def _without_none(hint: Any) -> tuple[Any, bool]:
    """The type left of an optional one, and whether it was one."""
    if get_origin(hint) not in {Union, UnionType}:
        return hint, False
    left = [one for one in get_args(hint) if one is not NoneType]
    if len(left) != 1:
        raise TypeError(f"a field of the type {hint} cannot be kept as JSON")
    return left[0], True
