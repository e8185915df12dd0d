"""Which alert a signal joins: the open ones by instrument number, by story, and by act, material and actor."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta

from warning.core.absence_rules import is_absence
from warning.core.alerts import Alert
from warning.core.deadline_rules import counts_to_effect, is_deadline
from warning.core.ids import content_id, instrument_key
from warning.core.joining_case import Case, Report, sleeps_between
from warning.core.joining_families import Family
from warning.core.old_news import corrects_late
from warning.core.rulebook import Rulebook
from warning.core.same_event import SameEvent
from warning.core.sequence_rules import SequenceRule, is_pattern, pattern_rule
from warning.core.signals import REVISED, UNJUDGED, WITHDRAWN, Facts, Signal

EASING = "easing"
_FamilyKey = tuple[bool, str, str]


class Cases:
    """The open alerts, indexed by what joins signals to them."""

    def __init__(
        self,
        book: Rulebook,
        open_alerts: Iterable[Alert],
        news: Sequence[Signal],
        holding: AbstractSet[str] | None,
    ) -> None:
        self._book = book
        self._brought = {s.brings: s.joins for s in news if s.brings}
        self._windows = book.policy.correlation
        self._event = SameEvent(book.goods, self._windows)
        self._by_instrument: dict[tuple[str, str], list[Case]] = {}
        self._by_story: dict[str, list[Case]] = {}
        self._by_telling: dict[str, list[Case]] = {}
        self._by_family: dict[_FamilyKey, list[Case]] = {}
        self._awake: dict[_FamilyKey, Family] = {}
        self._family_of: dict[Case, _FamilyKey] = {}
        self._by_document: dict[str, list[Case]] = {}
        self._seen: dict[str, Case] = {}
        self._siblings: dict[str, list[Signal]] = {}
        for signal in news:
            self._siblings.setdefault(signal.exhibit.evidence_id, []).append(signal)
        self._touched: dict[str, Case] = {}
        self._reports: dict[str, Report] = {}
        names = {name for s in news for name in (s.id, s.brings, s.joins) if name}
        told = {signal.exhibit.story for signal in news}
        times = sorted(signal.known_at for signal in news)
        for alert in sorted(open_alerts, key=lambda a: (a.opened_at, a.key)):
            case = Case(key=alert.key, alert=alert, sleeps=sleeps_between(alert, times, self._windows))
            self._index(case, alert.facts.act, alert.facts.direction, alert.interrupts, alert.story)
            if not case.sleeps:
                self._wake(case)
            if holding is None or alert.key in holding:
                self._seen.update(dict.fromkeys(names.intersection(alert.signal_ids), case))
            for story in told.intersection(alert.told_stories):
                self._by_telling.setdefault(story, []).append(case)

    def add(self, signal: Signal) -> None:
        """Join the signal to its alert; one seen before (an edited document) goes where it went."""
        case = self._seen.get(signal.id) or self._seen.get(self._brought.get(signal.id, ""))
        if case is None and signal.joins:
            case = self._seen.get(signal.joins)
            if case is None and not self._is_news(signal):
                return  # its alert was never opened: there is nothing to add to
        case = case or self._of_document(signal, self._find) or self._of_document(signal, self._related)
        if signal.exhibit.is_doubtful:  # it stands beside what others tell of; alone it is background
            signal = replace(signal, interrupts=False)
            case = case or self._of_document(signal, self._find) or self._of_document(signal, self._related)
        case = case or self._open(signal)
        case.add(signal, keeps=not corrects_late(signal, self._book.rules_by_id.get(signal.rule_id)))
        case.sleeps = False
        self._wake(case)
        self._seen[signal.id] = case
        self._touched[case.key] = case
        self._by_document.setdefault(signal.exhibit.evidence_id, []).append(case)
        if signal.facts.instrument and not is_deadline(signal.story):
            named = self._by_instrument.setdefault(self._instrument(signal), [])
            if case not in named:
                named.append(case)
        if signal.story and case not in self._by_story.get(signal.story, ()):
            self._by_story.setdefault(signal.story, []).append(case)
        if signal.exhibit.story and case not in self._by_telling.get(signal.exhibit.story, ()):
            self._by_telling.setdefault(signal.exhibit.story, []).append(case)

    def _is_news(self, signal: Signal) -> bool:
        """Whether what joins another signal would open an alert of its own: a figure that holds again, come in time."""
        is_late = corrects_late(signal, self._book.rules_by_id.get(signal.rule_id))
        return (
            signal.figure is not None
            and signal.why[0].code not in {WITHDRAWN, REVISED, UNJUDGED}
            and not is_late
        )

    def touched(self) -> Iterable[Case]:
        return self._touched.values()

    def _find(self, signal: Signal) -> Case | None:
        if is_deadline(signal.story) or is_absence(signal.story):
            own = next(iter(self._by_story.get(signal.story, ())), None)
            is_of_act = own is None and counts_to_effect(signal.story, signal.facts)
            return self._act_counted_to(signal) if is_of_act else own
        if is_pattern(signal.story):
            return self._same_pattern(signal)
        if signal.facts.instrument:
            named = self._same_number(signal)
            if named is not None:
                return named
        if signal.story:
            told = self._same_story(signal)
            if told is not None:
                return told
        same = self._same_text(signal) or self._same_count(signal)
        if same is not None:
            return same
        facts = signal.facts
        family = self._awake.get(self._family(facts.act, facts.direction, signal.interrupts))
        return self._event.most_like(family, self._report(signal)) if family else None

    def _report(self, signal: Signal) -> Report:
        """What the signal is compared by: the signals of one document are asked about again for each of them."""
        if signal.id not in self._reports:
            is_named = bool(self._event.goods.named(set(signal.facts.materials)))
            self._reports[signal.id] = Report.of(signal, is_named=is_named)
        return self._reports[signal.id]

    def _same_text(self, signal: Signal) -> Case | None:
        """The alert of that document, else of those told in near words the one opened last."""
        for case in self._by_document.get(signal.exhibit.evidence_id, ()):
            if self._event.same_document(case, signal):
                return case
        told = self._by_telling.get(signal.exhibit.story, ())
        same = (case for case in told if self._event.tells_the_same(case, signal))
        return max(same, key=lambda case: (case.opened_at, case.key), default=None)

    def _of_document(self, signal: Signal, find: Callable[[Signal], Case | None]) -> Case | None:
        """The alert of this signal, else of another act that a rule read in the same document."""
        case = find(signal)
        if case is not None or signal.story:
            return case
        same = (signal.interrupts, signal.facts.direction)
        for other in self._siblings.get(signal.exhibit.evidence_id, ()):
            if other is signal or other.story or other.joins:
                continue
            if (other.interrupts, other.facts.direction) == same and (case := find(other)) is not None:
                return case
        return None

    def _same_count(self, signal: Signal) -> Case | None:
        """A report that counts firms is of the list that counts as many, or of the one list not counted yet.

        Of an act that the press does not tell in words for a list, only the same number says that it is the list's.
        """
        facts, windows = signal.facts, self._windows
        said = dict(facts.counts).get("entities")
        family = self._family(facts.act, facts.direction, signal.interrupts)
        is_related = family[1] in windows.related_families
        if not said or signal.story or not (is_related or family[1] in windows.counting_families):
            return None
        cases = [
            case
            for counted in windows.counted_families
            for case in self._by_family.get((signal.interrupts, counted, facts.direction), ())
            if case.entities == said or (is_related and not case.entities)
            if self._event.may_be_related(case, signal) and self._event.fits(case, signal)
        ]
        alike = [case for case in cases if case.entities == said] or cases
        return alike[0] if len(alike) == 1 else None

    def _same_number(self, signal: Signal) -> Case | None:
        """The alert of that number: of several, the one opened last among those near enough."""
        return next(self._of_number(signal), None)

    def _of_number(self, signal: Signal) -> Iterator[Case]:
        """The alerts of that number near enough, the one opened last first; no news goes into background coverage.

        One too far back must not hide another: whoever loads only what may be joined does not have it.
        """
        days, named = self._windows.instrument_days, self._by_instrument.get(self._instrument(signal), ())
        alike = (case for case in named if case.interrupts == signal.interrupts)
        return (case for case in alike if self._event.near(case, signal, days))

    def _same_pattern(self, signal: Signal) -> Case | None:
        """The alert of the same pattern on goods in common: the reports and figures of one stop come in over weeks.

        It does not last for ever, and what is aimed at somebody else is another stop.
        """
        rule = next((r for r in self._book.rules if r.id == pattern_rule(signal.story)), None)
        days, span = self._windows.series_gap_days, self._windows.pattern_span_days
        if isinstance(rule, SequenceRule):
            days, span = max(rule.within_days, days), rule.span_days or span
        actors, goods, targets = (
            set(said) for said in (signal.facts.actors, signal.facts.materials, signal.facts.targets)
        )
        same = [
            case
            for story, cases in self._by_story.items()
            if pattern_rule(story) == pattern_rule(signal.story)
            for case in cases
            if case.interrupts == signal.interrupts and self._event.near(case, signal, days)
            if story == signal.story or self._event.goods.shared(case.materials, goods)
            if signal.known_at - case.opened_at <= timedelta(days=span)
            if not actors or not case.actors or actors & case.actors
            if not targets or not case.targets or targets & case.targets
        ]
        return min(same, key=lambda case: (case.opened_at, case.key), default=None)

    def _act_counted_to(self, signal: Signal) -> Case | None:
        """The alert of the act that takes effect: of its number, else one of its state and goods with that very day.

        Without a number it is known only where the register has one act alone that it can be: of two acts of one day, the
        other one's number would be as likely. One whose evidence was all taken back tells nobody of the day.
        """
        facts = signal.facts
        named = self._of_number(signal) if facts.instrument else ()
        standing = next((case for case in named if case.stands), None)
        if standing is not None:
            return standing
        unnamed = [
            case
            for (interrupts, _, direction), cases in self._by_family.items()
            if interrupts and direction == facts.direction
            for case in cases
            if case.stands and not case.instrument and not is_deadline(case.story)
            if case.effective == facts.effective
            if set(facts.actors) & case.actors
            and self._event.goods.shared(case.materials, set(facts.materials))
            and self._may_only_be(case, facts)
        ]
        return min(unnamed, key=lambda case: (case.opened_at, case.key), default=None)

    def _may_only_be(self, case: Case, counted: Facts) -> bool:
        """Whether no other act of the register, by state, goods and day, may be the one that the case tells of."""
        day, near = case.effective, timedelta(days=self._windows.effective_days)
        if day is None or not counted.instrument:
            return True
        fitting = {
            instrument_key(act.instrument)
            for act in self._book.measures
            if act.instrument and act.effective and abs(act.effective - day) <= near
            if act.actor in case.actors and act.direction == counted.direction
            if self._event.goods.shared(case.materials, set(act.materials))
        }
        return fitting <= {instrument_key(counted.instrument)}

    def _wake(self, case: Case) -> None:
        """Let signals of this assessment be compared with the case, as it is by now."""
        family = self._family_of[case]
        if family not in self._awake:
            self._awake[family] = Family(self._event.goods)
        self._awake[family].put(case)

    def _same_story(self, signal: Signal) -> Case | None:
        days, stories = self._windows.series_gap_days, self._by_story.get(signal.story, ())
        return next((case for case in reversed(stories) if self._event.near(case, signal, days)), None)

    def _related(self, signal: Signal) -> Case | None:
        """A report without a number, in another family's words, of an event some days old."""
        facts, windows = signal.facts, self._windows
        interrupts, family, direction = self._family(facts.act, facts.direction, signal.interrupts)
        if signal.story or not interrupts:
            return None
        related = windows.related_families if family in windows.related_families else ()
        others = [(interrupts, f, direction) for f in related if f != family]
        cases = [case for other in others for case in self._by_family.get(other, ())]
        near = [case for case in cases if self._event.may_be_related(case, signal)]
        sharing = [case for case in near if self._event.shares_object(case, signal)]
        sharing += [
            case for case in self._same_goods(signal, family) if self._event.may_be_related(case, signal)
        ]
        if sharing:
            return max(sharing, key=lambda case: case.last_at)
        bare = [case for case in near if self._event.names_no_other(case, signal)]
        return min(bare, key=lambda case: (case.opened_at, case.key), default=None)

    def _same_goods(self, signal: Signal, family: str) -> Iterator[Case]:
        """Events of families that the press mixes up only where both name the goods."""
        facts = signal.facts
        for one, other in self._windows.same_goods_families:
            if family in {one, other}:
                key = (signal.interrupts, other if family == one else one, facts.direction)
                yield from (
                    case
                    for case in self._by_family.get(key, ())
                    if self._event.goods.shared(case.materials, set(facts.materials))
                )

    def _open(self, signal: Signal) -> Case:
        facts = signal.facts
        named = facts.instrument and signal.interrupts and not is_deadline(signal.story)
        seed = self._instrument(signal)[0] if named else signal.id
        case = Case(key=content_id("a", seed, facts.direction, signal.known_at.isoformat()), alert=None)
        self._index(case, facts.act, facts.direction, signal.interrupts, signal.story)
        return case

    def _index(self, case: Case, act: str, direction: str, interrupts: bool, story: str) -> None:
        if story:
            self._by_story.setdefault(story, []).append(case)
        family = self._family(act, direction, interrupts)
        self._by_family.setdefault(family, []).append(case)
        self._family_of[case] = family
        if case.alert and case.alert.facts.instrument and not is_deadline(story):
            number = (instrument_key(case.alert.facts.instrument), direction)
            self._by_instrument.setdefault(number, []).insert(0, case)

    def _family(self, act: str, direction: str, interrupts: bool) -> tuple[bool, str, str]:
        """Easing is one family: a control "suspended" and "relaxed" is one event, whatever act is named."""
        known = self._book.terms.acts.get(act)
        family = (known.family if known else None) or act
        return interrupts, EASING if direction == EASING else family, direction

    @staticmethod
    def _instrument(signal: Signal) -> tuple[str, str]:
        assert signal.facts.instrument
        return instrument_key(signal.facts.instrument), signal.facts.direction
