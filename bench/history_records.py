"""The history pack of tests/history as evidence: what each item is, and what is true about its event.

The items of events and the hard negatives are written out; ordinary weeks are composed from tests/history/quiet.yaml
by a generator seeded with the week, so that the same files give the same items on every machine.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from warning.collect.interchange import own_identity
from warning.core.evidence import Item

ROOT = Path(__file__).parent.parent
PACK = ROOT / "tests" / "history"
HELD_OUT = PACK / "held_out"
FEEDS = ROOT / "feeds"
LANGUAGES = ("en", "zh", "ja", "ko")
MARK = re.compile(r"@ (?:(\d{4})-)?(\d\d)-(\d\d) (\d\d):(\d\d) (\S+)")
SLOT = re.compile(r"\{(?:#(\d+)-(\d+)|(\w+))\}")
WEEK_ITEMS = (50, 68)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known about one event. `number` is the register's short form; `also` holds numbers of the same act.

    `covers` names the events a bundle of press items speaks of; such a bundle has no truth of its own.
    """

    id: str
    formal: bool
    known: date
    announced: date
    act: str
    direction: str
    actor: str
    targets: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    number: str | None = None
    also: tuple[str, ...] = ()
    effective: date | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One item of the pack. `group` is an event's id, a negative group's id or `quiet-<Monday>`.

    `mark` names the item in reports: group and place in it. `joins` is the event a negative item speaks of.
    """

    item: Item
    mark: str
    group: str
    role: str
    joins: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """All of it: truths by event id, items in the order they became known, Mondays of the ordinary weeks."""

    truths: dict[str, Truth]
    told: tuple[Told, ...]
    weeks: tuple[date, ...]

    def events(self) -> list[Truth]:
        """The events with a truth of their own, oldest first."""
        return sorted((t for t in self.truths.values() if not t.covers), key=lambda t: (t.known, t.id))


def load_pack(root: Path = PACK) -> Pack:
    """Read the pack. Raises KeyError or ValueError naming what is wrong with it."""
    sources = _sources()
    truths: dict[str, Truth] = {}
    told: list[Told] = []
    for path in sorted((root / "events").glob("*.yaml")):
        for event in _read(path):
            truths[event["id"]] = _truth(event)
            told += _items(event, sources, "event", event["known"].year)
    for negative in _read(root / "negatives.yaml"):
        told += _items(negative, sources, "error" if "error" in negative else "negative", None)
    quiet = _read(root / "quiet.yaml") if (root / "quiet.yaml").exists() else {"weeks": ()}
    for monday in quiet["weeks"]:
        told += compose_week(quiet, monday, sources)
    told.sort(key=lambda one: (one.item.known_at, one.mark))
    return Pack(truths=truths, told=tuple(told), weeks=tuple(quiet["weeks"]))


def compose_week(quiet: dict[str, Any], monday: date, sources: dict[str, dict[str, Any]]) -> list[Told]:
    """Fifty to seventy ordinary items of one week: no pattern of a title is used twice in it."""
    dice = random.Random(f"history {monday}")
    patterns = [
        (language, topic, title)
        for language in LANGUAGES
        for topic, content in quiet[language]["topics"].items()
        for title in content["titles"]
    ]
    chosen = dice.sample(patterns, dice.randint(*WEEK_ITEMS))
    return [_ordinary(quiet, monday, sources, dice, place, *pattern) for place, pattern in enumerate(chosen)]


def _ordinary(
    quiet: dict[str, Any],
    monday: date,
    sources: dict[str, dict[str, Any]],
    dice: random.Random,
    place: int,
    language: str,
    topic: str,
    title: str,
) -> Told:
    content, words = quiet[language]["topics"][topic], quiet[language]["words"]
    fitting = [name for name in content["by"] if sources[name]["language"] == language]
    at = datetime.combine(monday, time(0, 5), tzinfo=UTC) + timedelta(
        minutes=dice.randrange(7 * 24 * 60 - 60)
    )
    drawn: dict[str, str] = {}

    def word(found: re.Match[str]) -> str:
        low, high, name = found.groups()
        if low:
            return str(dice.randint(int(low), int(high)))
        return drawn.setdefault(name, dice.choice(words[name]))

    said, text = SLOT.sub(word, title), SLOT.sub(word, dice.choice(content["texts"]))
    said = said[0].upper() + said[1:] if language == "en" else said
    group = f"quiet-{monday}"
    source = sources[dice.choice(fitting)]
    return _told(group, place, source, at, said, text, "quiet", None)


def _items(
    group: dict[str, Any], sources: dict[str, dict[str, Any]], role: str, year: int | None
) -> Iterator[Told]:
    blocks = re.split(r"^(?=@ )", group["items"], flags=re.MULTILINE)
    for place, block in enumerate(filter(str.strip, blocks), start=1):
        head, title, *text = block.strip().splitlines()
        found = MARK.fullmatch(head)
        if found is None or (found[1] is None and year is None):
            raise ValueError(f"{group['id']}: {head!r} is not '@ [year-]month-day hour:minute source'")
        numbers = [int(found[1] or year or 0), *(int(found[place]) for place in range(2, 6))]
        at = datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]
        yield _told(
            group["id"], place, sources[found[6]], at, title, "\n".join(text), role, group.get("joins")
        )


def _told(
    group: str,
    place: int,
    source: dict[str, Any],
    at: datetime,
    title: str,
    text: str,
    role: str,
    joins: str | None,
) -> Told:
    mark = f"{group}/{place:02}-{source['language']}"
    item = Item(
        id=mark,
        source_id=source["id"],
        kind=source["kind"],
        country=source["country"],
        language=source["language"],
        title=title,
        summary=text if source["kind"] == "news" else "",
        body="" if source["kind"] == "news" else text,
        url=f"https://history.example/{mark}",
        published_at=at,
        known_at=at + timedelta(minutes=4 + crc32(mark.encode()) % 17),
    )
    known = own_identity(item)
    assert isinstance(known, Item)
    return Told(item=known, mark=mark, group=group, role=role, joins=joins)


def _truth(event: dict[str, Any]) -> Truth:
    lists = {name: tuple(event.get(name, ())) for name in ("targets", "materials", "also", "covers")}
    plain = ("id", "formal", "known", "announced", "act", "direction", "actor")
    return Truth(
        **{name: event[name] for name in plain},
        **lists,
        number=event.get("number"),
        effective=event.get("effective"),
    )


def _sources() -> dict[str, dict[str, Any]]:
    catalogue = {path.stem: path for path in FEEDS.glob("*/*.yaml")}
    found = {}
    for name, source_id in _read(PACK / "sources.yaml").items():
        if isinstance(source_id, dict):
            found[name] = source_id
            continue
        spec = yaml.load(catalogue[source_id].read_text(encoding="utf-8"), yaml.BaseLoader)  # `NO` stays text
        found[name] = {key: spec[key] for key in ("id", "kind", "country", "language")}
    return found


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
