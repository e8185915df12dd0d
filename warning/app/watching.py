"""The watches that are open now, from the store."""

from datetime import datetime

from warning.core.joinable import Joinable
from warning.core.rulebook import Rulebook
from warning.core.watches import Watch, open_watches, watch_recall
from warning.store.repository import Repository


def watches_now(repository: Repository, book: Rulebook, as_of: datetime) -> tuple[Watch, ...]:
    """Return the watches open at an instant; nothing is loaded where no rule keeps one."""
    wanted = watch_recall(book)
    if not wanted.signals:
        return ()
    signals = repository.recall(wanted, as_of).signals
    told_in = Joinable(as_of=as_of, signal_ids=frozenset(signal.id for signal in signals))
    return open_watches(book, signals, repository.state_for(told_in).open_alerts, as_of)
