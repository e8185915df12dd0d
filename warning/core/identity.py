"""When two entries of one source are one document: changed ids, several addresses, an edited title.

Two keys are asked beside the publisher's id: the canonical address, and the text. Neither alone is proof. A section
page is the address of many notices, and a ministry heads two notices of one day alike; so numbers must agree, and
what is short must come from the press. An item too many is better than a notice lost.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from sys import intern
from typing import NamedTuple, Protocol

from warning.core.addresses import canonical_address
from warning.core.bulletins import has_headline, in_rhythm, is_another_day, is_same_issue
from warning.core.evidence import Item
from warning.core.handling import narrowest_said
from warning.core.ids import key64
from warning.core.relabelling import relabelled

ONE_DOCUMENT = timedelta(days=30)
"""How far apart two entries may become known and still be versions of one document."""

REPUBLISHED_ALIKE = 0.9
LEAST_REPUBLISHED_TEXT = 160
MOST_REMEMBERED = 200_000
OFFICIAL_KINDS = frozenset({"regulatory", "customs"})
LEAST_OFFICIAL_TEXT = 160
LEAST_PRESS_TEXT = 12
ALIKE = 0.5
_WORDS = re.compile(r"\w+")
_MAIL = re.compile(r"(<.*>) [0-9a-f]{32}", re.DOTALL)
_HAN_NUMBER = "〇零一二三四五六七八九十百千两兩壹贰叁肆伍陆柒捌玖拾"
_NUMBERS = re.compile(
    rf"\d+|[{_HAN_NUMBER}]+|[上中下](?=[)篇集])|\b[ivx]+\b|\b[a-z]\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)


class Marks(NamedTuple):
    """What an item may be known by beside its id; None where there is nothing to go by.

    `address` is a 64-bit key, `text` the hash of title, summary and body.
    """

    address: int | None
    text: str | None


@lru_cache(maxsize=4_096)
def address_key(url: str) -> int | None:
    """Return the 64-bit key of the canonical address, None where the address names no document."""
    address = canonical_address(url) if url else ""
    return key64("address", address) if address else None


def marks_of(item: Item, content_hash: str = "") -> Marks:
    """Return the marks. Official texts too short to tell two notices apart have none of the text.

    `content_hash` is the item's, for callers that have it: it is made of the whole text.
    """
    length = len(item.summary) + len(item.body)
    is_official = item.kind in OFFICIAL_KINDS
    is_telling = (
        length >= LEAST_OFFICIAL_TEXT if is_official else length + len(item.title) >= LEAST_PRESS_TEXT
    )
    return Marks(
        address=address_key(item.url), text=content_hash or item.content_hash if is_telling else None
    )


@lru_cache(maxsize=2_048)
def plain(text: str) -> str:
    """Return words and numbers alone, in one case and width."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


@lru_cache(maxsize=2_048)
def numbers_of(title: str) -> tuple[str, ...]:
    """Return every number, part and month of a title, sorted: what tells two notices apart that read alike.

    A lone "一" or "I" counts too. It may keep one document apart in two, never the other way round.
    """
    return tuple(sorted(_NUMBERS.findall(unicodedata.normalize("NFKC", title).casefold())))


def is_one_document(old: Item, new: Item) -> bool:
    """Whether `new`, with another id, is a version of `old`. Both are of one source."""
    return _is_version(_Known(old), _Known(new))


class Shelf(Protocol):
    """Where items wait, by number, until another may be a version of one of them."""

    def put(self, item: Item) -> int: ...

    def get(self, number: int) -> Item: ...


class _Known:
    """An item with its marks, which are dear enough to be found once. On a shelf its words cost no memory."""

    __slots__ = ("_item", "_place", "_shelf", "earlier", "key", "marks", "number")

    def __init__(self, item: Item) -> None:
        self._item: Item | None = item
        self._shelf: Shelf | None = None
        self._place = self.number = 0
        self.key, self.marks = (intern(item.source_id), item.id), marks_of(item)
        self.earlier: tuple[_Known, ...] = ()

    @property
    def item(self) -> Item:
        if self._item is not None:
            return self._item
        assert self._shelf is not None
        return self._shelf.get(self._place)

    def hold(self, item: Item, shelf: Shelf | None) -> None:
        """Take an item in the place of the one before, itself or on a shelf."""
        self._item, self._shelf = item, shelf
        if shelf is not None:
            self._item, self._place = None, shelf.put(item)

    def said_before(self, item: Item) -> bool:
        """Whether the document had this text and lost it to another; what was not read tells no texts apart."""
        return any(
            old.title == item.title and item.summary in {"", old.summary} and item.body in {"", old.body}
            for old in (known.item for known in self.earlier)
        )

    def places(self) -> Iterator[tuple[str, int | str]]:
        if self.marks.address is not None:
            yield self.key[0], self.marks.address
        if self.marks.text is not None:
            yield self.key[0], self.marks.text


