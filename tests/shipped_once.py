"""The shipped rulebook, read once in a test process: what is read is a value, the same for the same files.

Every other tree, an edited copy of the shipped one among them, is read each time it is asked for.
"""

from functools import cache, wraps
from pathlib import Path
from typing import Any

from warning.catalog import assemble

ROOT = Path(__file__).parents[1]
SHIPPED = (ROOT / "rules", ROOT / "feeds")


def read_once() -> None:
    """Let whoever imports `read_rulebook` from now on share what is read of the shipped trees alone."""
    read = assemble.read_rulebook
    shipped = cache(read)

    @wraps(read)
    def shared(rules_dir: Path, feeds_dir: Path, overlay_dir: Path | None = None, **options: Any):
        is_shipped = (rules_dir, feeds_dir, overlay_dir) == (*SHIPPED, None)
        return (shipped if is_shipped else read)(rules_dir, feeds_dir, overlay_dir, **options)

    assemble.read_rulebook = shared
