"""YAML events to a tree of str, list and dict, with the place of every key and value.

The tree is grown from events and not by recursion, so that no nesting or alias can exhaust the machine.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, and those that turn the direction of text: what is read is not what stands there."""
MAX_DEPTH = 40
MAX_NODES = 300_000
Path_ = tuple[str | int, ...]
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Position:
    """Both count from 1, in characters; 0 when unknown."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake of the YAML itself."""

    place: Position
    code: str
    message: str
    hint: str = ""


class Refusal(Exception):
    """The document cannot be read any further."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@dataclass(slots=True)
class _Branch:
    """A list or mapping that is still open. `key` is the key whose value comes next."""

    value: Any
    path: Path_
    anchor: str | None
    nodes_before: int
    key: str | None = None
    key_read: bool = False
    doubled: bool = False


@dataclass(slots=True)
class Grower:
    """Reads the events of one document; `value` is "" for an empty file (which is a fault)."""

    value: Any = ""
    places: dict[Path_, Position] = field(default_factory=dict)
    keys: dict[Path_, Position] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _open: list[_Branch] = field(default_factory=list)
    _anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    _nodes: int = 0
    _documents: int = 0

    def grow(self, events: Iterable[yaml.Event]) -> None:
        """Read all events. Raises Refusal at what cannot be read past, yaml.YAMLError on bad syntax."""
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._start_document(event)
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
        if () not in self.places:
            self._fault(
                Position(line=1, column=1), "EW126", "the file is empty", "write it, or delete the file"
            )

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            hint = "one document a file: delete the line ---"
            raise Refusal(Fault(place=_place(event), code="EW125", message="a second document", hint=hint))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = _place(event)
        tagged = self._refuse_tag(event)
        self._refuse_escaped(event, place)
        if self._takes_key():
            self._take_key(event.value, place)
            return
        if not event.style and event.value in _NOTHING and not tagged:
            if not self._open and not event.value:
                return
            said = event.value or "an empty value"
            hint = f'leave the key out, or write "{event.value}" when the text is meant'
            self._fault(place, "EW130", f"{said} stands for nothing", hint)
        self._count(1, place)
        self._put(event.value, place, event.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = _place(event)
        if event.anchor not in self._anchors or self._takes_key():
            message = f"*{event.anchor} does not stand for a finished value written before"
            raise Refusal(Fault(place=place, code="EW129", message=message, hint="write the value out"))
        value, nodes = self._anchors[event.anchor]
        self._count(nodes, place)
        self._put(value, place, None)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        place = _place(event)
        self._refuse_tag(event)
        if len(self._open) >= MAX_DEPTH:
            raise Refusal(Fault(place=place, code="EW127", message=f"nested deeper than {MAX_DEPTH} levels"))
        if self._takes_key():
            hint = "a key is plain text; put braces and brackets in quotes"
            raise Refusal(
                Fault(place=place, code="EW122", message="a list or mapping used as a key", hint=hint)
            )
        before = self._nodes
        self._count(1, place)
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._put(value, place, None)
        self._open.append(_Branch(value=value, path=path, anchor=event.anchor, nodes_before=before))

    def _end(self) -> None:
        branch = self._open.pop()
        if branch.anchor:
            self._anchors[branch.anchor] = (branch.value, self._nodes - branch.nodes_before)

    def _takes_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and not self._open[-1].key_read

    def _take_key(self, key: str, place: Position) -> None:
        branch = self._open[-1]
        branch.key, branch.key_read, branch.doubled = key, True, key in branch.value
        path = (*branch.path, key)
        if branch.doubled:
            hint = f"it stands on line {self.keys[path].line} already; join the two or rename one"
            self._fault(place, "EW124", f"the key {key!r} is written twice", hint)
        elif key == "<<":
            self._fault(place, "EW129", "merge keys (<<) are not read", "write the keys out")
        elif key[:1].isspace() and key[0] != " ":
            message = f"a space in the indentation that is none of YAML's (U+{ord(key[0]):04X})"
            raise Refusal(
                Fault(place=place, code="EW123", message=message, hint="indent with ordinary spaces")
            )
        else:
            self.keys[path] = place
        self._count(1, place)

    def _put(self, value: Any, place: Position, anchor: str | None) -> Path_:
        """Hang `value` where the document is; the second value of a doubled key hangs nowhere."""
        path: Path_ = ()
        if not self._open:
            self.value = value
        else:
            branch = self._open[-1]
            if isinstance(branch.value, list):
                path = (*branch.path, len(branch.value))
                branch.value.append(value)
            else:
                assert branch.key is not None
                path = (*branch.path, branch.key)
                if branch.doubled:
                    path = (*path, "(again)")
                elif branch.key != "<<":
                    branch.value[branch.key] = value
                branch.key_read = False
        self.places[path] = place
        if anchor:
            self._anchors[anchor] = (value, 1)
        return path

    def _count(self, nodes: int, place: Position) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} values once aliases are written out"
            raise Refusal(Fault(place=place, code="EW127", message=message, hint="split the file"))

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> bool:
        tagged = event.tag not in (None, "!")
        if tagged:
            message = f"the tag {event.tag} is not read"
            hint = (
                "delete it, or put text that starts with ! in quotes; every value is text until it is typed"
            )
            self._fault(_place(event), "EW131", message, hint)
        return tagged

    def _refuse_escaped(self, event: yaml.ScalarEvent, place: Position) -> None:
        """Quotes can write what may not stand in the file itself, such as a NUL."""
        if event.style == '"' and (strange := UNPRINTABLE.search(event.value)):
            message = f"a control character (U+{ord(strange.group()):04X}) written as an escape"
            self._fault(place, "EW128", message, "delete it")

    def _fault(self, place: Position, code: str, message: str, hint: str = "") -> None:
        self.faults.append(Fault(place=place, code=code, message=message, hint=hint))


def _place(event: yaml.Event) -> Position:
    mark = event.start_mark
    assert mark is not None
    return Position(line=mark.line + 1, column=mark.column + 1)
