"""The items of a live store as indexed files, a month each: what `rules preview` asks of this installation's own history.

Who reads takes the list of the files, which changes at once; a file that left it because items came stands until the
next update, for whoever still reads it. `keeping_history` writes them.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from warning.core.phrases import counted

LIST = "months.json"
FORMAT = 1
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMonth:
    """A file and what the store held of its month (as 2026-10) when it was written: items, and the highest number.

    `mark` is the digest of those items; a list that an earlier version wrote has none.
    """

    month: str
    file: str
    items: int
    newest: int
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHistory:
    """The files in force, the oldest month first, and when they were compared with the store.

    `rules` names the text rules whose words were looked for in them, with all that their verdicts rest on.
    """

    directory: Path
    kept_at: datetime
    months: tuple[KeptMonth, ...]
    rules: str = ""

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self.directory / month.file for month in self.months)

    @property
    def items(self) -> int:
        return sum(month.items for month in self.months)

    @property
    def sentence(self) -> str:
        """What a reader has before them, and of when."""
        what = f"{counted(self.items, 'item')} of {counted(len(self.months), 'month')}"
        return f"this installation's history of {self.kept_at:%Y-%m-%d %H:%M} UTC: {what}"


def history_directory(home: Path) -> Path:
    return home / "history"


def kept_history(directory: Path) -> KeptHistory | None:
    """Return what is kept, None where nothing is or another version wrote it."""
    try:
        content = json.loads((directory / LIST).read_text())
    except (OSError, ValueError):
        return None
    if content.get("format") != FORMAT:
        return None
    months = tuple(KeptMonth(**month) for month in content["months"])
    return KeptHistory(
        directory=directory,
        kept_at=datetime.fromisoformat(content["kept_at"]),
        months=months,
        rules=content.get("rules", ""),
    )


def is_due(directory: Path, now: datetime, rules: str) -> bool:
    """Whether a history that somebody began to keep is a day old or longer, or knows other rules than those in force."""
    held = kept_history(directory)
    return held is not None and (now - held.kept_at >= KEPT_FOR or held.rules != rules)


def write_list(history: KeptHistory) -> None:
    """Put this list in force."""
    content = {
        "format": FORMAT,
        "kept_at": history.kept_at.isoformat(),
        "rules": history.rules,
        "months": [asdict(month) for month in history.months],
    }
    part = history.directory / f"{LIST}.part"
    part.write_text(json.dumps(content, indent=1))
    part.replace(history.directory / LIST)
