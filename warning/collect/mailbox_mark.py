"""How far a mailbox is read, and what one poll of it brings: mails in hand, and mails that did not come and are asked for again."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

MOST_OWED = 100
MOST_FAILED_POLLS = 3
_MARK = re.compile(r"(\d+):(\d+)(?: (\d+x\d+(?:,\d+x\d+)*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Under this UIDVALIDITY all up to UID `last` is settled but `owed`: UID -> polls in which it alone did not come.

    At most MOST_OWED are owed.
    """

    validity: int
    last: int
    owed: Mapping[int, int] = field(default_factory=dict)

    def written(self) -> str:
        """`1:104`, or `1:104 102x1,103x2`."""
        owed = ",".join(f"{uid}x{polls}" for uid, polls in sorted(self.owed.items()))
        return f"{self.validity}:{self.last}" + (f" {owed}" if owed else "")


def mark_of(written: str, validity: int) -> Mark | None:
    """Read a mark; None when there is none or the mailbox was numbered anew since."""
    match = _MARK.fullmatch(written)
    if match is None or int(match[1]) != validity:
        return None
    pairs = (one.split("x") for one in (match[3] or "").split(",") if one)
    return Mark(validity=validity, last=int(match[2]), owed={int(uid): int(polls) for uid, polls in pairs})


def put_back(written: str, before: str, unread: Collection[int]) -> str:
    """Return the mark of a poll of which these mails came and were not read: the next one begins with them.

    `before` is the mark of the poll before it. Those that were owed then stay so.
    """
    validity = int(written.partition(":")[0])
    mark, known = mark_of(written, validity), mark_of(before, validity)
    assert mark is not None, "a poll writes its mark"
    settled, owed = (known.last, known.owed) if known else (0, {})
    last = min((uid - 1 for uid in unread if uid > settled), default=mark.last)
    again = {uid: owed.get(uid, 0) for uid in unread if uid <= settled}
    still = {uid: polls for uid, polls in mark.owed.items() if uid <= last}
    return Mark(validity=validity, last=last, owed=still | again).written()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails:
    """What a session gave: (UID, message) by UID; `mark` is what to begin behind next time.

    `owed` is how many did not come and are asked for again; `refused` are those that did not come in three polls, while
    others did: (UID, the server's words).
    """

    messages: Sequence[tuple[int, bytes]] = ()
    mark: str = ""
    waiting: int = 0
    cut_short: int = 0
    owed: int = 0
    refused: Sequence[tuple[int, str]] = ()


class Gathered:
    """What a poll brought so far. `fresh` are the new UIDs in their order, `before` those that failed at earlier polls.

    New ones are asked for in their order and `last` follows them, so nothing behind it is unknown. Where as many are owed
    as a mark remembers and one more fails, the new ones end before it (`is_full`): it stays behind `last`.
    """

    def __init__(self, mark: Mark, found: Sequence[int], room: int) -> None:
        self._mark, self.room = mark, room
        self.fresh = [uid for uid in found if uid not in mark.owed]
        self.before = sorted(mark.owed)
        self.messages: list[tuple[int, bytes]] = []
        self.failed: dict[int, str] = {}
        self.is_full = len(mark.owed) >= MOST_OWED
        self._owed = dict(mark.owed)
        self._last, self._cut_short = mark.last, 0
        self._is_proven = False

    @property
    def settled(self) -> int:
        """The last UID of which all was known before this poll."""
        return self._mark.last

    @property
    def unasked(self) -> list[int]:
        return [uid for uid in self.fresh if uid > self._last]

    @property
    def again(self) -> list[int]:
        """Those owed from before that were not asked for in this poll."""
        return [uid for uid in self.before if uid in self._owed and uid not in self.failed]

    def was_owed(self, uid: int) -> bool:
        return uid in self._mark.owed

    def came(self, uid: int, raw: bytes, *, is_whole: bool) -> None:
        """Take a mail; no bytes mean that it is gone."""
        self._owed.pop(uid, None)
        if not self.was_owed(uid):
            self._last = uid
        if raw:
            self._cut_short += not is_whole
            self.room -= len(raw)
            self.messages.append((uid, raw))

    def fail(self, uid: int, said: str) -> None:
        self.failed[uid] = said
        if self.was_owed(uid):
            return
        self.is_full = len(self._owed) >= MOST_OWED
        if not self.is_full:
            self._owed[uid] = 0
            self._last = uid

    def prove(self) -> None:
        """The server gives another mail: those that do not come are at fault, and not the server."""
        self._is_proven = True

    def gives(self) -> bool:
        return bool(self.messages) or self._is_proven

    def is_unproven(self) -> bool:
        return bool(self.failed) and not self.gives()

    def may_pause(self) -> bool:
        """Whether the poll may end well with new mails unasked: where the next begins further on than this one did."""
        return self.gives() or any(uid in self._owed and not self.was_owed(uid) for uid in self.failed)

    def is_paused(self) -> bool:
        """Whether new mails are left for the next poll because time or connections ran out."""
        return bool(self.unasked) and not self.is_full and self.may_pause()

    def blocked(self) -> str:
        """The words of the newest refusal where nothing came and the server gives no other mail; empty otherwise."""
        return self.failed[max(self.failed)] if self.is_unproven() and not self.is_paused() else ""

    def mails(self) -> Mails:
        """What the poll gave. Only where the server gave a mail is one that did not come at fault, and the try counted."""
        ahead = min(self.unasked, default=None)
        # A mark of an earlier release may owe mails behind its own `last`.
        last = max([self._last, *(uid for uid in self.before if ahead is None or uid < ahead)])
        owed = {uid: polls + (self.gives() and uid in self.failed) for uid, polls in self._owed.items()}
        given_up = [
            uid for uid in sorted(self.failed) if owed.get(uid, 0) >= MOST_FAILED_POLLS and uid <= last
        ]
        kept = {uid: polls for uid, polls in owed.items() if uid not in given_up}
        return Mails(
            messages=sorted(self.messages),
            mark=Mark(validity=self._mark.validity, last=last, owed=kept).written(),
            waiting=len(self.unasked),
            cut_short=self._cut_short,
            owed=len(kept),
            refused=[(uid, self.failed[uid]) for uid in given_up],
        )
