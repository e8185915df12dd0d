"""What the outbox owes, sent: claim, render, check the marking once more, send, record what became of it."""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Protocol

from warning.app.delivered_message import StoredAlerts, message_of
from warning.app.noticing import NoticePost
from warning.channels.channel import Channel, Missing, Sent
from warning.core.deliveries import MAY_HAVE_ARRIVED, OutboxRow
from warning.core.notices import Notice
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.errors import (
    DeliveryBarred,
    DeliveryError,
    DeliveryRateLimited,
    DeliveryRefused,
    DeliveryUnknown,
    StoreError,
)

log = logging.getLogger(__name__)

LEASE_SECONDS = 300.0
# A queue stops starting messages here and a message is given up there, so that both end within the lease.
QUEUE_SECONDS = 150.0
SEND_SECONDS = 120.0
FIRST_DELAY_SECONDS = 15.0
LONGEST_DELAY_SECONDS = 3600.0
RATE_LIMIT_DELAY_SECONDS = 30.0
RECONCILE_DELAY_SECONDS = 20.0
GIVE_UP_AFTER = timedelta(days=7)
GIVE_UP_ATTEMPTS = 20

# The store may be locked or full while a message is out: what became of it is written down a little later.
STORE_WAITS_SECONDS = (0.5, 2.0, 8.0, 30.0)

MAIL_FROM = "Early Warning <early-warning@localhost>"

Clock = Callable[[], datetime]
Place = tuple[str, str]  # channel, address
Renewed = Callable[[Notice, OutboxRow], Notice]


class OwedRows(Protocol):
    """What this module asks of the outbox."""

    def claim(
        self, now: datetime, *, limit: int, lease_seconds: float, besides: Collection[Place] = ()
    ) -> tuple[OutboxRow, ...]: ...
    def sent(self, row_id: str, *, now: datetime, provider_ref: str = "") -> bool: ...
    def retry(self, row_id: str, *, at: datetime, error: str, attempt: int | None = None) -> bool: ...
    def unknown(self, row_id: str, *, at: datetime, error: str, attempt: int | None = None) -> bool: ...
    def release(self, row: OutboxRow, *, at: datetime) -> bool: ...
    def dead(self, row_id: str, *, now: datetime, error: str) -> bool: ...
    def pause(self, channel: str, address: str, *, until: datetime) -> None: ...
    def hold(self, channel: str, *, now: datetime, cause: str) -> datetime: ...
    def root_ref(self, alert_key: str, desk_id: str, channel: str, address: str) -> str | None: ...
    def may_have_reached(self, row: OutboxRow) -> bool: ...


class StoredWords(StoredAlerts, Protocol):
    """What this module asks of the store."""

    def notice(self, notice_id: str) -> Notice | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCounts:
    """What one round did. `adopted` were found to have arrived; `resent` could not be looked for and went again."""

    claimed: int = 0
    sent: int = 0
    retried: int = 0
    unknown: int = 0
    dead: int = 0
    adopted: int = 0
    resent: int = 0


