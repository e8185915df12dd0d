"""What goes between the service and the processes that read and ask for it: pickles in which evidence costs little.

Python pickles a frozen value with slots by looking up its fields anew each time: for the items of a feed that took a
twentieth of reading them, and more of the service's own time.
"""

import copyreg
import pickle
from collections.abc import Callable
from dataclasses import fields
from io import BytesIO
from operator import attrgetter
from typing import Any

from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.core.documents import Document
from warning.core.evidence import Entry, Item, Observation

_KINDS = (Entry, Item, Observation, Document, Fetched, FetchRequest, Validators)


def packed(value: object) -> bytes:
    """Return a pickle of the value. `pickle.loads` reads it."""
    packing = BytesIO()
    pickler = pickle.Pickler(packing, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    return packing.getvalue()


def rebuilt(kind: type[Any], values: tuple[Any, ...]) -> Any:
    """Return a value of a frozen class from those of its fields, in their order."""
    new = object.__new__(kind)
    for put, value in zip(_PUTS[kind], values, strict=True):
        put(new, value)
    return new


def _reduced(value: Any) -> tuple[Any, ...]:
    kind = type(value)
    return rebuilt, (kind, _VALUES[kind](value))


_NAMES = {kind: tuple(one.name for one in fields(kind)) for kind in _KINDS}
_PUTS = {kind: tuple(getattr(kind, name).__set__ for name in names) for kind, names in _NAMES.items()}
"""How the slots of a kind are filled: past `__setattr__`, which a frozen value refuses."""
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}
_REDUCERS: dict[type[Any], Callable[[Any], Any]] = {
    **copyreg.dispatch_table,
    **dict.fromkeys(_NAMES, _reduced),
}
