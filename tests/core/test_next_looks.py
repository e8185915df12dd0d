"""An alert is looked at again when its dates or its case may tell something: asked on those days alone it tells the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.build import press, signal
from tests.core.deadline_samples import CONTROL, book, measure
from warning.core.alerts import Alert
from warning.core.case_steps import late_signals
from warning.core.chains import Chain
from warning.core.correlate import correlate
from warning.core.detect.deadline import detect_deadlines
from warning.core.evidence import KnownWindow
from warning.core.grading import grade
from warning.core.health import Vitals
from warning.core.next_looks import next_look
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook
from warning.core.signals import signal_id

OPENED = date(2023, 7, 3)
NUMBER = "MOFCOM-GACC 2023/23"
CHAIN = Chain.model_validate(
    {
        "id": "cn-control",
        "title": "A control",
        "actors": ["CN"],
        "acts": ["export_control"],
        "steps": [
            {"step": "announced", "shown_by": [{"by": "report"}]},
            {"step": "listed", "shown_by": [{"by": "list"}, {"by": "instrument"}], "within_days": 20, "sources": ["lists"], "late": "tell"},
            {"step": "in_effect", "shown_by": [{"by": "date"}]},
            {"step": "customs_effect", "shown_by": [{"by": "figures"}], "within_days": 60, "sources": ["lists"], "late": "tell"},
            {"step": "expired", "shown_by": [{"by": "date"}]},
        ],
    }
)  # fmt: skip


def alert(of: Rulebook, effective: int | None, expires: int | None, number: str | None) -> Alert:
    days = {
        name: None if n is None else OPENED + timedelta(days=n)
        for name, n in (("effective", effective), ("expires", expires))
    }
    facts = {"instrument": number, "act": "export_control", "actors": ("CN",), **days}
    first = signal("i1", exhibit=press("i1", "wire"), facts=facts)
    second = signal("i2", exhibit=press("i2", "daily"), facts=facts)
    (change,), _ = correlate([first, second], (), of, second.known_at)
    return grade(change, of).alert


def told(of: Rulebook, one: Alert, as_of: datetime) -> set[str]:
    """What is told of the alert by then, apart from what the register tells by itself."""
    return _told(of, as_of, one) - _told(of, as_of)


def _told(of: Rulebook, as_of: datetime, *alerts: Alert) -> set[str]:
    # Read well at every third assessment: now at midnight, now at noon.
    is_read = (2 * as_of.toordinal() + as_of.hour // 12) % 3 == 0
    vitals = {"lists": Vitals(read_at=as_of)} if is_read else {}
    known = KnownWindow(
        items=(), series=(), listing_changes=(), alerts=alerts, recalled=Recalled(vitals=vitals)
    )
    return {s.id for s in (*detect_deadlines(of, known, as_of)[0], *late_signals(of, known, as_of))}


DAYS_AHEAD = st.one_of(st.none(), st.integers(-10, 120))


@settings(max_examples=30)
@given(DAYS_AHEAD, DAYS_AHEAD, st.sampled_from([None, NUMBER]), st.booleans())
def test_alert_tells_the_same_when_it_is_looked_at_on_its_days_alone(
    effective, expires, number, is_registered
):
    register = (
        (measure(CONTROL, instrument=NUMBER, announced="2023-07-03", effective="2023-09-16"),)
        if is_registered
        else ()
    )
    of = replace(book(*register), chains=(CHAIN,))
    one = alert(of, effective, expires, number)
    every, looked = set[str](), set[str]()
    look: date | None = OPENED + timedelta(days=1)
    for n in range(2, 320):
        as_of = datetime.combine(OPENED, time(), tzinfo=UTC) + timedelta(hours=12 * n)
        of_now = told(of, one, as_of)
        every |= of_now
        if look is not None and as_of.date() >= look:
            looked |= of_now
            look = next_look(one, of, as_of.date())
        assert looked == every


def test_gap_is_looked_at_by_every_assessment_until_it_is_told_that_it_ended():
    of, today = book(), OPENED + timedelta(days=9)
    anchor = f"{OPENED}T00:00:00+00:00"
    gap = replace(alert(of, None, None, None), story=f"absence:no-wire:{anchor}")
    assert next_look(gap, of, today) == today
    ended = replace(gap, signal_ids=(*gap.signal_ids, signal_id("no-wire", f"{anchor}:arrived")))
    assert next_look(ended, of, today) is None


def test_case_is_looked_at_by_every_assessment_only_while_a_step_of_it_is_late_and_news():
    of = replace(book(), chains=(CHAIN,))
    one = alert(of, 10, None, None)  # figures are due 60 days later
    looks = {n: next_look(one, of, OPENED + timedelta(days=n)) for n in (12, 71, 84, 85)}
    assert looks == {12: OPENED + timedelta(days=71), 71: OPENED + timedelta(days=71),
                     84: OPENED + timedelta(days=84), 85: None}  # fmt: skip
