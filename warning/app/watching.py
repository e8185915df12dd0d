"""The watches that are open now, from the store."""

from datetime import datetime

from warning.core.joinable import Joinable
from warning.core.recall import first_of_each
from warning.core.rulebook import Rulebook
from warning.core.watches import Watch, answer_recall, open_watches, watch_recall
from warning.store.repository import Repository


def watches_now(
    repository: Repository, book: Rulebook, as_of: datetime, *, answers: bool = True
) -> tuple[Watch, ...]:
    """Return the watches open at an instant, on request without their answers; nothing is loaded where no rule keeps one."""
    wanted = watch_recall(book, as_of)
    if not wanted.signals:
        return ()
    opening = repository.recall(wanted, as_of).signals
    answering = repository.recall(answer_recall(book, opening, as_of), as_of).signals if answers else ()
    signals = first_of_each((*opening, *answering))
    told_in = Joinable(as_of=as_of, signal_ids=frozenset(signal.id for signal in signals))
    return open_watches(book, signals, repository.state_for(told_in).open_alerts, as_of)
