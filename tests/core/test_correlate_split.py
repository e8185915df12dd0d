"""Evidence of several days makes the same alerts however it is cut into assessments, and in whatever order it comes.

Cut in the order of time nothing at all may differ, however vague the reports are and however alike their words; but a
number without its goods does not open an alert here: goods of another act that the press brings to it in the same
assessment hold until its end, and end with the notice in the next. Out of order, and within the days in which reports
join, only what was told first may differ (a key, a contradicted date), as long as the reports say what they are about.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.build import at, book, exhibit, press, signal
from warning.core.alerts import Alert
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.signals import Signal

BOOK = book()
GOODS = (("gallium", "germanium"), ("dysprosium", "terbium"))
NUMBERS = ("MOFCOM-GACC 2023/23", "MOFCOM 2023/18")
HOURS = (0, 1, 6, 30, 49, 120)
LATER = 300


@st.composite
def reports(draw: st.DrawFn, *, vague: bool) -> Signal:
    """One report of one of two acts: the notice, or the press; words near to those of others tell a story."""
    event = draw(st.integers(0, 1))
    official = draw(st.booleans())
    known: dict[str, object] = {"materials": GOODS[event]}
    if vague and not official:
        known["materials"] = draw(st.sampled_from([GOODS[event], GOODS[event][:1], ()]))
    if official or (known["materials"] and draw(st.booleans())):
        known["instrument"] = NUMBERS[event]
    # Two ministries head their notices alike: a story may be told of both acts.
    story = draw(st.sampled_from(["", f"t{event}", "t"] if vague else ["", f"t{event}"]))
    days = draw(st.sampled_from((*HOURS, LATER) if vague else HOURS)) / 24
    name = f"e{event}-{draw(st.integers(0, 999)):03d}{'o' if official else 'p'}"
    house = draw(st.sampled_from(["wire", "daily"]))
    shown = exhibit(name) if official else press(name, house)
    return signal(name, days=days, exhibit=replace(shown, known_at=at(days), story=story), facts=known)


def evidence(*, vague: bool) -> st.SearchStrategy[list[Signal]]:
    found = st.lists(reports(vague=vague), min_size=1, max_size=10)
    return found.map(lambda every: list({one.id: one for one in every}.values()))


def told(groups: Sequence[Sequence[Signal]]) -> list[Alert]:
    """The alerts as they stand after one assessment for each group, at the time of the newest piece so far."""
    alerts: dict[str, Alert] = {}
    now = at(0)
    for group in groups:
        if group:
            now = max([now, *(one.known_at for one in group)])
            changes, _ = correlate(group, tuple(alerts.values()), BOOK, now)
            alerts |= {change.alert.key: grade(change, BOOK).alert for change in changes}
    return [alerts[key] for key in sorted(alerts)]


def cut(ordered: Sequence[Signal], places: Sequence[int]) -> list[Sequence[Signal]]:
    edges = [0, *sorted(places), len(ordered)]
    return [ordered[a:b] for a, b in pairwise(edges)]


def in_time(every: Sequence[Signal]) -> list[Signal]:
    return sorted(every, key=lambda s: s.known_at)


def shown_of(alerts: Sequence[Alert]) -> set[tuple[str, ...]]:
    """Which pieces stand together."""
    return {tuple(sorted(shown.evidence_id for shown in alert.exhibits)) for alert in alerts}


def moments_of(every: Sequence[Signal]) -> list[list[Signal]]:
    """One group for each instant: what becomes known at one moment is assessed together."""
    moments: dict[object, list[Signal]] = {}
    for one in in_time(every):
        moments.setdefault(one.known_at, []).append(one)
    return list(moments.values())


@settings(deadline=None)
@given(every=evidence(vague=True), data=st.data())
def test_cut_between_any_two_moments_makes_the_very_same_alerts(every, data):
    moments = moments_of(every)
    places = data.draw(st.lists(st.integers(0, len(moments)), max_size=4))
    groups = [[one for moment in part for one in moment] for part in cut(moments, places)]
    whole, parts = told([every]), told(groups)
    assert [alert.key for alert in parts] == [alert.key for alert in whole]
    assert shown_of(parts) == shown_of(whole)
    for one, other in zip(parts, whole, strict=True):
        assert (one.facts, one.severity, one.certainty, one.signal_ids, one.publishers) == (
            other.facts,
            other.severity,
            other.certainty,
            other.signal_ids,
            other.publishers,
        )


@settings(deadline=None)
@given(every=evidence(vague=False), data=st.data())
def test_any_order_and_any_split_brings_the_same_pieces_together(every, data):
    shuffled = data.draw(st.permutations(every))
    places = data.draw(st.lists(st.integers(0, len(every)), max_size=4))
    groups = cut(shuffled, places)
    assert shown_of(told(groups)) == shown_of(told([every]))


def test_report_in_words_near_to_two_acts_goes_where_it_went_whether_those_are_stored_or_new():
    """Two acts of one moment are as like to a bare report: which of them was opened first does not say which is stored."""
    number = {"instrument": NUMBERS[1], "materials": GOODS[1]}
    press_first = signal("e1", exhibit=replace(press("e1"), story="t1"), facts=number)
    notice = signal("e0", exhibit=replace(exhibit("e0"), story="t0"), facts={"instrument": NUMBERS[0]})
    bare = press("e2")
    late = signal("e2", days=0.8, exhibit=replace(bare, known_at=at(0.8)), facts={"materials": ()})
    assert shown_of(told([[press_first, notice], [late]])) == shown_of(told([[press_first, notice, late]]))