def says_who_may_see_it(item: Item) -> bool:
    """Whether it carries a marking or a release list of its own, beside its source's."""
    return item.marking is not None or item.release_to is not None


def no_wider(known: Item, again: Item) -> Item:
    """Return words that come again under the narrower handling of both times: nothing gets wider this way."""
    marking, release_to = narrowest_said((one.marking, one.release_to) for one in (known, again))
    return replace(again, marking=marking, release_to=release_to)


def _is_version(known: _Known, met: _Known) -> bool:
    old, new = known.item, met.item
    if old.id == new.id:
        return False
    if _is_same_mail(old, new):
        return True
    if says_who_may_see_it(old) or says_who_may_see_it(new):
        # What says itself who may see it (an ally's alert, a report, a dropped file) has a name of its own; one such
        # text in another's place would change who may see that.
        return False
    same_address = known.marks.address is not None and known.marks.address == met.marks.address
    if abs(new.known_at - old.known_at) > ONE_DOCUMENT:
        return (same_address or _is_article(new)) and is_republished(old, new)
    if known.marks.text is not None and known.marks.text == met.marks.text:
        return same_address or is_same_issue(old, new) or _is_told_again(old, new)
    # Entries that stand side by side in one document are two, whatever page they link to.
    return same_address and old.known_at != new.known_at and _is_edit(old, new)


def _is_same_mail(old: Item, new: Item) -> bool:
    """Whether a mail stored under its bare Message-ID is read again under that and a hash, as it is named now.

    There may be spaces in it. What it says and who may see it are the same, so that nothing is hidden or shown by it.
    """
    named = _MAIL.fullmatch(new.external_id)
    return named is not None and (named[1], old.title, old.summary, old.body, old.marking, old.release_to) == (
        old.external_id, new.title, new.summary, new.body, new.marking, new.release_to
    )  # fmt: skip


def is_republished(old: Item, new: Item) -> bool:
    """Whether the press tells an old text again, as good as unchanged, after longer than versions take to come.

    A number, a month or a part that differs makes it another text. An official text is never taken for an old one.
    """
    if new.kind in OFFICIAL_KINDS or new.known_at - old.known_at <= ONE_DOCUMENT:
        return False
    texts = [f"{one.title} {one.summary} {one.body}" for one in (old, new)]
    if numbers_of(texts[0]) != numbers_of(texts[1]):
        return False
    title, text = likeness(plain(old.title), plain(new.title)), likeness(plain(texts[0]), plain(texts[1]))
    return min(title, text) >= REPUBLISHED_ALIKE


def with_first_date(old: Item, new: Item) -> Item:
    """Return a later text of the same id; one told again keeps the date on which it was first published."""
    if old.published_at is None or old.published_at == new.published_at or not is_republished(old, new):
        return new
    return replace(new, published_at=old.published_at, time_assumed=old.time_assumed)


def as_it_stands(old: Item, new: Item) -> Item:
    """Return what a document says once `new` came under its id.

    An empty summary or body was not read this time (a list page after its detail page): it takes nothing away.
    """
    summary, body = new.summary or old.summary, new.body or old.body
    published_at = new.published_at or old.published_at
    if (summary, body, published_at) != (new.summary, new.body, new.published_at):
        new = replace(new, summary=summary, body=body, published_at=published_at)
    return with_first_date(old, new)


def is_undated(old: Item, new: Item) -> bool:
    """Whether nothing says that `new` is later than what stands: a text that was replaced before is no new edit then."""
    return new.time_assumed or new.known_at == old.known_at


def _is_told_again(old: Item, new: Item) -> bool:
    """Whether the press tells an article again word for word, under whatever address and date.

    A price note, a report of a mission, a notice and a bulletin may say the same every week and mean it anew; so may what
    one document shows side by side under two dates.
    """
    if new.kind != "news" or old.known_at == new.known_at or not _is_article(new) or is_another_day(old, new):
        return False
    return not in_rhythm((new.published_at or new.known_at) - (old.published_at or old.known_at))


def _is_article(item: Item) -> bool:
    """Whether it has a headline of its own and a long text."""
    return len(item.summary) + len(item.body) >= LEAST_REPUBLISHED_TEXT and has_headline(item.title)


def _is_edit(old: Item, new: Item) -> bool:
    """Whether the later text is the earlier one edited: at one address, with another id.

    One letter makes gallium antimony. So a title may differ only where a text says the same, and an official title
    never, nor a number in an official text: an item too many is better than a notice lost.
    """
    if numbers_of(old.title) != numbers_of(new.title):
        return False
    titles = [plain(one.title) for one in (old, new)]
    texts = [plain(f"{one.summary} {one.body}") for one in (old, new)]
    is_official = old.kind in OFFICIAL_KINDS
    if titles[0] != titles[1] and (is_official or not all(texts)):
        return False
    if is_official and numbers_of(texts[0]) != numbers_of(texts[1]):
        return False
    if all(texts) and likeness(*texts) < ALIKE:
        return False
    return likeness(*titles) >= ALIKE


