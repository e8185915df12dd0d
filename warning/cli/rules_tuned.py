"""The overlays in force: what an operator changed of each rule, who, why and until when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from warning.cli.rules_options import chosen_trees, today

if TYPE_CHECKING:  # whoever has no overlays does without what reads them
    from warning.catalog.overlays import Overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """One overlay of one rule. `until` is its last day; None when it does not end. `line` counts from 1."""

    rule: str
    changes: tuple[str, ...]
    author: str
    reason: str
    until: date | None
    file: str
    line: int

    def sentence(self) -> str:
        """Say all of it in one line."""
        ends = f" until {self.until}" if self.until else ""
        return (
            f"{self.rule} is changed by an overlay of {self.author}{ends}: {'; '.join(self.changes)} "
            f"(because: {self.reason}; {self.file}:{self.line})"
        )

    def document(self) -> dict[str, object]:
        """Return it as plain values for JSON; the rule is named by what it stands in."""
        return {
            "changes": list(self.changes),
            "author": self.author,
            "reason": self.reason,
            "until": self.until.isoformat() if self.until else None,
            "file": self.file,
            "line": self.line,
        }


def overlays_in_force(
    rules: Path | None, feeds: Path | None, overlays: Path | None
) -> Mapping[str, Sequence[Tuned]]:
    """Return the overlays that have not ended, by the rule they change, in the order in which they are laid on it."""
    directory = chosen_trees(rules, feeds, overlays).overlay
    if directory is None or not directory.is_dir():
        return {}
    from warning.catalog.overlays import read_overlays  # noqa: PLC0415 - as said

    found: dict[str, list[Tuned]] = {}
    for placed in read_overlays(directory)[0]:
        overlay = placed.value
        if overlay.expires is not None and overlay.expires < today():
            continue
        one = Tuned(
            rule=overlay.rule,
            changes=tuple(_changes(overlay)),
            author=overlay.author,
            reason=overlay.reason,
            until=overlay.expires,
            file=placed.text.file,
            line=placed.text.at(placed.root).line,
        )
        found.setdefault(overlay.rule, []).append(one)
    return found


def _changes(overlay: "Overlay") -> Iterator[str]:
    if overlay.enabled is not None:
        yield "switched on" if overlay.enabled else "switched off"
    for key, value in overlay.set.items():
        yield f"{key}: {value}"
    for language, phrases in overlay.exclude.phrases.items():
        yield f"quiet on {', '.join(f'“{phrase}”' for phrase in phrases)} ({language})"
    if overlay.exclude.sources:
        yield f"not of {', '.join(overlay.exclude.sources)}"
