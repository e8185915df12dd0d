"""Stories: near-duplicate headlines about one event, across sources, and old articles told again under a new date.

Only evidence that a rule fired on is looked at. A story is named after the piece that told it first; a later piece
belongs to it when its headline is near, gives the same numbers and says nothing else of the event than the story's. The
same words after more than a month are no new story: the press republished an article.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from warning.core.altered import altered
from warning.core.handling import Handling, narrowest
from warning.core.identity import (
    OFFICIAL_KINDS,
    ONE_DOCUMENT,
    REPUBLISHED_ALIKE,
    likeness,
    numbers_of,
    plain,
)
from warning.core.ids import content_id, instrument_key
from warning.core.minhash import STORY_ALIKE, bands, headline, signatures
from warning.core.signals import Exhibit, Signal
from warning.core.text_prints import is_one_text
from warning.core.vocabulary import Marking

STORY_SPAN = ONE_DOCUMENT
"""How far from the first piece of a story another may become known and still be of it."""

REMEMBERED = timedelta(days=1_100)
# Headlines alike by .7 share two bands of 21 in 998 cases of 1,000; unrelated ones in one case of 5,000, and one band in 50.
LEAST_BANDS = 2
# A shorter headline is written again for another event. A character of Chinese, Japanese or Korean says about three.
LEAST_TELLING = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is remembered of a piece of evidence that told a story in words of its own.

    `begun_at` is when the story was first told. `bands` are the signed 64-bit keys by which near headlines meet. What
    the rules read (`acts` to `targets`) is sorted; `instrument` is "" where none is named.
    """

    evidence_id: str
    story: str
    headline: str
    numbers: tuple[str, ...]
    text_print: str
    source_id: str
    known_at: datetime
    published_at: datetime | None
    begun_at: datetime
    official: bool
    is_news: bool
    interrupts: bool
    marking: Marking
    release_to: frozenset[str] | None
    bands: tuple[int, ...]
    acts: tuple[str, ...]
    directions: tuple[str, ...]
    materials: tuple[str, ...]
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    instrument: str

    @property
    def first_seen_at(self) -> datetime:
        return min(self.published_at or self.known_at, self.known_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    by_band: Mapping[int, tuple[Telling, ...]]
    story_of: Mapping[str, str]
    newest: datetime

    @property
    def size(self) -> int:
        return len(self.story_of)


@dataclass(frozen=True, slots=True)
class Stories:
    """What was told so far. A value: `plus` gives another. Its layers grow in size towards the first."""

    layers: tuple[_Layer, ...] = ()
    seen: int | None = field(default=None, compare=False)

    @classmethod
    def of(
        cls, tellings: Sequence[Telling], told: Mapping[str, str], *, seen: int | None = None
    ) -> "Stories":
        """What a store read, and how far its record of tellings went then; None where nobody else writes to it."""
        newest = max((t.known_at for t in tellings), default=datetime.min.replace(tzinfo=UTC))
        layer = _Layer(by_band=by_band(tellings), story_of=dict(told), newest=newest)
        return cls((layer,), seen)

    def near(self, keys: Sequence[int]) -> list[Telling]:
        """Return the tellings that share at least two bands, each once."""
        return _met(keys, [layer.by_band for layer in self.layers])

    def near_to(self, telling: Telling) -> Sequence[Telling]:
        return self.near(telling.bands)

    def story_of(self, evidence_id: str) -> str:
        """Return the story that a piece of evidence was found to tell before, "" where none was."""
        return next((one.story_of[evidence_id] for one in self.layers if evidence_id in one.story_of), "")

    def within(self, bounds: Mapping[str, Handling]) -> "Stories":
        """Return these with the tellings of evidence, by its id, no wider than this: its marking was narrowed since."""
        if not any(name in layer.story_of for layer in self.layers for name in bounds):
            return self
        return replace(self, layers=tuple(_layer_within(layer, bounds) for layer in self.layers))

    def plus(self, tellings: Sequence[Telling], told: Mapping[str, str], at: datetime) -> "Stories":
        """Return these with further tellings, and with the stories that pieces of evidence were found to tell by `at`."""
        if not told:
            return self
        layers = [*self.layers, _Layer(by_band=by_band(tellings), story_of=dict(told), newest=at)]
        while len(layers) > 1 and layers[-1].size >= layers[-2].size:
            layers[-2:] = [_merged(*layers[-2:])]
        return Stories(tuple(layers))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesNear:
    """What was told before in words near to some tellings, looked up by whoever keeps years of it.

    `near` is by the evidence of the tellings asked for, each sharing at least two bands; `told` the story of those that
    were found to tell one before.
    """

    near: Mapping[str, Sequence[Telling]]
    told: Mapping[str, str]
    seen: int | None = None

    def near_to(self, telling: Telling) -> Sequence[Telling]:
        return self.near.get(telling.evidence_id, ())

    def story_of(self, evidence_id: str) -> str:
        return self.told.get(evidence_id, "")


KnownStories = Stories | StoriesNear


def _met(keys: Sequence[int], held: Iterable[Mapping[int, Sequence[Telling]]]) -> list[Telling]:
    shared: dict[str, int] = {}
    found: dict[str, Telling] = {}
    for layer in held:
        for key in keys:
            for telling in layer.get(key, ()):
                shared[telling.evidence_id] = shared.get(telling.evidence_id, 0) + 1
                found[telling.evidence_id] = telling
    return [telling for name, telling in found.items() if shared[name] >= LEAST_BANDS]


def _layer_within(layer: _Layer, bounds: Mapping[str, Handling]) -> _Layer:
    if layer.story_of.keys().isdisjoint(bounds):
        return layer
    return replace(
        layer,
        by_band={
            key: tuple(narrowed_telling(told, bounds.get(told.evidence_id)) for told in held)
            for key, held in layer.by_band.items()
        },
    )


def narrowed_telling(told: Telling, bound: Handling | None) -> Telling:
    """Return the telling no wider than this; the same object where it is none."""
    marking, release_to = narrowest(told.marking, told.release_to, () if bound is None else (bound,))
    if (marking, release_to) == (told.marking, told.release_to):
        return told
    return replace(told, marking=marking, release_to=release_to)


def by_band(tellings: Iterable[Telling]) -> dict[int, tuple[Telling, ...]]:
    found: dict[int, tuple[Telling, ...]] = {}
    for telling in tellings:
        for key in telling.bands:
            found[key] = (*found.get(key, ()), telling)
    return found


def _merged(one: _Layer, other: _Layer) -> _Layer:
    """Both in one; what is too old to be met again goes."""
    newest = max(one.newest, other.newest)
    every = {
        t.evidence_id: t
        for layer in (one, other)
        for held in layer.by_band.values()
        for t in held
        if newest - t.known_at <= REMEMBERED
    }
    return _Layer(by_band=by_band(every.values()), story_of={**other.story_of, **one.story_of}, newest=newest)


def tell(
    signals: Sequence[Signal],
    known: KnownStories,
    rule_ids: AbstractSet[str],
    told: Sequence[Telling] | None = None,
) -> tuple[tuple[Signal, ...], tuple[Telling, ...]]:
    """Return the signals with the stories their evidence tells, and what is to be remembered of it.

    `told` is what `tellings_of` made of them, where somebody asked.
    """
    told = tellings_of(signals, rule_ids) if told is None else told
    if not told:
        return tuple(signals), ()
    teller = _Teller(known)
    shown = {telling.evidence_id: teller.place(telling) for telling in told}
    marked = tuple(_marked(s, shown) if s.exhibit.evidence_id in shown else s for s in signals)
    return marked, tuple(teller.new)


def tellings_of(signals: Iterable[Signal], rule_ids: AbstractSet[str]) -> list[Telling]:
    """Return what each piece of evidence tells, its story still unknown, by (known_at, evidence).

    Only signals of the rules named, on a text of their own, tell a story.
    """
    pieces: dict[str, list[Signal]] = {}
    for signal in signals:
        if signal.rule_id in rule_ids and not signal.joins and not signal.story:
            pieces.setdefault(signal.exhibit.evidence_id, []).append(signal)
    ordered = sorted(pieces.values(), key=lambda some: (some[0].known_at, some[0].exhibit.evidence_id))
    headlines = [plain(headline(some[0].exhibit.title)) for some in ordered]
    keys = bands(signatures(headlines)).view(np.int64).tolist()
    return [_telling(some, said, own) for some, said, own in zip(ordered, headlines, keys, strict=True)]


def _telling(some: Sequence[Signal], said: str, keys: Sequence[int]) -> Telling:
    shown, facts = some[0].exhibit, [signal.facts for signal in some]
    return Telling(
        evidence_id=shown.evidence_id,
        story="",
        headline=said,
        numbers=numbers_of(headline(shown.title)),
        text_print=shown.text_print,
        source_id=shown.source_id,
        known_at=some[0].known_at,
        published_at=shown.published_at,
        begun_at=some[0].known_at,
        official=shown.official or shown.kind in OFFICIAL_KINDS,
        is_news=shown.kind == "news",
        interrupts=any(signal.interrupts for signal in some),
        marking=shown.marking,
        release_to=shown.release_to,
        bands=tuple(keys),
        acts=_all(f.act for f in facts),
        directions=_all(f.direction for f in facts),
        materials=_all(m for f in facts for m in f.materials),
        actors=_all(a for f in facts for a in f.actors),
        targets=_all(t for f in facts for t in f.targets),
        instrument=next((f.instrument for f in facts if f.instrument), ""),
    )


def _all(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    story: str
    first: Telling | None = None


class _Teller:
    """Finds the stories of pieces of evidence, one after the other in the order in which they became known."""

    def __init__(self, known: KnownStories) -> None:
        self._known = known
        self._fresh: dict[int, list[Telling]] = {}
        self.new: list[Telling] = []

    def place(self, telling: Telling) -> _Placed:
        near = [t for t in self._near(telling) if t.evidence_id != telling.evidence_id]
        first = first_told(telling, near)
        story = self._known.story_of(telling.evidence_id)
        if first is not None:
            return _Placed(story=story or first.story, first=first)
        model = story_told(telling, near)
        named = story or (model.story if model else content_id("t", telling.evidence_id))
        if not story and not (
            model and model.headline == telling.headline and model.official == telling.official
        ):
            self._keep(altered(telling, story=named, begun_at=model.begun_at if model else telling.known_at))
        return _Placed(story=named)

    def _near(self, telling: Telling) -> list[Telling]:
        fresh = {t.evidence_id: t for t in _met(telling.bands, [self._fresh])}
        met = {t.evidence_id: t for t in self._known.near_to(telling)} | fresh
        return sorted(met.values(), key=lambda t: (t.known_at, t.evidence_id))

    def _keep(self, telling: Telling) -> None:
        self.new.append(telling)
        for key in telling.bands:
            self._fresh.setdefault(key, []).append(telling)


def story_told(telling: Telling, near: Sequence[Telling]) -> Telling | None:
    """Return the telling whose story this one tells too: the nearest, and of several the oldest.

    One letter makes another notice: of two official texts the headlines must be the same, and no third one brings
    together what differs.
    """
    alike = [
        (likeness(telling.headline, t.headline), t)
        for t in near
        if abs(telling.known_at - t.begun_at) <= STORY_SPAN
        and t.numbers == telling.numbers
        and _agree(t, telling)
    ]
    apart = {t.story for _, t in alike if telling.official and t.official and t.headline != telling.headline}
    told = [(share, t) for share, t in alike if share >= STORY_ALIKE and t.story not in apart]
    return max(told, key=lambda one: one[0], default=(0.0, None))[1]


def first_told(telling: Telling, near: Sequence[Telling]) -> Telling | None:
    """Return the oldest telling that the press says again, as good as unchanged, after more than a month.

    An official text is never an old one told again, nor what gives another number or month: a ministry extends a
    notice in the old one's words. Background is left alone, where the market's week is headed alike for years. What
    not all who see the new text may see is not compared with it.
    """
    if telling.official or not telling.is_news or not telling.interrupts:
        return None
    for old in near:
        age = telling.known_at - old.known_at
        may_be_told = old.marking <= telling.marking and _covers(old.release_to, telling.release_to)
        if ONE_DOCUMENT < age <= REMEMBERED and may_be_told and _says_the_same(old, telling):
            return old
    return None


def _says_the_same(old: Telling, new: Telling) -> bool:
    if old.numbers != new.numbers or set(old.acts).isdisjoint(new.acts) or not _agree(old, new):
        return False
    if likeness(old.headline, new.headline) < REPUBLISHED_ALIKE:
        return False
    if old.text_print and new.text_print:
        return is_one_text(old.text_print, new.text_print)
    return new.headline == old.headline and _tells_a_figure(new) and _length(new.headline) >= LEAST_TELLING


def _tells_a_figure(telling: Telling) -> bool:
    """Whether the headline says a figure: without text beside it, general words announce the next act as well."""
    return any(number[0].isdigit() for number in telling.numbers)


def _length(said: str) -> int:
    return sum(1 if letter.isascii() else 3 for letter in said)


def _agree(one: Telling, other: Telling) -> bool:
    """Whether what the rules read does not tell two events apart: of each sort one says at most more than the other."""
    if set(one.directions).isdisjoint(other.directions):
        return False
    if (
        one.instrument
        and other.instrument
        and instrument_key(one.instrument) != instrument_key(other.instrument)
    ):
        return False
    pairs = ((one.materials, other.materials), (one.actors, other.actors), (one.targets, other.targets))
    return all(not a or not b or set(a) <= set(b) or set(b) <= set(a) for a, b in pairs)


def _covers(wide: frozenset[str] | None, narrow: frozenset[str] | None) -> bool:
    """Whether all who may see the one may see the other."""
    return wide is None or (narrow is not None and narrow <= wide)


def _marked(signal: Signal, shown: Mapping[str, _Placed]) -> Signal:
    """With its story; one told again rests on what told it first, whose date it shows."""
    placed = shown[signal.exhibit.evidence_id]
    if signal.joins or signal.story:
        return signal
    first = placed.first
    exhibit = altered(
        signal.exhibit, story=placed.story, first_seen_at=None if first is None else first.first_seen_at
    )
    rests_on = signal.rests_on if first is None else tuple(sorted({*signal.rests_on, first.evidence_id}))
    return altered(signal, exhibit=exhibit, rests_on=rests_on)


def stories_by_publisher(exhibits: Iterable[Exhibit]) -> dict[str, tuple[str, ...]]:
    """Return the publishers of each story, by family, the story told first before the others."""
    found: dict[str, set[str]] = {}
    for exhibit in sorted(exhibits, key=lambda e: (e.known_at, e.evidence_id)):
        if exhibit.story:
            found.setdefault(exhibit.story, set()).add(exhibit.publisher)
    return {story: tuple(sorted(publishers)) for story, publishers in found.items()}
