"""Digests and roll-ups once more before they go out: what was narrowed since they were written is not told any more.

A notice is stored as it was written, and may wait for hours. Where a marking was narrowed meanwhile it is written anew from
what the store allows now; where nothing is left to tell, or more would be shown than may leave, it is refused.
"""

from dataclasses import replace
from datetime import timedelta

from warning.app.digests import archive_digest, write_digest
from warning.app.noticing import BULLETIN, DIGEST, place_of
from warning.app.rolling_up import roll_up_again
from warning.app.system import System
from warning.core.deliveries import OutboxRow
from warning.core.notices import Notice
from warning.errors import ConfigError, DeliveryRefused
from warning.store.notices import Notices

# An assessment that began before the notice was written may have been stored after it.
BEGAN_BEFORE = timedelta(hours=1)


def as_may_be_told(system: System, notice: Notice, row: OutboxRow) -> Notice:
    """Return the notice, written anew where an alert was narrowed since. Raises DeliveryRefused when nothing is left."""
    if notice.kind not in {"digest", "roll-up"}:
        return notice
    notices = Notices(system.repository.engine)
    if not notices.narrowed_since(notice.created_at - BEGAN_BEFORE):
        return notice
    again = _digest(system, notice) if notice.kind == "digest" else _roll_up(system, notice, row)
    if again.content != notice.content:
        notices.rewrite(again, at=system.clock())
    return again


def _digest(system: System, notice: Notice) -> Notice:
    written_at = DIGEST.validate_json(notice.content).written_at
    book, desk_id = system.book(), notice.desk_id
    try:
        document = write_digest(
            system.repository, book, system.sources, desk_id, week=notice.topic, now=written_at
        )
    except ConfigError as gone:
        raise DeliveryRefused(f"a marking was narrowed since it was written, and {gone.message}") from gone
    archive_digest(system.repository, document)
    return replace(notice, marking=document.marking, content=DIGEST.dump_json(document).decode())


def _roll_up(system: System, notice: Notice, row: OutboxRow) -> Notice:
    book = system.book()
    desk, destination = place_of(book, notice, row)
    alerts = system.repository.latest_alerts(notice.about)
    bulletin = roll_up_again(system, alerts, desk, destination, book, BULLETIN.validate_json(notice.content))
    if bulletin is None:
        raise DeliveryRefused("withheld: not_released, all that it told was narrowed since it was written")
    return replace(notice, marking=bulletin.marking, content=BULLETIN.dump_json(bulletin).decode())
