"""The shipped rulebook and sources, read once in a test process: what is read is a value, the same for the same files.

Every other tree, an edited copy of the shipped one among them, is read each time it is asked for.
"""

from functools import cache, wraps
from pathlib import Path
from typing import Any

from warning.catalog import assemble, source_overlays, sources

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
