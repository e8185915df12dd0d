"""The catalogue of a demonstration: the shipped one switched off, with the reconstruction's sources in it."""

import re
from pathlib import Path

_ENABLED = re.compile(r"^enabled:.*\n", re.MULTILINE)


def demo_catalogue(own: Path, shipped: Path, target: Path) -> Path:
    """Write the catalogue into `target` and return it.

    Rules may name a shipped source, so all of them are there, and none but the reconstruction's is ever polled.
    A source of the reconstruction takes the place of a shipped one of the same id.
    """
    for path in sorted(shipped.rglob("*.yaml")):
        text = _ENABLED.sub("", path.read_text(encoding="utf-8"))
        _write(target / path.relative_to(shipped), f"{text.rstrip()}\nenabled: false\n")
    for path in sorted(own.rglob("*.yaml")):
        _write(target / path.relative_to(own), path.read_text(encoding="utf-8"))
    return target


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