def likeness(one: str, other: str) -> float:
    """Return the share of three-character pieces in common (Jaccard), 1.0 for equal texts."""
    if one == other:
        return 1.0
    first, second = pieces(one), pieces(other)
    return len(first & second) / len(first | second)


def pieces(text: str) -> frozenset[str]:
    """Return every run of three characters; of a shorter text, the text."""
    return frozenset(text[at : at + 3] for at in range(max(1, len(text) - 2)))


def as_version(old: Item, new: Item) -> Item:
    """Return `new` under the identity of `old`, with the date on which `old` was first published."""
    return replace(
        new,
        id=old.id,
        external_id=old.external_id,
        published_at=old.published_at or new.published_at,
        time_assumed=old.time_assumed and new.time_assumed,
    )


class Identities:
    """Items met so far, by what they are known by. The first are let go when they become too many.

    Where several share a mark (a page that every notice links to), the one whose id was met last answers for it.
    With a `shelf` their words stand there, and memory holds what they are known by.
    """

    def __init__(self, known: Iterable[Item] = (), *, shelf: Shelf | None = None) -> None:
        self._shelf = shelf
        self._by_id: dict[tuple[str, str], _Known] = {}
        self._by_mark: dict[tuple[str, int | str], _Known] = {}
        self._behind: dict[tuple[str, int | str], list[_Known]] = {}
        self._met = 0
        for item in known:
            self._learn(_Known(item))

    def settle(self, item: Item) -> Item | None:
        """Return the item, under the identity of the document it is a version of.

        It says all that the document says then, whatever of that was not read this time. None when it is a version, or
        comes with no later time, and says nothing that the document did not say, now or before.
        """
        met = _Known(item)
        held = self._by_id.get((item.source_id, item.id))
        if held is not None:
            return self._said_again(held, item)
        old = self._document_of(met)
        if old is None:
            self._learn(met)
            return item
        version = as_it_stands(old.item, as_version(old.item, item))
        if version.content_hash == old.item.content_hash or old.said_before(item):
            return None
        self._learn(_Known(version))
        return version

    def _said_again(self, held: _Known, item: Item) -> Item | None:
        """What came under an id known before. None where it is a text that the document lost to another, or has.

        The same words under a narrower handling, or under mended labels, are the document as it was known, so changed.
        """
        again = as_it_stands(held.item, item)
        if again.content_hash != held.item.content_hash:
            if is_undated(held.item, item) and held.said_before(item):
                return None
            self._learn(_Known(again))
            return again
        bound = no_wider(held.item, again)
        labelled = relabelled(held.item, again)
        changed = replace(labelled, marking=bound.marking, release_to=bound.release_to)
        if changed == held.item:
            return None
        if changed.kind == held.item.kind:
            held.hold(changed, self._shelf)
        else:  # another kind is known by other marks
            self._learn(_Known(changed))
        return changed

    def take(self, item: Item) -> Item | None:
        """Return the document that the item is a version of; None when it is its own, and it is learnt then."""
        met = _Known(item)
        found = self._document_of(met)
        if found is None:
            self._learn(met)
            return None
        return found.item

    def _document_of(self, met: _Known) -> _Known | None:
        for place in met.places():
            known = self._by_mark.get(place)
            if known is not None and _is_version(known, met):
                return known
        return None

    def _learn(self, known: _Known) -> None:
        """A text in a document's place answers with its own marks alone, as the one row that the store keeps."""
        known.hold(known.item, self._shelf)
        before = self._by_id.get(known.key)
        if before is None:
            self._met += 1
            known.number = self._met
        else:
            self._forget(before)
            known.number = before.number
            known.earlier = (*before.earlier, before)
            before.earlier = ()
        self._by_id[known.key] = known
        for place in known.places():
            self._hold(place, known)
        while len(self._by_id) > MOST_REMEMBERED:
            self._forget(self._by_id.pop(next(iter(self._by_id))))

    def _hold(self, place: tuple[str, int | str], known: _Known) -> None:
        first, last = self._by_mark.setdefault(place, known), known
        if first is known:
            return
        if first.number > last.number:
            first, last = last, first
        self._by_mark[place] = last
        self._behind.setdefault(place, []).append(first)

    def _forget(self, known: _Known) -> None:
        for place in known.places():
            behind = self._behind.get(place)
            if self._by_mark[place] is not known:
                self._behind[place].remove(known)
            elif behind:
                self._by_mark[place] = last = max(behind, key=lambda one: one.number)
                behind.remove(last)
            else:
                del self._by_mark[place]
            if behind is not None and not behind:
                del self._behind[place]
