"""What a sequence reads of its memory: only what is near to something new, and what it tells is the same."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.core.sequence_samples import DAY_0, event, rule, rules_book, seen
from warning.core.detect.sequence import detect_sequences
from warning.core.recall import SignalNeed, StepNeed
from warning.core.sequence_events import event_day
from warning.core.sequence_needs import need_for, signal_need
from warning.core.signals import Signal, is_withdrawal

MATERIALS = ("gallium", "dysprosium", "terbium", "rare_earths")
SAME = (["material"], ["actor", "material"], ["answers"], ["material", "target"])

PATTERN = {"relation": "pattern", "act": "supply_stop", "direction": "tightening", "ordered": False}


def remembered(need: SignalNeed | None, signals: list[Signal], as_of: datetime) -> list[Signal]:
    """What a store gives for a need, said in plain words."""
    if need is None or need.near is None:
        return []
    near = need.near
    of_need = [
        s for s in signals if s.rule_id in need.rule_ids and s.known_at >= as_of - timedelta(days=need.days)
    ]
    for step in near.steps:
        if step.since is not None and not any(
            step.since <= event_day(s) <= step.until and may_fit(step, s) for s in of_need
        ):
            return []
    documents = near.documents | {
        s.exhibit.evidence_id
        for s in of_need
        if near.first <= event_day(s) <= near.last
        and any(step.first <= event_day(s) and may_fit(step, s) for step in near.steps)
    }
    return [s for s in of_need if s.exhibit.evidence_id in documents or is_withdrawal(s)]


def may_fit(step: StepNeed, signal: Signal) -> bool:
    facts = signal.facts
    return (
        signal.rule_id in step.rule_ids
        and (not step.acts or facts.act in step.acts)
        and (not step.actors or not step.actors.isdisjoint(facts.actors))
        and (step.materials is None or not step.materials.isdisjoint(facts.materials))
    )


@st.composite
def told(draw, steps: tuple[str, ...]) -> Signal:
    day = draw(st.integers(0, 40))
    facts = {
        "act": draw(st.sampled_from(("export_control", "tariff"))),
        "actors": draw(st.sampled_from((("CN",), ("US",), ("CN", "US")))),
        "targets": draw(st.sampled_from(((), ("US",), ("CN",)))),
        "materials": draw(st.lists(st.sampled_from(MATERIALS), max_size=2, unique=True).map(tuple)),
    }
    name = f"document-{draw(st.integers(0, 14))}"
    return event(draw(st.sampled_from(steps)), day, name, known=day + draw(st.integers(0, 6)), facts=facts)


@given(
    st.lists(told(("a", "b", "c")), max_size=14),
    st.lists(told(("a", "b", "c")), min_size=1, max_size=3),
    st.sampled_from(SAME),
)
def test_sequence_tells_the_same_when_only_what_is_near_is_remembered(earlier, fresh, same):
    sequence = rule("a", "b", "c", same=same, **PATTERN if same == ["material"] else {})
    book = rules_book(sequence)
    held = [s for s in {s.id: s for s in earlier}.values() if s.id not in {f.id for f in fresh}]
    as_of = datetime.combine(DAY_0, time(23), tzinfo=UTC) + timedelta(days=50)
    near = remembered(need_for(sequence, book, fresh), held, as_of)
    whole = detect_sequences(book, seen(*held), as_of, fresh)
    assert detect_sequences(book, seen(*near), as_of, fresh) == whole


@given(
    st.lists(told(("a", "c")), min_size=2, max_size=6),
    st.lists(told(("b",)), min_size=1, max_size=2),
    st.sampled_from((["material"], ["actor"], ["material", "target"])),
)
def test_sequence_is_barred_the_same_when_only_what_is_near_is_remembered(earlier, fresh, same):
    notice = {"name": "notice", "rules": ["c"], "sources": ["ministry"], "same": same, "within_days": 40}
    sequence = rule("a", "b", same=["material"], within_days=40, **PATTERN, unless=[notice])
    book = rules_book(sequence)
    held = [s for s in {s.id: s for s in earlier}.values() if s.id not in {f.id for f in fresh}]
    as_of = datetime.combine(DAY_0, time(23), tzinfo=UTC) + timedelta(days=50)
    near = remembered(need_for(sequence, book, fresh), held, as_of)
    whole = detect_sequences(book, seen(*held), as_of, fresh)
    assert detect_sequences(book, seen(*near), as_of, fresh) == whole


OWN_CONTROL = {"name": "own", "rules": ["a", "b"], "acts": ["tariff", "export_control"], "actors": ["US"]}
THEIR_CONTROL = {"name": "theirs", "rules": ["b", "c"], "acts": ["export_control"], "actors": ["CN"]}
ANY_TARIFF = {"name": "tariff", "rules": ["a", "b", "c"], "acts": ["tariff"]}
OF_STEPS = (
    {"steps": [OWN_CONTROL, THEIR_CONTROL], "same": ["answers"]},
    {"steps": [OWN_CONTROL, THEIR_CONTROL], "same": ["material"]},
    {"steps": [OWN_CONTROL, ANY_TARIFF, THEIR_CONTROL], "same": ["material"]},
    {"steps": [ANY_TARIFF, THEIR_CONTROL], "same": ["target"]},
    {"steps": [ANY_TARIFF, THEIR_CONTROL], "same": ["material"], **PATTERN},
)


@given(
    st.lists(told(("a", "b", "c")), max_size=14),
    st.lists(told(("a", "b", "c")), min_size=1, max_size=3),
    st.lists(st.sampled_from(OF_STEPS), min_size=2, max_size=2),
)
def test_sequences_tell_the_same_when_only_what_may_be_an_event_of_theirs_is_remembered(earlier, fresh, two):
    sequences = [rule(rule_id=f"answer-{n}", **chosen) for n, chosen in enumerate(two)]
    book = rules_book(*sequences)
    held = [s for s in {s.id: s for s in earlier}.values() if s.id not in {f.id for f in fresh}]
    as_of = datetime.combine(DAY_0, time(23), tzinfo=UTC) + timedelta(days=50)
    near = {s.id: s for one in sequences for s in remembered(need_for(one, book, fresh), held, as_of)}
    whole = detect_sequences(book, seen(*held), as_of, fresh)
    assert detect_sequences(book, seen(*near.values()), as_of, fresh) == whole


def test_sequence_reads_no_other_answers_when_all_that_is_new_is_an_answer():
    sequence = rule(steps=[OWN_CONTROL, THEIR_CONTROL], same=["answers"])
    book = rules_book(sequence)
    facts = {"actors": ("CN",)}
    need = need_for(sequence, book, [event("b", 3, facts=facts)])
    assert need is not None
    assert need.near is not None
    assert need.near.steps == (
        StepNeed(
            rule_ids=frozenset({"a", "b"}),
            acts=frozenset({"tariff", "export_control"}),
            actors=frozenset({"US"}),
            since=DAY_0 + timedelta(days=3 - 10),
            until=DAY_0 + timedelta(days=3),
        ),
    )


def test_sequence_reads_nothing_where_a_step_has_no_event_that_something_new_could_stand_beside():
    sequence = rule("a", "b", same=["material"])
    held = [event("a", 4), event("b", 6)]
    control = event("a", 20)
    need = need_for(sequence, rules_book(sequence), [control])
    assert remembered(need, held, control.known_at) == []
    held.append(event("b", 22, known=20))
    assert remembered(need, held, control.known_at) == [held[-1]]


def test_sequence_reads_no_memory_when_nothing_new_is_an_event_of_it():
    sequence = rule("a", "b")
    book = rules_book(sequence)
    assert need_for(sequence, book, [event("c", 3)]) is None


def test_sequence_reads_what_lies_within_its_days_and_shares_a_material():
    sequence = rule("a", "b", same=["material"])
    book = rules_book(sequence)
    need = need_for(sequence, book, [event("b", 20, "news", facts={"materials": ("dysprosium",)})])
    assert need is not None
    assert need.rule_ids == signal_need(sequence, book).rule_ids
    assert need.near is not None
    assert (need.near.first, need.near.last) == (date(2024, 12, 11), date(2024, 12, 31))
    for step in need.near.steps:
        assert step.materials is not None
        assert {"dysprosium", "rare_earths", "terbium"} <= step.materials
        assert "gallium" not in step.materials
    assert need.near.documents == {"news"}
