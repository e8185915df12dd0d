"""Why did we not get this? Whether it is stored, which sources should have carried it, and how they were then."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from urllib.parse import urlsplit

from warning.app.source_views import watched_sources
from warning.catalog.sources import SourceSpec
from warning.core.evidence import Item
from warning.core.health import SourceState
from warning.core.rulebook import Rulebook
from warning.core.source_needs import WatchedSource
from warning.core.spells import Spell, spells_of
from warning.core.terms import Language, Terms
from warning.core.text.engine import engine_of
from warning.store.missed import Found, found_by_title, found_by_url
from warning.store.repository import Repository
from warning.store.source_notices import SourceHistory

Relation = Literal["same site", "query for it", "same place"]
Verdict = Literal["was blind", "was read", "was not polled", "has no key"]
BEFORE, AFTER = timedelta(days=1), timedelta(days=3)
DEFAULT_SPAN = timedelta(days=7)
LEAST_TITLE = 4
_SECOND_LEVEL = frozenset({"co", "go", "or", "ac", "gov", "com", "org", "net", "edu", "ne", "lg", "gc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A source that should have carried it. `spells` are those in which it was not well in the time looked at."""

    source_id: str
    relation: Relation
    verdict: Verdict
    spells: tuple[Spell, ...] = ()
    last_read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`stored` is what the store has of it; `rules` are those that fire on such a text from such a source.

    `set_aside` are entries of that name that came and could not be read: (source, what its state says).
    """

    wanted: str
    since: datetime
    until: datetime
    stored: tuple[Found, ...]
    carriers: tuple[Carrier, ...]
    rules: tuple[str, ...]
    language: str
    materials: tuple[str, ...]
    set_aside: tuple[tuple[str, str], ...] = ()

    @property
    def because(self) -> str:
        """The answer in one sentence."""
        if self.stored:
            return _of_stored(self.stored[0])
        if self.set_aside:
            source_id, line = self.set_aside[0]
            return f"it came to {source_id} and was set aside, unread: {line}"
        should = [c for c in self.carriers if c.relation == "same site"] or list(self.carriers)
        if not should:
            return "no source of the catalogue covers it: add one (docs/feeds.md)"
        blind = [c for c in should if c.verdict != "was read"]
        if len(blind) == len(should):
            return "every source that should have carried it could not see: it may come late once they are read again"
        if blind:
            seeing = len(should) - len(blind)
            how_many = "one" if len(blind) == 1 else str(len(blind))
            others = "the other one" if seeing == 1 else f"the other {seeing}"
            return f"{how_many} of the {len(should)} sources that should have carried it could not see, and {others} did not list it"
        were_read = (
            "source that should carry it was read"
            if len(should) == 1
            else "sources that should carry it were read"
        )
        return f"the {were_read} and did not list it: it may stand on a page of the publisher that is not watched"


def why_missed(
    wanted: str,
    repository: Repository,
    specs: Sequence[SourceSpec],
    book: Rulebook,
    now: datetime,
    *,
    on: date | None,
) -> Answer:
    """Answer for an address or a text. `on` is the day it was published; without it the last week is looked at."""
    since, until = _span(on, now)
    is_address = wanted.lower().startswith(("http://", "https://"))
    stored = found_by_url(repository.engine, wanted) if is_address else ()
    text = "" if is_address else wanted
    if not is_address:
        stored = found_by_title(
            repository.engine, _folded(wanted), since - DEFAULT_SPAN, until + DEFAULT_SPAN
        )
    watched = watched_sources(specs, book.terms)
    named = materials_in(text, book.terms)
    language = language_of(text)
    related = _by_site(wanted, specs) if is_address else _by_text(watched, named, language, book.terms)
    states = repository.source_states()
    history = SourceHistory(repository.engine)
    carriers = tuple(
        _carrier(name, relation, states.get(name), spells_of(history.reports(name, since)), since, until)
        for name, relation in related.items()
    )
    profiles = [watched[name] for name in related if name in watched]
    rules = _rules(text, profiles, language, book, now) if text else ()
    return Answer(
        wanted=wanted, since=since, until=until, stored=stored, carriers=carriers, rules=rules,
        language=language if text else "", materials=named, set_aside=_set_aside(text, states),
    )  # fmt: skip


def _set_aside(text: str, states: Mapping[str, SourceState]) -> tuple[tuple[str, str], ...]:
    """What was left out under such a title; the text may be a part of the title, or the title of the text."""
    wanted = _folded(text).casefold()
    if len(wanted) < LEAST_TITLE:
        return ()
    lines = [(name, line) for name, state in sorted(states.items()) for line in state.left_out]
    return tuple((name, line) for name, line in lines if _is_named(wanted, _folded(line).casefold()))


def _is_named(wanted: str, line: str) -> bool:
    title = line.partition('"')[2].rpartition('"')[0]
    return wanted in line or (len(title) >= LEAST_TITLE and title in wanted)


def language_of(text: str) -> str:
    """Tell the language of a headline by its script: Korean, Japanese, Chinese, else English."""
    names = " ".join(unicodedata.name(character, "") for character in text)
    if "HANGUL" in names:
        return "ko"
    if "HIRAGANA" in names or "KATAKANA" in names:
        return "ja"
    return "zh" if "CJK UNIFIED" in names else "en"


def materials_in(text: str, terms: Terms) -> tuple[str, ...]:
    """Return the materials a text names, in the order of the vocabulary."""
    folded = text.casefold()
    return tuple(
        name
        for name, material in terms.materials.items()
        if not material.is_class
        and any(
            (re.search(rf"\b{re.escape(w.casefold())}\b", folded) if lang == "en" else w.casefold() in folded)
            for names in (material.names, material.compounds)
            for lang, words in names.items()
            for w in words
        )
    )


def site_of(url: str) -> str:
    """Return the part of an address that belongs to one owner: mofcom.gov.cn of aqygzj.mofcom.gov.cn."""
    labels = (urlsplit(url).hostname or "").lower().split(".")
    wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if wide else labels[-2:])


def _span(on: date | None, now: datetime) -> tuple[datetime, datetime]:
    if on is None:
        return now - DEFAULT_SPAN, now
    day = datetime.combine(on, time.min, tzinfo=UTC)
    return day - BEFORE, min(day + AFTER, now)


def _by_site(url: str, specs: Sequence[SourceSpec]) -> dict[str, Relation]:
    site = site_of(url)
    return {spec.id: "same site" for spec in specs if spec.enabled and site and site_of(spec.url) == site}


def _by_text(
    watched: Mapping[str, WatchedSource], named: Sequence[str], language: str, terms: Terms
) -> dict[str, Relation]:
    """Sources of the text's language: those that ask for what it names, then those that carry anything."""
    found: dict[str, Relation] = {}
    spoken = [s for s in watched.values() if s.yields == "items" and _may_say(s.profile.language, language)]
    for source in spoken:
        if source.materials is not None and any(source.carries(name, terms) for name in named):
            found[source.id] = "query for it"
    for source in spoken:
        if source.materials is None:
            found[source.id] = "same place"
    return found


