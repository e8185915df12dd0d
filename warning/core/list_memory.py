"""What the desks were told a list holds, and what waits until the list has said it for long enough.

Additions and amendments are told at once. An entry that is missing waits: when it comes back before it is told,
neither its going nor its return is news. So waits an amendment that goes back to what stood shortly before: an entry
that changes to and fro is told once. A version that lost a large share of the list is no truth at all: the next full
version is compared with what was accepted before. A list that stays that small is told once as having shrunk. A list that
is read in another way than before is compared by who is on it alone, by key or by name, until each entry was read so; where
many are on it that nobody knows, it is begun with anew. What waits bears the time at which it is told, so that no further
poll is needed. How long is the source's to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from warning.core.evidence import Entry, Listing, ListingChange, compare_listings
from warning.core.list_patience import PATIENCE, ListPatience
from warning.core.phrases import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """A version held back: since when, what it holds, and what is told at `due` if no full one comes before."""

    since: datetime
    due: datetime
    entries: tuple[Entry, ...]
    lost: int
    changes: tuple[ListingChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What an entry said before the amendment that was told at `at`."""

    before: Entry
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMemory:
    """One list as told. `waiting` are removals by the time they are told; their entries are members until then.

    `returning` are amendments back to what stood before, by the time they are told; until then the member is as told.
    `amended` are amendments told lately.

    `waived` are keys of members that went with a shrink: never told as removed one by one, nor as added when back.

    `stale` are keys of members as they were read in another way than now: what differs of them is no amendment.
    """

    source_id: str
    members: tuple[Entry, ...]
    waiting: tuple[ListingChange, ...] = ()
    shrunk: Shrunk | None = None
    waived: frozenset[str] = frozenset()
    returning: tuple[ListingChange, ...] = ()
    amended: tuple[Amended, ...] = ()
    stale: frozenset[str] = frozenset()

    @property
    def held(self) -> tuple[ListingChange, ...]:
        return (*self.waiting, *self.returning, *(self.shrunk.changes if self.shrunk else ()))

    @property
    def expected(self) -> set[str]:
        """The keys that a full version holds."""
        return {e.key for e in self.members} - self.waived - {c.entry.key for c in self.waiting}

    def at(self, now: datetime) -> "ListMemory":
        """Return the memory once everything due at `now` has been told."""
        memory = self
        told = {change.entry.key for change in self.waiting if change.known_at <= now}
        if told:
            memory = replace(
                self,
                members=tuple(entry for entry in self.members if entry.key not in told),
                waiting=tuple(change for change in self.waiting if change.entry.key not in told),
            )
        back = {change.entry.key: change for change in memory.returning if change.known_at <= now}
        if back:
            memory = replace(
                memory,
                members=tuple(back[e.key].entry if e.key in back else e for e in memory.members),
                returning=tuple(change for change in memory.returning if change.entry.key not in back),
                amended=(*memory.amended, *(_amended(change, change.known_at) for change in back.values())),
            )
        return memory.accepted() if memory.shrunk and memory.shrunk.due <= now else memory

    def accepted(self) -> "ListMemory":
        """Take the shrunk version for the list; what it lost stays known, in case it comes back."""
        assert self.shrunk is not None
        here = {entry.key: entry for entry in self.shrunk.entries}
        waiting = tuple(change for change in self.waiting if change.entry.key not in here)
        gone = {entry.key for entry in self.members} - here.keys()
        left = tuple(entry for entry in self.members if entry.key in gone)
        return replace(
            self,
            members=(*self.shrunk.entries, *left),
            waiting=waiting,
            waived=frozenset(gone - {change.entry.key for change in waiting}),
            stale=self.stale.difference(here),
            shrunk=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A version taken in: what is told at once, what waits anew, and what had waited and is no news after all."""

    memory: ListMemory
    told: tuple[ListingChange, ...] = ()
    held: tuple[ListingChange, ...] = ()
    withdrawn: tuple[ListingChange, ...] = ()

    @property
    def differences(self) -> tuple[ListingChange, ...]:
        """Everything in which the version differs from what was told, whenever it is told."""
        return tuple(sorted((*self.told, *self.held), key=lambda c: (c.entry.key, c.change)))


def waits(memory: ListMemory, now: datetime) -> str:
    """Say in one sentence what is held back of a list at `now`, and until when; empty when nothing is."""
    memory = memory.at(now)
    said = []
    if memory.shrunk is not None:
        said.append(
            f"list held back since {memory.shrunk.since:%Y-%m-%d %H:%M} UTC: {counted(memory.shrunk.lost, 'entry is', 'entries are')} "
            f"missing, {counted(len(memory.shrunk.entries), 'is', 'are')} there; told as shrunk on {memory.shrunk.due:%Y-%m-%d %H:%M}"
        )
    if memory.returning:
        last = max(change.known_at for change in memory.returning)
        noun = "amendment goes" if len(memory.returning) == 1 else "amendments go"
        said.append(
            f"{len(memory.returning)} {noun} back to what stood before, told until {last:%Y-%m-%d %H:%M} UTC if it lasts"
        )
    if memory.waiting:
        last = max(change.known_at for change in memory.waiting)
        count = len(memory.waiting)
        noun = "entry is" if count == 1 else "entries are"
        said.append(f"{count} {noun} missing, told until {last:%Y-%m-%d %H:%M} UTC unless back before")
    return "; ".join(said)


def baseline(listing: Listing) -> ListMemory:
    """The first version of a list: everything in it is known, nothing of it is news."""
    return ListMemory(source_id=listing.source_id, members=listing.entries)


def follow(memory: ListMemory | None, listing: Listing, patience: ListPatience = PATIENCE) -> Followed:
    """Take in a version. Versions of one list come in the order in which they became known."""
    if memory is None:
        return Followed(memory=baseline(listing))
    was = memory = memory.at(listing.known_at)
    if listing.read_anew:
        stale = frozenset(entry.key for entry in memory.members)
        memory = replace(memory, stale=stale, returning=(), amended=())
    may_begin = listing.read_anew or (memory.shrunk is not None and bool(memory.stale & memory.expected))
    memory = _reread(memory, listing) if memory.stale else memory
    here = {entry.key for entry in listing.entries}
    if may_begin and _is_large(len(here - {e.key for e in memory.members}), len(here), patience):
        return _begun_anew(was, memory, listing, patience)
    over = tuple(c for c in (*was.waiting, *was.returning) if c not in {*memory.waiting, *memory.returning})
    followed = _compared(memory, listing, here, patience)
    return replace(followed, withdrawn=(*followed.withdrawn, *over)) if over else followed


def _compared(memory: ListMemory, listing: Listing, here: set[str], patience: ListPatience) -> Followed:
    expected = memory.expected
    lost = len(expected - here)
    if _is_large(lost, len(expected), patience):
        # Absence proves nothing on a cut page, presence does.
        here_again = tuple(change for change in memory.waiting if change.entry.key in here)
        still = tuple(change for change in memory.waiting if change.entry.key not in here)
        held = replace(memory, waiting=still, returning=())
        followed = _shrunk(held, listing, expected, lost, patience)
        return replace(followed, withdrawn=(*followed.withdrawn, *here_again, *memory.returning))
    return _full(memory, listing, here, patience)


def _begun_anew(was: ListMemory, memory: ListMemory, listing: Listing, patience: ListPatience) -> Followed:
    """Take in a version of entries that nobody knows: a list to begin with, once it is no cut page."""
    count = len(was.expected)
    if not _is_large(count - len(listing.entries), count, patience):
        return Followed(memory=baseline(listing), withdrawn=was.held)
    since = was.shrunk.since if was.shrunk else listing.known_at
    shrunk = Shrunk(
        since=since, due=since + patience.shrunk_for, entries=listing.entries, lost=count, changes=()
    )
    return Followed(memory=replace(memory, shrunk=shrunk, waiting=()), withdrawn=was.held)


def _reread(memory: ListMemory, listing: Listing) -> ListMemory:
    """Return the memory with the stale members that the version holds as it has them, by key or else by name."""
    now = {entry.key: entry for entry in listing.entries}
    known = {entry.key for entry in memory.members}
    is_whole = listing.read_anew or memory.shrunk is not None
    names = {_name(entry) for entry in memory.members if is_whole or entry.key in memory.stale} - {""}
    other = tuple(e for e in listing.entries if e.key not in known and _name(e) in names)
    other_names = {_name(entry) for entry in other}
    left = {
        e.key
        for e in memory.members
        if e.key in memory.stale and e.key not in now and _name(e) in other_names
    }
    kept = (
        now.get(entry.key, entry) if entry.key in memory.stale else entry
        for entry in memory.members
        if entry.key not in left
    )
    return replace(
        memory,
        members=(*kept, *other),
        waiting=tuple(change for change in memory.waiting if change.entry.key not in left),
        waived=memory.waived - left,
        stale=memory.stale.difference(left, now),
    )


def _is_large(count: int, of: int, patience: ListPatience) -> bool:
    return count >= patience.shrunk_min and count > patience.shrunk_share * of


def _shrunk(
    memory: ListMemory, listing: Listing, expected: set[str], lost: int, patience: ListPatience
) -> Followed:
    """Hold the version back. Names that were known under another key are not new when it is told."""
    since = memory.shrunk.since if memory.shrunk else listing.known_at
    due = since + patience.shrunk_for
    names = {_name(entry) for entry in memory.members}
    differing = compare_listings(_as_listing(e for e in memory.members if e.key in expected), listing)
    known = {entry.key for entry in memory.members}
    changes = tuple(
        replace(change, change="shrank" if change.change == "removed" else change.change, known_at=due)
        for change in differing
        if change.change != "added" or (change.entry.key not in known and _name(change.entry) not in names)
    )
    shrunk = Shrunk(since=since, due=due, entries=listing.entries, lost=lost, changes=changes)
    withdrawn = memory.shrunk.changes if memory.shrunk else ()
    return Followed(memory=replace(memory, shrunk=shrunk), held=changes, withdrawn=withdrawn)


def _full(memory: ListMemory, listing: Listing, here: set[str], patience: ListPatience) -> Followed:
    back = tuple(change for change in memory.waiting if change.entry.key in here)
    still = tuple(change for change in memory.waiting if change.entry.key not in here)
    apart = memory.waived - here | {change.entry.key for change in still}
    before = _as_listing(entry for entry in memory.members if entry.key not in apart)
    changes = compare_listings(before, listing)
    missing = tuple(
        replace(change, known_at=listing.known_at + patience.absent_for)
        for change in changes
        if change.change == "removed"
    )
    lately = tuple(one for one in memory.amended if listing.known_at < one.at + patience.flaps_for)
    returns = _returns(changes, lately)
    told = tuple(c for c in changes if c.change != "removed" and c.entry.key not in returns)
    lasting = tuple(c for c in memory.returning if _same(returns.get(c.entry.key), c))
    new = tuple(
        replace(change, known_at=listing.known_at + patience.flaps_for)
        for key, change in returns.items()
        if key not in {c.entry.key for c in lasting}
    )
    apart |= {change.entry.key for change in missing}
    left = tuple(entry for entry in memory.members if entry.key in apart)
    as_told = {key: change.before for key, change in returns.items() if change.before is not None}
    after = ListMemory(
        source_id=memory.source_id,
        members=(*(as_told.get(entry.key, entry) for entry in listing.entries), *left),
        waiting=(*still, *missing),
        waived=memory.waived - here,
        stale=memory.stale,
        returning=(*lasting, *new),
        amended=(*lately, *(_amended(change, listing.known_at) for change in told if change.before)),
    )
    over = tuple(change for change in memory.returning if change not in lasting)
    withdrawn = (*back, *over, *(memory.shrunk.changes if memory.shrunk else ()))
    return Followed(memory=after, told=told, held=(*missing, *new), withdrawn=withdrawn)


def _returns(changes: Iterable[ListingChange], lately: Iterable[Amended]) -> dict[str, ListingChange]:
    """Return the amendments that undo one of late, by the key of their entry."""
    before: dict[str, list[Entry]] = {}
    for one in lately:
        before.setdefault(one.before.key, []).append(one.before)
    return {
        c.entry.key: c for c in changes if c.change == "amended" and c.entry in before.get(c.entry.key, ())
    }


def _same(now: ListingChange | None, held: ListingChange) -> bool:
    return now is not None and now.entry == held.entry


def _amended(change: ListingChange, at: datetime) -> Amended:
    assert change.before is not None
    return Amended(before=change.before, at=at)


def _as_listing(entries: Iterable[Entry]) -> Listing:
    """What was told, in the shape in which versions are compared; only its entries are looked at."""
    return Listing(id="", source_id="", known_at=datetime.min.replace(tzinfo=UTC), entries=tuple(entries))


def _name(entry: Entry) -> str:
    return "".join(letter for letter in entry.name.casefold() if letter.isalnum())
