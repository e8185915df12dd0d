"""The shipped rulebook and sources, read once in a test process: what is read is a value, the same for the same files.

Every other tree, an edited copy of the shipped one among them, is read each time it is asked for. Of its files those
that are a shipped one byte for byte are not parsed again: what their YAML says comes as a copy of its own each time,
and is typed and checked as ever.
"""

import pickle
from functools import cache, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any

from warning.catalog import assemble, source_overlays, sources, yaml_text

ROOT = Path(__file__).parents[1]
RULES, FEEDS = ROOT / "rules", ROOT / "feeds"


def read_once() -> None:
    """Let whoever imports `read_rulebook` or `load_sources` from now on share what is read of the shipped trees alone."""
    read, load = assemble.read_rulebook, sources.load_sources
    book, specs = cache(read), cache(load)

    @wraps(read)
    def shared_rulebook(
        rules_dir: Path, feeds_dir: Path, overlay_dir: Path | None = None, **options: Any
    ) -> Any:
        is_shipped = (rules_dir, feeds_dir, overlay_dir) == (RULES, FEEDS, None)
        return (book if is_shipped else read)(rules_dir, feeds_dir, overlay_dir, **options)

    @wraps(load)
    def shared_sources(feeds_dir: Path) -> Any:
        return (specs if feeds_dir == FEEDS else load)(feeds_dir)

    assemble.read_rulebook = shared_rulebook
    sources.load_sources = source_overlays.load_sources = shared_sources
    _parse_once()


def _parse_once() -> None:
    """Parse a text of the shipped trees once. Nobody can write into what others get: places are shown, the value is copied."""
    parse = yaml_text.parse_yaml

    @cache
    def shipped() -> frozenset[bytes]:
        return frozenset(path.read_bytes() for tree in (RULES, FEEDS) for path in tree.rglob("*.yaml"))

    @cache
    def parsed(data: bytes) -> tuple[bytes, Any, Any] | None:
        text, problems = parse(data, "")
        if text is None or problems:
            return None
        return pickle.dumps(text.value), MappingProxyType(text.places), MappingProxyType(text.keys)

    @wraps(parse)
    def parsed_once(data: bytes, file: str) -> Any:
        known = parsed(data) if data in shipped() else None
        if known is None:
            return parse(data, file)
        value, places, keys = known
        return yaml_text.YamlText(file=file, value=pickle.loads(value), places=places, keys=keys), ()

    yaml_text.parse_yaml = parsed_once
