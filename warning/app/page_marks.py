"""What a source's state remembers of the pages behind its entries: read, tried in vain, or read with an annex owed."""

from collections.abc import Iterable
from dataclasses import dataclass

from warning.core.evidence import Item
from warning.core.ids import content_id

MOST_TRIES = 5
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """How often an entry was tried in vain; `annexes` are the places of those owed, empty while its page is unread."""

    tries: int = 0
    annexes: frozenset[int] = frozenset()

    def marked(self, mark: str) -> str:
        """Return the mark as the state keeps it: `p1` was read, `p1~2` failed twice, `p1~2~0` owes its first annex."""
        if not self.tries:
            return mark
        owed = [",".join(map(str, sorted(self.annexes)))] if self.annexes else []
        return _SEPARATOR.join((mark, str(self.tries), *owed))


def debts_of(marks: Iterable[str]) -> dict[str, Debt]:
    """Return what is owed of each entry that was tried; with no tries nothing is."""
    debts = {}
    for marked in marks:
        mark, *rest = marked.split(_SEPARATOR)
        annexes = frozenset(map(int, rest[1].split(","))) if len(rest) > 1 else frozenset()
        debts[mark] = Debt(tries=int(rest[0]) if rest else 0, annexes=annexes)
    return debts


def page_mark(item: Item) -> str:
    """What identifies an entry whose page is worth reading: a new title is a new entry."""
    return content_id("p", item.id, item.title, item.url)


def alert_mark(item: Item) -> str:
    """What identifies a message of a feed: another version has another address or time."""
    return content_id("p", item.id, item.url, item.occurred_at.isoformat())
