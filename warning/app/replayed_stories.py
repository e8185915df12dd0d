"""What texts told over a rehearsal, found by the bands of their headlines: what the store would look up.

Bands bring together what is near in time. A telling of more than a month ago matters only to one that tells it again, and
is found by its print or headline alone: of three years of bands those of one month are held. They stand in arrays, the
tellings in a file; some that were asked for stay held.
"""

import re
from array import array
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from warning.app.band_keys import BandKeys
from warning.app.growing_keys import GrowingKeys
from warning.app.kept_values import KeptValues
from warning.app.telling_gists import Gists, Numbers, Rows, asked_again, gists_of, told_before
from warning.core.assess import Assessment
from warning.core.ids import key64
from warning.core.narrowing import Bound
from warning.core.series.columns import MICROSECOND
from warning.core.signals import Signal
from warning.core.stories import (
    LEAST_BANDS,
    REMEMBERED,
    STORY_SPAN,
    StoriesNear,
    Telling,
    narrowed_telling,
)

# A month of 300 a day: an older one is asked for only where it may be told again.
MOST_HELD = 10_000
_BITS = 40
# What texts told since then may be of one story with a new one of this time; before that a story is only told again.
_BY_BANDS = STORY_SPAN + timedelta(days=1)
_LONG_AGO = np.iinfo(np.int64).min
_EVIDENCE, _STORY = re.compile(r"i-[0-9a-f]{16}"), re.compile(r"t-[0-9a-f]{16}")


