"""`rules test`: every rule's examples through the evaluation that live evidence takes, under a virtual clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from time import perf_counter

from warning.app.composed_examples import absence_window, sequence_window
from warning.app.example_evidence import example_change, example_item, example_series
from warning.app.explaining import explain
from warning.core.absence_rules import AbsenceExample, AbsenceRule
from warning.core.deadline_rules import DeadlineExample, DeadlineRule
from warning.core.detect.registry import COMPOSERS, evaluate
from warning.core.evidence import Item, KnownWindow, ListingChange, Series
from warning.core.explain import ExplainNode
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, ListingRule, SeriesRule, TextRule
from warning.core.sequence_rules import SequenceExample, SequenceRule
from warning.core.series.explaining import SeriesGroup
from warning.core.signals import Facts, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """One example's verdict. `faults` says what differs from the expectation; empty when it holds.

    `number` counts from 0 in the order of the file. `seconds` is what it took; texts are judged together and share alike.
    """

    rule_id: str
    number: int
    fires: bool
    title: str
    faults: tuple[str, ...] = ()
    tree: ExplainNode | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def passed(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An example as evidence, or the reason it cannot be."""

    rule: AnyRule
    number: int
    evidence: (
        Item
        | ListingChange
        | Series
        | SeriesGroup
        | DeadlineExample
        | SequenceExample
        | AbsenceExample
        | None
    )
    fault: str = ""


def run_examples(book: Rulebook, rule_ids: Iterable[str] = ()) -> tuple[ExampleResult, ...]:
    """Run the examples of the named rules, or of all; sorted by rule, then in the order of the file.

    Disabled and deprecated rules are tested too: they may be switched on again.
    """
    wanted = set(rule_ids)
    rules = tuple(rule for rule in book.rules if not wanted or rule.id in wanted)
    awake = replace(book, rules=tuple(switched_on(rule) for rule in rules))
    every = replace(book, rules=tuple(switched_on(rule) for rule in book.rules))
    texts = [case for rule in awake.rules for case in _cases(rule) if isinstance(rule, TextRule)]
    others = [case for rule in awake.rules for case in _cases(rule) if not isinstance(rule, TextRule)]
    results = [*_run_texts(awake, texts), *(_timed(awake, every, case) for case in others)]
    return tuple(sorted(results, key=lambda result: (result.rule_id, result.number)))


def _timed(book: Rulebook, every: Rulebook, case: _Case) -> ExampleResult:
    began = perf_counter()
    return replace(_run_alone(book, every, case), seconds=perf_counter() - began)


def switched_on(rule: AnyRule) -> AnyRule:
    """Return the rule switched on: what is disabled or deprecated is tested too."""
    if rule.enabled and rule.status != "deprecated":
        return rule
    return rule.model_copy(update={"enabled": True, "status": "experimental"})


def _cases(rule: AnyRule) -> Iterator[_Case]:
    for number in range(len(rule.examples)):
        try:
            yield _Case(rule=rule, number=number, evidence=_evidence(rule, number))
        except ValueError as wrong:
            yield _Case(rule=rule, number=number, evidence=None, fault=str(wrong))


def _evidence(
    rule: AnyRule, number: int
) -> Item | ListingChange | Series | SeriesGroup | DeadlineExample | SequenceExample | AbsenceExample:
    match rule:
        case ListingRule():
            return example_change(rule, rule.examples[number], number)
        case SeriesRule():
            return example_series(rule, rule.examples[number], number)
        case DeadlineRule() | SequenceRule() | AbsenceRule():
            return rule.examples[number]
        case TextRule():
            return example_item(rule, rule.examples[number], number)


def _run_texts(book: Rulebook, cases: Sequence[_Case]) -> Iterator[ExampleResult]:
    """All documents in one call: an example also shows that other rules' words do not disturb."""
    items = [case.evidence for case in cases if isinstance(case.evidence, Item)]
    if not items:
        return
    began = perf_counter()
    fired = _fired(book, _window(items=items), max(item.known_at for item in items))
    share = (perf_counter() - began) / len(items)
    for case in cases:
        assert isinstance(case.evidence, Item)
        result = _result(book, case, fired.get((case.rule.id, case.evidence.id)))
        yield replace(result, seconds=share)


def _run_alone(book: Rulebook, every: Rulebook, case: _Case) -> ExampleResult:
    """`every` holds all rules of the rulebook: what reads other rules' signals cannot do without them."""
    if case.evidence is None:
        return _result(book, case, None)
    if isinstance(case.evidence, SequenceExample | AbsenceExample):
        return _run_composed(every, case, case.evidence)
    if isinstance(case.evidence, DeadlineExample):
        return _run_calendar(book, case, case.evidence)
    assert not isinstance(case.evidence, Item)
    alone = replace(book, rules=(case.rule,))
    if isinstance(case.rule, SeriesRule) and (acts := case.rule.examples[case.number].measures):
        alone = replace(alone, measures=acts)
    fired = _fired(alone, _window_of(case.evidence), _known_at(case.evidence))
    return _result(book, case, next(iter(fired.values()), None))


