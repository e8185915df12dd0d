"""Messages that are no alerts: a week's digest, a roll-up, a word to the operators. They go the same way out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from warning.core.ids import content_id
from warning.core.vocabulary import Marking

NoticeKind = Literal["digest", "roll-up", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is said, whole, as it was written. `about` names what it tells of (alert keys, deliveries, a week).

    `topic` is what it is about in one word; `content` is the JSON of a bulletin, or of a digest's document.
    """

    id: str
    kind: NoticeKind
    desk_id: str
    topic: str
    marking: Marking
    content: str
    created_at: datetime
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlace:
    """Where a notice goes, and when at the earliest."""

    channel: str
    address: str
    hold_until: datetime | None = None


def notice_delivery_id(notice_id: str, place: NoticePlace) -> str:
    """The key of exactly-once: the same notice at the same place is one delivery."""
    return content_id("d", notice_id, place.channel, place.address)