class ReplayedStories:
    """Fed with every assessment, asked before each for what is near."""

    def __init__(self) -> None:
        self._by_band, self._again, self._by_evidence = BandKeys(), BandKeys(), GrowingKeys()
        self._kept, self._places = KeptValues[Telling](), array("q")  # by number, where it is kept
        self._held: OrderedDict[int, Telling] = OrderedDict()
        self._narrowed: dict[int, Telling] = {}
        self._steps: deque[tuple[datetime, int]] = deque()
        self._recent: deque[tuple[datetime, int]] = deque()
        self._told, self._gists = _Told(), Gists()
        # The first telling that is found by its bands, and when the latest story of those before it began.
        self._first_by_bands, self._begun_us = 0, _LONG_AGO

    def near(self, wanted: Sequence[Telling]) -> StoriesNear:
        """Return what was told in words near to these, and the stories of these pieces of evidence, if told before."""
        if not wanted:
            return StoriesNear(near={}, told={})
        near: dict[str, list[Telling]] = {}
        gists = gists_of(wanted)
        places, numbers = self._pairs(_keys(wanted, gists), gists)
        pairs = self._gists.matter(gists, places, numbers)
        for place, number in zip(places[pairs].tolist(), numbers[pairs].tolist(), strict=True):
            told = self._telling(number)
            if len({*wanted[place].bands} & {*told.bands}) >= LEAST_BANDS:
                near.setdefault(wanted[place].evidence_id, []).append(told)
        return StoriesNear(near=near, told=self._told.of([telling.evidence_id for telling in wanted]))

    def keep(self, assessment: Assessment) -> None:
        """Remember what an assessment told; evidence stays with the story it was found to tell first."""
        self.remember(assessment.as_of, assessment.signals, assessment.tellings, assessment.bounds)

    def remember(
        self,
        as_of: datetime,
        signals: Iterable[Signal],
        tellings: Sequence[Telling],
        bounds: Sequence[Bound] = (),
    ) -> None:
        """Remember what signals with their stories told, no wider than these bounds."""
        self._told.add({s.exhibit.evidence_id: s.exhibit.story for s in signals if s.exhibit.story})
        self._forget(as_of)
        numbers = range(len(self._places), len(self._places) + len(tellings))
        self._places.extend(self._kept.put(tellings))
        self._hold(zip(numbers, tellings, strict=True))
        if tellings:
            gists = gists_of(tellings)
            keys = _keys(tellings, gists)
            self._gists.add(gists)
            self._by_band.add(keys.ravel(), np.repeat(np.arange(numbers.start, numbers.stop), keys.shape[1]))
            places, again = told_before(gists)
            self._again.add(again, places + numbers.start)
        self._by_evidence.add([_key(one.evidence_id) for one in tellings], numbers)
        self._narrow(bounds)

    def _pairs(self, keys: Numbers, gists: Rows) -> tuple[Numbers, Numbers]:
        """Return (row, number), both ascending, of each telling that may matter to a row of them, and perhaps of others."""
        places, numbers = self._by_band.of(keys.ravel())
        near, shared = np.unique(_paired(places // keys.shape[1], numbers), return_counts=True)
        found = [near[shared >= LEAST_BANDS], *self._backdated(gists)]
        asked, again = asked_again(gists)
        places, numbers = self._again.of(again)
        found.append(_paired(asked[places], numbers))
        met = np.unique(np.concatenate(found))
        return met >> _BITS, met & ((1 << _BITS) - 1)

    def _backdated(self, gists: Rows) -> Iterator[Numbers]:
        """What is near in time among the old, for rows told as of so long ago that something is: found by time alone."""
        span = STORY_SPAN // MICROSECOND
        for place in np.flatnonzero(gists["known_us"] <= self._begun_us + span).tolist():
            yield _paired(np.int64(place), self._gists.about(gists[place], self._first_by_bands))

    def _telling(self, number: int) -> Telling:
        found = self._narrowed.get(number) or self._held.get(number)
        if found is None:
            found = self._kept.get(self._places[number])
            self._hold([(number, found)])
        return found

    def _hold(self, numbered: Iterable[tuple[int, Telling]]) -> None:
        self._held.update(numbered)
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)

    def _forget(self, as_of: datetime) -> None:
        """Let go of what is too old to be met again, and of the bands of what is too old to be of one story."""
        step = as_of, len(self._places)
        self._steps.append(step)
        self._recent.append(step)
        while as_of - self._recent[0][0] > _BY_BANDS:
            first, end = self._first_by_bands, self._recent.popleft()[1]
            self._begun_us = max(self._begun_us, self._gists.latest_begun_us(first, end))
            self._first_by_bands = end
            self._by_band.let_go(end)
        while as_of - self._steps[0][0] > REMEMBERED:
            least = self._steps.popleft()[1]
            self._again.let_go(least)
            self._gists.let_go(least)
            self._by_evidence.let_go(least)

    def _narrow(self, bounds: Sequence[Bound]) -> None:
        """Hold what is remembered of this evidence no wider than its last word: later texts are compared with it."""
        held = {_key(bound.evidence_id): bound for bound in bounds}
        asked = list(held)
        for place, number in zip(*(found.tolist() for found in self._by_evidence.of(asked)), strict=True):
            bound, told = held[asked[place]], self._telling(number)
            if told.evidence_id == bound.evidence_id:
                now = narrowed_telling(told, (bound.marking, bound.release_to))
                if now is not told:
                    self._narrowed[number] = now


def _paired(places: Numbers | np.int64, numbers: Numbers) -> Numbers:
    return places << _BITS | numbers


def _keys(tellings: Sequence[Telling], gists: Rows) -> Numbers:
    """The bands of each in a row, as they are known by: what gives other numbers is no story of theirs, and is not met."""
    keys: Numbers = np.array([one.bands for one in tellings], dtype=np.int64) + gists["numbers"][:, None]
    return keys


class _Told:
    """The story that each piece of evidence was found to tell first: sixteen bytes for ids as the program gives them."""

    def __init__(self) -> None:
        self._plain = GrowingKeys()
        self._other: dict[str, str] = {}

    def of(self, evidence: Sequence[str]) -> dict[str, str]:
        plain = [name for name in evidence if _EVIDENCE.fullmatch(name)]
        places, stories = self._plain.of([_number(name) for name in plain])
        found = {name: self._other[name] for name in evidence if name in self._other}
        for place, story in zip(places.tolist(), stories.tolist(), strict=True):
            found[plain[place]] = f"t-{story & 0xFFFF_FFFF_FFFF_FFFF:016x}"
        return found

    def add(self, stories: dict[str, str]) -> None:
        known = self.of(list(stories))
        new = {name: story for name, story in stories.items() if name not in known}
        plain = {n: s for n, s in new.items() if _EVIDENCE.fullmatch(n) and _STORY.fullmatch(s)}
        self._plain.add([_number(name) for name in plain], [_number(story) for story in plain.values()])
        self._other |= {name: story for name, story in new.items() if name not in plain}


def _number(name: str) -> int:
    """The sixteen hexadecimal digits of a name as a signed number."""
    return int.from_bytes(bytes.fromhex(name[2:]), "big", signed=True)


def _key(evidence_id: str) -> int:
    return key64(evidence_id)