@dataclass(slots=True)
class InFlight:
    """Destinations that outlasted their round: they go on alone, and the next rounds leave them alone."""

    running: dict[Place, "asyncio.Task[None]"] = field(default_factory=dict)

    async def drain(self, grace_seconds: float) -> None:
        """Let them finish, for so long; then cancel them. What is cut short is reconciled at the next start."""
        tasks = list(self.running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            await _cancelled(late)
        self.running.clear()


async def deliver_due(
    outbox: OwedRows,
    repository: StoredWords,
    channels: Mapping[str, Channel],
    book: Rulebook,
    clock: Clock,
    *,
    limit: int = 100,
    in_flight: InFlight | None = None,
    patience_seconds: float | None = None,
    mail_from: str = MAIL_FROM,
    renewed: Renewed | None = None,
) -> DeliveryCounts:
    """Send what is due, at most `limit` rows: destinations side by side, each one's rows in order.

    Returns after `patience_seconds` at the latest, with what was done by then: a destination that hangs goes on
    alone and delays no other, as long as the next rounds are given the same `in_flight`. `renewed` looks at each notice
    once more before it goes out, and returns it as it may be told now.
    """
    in_flight = in_flight or InFlight()
    busy = frozenset(in_flight.running)
    rows = await asyncio.to_thread(
        outbox.claim, clock(), limit=limit, lease_seconds=LEASE_SECONDS, besides=busy
    )
    notices = NoticePost(book=book, sender=mail_from)
    round_ = _Round(outbox, repository, channels, book, clock, notices, renewed)
    tasks = {
        (queue[0].channel, queue[0].address): asyncio.create_task(round_.deliver(queue))
        for queue in _by_destination(rows)
    }
    in_flight.running.update(tasks)
    await _waited(tasks, in_flight, patience_seconds)
    return DeliveryCounts(claimed=len(rows), **round_.counts)


async def _waited(
    tasks: Mapping[Place, "asyncio.Task[None]"], in_flight: InFlight, patience_seconds: float | None
) -> None:
    """Wait for the queues; raise what one of them raised once the others are through, or out of patience."""
    if not tasks:
        return
    try:
        done, _ = await asyncio.wait(tasks.values(), timeout=patience_seconds)
    except asyncio.CancelledError:
        await _cancelled(tasks.values())
        raise
    finally:
        for place, task in tasks.items():
            if task.done():
                in_flight.running.pop(place, None)
            else:
                task.add_done_callback(partial(_ended, in_flight, place))
    for task in done:
        task.result()


def _ended(in_flight: InFlight, place: Place, task: "asyncio.Task[None]") -> None:
    in_flight.running.pop(place, None)
    if not task.cancelled() and task.exception() is not None:
        log.error("delivering to %s %s broke off: %s", *place, task.exception())


async def _cancelled(tasks: Iterable["asyncio.Task[None]"]) -> None:
    listed = list(tasks)
    for task in listed:
        task.cancel()
    await asyncio.gather(*listed, return_exceptions=True)


def _by_destination(rows: Iterable[OutboxRow]) -> list[list[OutboxRow]]:
    """Part the rows by destination. What was tried least goes first: one message nobody takes blocks no other."""
    ordered = sorted(
        rows, key=lambda r: (r.channel, r.address, r.attempts, r.created_at, r.alert_key, r.alert_version)
    )
    return [list(group) for _, group in groupby(ordered, key=lambda r: (r.channel, r.address))]


def retry_delay_seconds(attempts: int) -> float:
    """Return how long to wait after the nth attempt: doubling from 15 seconds to an hour."""
    return min(FIRST_DELAY_SECONDS * 2.0 ** min(max(attempts - 1, 0), 20), LONGEST_DELAY_SECONDS)


class _Round:
    """One call of `deliver_due`: its parts and its counts."""

    def __init__(
        self,
        outbox: OwedRows,
        repository: StoredWords,
        channels: Mapping[str, Channel],
        book: Rulebook,
        clock: Clock,
        notices: NoticePost,
        renewed: Renewed | None = None,
    ) -> None:
        self._notices = notices
        self._renewed = renewed
        self._outbox = outbox
        self._repository = repository
        self._channels = channels
        self._book = book
        self._clock = clock
        self.counts: Counter[str] = Counter()

    async def deliver(self, queue: Sequence[OutboxRow]) -> None:
        """Work through one destination. When it asks for a pause, the rest of its rows wait with it."""
        started = self._clock()
        for position, row in enumerate(queue):
            if self._clock() - started > timedelta(seconds=QUEUE_SECONDS):
                await self._postpone(queue[position:], self._clock())
                return
            until = await self._deliver_one(row)
            if until is not None:
                await self._postpone(queue[position + 1 :], until)
                return

    async def _deliver_one(self, row: OutboxRow) -> datetime | None:
        """Bring one row to its next state. Returns until when its destination wants to be left alone."""
        try:
            sent = await self._carry(row)
        except DeliveryRateLimited as wait:
            return await self._rate_limited(row, wait)
        except DeliveryBarred as barred:
            return await self._barred(row, barred.message)
        except DeliveryUnknown as unsure:
            return await self._unsure(row, unsure.message)
        except DeliveryRefused as refused:
            await self._dead(row, refused.message)
        except DeliveryError as failed:
            return await self._failed(row, failed.message)
        except Exception as surprise:  # one broken delivery must not stop the others; it is kept and shown
            log.exception("delivery %s to %s %s failed", row.id, row.channel, row.address)
            await self._unsure(row, f"{type(surprise).__name__}: {surprise}")
        else:
            await self._kept(
                partial(self._outbox.sent, row.id, provider_ref=sent.provider_ref, now=self._clock())
            )
            self.counts["sent"] += 1
        return None

    async def _kept(self, write: Callable[[], object]) -> None:
        """Write an outcome down, patiently: what is forgotten here would be sent twice."""
        for wait in STORE_WAITS_SECONDS:
            try:
                await asyncio.to_thread(write)
            except StoreError as failure:
                log.warning("the outcome of a delivery cannot be stored yet: %s", failure)
                await asyncio.sleep(wait)
            else:
                return
        await asyncio.to_thread(write)

    async def _carry(self, row: OutboxRow) -> Sent:
        try:
            async with asyncio.timeout(SEND_SECONDS) as limit:
                return await self._found_or_sent(row)
        except TimeoutError:
            if not limit.expired():
                raise
            raise DeliveryUnknown(f"the channel took longer than {SEND_SECONDS:g} s") from None

    async def _found_or_sent(self, row: OutboxRow) -> Sent:
        """Look for a message whose fate is unknown before sending it; render and check, then send."""
        channel = self._channels.get(row.channel)
        if channel is None:
            raise DeliveryRefused(f"there is no channel {row.channel!r}")
        if row.notice_id:
            return await self._noticed(row, channel)
        root_ref = await asyncio.to_thread(
            self._outbox.root_ref, row.alert_key, row.desk_id, row.channel, row.address
        )
        if row.state == "unknown":
            found = await channel.reconcile(row, root_ref=root_ref)
            if isinstance(found, Sent):
                self.counts["adopted"] += 1
                return found
            self.counts["resent"] += found is Missing.UNKNOWABLE
        if row.reason == "recall" and not await asyncio.to_thread(self._outbox.may_have_reached, row):
            raise DeliveryRefused("what it takes back never went there")
        message = await asyncio.to_thread(message_of, row, self._repository, self._book, self._clock())
        return await channel.send(message, row=row, root_ref=root_ref)

    async def _noticed(self, row: OutboxRow, channel: Channel) -> Sent:
        """Send a notice. Where a channel can be asked, it looks first; elsewhere a second copy has the same name."""
        notice = await asyncio.to_thread(self._repository.notice, row.notice_id)
        if notice is None:
            raise DeliveryRefused("the notice is not in the store")
        if self._renewed is not None:
            notice = await asyncio.to_thread(self._renewed, notice, row)
        return await self._notices.carry(notice, row, channel)

    async def _rate_limited(self, row: OutboxRow, wait: DeliveryRateLimited) -> datetime | None:
        """Obey, within reason: a wait that is no number, or longer than an hour, is not the last word."""
        seconds = wait.retry_after_seconds
        if seconds is None or math.isnan(seconds):
            seconds = max(RATE_LIMIT_DELAY_SECONDS, retry_delay_seconds(row.attempts))
        until = self._clock() + timedelta(seconds=min(max(seconds, 0.0), LONGEST_DELAY_SECONDS))
        await self._kept(partial(self._outbox.pause, row.channel, row.address, until=until))
        await self._give_back(row, until, wait.message)
        return until

    async def _barred(self, row: OutboxRow, error: str) -> datetime:
        """Hold the whole channel: what bars one message bars all, and none of them is to blame."""
        log.error("the channel %s is held: %s", row.channel, error)
        hold = partial(self._outbox.hold, row.channel, now=self._clock(), cause=error)
        until = await asyncio.to_thread(hold)
        await self._give_back(row, until, error)
        return until

    async def _failed(self, row: OutboxRow, error: str) -> datetime | None:
        """Back off. A destination out of order holds its other rows too: they keep their order."""
        if self._is_hopeless(row):
            await self._dead(row, f"given up after {counted(row.attempts, 'attempt')}: {error}")
            return None
        until = self._clock() + timedelta(seconds=retry_delay_seconds(row.attempts))
        await self._give_back(row, until, error)
        return until

    async def _unsure(self, row: OutboxRow, error: str) -> datetime | None:
        """Look again later. The rest waits too: what swallowed this message would swallow the next."""
        if self._is_hopeless(row):
            await self._dead(
                row, f"given up after {counted(row.attempts, 'attempt')}, {MAY_HAVE_ARRIVED}: {error}"
            )
            return None
        delay = max(RECONCILE_DELAY_SECONDS, retry_delay_seconds(row.attempts))
        until = self._clock() + timedelta(seconds=delay)
        await self._kept(partial(self._outbox.unknown, row.id, at=until, error=error, attempt=row.attempts))
        self.counts["unknown"] += 1
        return until

    async def _give_back(self, row: OutboxRow, until: datetime, error: str) -> None:
        """Return a row that did not go out; one that may have arrived before stays unknown."""
        may_have_arrived = row.state == "unknown"
        give_back = self._outbox.unknown if may_have_arrived else self._outbox.retry
        await self._kept(partial(give_back, row.id, at=until, error=error, attempt=row.attempts))
        self.counts["unknown" if may_have_arrived else "retried"] += 1

    async def _postpone(self, rows: Sequence[OutboxRow], until: datetime) -> None:
        """Return rows that were not tried, as they were."""
        for row in rows:
            await self._kept(partial(self._outbox.release, row, at=until))
            self.counts["unknown" if row.state == "unknown" else "retried"] += 1

    async def _dead(self, row: OutboxRow, error: str) -> None:
        """Give up. That an earlier attempt may have arrived stays written: who may have it is told when it is taken back."""
        if row.state == "unknown" and MAY_HAVE_ARRIVED not in error:
            error = f"{error}; an earlier attempt is unknown, {MAY_HAVE_ARRIVED}"
        log.error("delivery %s to %s %s is dead: %s", row.id, row.channel, row.address, error)
        await self._kept(partial(self._outbox.dead, row.id, now=self._clock(), error=error))
        self.counts["dead"] += 1

    def _is_hopeless(self, row: OutboxRow) -> bool:
        return row.attempts >= GIVE_UP_ATTEMPTS and self._clock() - row.created_at >= GIVE_UP_AFTER
