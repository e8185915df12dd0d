"""One layout for operators' YAML: two spaces, lists indented, long lists filled; comments and words as written.

Every plain value is text here too (`NO`, `010121`, `2825.60` stay as written), and a file is only changed when it
says the same afterwards, with every comment.
"""

import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import ScalarEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from warning.catalog.plain_runs import without_runs
from warning.catalog.yaml_text import Loader, YamlText, parse_yaml
from warning.errors import Problem

LINE_LENGTH = 110
CONTINUED = 4
# What a list or mapping inside a line is taken to need at least.
_NESTED_WIDTH = 30
_COMMENT = re.compile(r"#[^\n]*")
_SHORT_TAGS = {ScalarNode: "str", SequenceNode: "seq", MappingNode: "map"}


class _TextResolver(VersionedResolver):
    """Nothing is guessed from the form of a value."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        return {}

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Tag:  # noqa: ARG002 - the library's signature
        return Tag(suffix=f"tag:yaml.org,2002:{_SHORT_TAGS[kind]}")


class _FillingEmitter(RoundTripEmitter):
    """Breaks a long `[list]` or `{mapping}` between entries, never inside one, and goes on four columns deeper."""

    def increase_indent(
        self, flow: bool = False, sequence: bool | None = None, indentless: bool = False
    ) -> None:
        if not flow or sequence is None:
            super().increase_indent(flow, sequence, indentless)
            return
        self.indents.append(self.indent, sequence)
        brackets_open = len(self.flow_context) - (not sequence)  # a mapping's own is among them already
        if brackets_open <= 0:
            dash = self.sequence_dash_offset if self.sequence_context else 0
            self.indent = (self.indent or 0) + dash + CONTINUED

    def expect_node(
        self, root: bool = False, sequence: bool = False, mapping: bool = False, simple_key: bool = False
    ) -> None:
        follows = sequence or simple_key
        if self.flow_context and follows and self._past_first() and self._room_needed(simple_key) > 0:
            self.write_indent()
        super().expect_node(root=root, sequence=sequence, mapping=mapping, simple_key=simple_key)

    def _past_first(self) -> bool:
        """The first entry stays beside its bracket."""
        return not self.whitespace

    def _room_needed(self, simple_key: bool) -> int:
        """How many columns the next entry lies over the end of the line; negative when it fits."""
        needed = _width(self.event)
        if simple_key and self.events:
            needed += len(": ") + _width(self.events[0])
        return self.column + len(" ,") + needed - LINE_LENGTH


def _width(event: Any) -> int:
    """How wide a word is written; what a nested list or mapping needs at least."""
    if not isinstance(event, ScalarEvent):
        return _NESTED_WIDTH
    return len(event.value) + (2 if event.style else 0)


def laid_out(data: bytes, file: str) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the file's text in the one layout; None, and why, when it cannot be read or kept.

    Laying out twice changes nothing more.
    """
    before, problems = parse_yaml(data, file)
    if before is None or problems:
        return None, problems
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    try:
        after = _settled(text, lambda one: without_runs(one, _emitted, LINE_LENGTH))
        if after != text and not _says_the_same(before, text, after):
            after = _settled(text, _emitted)
    except YAMLError as wrong:
        return None, (before.problem((), "EW122", f"not YAML: {str(wrong).splitlines()[0]}"),)
    if after != text and not _says_the_same(before, text, after):
        hint = "put each comment on a line of its own, outside of [lists] and {mappings}"
        return None, (before.problem((), "EW144", "formatting would move or lose a comment here", hint),)
    return after, ()


def _settled(text: str, lay_out: Callable[[str], str]) -> str:
    """Where a comment moves, the line breaks may move once more."""
    after = lay_out(text)
    return lay_out(after) if after != text and "#" in text else after


def _emitted(text: str) -> str:
    machine = YAML(typ="rt")
    machine.Resolver = _TextResolver
    machine.Emitter = _FillingEmitter
    machine.preserve_quotes = True
    machine.width = 1_000_000  # sentences are broken where their writer broke them
    machine.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    machine.dump(machine.load(text), out)
    lines = (line.rstrip() for line in out.getvalue().split("\n"))
    return "\n".join(lines).strip("\n") + "\n"


def _says_the_same(before: YamlText, text: str, after: str) -> bool:
    again, problems = parse_yaml(after.encode(), before.file)
    same = again is not None and not problems and again.value == before.value
    return same and list(_comments(text)) == list(_comments(after))


def _comments(text: str) -> Iterator[str]:
    """Yield every comment in order: what stands between the tokens."""
    at = 0
    for token in yaml.scan(text, Loader=Loader):
        yield from (found.rstrip() for found in _COMMENT.findall(text[at : token.start_mark.index]))
        at = max(at, token.end_mark.index)
    yield from (found.rstrip() for found in _COMMENT.findall(text[at:]))
