"""Who asked for silence gets it, for a while, until something weighs more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import START, at, book, signal
from warning.core.alerts import Alert, AlertChange
from warning.core.assess import State, assess
from warning.core.correlate import correlate
from warning.core.evidence import Item, Window
from warning.core.grading import grade
from warning.core.routing import route
from warning.core.severity_table import Grading
from warning.core.silences import MAX_SILENCE, Matcher, Silence, refusal
from warning.core.vocabulary import Severity

BOOK = book()
KR, US = BOOK.desks
LEVELS = [s for s in Severity if s != Severity.UNKNOWN]
CHANGES, _ = correlate([signal()], (), BOOK, START)
ALERT = grade(CHANGES[0], BOOK).alert


def silence(*matches: str, **changes) -> Silence:
    matchers = tuple(Matcher(field=m.split("=")[0], value=m.split("=")[1]) for m in matches)
    values = {
        "id": "q-1",
        "desk_id": "kr",
        "matchers": matchers,
        "severity": Severity.EXTREME,
        "mute": False,
        "actor": "Kim",
        "reason": "trade fair",
        "created_at": START,
        "until": at(7),
        **changes,
    }
    return Silence(**values)


def weighing(severity: Severity, *, version: int = 1) -> Alert:
    gradings = tuple(
        Grading(country=g.country, severity=severity, grade=g.grade, because=g.because)
        for g in ALERT.gradings
    )
    return replace(ALERT, gradings=gradings, version=version)


def silenced(change: AlertChange, *silences: Silence, told=None) -> list[str]:
    _, withheld = route([change], BOOK.desks, told or {}, silences)
    return [w.desk_id for w in withheld if w.reason == "silenced"]


OPENED = AlertChange(kind="opened", alert=weighing(Severity.SEVERE))


@pytest.mark.parametrize(
    ("matches", "is_silenced"),
    [
        (["rule=prc-controls"], True),
        (["rule=other"], False),
        (["material=gallium"], True),
        (["act=export_control", "material=gallium"], True),
        (["act=export_control", "material=tungsten"], False),
        (["material=tungsten", "material=gallium"], True),
        (["country=CN"], True),
        (["country=JP"], False),
        ([f"key={ALERT.key}"], True),
        ([], False),
    ],
)
def test_every_field_named_must_match_in_one_of_its_values(matches: list[str], is_silenced: bool):
    assert silenced(OPENED, silence(*matches)) == (["kr"] if is_silenced else [])


def test_what_was_withheld_names_the_silence_its_author_and_reason():
    _, withheld = route([OPENED], BOOK.desks, {}, [silence("material=gallium")])
    assert [w.detail for w in withheld] == ["q-1 by Kim until 2023-07-10 10:40Z: trade fair"]


def test_what_weighs_more_than_the_silence_was_made_for_passes():
    assert silenced(OPENED, silence("material=gallium", severity=Severity.MODERATE)) == []
    assert silenced(OPENED, silence("material=gallium", severity=Severity.MODERATE, mute=True)) == ["kr"]


def updated(before: Severity, after: Severity) -> AlertChange:
    return AlertChange(kind="updated", alert=weighing(after, version=2), previous=weighing(before))


MATCHES = st.sampled_from(["rule=prc-controls", "material=gallium", "act=export_control", "country=CN"])


@st.composite
def silences(draw):
    return silence(
        *draw(st.lists(MATCHES, max_size=3)),
        desk_id=draw(st.sampled_from(["kr", "us"])),
        severity=draw(st.sampled_from(LEVELS)),
    )


@given(st.lists(silences(), max_size=4), st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.booleans())
def test_a_rise_in_severity_is_never_withheld_by_a_silence(made, before, after, was_told):
    change = updated(before, after)
    told = {(ALERT.key, "kr"): before, (ALERT.key, "us"): before} if was_told else {}
    withheld = silenced(change, *made, told=told)
    if after > before:
        assert withheld == []
    for desk_id in withheld:
        assert any(s.desk_id == desk_id and after <= s.severity for s in made)


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_a_rise_above_what_the_desk_was_told_passes_though_the_version_before_weighed_as_much(told, now):
    change = updated(now, now)
    passes = silenced(change, silence("material=gallium"), told={(ALERT.key, "kr"): told}) == []
    assert passes == (now > told) or now < KR.threshold


def test_a_mute_withholds_a_rise_too():
    change = updated(Severity.MODERATE, Severity.EXTREME)
    assert silenced(change, silence("material=gallium", mute=True)) == ["kr"]


@pytest.mark.parametrize(
    ("days", "changes", "is_active"),
    [
        (0, {}, True),
        (-0.1, {}, False),
        (6.9, {}, True),
        (7, {}, False),
        (3, {"expired_at": at(3)}, False),
        (2.9, {"expired_at": at(3)}, True),
    ],
)
def test_a_silence_holds_from_its_making_until_its_end(days: float, changes: dict, is_active: bool):
    assert silence("rule=r", **changes).is_active(at(days)) == is_active


def test_an_assessment_looks_at_the_time():
    item = Item(
        id="i1", source_id="mofcom", kind="regulatory", country="CN", language="en", known_at=at(1),
        title="China: export control on gallium announced",
    )  # fmt: skip
    window = Window(items=(item,), fresh=frozenset({"i1"}))
    reasons = {}
    for until in (at(1.5), at(9)):
        state = State(silences=(silence("rule=prc-controls", until=until),))
        reasons[until] = [(w.desk_id, w.reason) for w in assess(BOOK, window, state, at(2)).withheld]
    assert ("kr", "silenced") not in reasons[at(1.5)]
    assert ("kr", "silenced") in reasons[at(9)]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (silence(), "what it matches"),
        (silence("rule=r", reason=" "), "who makes it and why"),
        (silence("rule=r", until=START), "is past"),
        (silence("rule=r", until=START + MAX_SILENCE + timedelta(seconds=1)), "90 days at most"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(made: Silence, said: str):
    assert said in (refusal(made) or "")
