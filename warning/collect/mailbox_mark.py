"""How far a mailbox is read, and what one poll of it brings: mails in hand, and mails that did not come and are asked for again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_OWED = 100
MOST_FAILED_POLLS = 3
_MARK = re.compile(r"(\d+):(\d+)(?: (\d+x\d+(?:,\d+x\d+)*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Under this UIDVALIDITY all up to UID `last` is settled but `owed`: UID -> polls in which it did not come."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails:
    """What a session gave: (UID, message) by UID; `mark` is what to begin behind next time.

    `owed` is how many did not come and are asked for again; `refused` are those that did not come in three polls, while a
    later one did: (UID, the server's words).
    """

    messages: Sequence[tuple[int, bytes]] = ()
    mark: str = ""
    waiting: int = 0
    cut_short: int = 0
    owed: int = 0
    refused: Sequence[tuple[int, str]] = ()


class Gathered:
    """What a poll brought so far. `found` are the new UIDs; those that failed before are asked for behind them."""

    def __init__(self, mark: Mark, found: Sequence[int], room: int) -> None:
        self._mark, self.room = mark, room
        self.fresh = [uid for uid in found if uid not in mark.owed]
        self.messages: list[tuple[int, bytes]] = []
        self.failed: dict[int, str] = {}
        self._owed = dict(mark.owed)
        self._last, self._cut_short = mark.last, 0

    @property
    def order(self) -> list[int]:
        return [*self.fresh, *sorted(self._mark.owed)]

    def was_owed(self, uid: int) -> bool:
        return uid in self._mark.owed

    def came(self, uid: int, raw: bytes, *, is_whole: bool) -> None:
        """Take a mail; no bytes mean that it is gone, and a mail that is gone is no later one."""
        self._owed.pop(uid, None)
        if raw or not self.failed:
            self._last = max(self._last, uid)
        if raw:
            self._cut_short += not is_whole
            self.room -= len(raw)
            self.messages.append((uid, raw))

    def fail(self, uid: int, said: str) -> None:
        self.failed[uid] = said
        self._owed[uid] = self._owed.get(uid, 0) + 1

    def may_break_off(self, uid: int) -> bool:
        """Whether the poll may end well at a mail over which the session ended for good.

        So where mails are in hand, and at the first time, or no mail behind this one would ever be asked for; and where a
        later one came before: then it is this mail's fault.
        """
        return bool(self.messages) or not self.was_owed(uid) or uid < self._last

    def may_pause(self) -> bool:
        """Whether the poll may end well with new mails unasked: once also where none came, and the next begins behind those."""
        return bool(self.messages) or (
            bool(self.failed) and not any(uid > self._mark.last for uid in self._mark.owed)
        )

    def blocked(self) -> str:
        """The words with which the newest mails were refused where nothing came; empty where all is well so far."""
        newest = [said for uid, said in self.failed.items() if uid > self._last]
        is_all = self.fresh[-1:] == [] or self.fresh[-1] <= self._last or self.fresh[-1] in self.failed
        return newest[0] if newest and not self.messages and (is_all or not self.may_pause()) else ""

    def mails(self) -> Mails:
        given_up = self._given_up()
        # Those cut off here lie behind `last` and are new at the next poll.
        owed = dict(sorted((uid, n) for uid, n in self._owed.items() if uid not in given_up)[:MOST_OWED])
        return Mails(
            messages=sorted(self.messages),
            mark=Mark(validity=self._mark.validity, last=self._last, owed=owed).written(),
            waiting=sum(uid > self._last and uid not in self._owed for uid in self.fresh),
            cut_short=self._cut_short,
            owed=len(owed),
            refused=[(uid, self.failed[uid]) for uid in sorted(given_up)],
        )

    def _given_up(self) -> set[int]:
        """Mails that did not come in three polls, and the newest of more than can be remembered, while a later one came."""
        failed = sorted(uid for uid in self.failed if uid < self._last)
        given_up = {uid for uid in failed if self._owed[uid] >= MOST_FAILED_POLLS}
        passed = sum(uid < self._last for uid in self._owed) - len(given_up)
        again = [uid for uid in failed if uid not in given_up]
        return given_up | set(again[len(again) - max(0, passed - MOST_OWED) :])
