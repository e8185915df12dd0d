"""A mended kind, country or language is given to what stands stored, also where no document shows it again.

A mailbox is asked behind what was read, and a page or an alert behind an entry is read once: neither comes again because
its source has another label. What a poll brought is stored first; until all that stands stored is mended, its source's
state keeps all labels that may stand, those of before and of now. It is done behind the polls, one source after another
(`mend_queue.py`), so much of it for each poll: the next one goes on, and finds what stands where the entry was mended
otherwise meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from warning.app.reading_basis import (
    labels_after,
    labels_of,
    mended_labels,
    standing_labels,
    told_after,
    under_labels,
)
from warning.catalog.sources import SourceSpec
from warning.core.evidence import Item
from warning.core.formats_documents import CapFormat, MailFormat
from warning.core.health import SourceState
from warning.core.relabelling import Labels
from warning.store.evidence_writer import EvidenceWriter

LAST_DAYS = 30
MOST_STEPS = 24
"""So many transactions for one poll: the latest items, and a thousand of those that are shown."""


class Store(Protocol):
    """What relabelling needs of the store."""

    def relabel_items(
        self,
        source_id: str,
        mend: tuple[Labels, ...],
        since: datetime,
        named: Iterable[str],
        after: Mapping[Labels, int],
    ) -> Iterator[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelling:
    """Labels of a source that may stand, those of now last, and whose stored items they are for: known `since` then, or `shown`.

    `after` has, of labels that an earlier mend gave, the number of the item stored last before that; those of now are
    `are_new` where no item has them from the catalogue yet.
    """

    source_id: str
    labels: tuple[Labels, ...]
    since: datetime
    shown: tuple[str, ...] = ()
    after: Mapping[Labels, int] = field(default_factory=dict)
    are_new: bool = False

    @classmethod
    def of(
        cls, spec: SourceSpec, state: SourceState, now: datetime, shown: tuple[Item, ...] = ()
    ) -> "Relabelling":
        """The relabelling of what became known in the last 30 days (the first days of a mailbox, where these are more).

        And of what the entries `shown` stand for: by their ids, and of alerts behind a feed all since the oldest of these;
        and of what an earlier mend relabelled. `state` is the one before the poll.
        """
        labels = (*mended_labels(spec, state), labels_of(spec))
        return cls(
            source_id=spec.id,
            labels=labels,
            since=_since(spec, now, shown),
            shown=tuple(item.id for item in shown),
            after={one: number for one, number in labels_after(state).items() if one in labels},
            are_new=bool(standing := standing_labels(state)) and labels[-1] not in standing,
        )

    def begun(self, state: SourceState, last_number: int) -> SourceState:
        """Return the state under all labels that may stand; `last_number` is of the item stored last before the poll."""
        after = dict(self.after) | ({self.labels[-1]: last_number} if self.are_new else {})
        return replace(state, read_as=self._under_all(state), labels_after=told_after(after))

    def _under_all(self, state: SourceState) -> str:
        return under_labels(state.read_as, *self.labels)

    def end(self, writer: EvidenceWriter) -> None:
        """Put the source's state under the labels of now, as it stands: all items do. Other labels meanwhile stay."""
        state = writer.source_state(self.source_id)
        if state is not None and state.read_as == self._under_all(state):
            now = self.labels[-1]
            numbers = {one: number for one, number in labels_after(state).items() if one == now}
            alone = under_labels(state.read_as, now)
            writer.save_source_state(replace(state, read_as=alone, labels_after=told_after(numbers)))

    def with_those_of(self, earlier: "Relabelling") -> "Relabelling":
        """Return the relabelling with the items of one that has not begun: another document may have shown others."""
        shown = tuple(dict.fromkeys((*self.shown, *earlier.shown)))
        return replace(self, since=min(self.since, earlier.since), shown=shown)

    async def relabel(self, store: Store) -> AsyncIterator[int | None]:
        """Relabel what stands stored; yield how much each step did, and None at last where that is all.

        Each is a transaction of a few hundred items; there are so many of them. Between two others have as long to
        write as one took. Raises StoreError.
        """
        steps = store.relabel_items(self.source_id, self.labels, self.since, self.shown, self.after)
        for _ in range(MOST_STEPS):
            began = monotonic()
            some = await asyncio.to_thread(next, steps, None)
            yield some
            if some is None:
                return
            await asyncio.sleep(monotonic() - began)


def _since(spec: SourceSpec, now: datetime, shown: tuple[Item, ...]) -> datetime:
    days = spec.parse.first_days if isinstance(spec.parse, MailFormat) else 0
    since = now - timedelta(days=max(days, LAST_DAYS))
    entries = shown if isinstance(spec.parse, CapFormat) else ()
    return min((since, *(entry.occurred_at for entry in entries)))