def _run_composed(book: Rulebook, case: _Case, example: SequenceExample | AbsenceExample) -> ExampleResult:
    try:
        if isinstance(case.rule, AbsenceRule):
            assert isinstance(example, AbsenceExample)
            window, as_of = absence_window(case.rule, example, book)
        else:
            assert isinstance(example, SequenceExample)
            assert isinstance(case.rule, SequenceRule)
            window, as_of = sequence_window(case.rule, example, case.number, book)
    except ValueError as wrong:
        return _result(book, replace(case, evidence=None, fault=str(wrong)), None)
    signals, _ = COMPOSERS[case.rule.kind](book, window, as_of, ())
    return _result(book, case, next((s for s in signals if s.rule_id == case.rule.id), None))


def _run_calendar(book: Rulebook, case: _Case, example: DeadlineExample) -> ExampleResult:
    """The rule alone, with a register that holds the example's act alone, at noon of its day."""
    alone = replace(book, rules=(case.rule,), measures=(example.measure,))
    noon = datetime.combine(example.on, time(12), tzinfo=UTC)
    fired = _fired(alone, _window(items=()), noon)
    return _result(book, case, next(iter(fired.values()), None))


def _known_at(evidence: ListingChange | Series | SeriesGroup) -> datetime:
    if isinstance(evidence, SeriesGroup):
        return max(one.meta.known_at for one in evidence.series) + timedelta(hours=1)
    latest = evidence.meta.known_at if isinstance(evidence, Series) else evidence.known_at
    return latest + timedelta(hours=1)


def _window_of(evidence: ListingChange | Series | SeriesGroup) -> KnownWindow:
    if isinstance(evidence, SeriesGroup):
        return KnownWindow(items=(), series=evidence.series, listing_changes=(), fresh=evidence.fresh)
    if isinstance(evidence, Series):
        fresh = frozenset({evidence.meta.id})
        return KnownWindow(items=(), series=(evidence,), listing_changes=(), fresh=fresh)
    return KnownWindow(items=(), series=(), listing_changes=(evidence,), fresh=frozenset({evidence.id}))


def _window(*, items: Sequence[Item]) -> KnownWindow:
    ordered = tuple(sorted(items, key=lambda item: (item.known_at, item.id)))
    fresh = frozenset(item.id for item in items)
    return KnownWindow(items=ordered, series=(), listing_changes=(), fresh=fresh)


def _fired(book: Rulebook, known: KnownWindow, as_of: datetime) -> Mapping[tuple[str, str], Signal]:
    signals, _ = evaluate(book, known, as_of)
    found: dict[tuple[str, str], Signal] = {}
    for signal in signals:
        found.setdefault((signal.rule_id, signal.exhibit.evidence_id), signal)
    return found


def _result(book: Rulebook, case: _Case, signal: Signal | None) -> ExampleResult:
    example = case.rule.examples[case.number]
    expect = getattr(example, "expect", {})
    faults = tuple(_faults(example.fires, expect, signal)) if not case.fault else (case.fault,)
    tree = explain(case.rule, case.evidence, book) if faults and case.evidence is not None else None
    return ExampleResult(
        rule_id=case.rule.id,
        number=case.number,
        fires=example.fires,
        title=str(
            getattr(example, "title", "")
            or getattr(example, "name", "")
            or getattr(example, "values", "")
            or "; ".join(one.values for one in getattr(example, "series", ()))
        ),
        faults=faults,
        tree=tree,
    )


def _faults(fires: bool, expect: Mapping[str, str | tuple[str, ...]], signal: Signal | None) -> Iterator[str]:
    if signal is None:
        if fires:
            yield "expected to fire, it stayed quiet"
        return
    if not fires:
        yield f"expected to stay quiet, it fired ({'; '.join(reason.text for reason in signal.why)})"
        return
    yield from unmet_facts(signal.facts, expect)


def unmet_facts(facts: Facts, expect: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    """Say, for each fact that is not as expected, what was found."""
    for name, wanted in expect.items():
        found = _fact(facts, name)
        if _plain(wanted) != found:
            yield f"{name}: expected {_shown(_plain(wanted))}, found {_shown(found)}"


def _fact(facts: Facts, name: str) -> tuple[str, ...]:
    value = getattr(facts, name)
    if isinstance(value, tuple):
        return tuple(sorted(value))
    if value is None:
        return ()
    return (value if isinstance(value, str) else value.isoformat(),)


def _plain(value: str | tuple[str, ...]) -> tuple[str, ...]:
    words = (value,) if isinstance(value, str) else value
    return tuple(sorted(word for word in words if word))


def _shown(words: tuple[str, ...]) -> str:
    return ", ".join(words) or "nothing"
