"""What a replay of the history pack amounts to: events caught on their day, extra alerts, false alarms, wrong facts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bench.history_records import Pack, Told, Truth
from warning.core.alerts import Alert
from warning.core.deadline_rules import is_deadline
from warning.core.ids import instrument_key

RARE_EARTHS = {
    "rare_earths", "heavy_rare_earths", "rare_earth_magnets", "samarium", "gadolinium", "terbium", "dysprosium",
    "lutetium", "scandium", "yttrium", "holmium", "erbium", "thulium", "europium", "ytterbium", "neodymium", "praseodymium",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one event. `why` is empty when it was caught on the day; `lead_days` is None without a date."""

    truth: Truth
    alert: Alert | None
    why: str
    alerts: int
    wrong: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        return not self.why

    @property
    def lead_days(self) -> int | None:
        if self.alert is None or self.truth.effective is None:
            return None
        return (self.truth.effective - self.alert.opened_at.date()).days


@dataclass(slots=True, kw_only=True)
class Measured:
    """A replay against the pack. Marks in `quiet`, `negatives` and `errors` are those of the alerts' first items."""

    outcomes: list[Outcome] = field(default_factory=list)
    neutral: list[Outcome] = field(default_factory=list)
    extra: dict[str, list[str]] = field(default_factory=dict)
    mixed: dict[str, list[str]] = field(default_factory=dict)
    quiet: list[str] = field(default_factory=list)
    negatives: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


def measure(pack: Pack, told: Sequence[Told], alerts: Iterable[Alert]) -> Measured:
    """Compare the alerts of a replay over `told` (all of the pack or a part) with the pack's truths."""
    by_id = {one.item.id: one for one in told}
    days = _days(told)
    shown = {
        alert.key: [by_id[e.evidence_id] for e in alert.exhibits if e.evidence_id in by_id]
        for alert in alerts
        if not is_deadline(alert.story)
    }
    alarms = [alert for alert in alerts if alert.interrupts and shown.get(alert.key)]
    quiet_talk = [alert for alert in alerts if not alert.interrupts and shown.get(alert.key)]
    found = Measured()
    owned: dict[str, list[Alert]] = defaultdict(list)
    for alert in alarms:
        owner = _owner(alert, shown[alert.key], pack)
        if owner is None:
            _false_alarm(found, shown[alert.key])
        else:
            owned[owner].append(alert)
    for truth in pack.events():
        if truth.id not in days:
            continue
        if truth.direction == "neutral":
            talk = [a for a in quiet_talk if any(one.group == truth.id for one in shown[a.key])]
            found.neutral.append(_outcome(truth, [*owned[truth.id], *talk], days[truth.id]))
        else:
            found.outcomes.append(_outcome(truth, owned[truth.id], days[truth.id]))
    owners = {alert.key: owner for owner, theirs in owned.items() for alert in theirs}
    found.outcomes = [_explained(o, shown, owners) for o in found.outcomes]
    for owner, theirs in owned.items():
        if len(theirs) > _rightful(pack.truths[owner], theirs):
            found.extra[owner] = [_first(shown[alert.key]).mark for alert in theirs]
        for alert in theirs:
            _note_mixed(found, owner, shown[alert.key], pack)
    return found


def _rightful(truth: Truth, alerts: Sequence[Alert]) -> int:
    """How many alerts an event may have: one, or one for each of its own numbers; none for a bundle of press."""
    numbers = {instrument_key(str(alert.facts.instrument)) for alert in alerts if _is_numbered(truth, alert)}
    return 0 if truth.covers else max(1, len(numbers))


def _note_mixed(found: Measured, owner: str, items: Sequence[Told], pack: Pack) -> None:
    """An alert in which items of another event lie, the bundle that covers the owner apart."""
    others = {one.group for one in items if one.role == "event" and one.group != owner}
    foreign = sorted(group for group in others if owner not in pack.truths[group].covers)
    if foreign:
        found.mixed[_first(items).mark] = [owner, *foreign]


def _days(told: Sequence[Told]) -> dict[str, date]:
    """The day the first item of each group was known."""
    days: dict[str, date] = {}
    for one in told:
        day = one.item.known_at.date()
        days[one.group] = min(day, days.get(one.group, day))
    return days


def _owner(alert: Alert, items: Sequence[Told], pack: Pack) -> str | None:
    """The event an alert is about: the one whose number it carries, else the one most of its items speak of."""
    events = Counter(one.group for one in items if one.role == "event")
    if not events:
        return None
    if alert.facts.instrument:
        for group in events:
            named = [group, *pack.truths[group].covers]
            for name in named:
                if _is_numbered(pack.truths[name], alert):
                    return name
    return min(events, key=lambda group: (-events[group], group))