def _may_say(spoken: str, language: str) -> bool:
    """A text in Latin letters counts as English, and may be of any language that rules have no words in."""
    return spoken == language or (language == "en" and spoken not in get_args(Language))


def _carrier(
    source_id: str,
    relation: Relation,
    state: SourceState | None,
    spells: Sequence[Spell],
    since: datetime,
    until: datetime,
) -> Carrier:
    within = [s for s in spells if s.since < until and (s.until is None or s.until > since)]
    dark = tuple(s for s in within if s.is_blind or s.condition == "frozen")
    verdict: Verdict = "was blind" if dark else "was read"
    if not within or state is None:
        verdict = "was not polled"
    elif all(s.condition == "unconfigured" for s in within):
        verdict = "has no key"
    return Carrier(
        source_id=source_id,
        relation=relation,
        verdict=verdict,
        spells=dark,
        last_read_at=state.last_success_at if state else None,
    )


def _rules(
    text: str, sources: Iterable[WatchedSource], language: str, book: Rulebook, now: datetime
) -> tuple[str, ...]:
    """The rules that fire on this text from any of the places its sources stand for."""
    places = {(s.profile.kind, s.profile.country): s.id for s in sources}
    fired: set[str] = set()
    for (kind, country), source_id in sorted(places.items()):
        item = Item(
            id="typed", source_id=source_id, kind=kind, country=country, language=language, title=text,
            published_at=now, known_at=now,
        )  # fmt: skip
        _, met = engine_of(book).judge(item)
        fired |= {compiled.rule.id for compiled, _ in met}
    return tuple(sorted(fired))


def _of_stored(found: Found) -> str:
    when = f"{found.known_at:%Y-%m-%d %H:%M} UTC"
    late = found.known_at - found.published_at if found.published_at else timedelta()
    after = (
        f", {late.total_seconds() / 3600:.0f} h after it was published" if late > timedelta(hours=1) else ""
    )
    if not found.rules:
        return f"it came from {found.source_id} on {when}{after}, and no rule fired on it"
    if not found.alerts:
        return f"it came from {found.source_id} on {when}{after}, fired {', '.join(found.rules)}, and told no new event"
    return f"it came from {found.source_id} on {when}{after} and stands in alert {found.alerts[0]}"


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