def _is_numbered(truth: Truth, alert: Alert) -> bool:
    numbers = {instrument_key(number) for number in (truth.number, *truth.also) if number}
    return bool(alert.facts.instrument) and instrument_key(str(alert.facts.instrument)) in numbers


def _has_first_number(truth: Truth, alert: Alert) -> bool:
    """Whether the alert carries the number whose facts stand in the truth, and not another of the same day."""
    said = alert.facts.instrument
    return bool(truth.number and said) and instrument_key(str(said)) == instrument_key(str(truth.number))


def _false_alarm(found: Measured, items: Sequence[Told]) -> None:
    first = _first(items)
    found.titles[first.mark] = first.item.title
    {"quiet": found.quiet, "negative": found.negatives, "error": found.errors}[first.role].append(first.mark)


def _first(items: Sequence[Told]) -> Told:
    return min(items, key=lambda one: (one.item.known_at, one.mark))


def _outcome(truth: Truth, alerts: Sequence[Alert], day: date) -> Outcome:
    fitting = [a for a in alerts if truth.direction in {"neutral", a.facts.direction}]
    same_day = sorted(
        (a for a in fitting if a.opened_at.date() <= day and a.opened_at.date() >= day - timedelta(days=1)),
        key=lambda a: (not _has_first_number(truth, a), not _is_numbered(truth, a), a.opened_at, a.key),
    )
    if same_day:
        alert = same_day[0]
        wrong, lacking = _wrong(truth, alert), _lacking(truth, alert)
        return Outcome(truth=truth, alert=alert, why="", alerts=len(alerts), wrong=wrong, lacking=lacking)
    if fitting:
        late = min(fitting, key=lambda a: a.opened_at)
        days = (late.opened_at.date() - day).days
        why = f"{days} days late" if days > 0 else f"joined an alert opened {-days} days before"
        return Outcome(truth=truth, alert=late, why=why, alerts=len(alerts))
    if alerts:
        said = alerts[0].facts.direction
        return Outcome(truth=truth, alert=alerts[0], why=f"read as {said}", alerts=len(alerts))
    return Outcome(truth=truth, alert=None, why="nothing fired", alerts=0)


def _explained(outcome: Outcome, shown: dict[str, list[Told]], owners: dict[str, str]) -> Outcome:
    """Say of a miss whether its items lie in another event's alert or in background coverage."""
    if outcome.why != "nothing fired":
        return outcome
    mine = [key for key, items in shown.items() if any(one.group == outcome.truth.id for one in items)]
    others = sorted({owners[key] for key in mine if key in owners})
    if others:
        return replace(outcome, why=f"told in the alert of {', '.join(others)}")
    return replace(outcome, why="background coverage only") if mine else outcome


def _wrong(truth: Truth, alert: Alert) -> tuple[str, ...]:
    """Facts the alert ends up with that the truth contradicts."""
    facts, wrong = alert.facts, []
    if truth.number and facts.instrument and not _is_numbered(truth, alert):
        wrong.append(f"number {facts.instrument}, true {truth.number}")
    for name in ("announced", "effective"):
        said, true = getattr(facts, name), getattr(truth, name)
        if said and true and said != true:
            wrong.append(f"{name} {said}, true {true}")
    wrong += [f"material {name} not in the act" for name in _surplus(facts.materials, truth.materials)]
    if facts.actors and truth.actor not in facts.actors:
        wrong.append(f"actor {'/'.join(facts.actors)}, true {truth.actor}")
    if truth.targets and facts.targets and not set(facts.targets) & set(truth.targets):
        wrong.append(f"targets {'/'.join(facts.targets)}, true {'/'.join(truth.targets)}")
    return tuple(wrong)


def _lacking(truth: Truth, alert: Alert) -> tuple[str, ...]:
    """Facts of the truth that the alert does not tell. Not every notice says them all."""
    facts = alert.facts
    pairs = (
        ("number", truth.number, facts.instrument),
        ("effective", truth.effective, facts.effective),
        ("targets", "/".join(truth.targets), facts.targets),
    )
    lacking = [f"{name} {true}" for name, true, said in pairs if true and not said]
    return (*lacking, *(f"material {name}" for name in _surplus(truth.materials, facts.materials)))


def _surplus(these: Iterable[str], those: Iterable[str]) -> list[str]:
    """What is in these and not in those; a general word beside the names says no more than they do."""
    surplus = set(these) - set(those)
    if "urea" in those:
        surplus.discard("fertilisers")
    if "photoresist" in those:
        surplus.discard("chip_materials")
    if RARE_EARTHS & set(those):
        surplus -= {"rare_earths", "heavy_rare_earths", "rare_earth_magnets"}
    return sorted(surplus)
