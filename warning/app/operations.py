"""What the operators are told by themselves: dead letters, gaps, channels out of order, late reviews (of alerts and of exposure), noisy rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warning.app.publishing import review_queue
from warning.app.rule_stats import rule_stats, told_alerts
from warning.app.standing_still import Standstill
from warning.app.system import System
from warning.app.telling_operators import tell_operators, told_operators
from warning.app.triage import rule_precisions
from warning.core.exposure_reviews import reviews_counted, reviews_due
from warning.core.phrases import counted
from warning.store.accounts import Accounts

RECENT = timedelta(days=7)
WEEKS = 4
SHOWN_RULES = 10
SEND_HOUR = 8


def tell_operations(system: System, accounts: Accounts, still: Sequence[Standstill] = ()) -> int:
    """Tell the operators what is new since the last time; return how many deliveries that makes."""
    if not system.book().operators:
        return 0
    return (
        _dead_letters(system)
        + _gaps(system, accounts)
        + _standing_still(system, still)
        + _held_channels(system)
        + _overdue_reviews(system)
        + _noisy_rules(system)
        + _exposure_reviews(system)
    )


def _dead_letters(system: System) -> int:
    dead = system.outbox.rows("dead", since=system.clock() - RECENT)
    found = {r.id: r for r in dead if r.reason != "operator"}

    def line(name: str) -> str:
        r = found[name]
        return (
            f"{r.id}: {r.alert_key} v{r.alert_version} to {r.desk_id} by {r.channel} {r.address}: {r.error}"
        )

    retry = "warning deliveries list --state dead; warning deliveries retry --dead --by NAME"
    return _tell_new(
        system,
        "dead letters",
        found,
        lambda new: counted(new, "delivery is dead", "deliveries are dead"),
        line,
        retry,
    )


def _gaps(system: System, accounts: Accounts) -> int:
    found = {
        f"{gap.alert_key} v{gap.alert_version} {gap.desk_id} {gap.channel} {gap.address}"
        for gap in accounts.gaps
    }
    return _tell_new(
        system,
        "audit gaps",
        sorted(found),
        lambda new: counted(new, "delivery is unaccounted for", "deliveries are unaccounted for"),
        lambda name: f"nothing says whether {name} was told",
    )


def _standing_still(system: System, still: Sequence[Standstill]) -> int:
    found = {one.key: one.sentence for one in still}
    return _tell_new(
        system,
        "standing still",
        sorted(found),
        "a part of the service stands still ({}): warnings may be missing".format,
        found.__getitem__,
    )


def _held_channels(system: System) -> int:
    held = {f"{h.channel} {h.since:%Y-%m-%dT%H:%M:%SZ}": h for h in system.outbox.held_channels()}
    return _tell_new(
        system,
        "channels",
        sorted(held),
        lambda new: counted(new, "channel refuses who we are", "channels refuse who we are"),
        lambda name: f"{held[name].channel}: {held[name].cause}",
        "What is owed there is held and tried again at growing intervals: mend the token or the password.",
    )


def _overdue_reviews(system: System) -> int:
    """By key and rule: what waits for a review may be above the operators' clearance."""
    waiting = {f"{q.alert.key} v{q.alert.version}": q for q in review_queue(system) if q.is_overdue}

    def line(name: str) -> str:
        return f"{name} of {waiting[name].alert.rule_id} waits since {waiting[name].since:%Y-%m-%d %H:%M}Z"

    return _tell_new(
        system,
        "overdue reviews",
        sorted(waiting),
        lambda new: counted(new, "review is overdue", "reviews are overdue"),
        line,
        "warning alerts queue",
    )


def _tell_new(
    system: System,
    topic: str,
    found: Iterable[str],
    subject: Callable[[int], str],
    line: Callable[[str], str],
    *closing: str,
) -> int:
    """Tell, in one message and in its order, what of `found` was not told under this topic before.

    `subject` says it of so many.
    """
    told = told_operators(system, topic)
    fresh = [name for name in found if name not in told]
    if not fresh:
        return 0
    return tell_operators(
        system,
        topic=topic,
        key=",".join(sorted(fresh)),
        subject=subject(len(fresh)),
        lines=[line(name) for name in fresh],
        about=fresh,
        closing=closing,
    )


def _noisy_rules(system: System) -> int:
    """Once a week, from Monday morning by the operators' clock: rules that went over a desk's budget, or are noise."""
    now = system.clock()
    weeks = {_week(desk.timezone, now) for desk in system.book().operators if _is_morning(desk.timezone, now)}
    fresh = sorted(weeks - told_operators(system, "noisy rules"))
    lines = _noise(system, now) if fresh else []
    if not lines:
        return 0
    return tell_operators(
        system,
        topic="noisy rules",
        key=fresh[-1],
        subject=f"noisy rules, {fresh[-1]}",
        lines=lines,
        about=fresh,
        closing=("warning rules stats",),
    )


def _exposure_reviews(system: System) -> int:
    """Once a week, from Monday morning: entries of rules/exposure that nobody has looked at in time."""
    now = system.clock()
    weeks = {_week(desk.timezone, now) for desk in system.book().operators if _is_morning(desk.timezone, now)}
    fresh = sorted(weeks - told_operators(system, "exposure reviews"))
    due = reviews_due(system.book().exposure.values(), now.date()) if fresh else ()
    if not due:
        return 0
    return tell_operators(
        system,
        topic="exposure reviews",
        key=fresh[-1],
        subject=reviews_counted(due),
        lines=[one.sentence(now.date()) for one in due],
        about=fresh,
        closing=("Look at the figures in rules/exposure and write the day as `reviewed:`.",),
    )


def _noise(system: System, now: datetime) -> list[str]:
    repository, since = system.repository, now - timedelta(weeks=WEEKS)
    over = Counter(repository.over_budget(now - timedelta(weeks=1)))
    stats = rule_stats(
        system.book(),
        repository.traces(since, now),
        WEEKS,
        rule_precisions(repository, now),
        told_alerts(repository, system.book(), since, now),
    )
    noisy = [s for s in stats if over[s.rule_id] or s.record.noisy]
    noisy.sort(key=lambda s: (-over[s.rule_id], -s.record.noisy, s.rule_id))
    return [
        f"{s.rule_id}: {over[s.rule_id]} over a desk's budget in the last week; in {WEEKS} weeks {counted(s.record.alerts, 'alert')}, "
        f"{s.record.noisy} of them noise, {s.signals_per_week:.1f} signals a week; {s.advice.word}: {s.advice.because}"
        for s in noisy[:SHOWN_RULES]
    ]


def _week(timezone: str, now: datetime) -> str:
    year, week, _ = now.astimezone(ZoneInfo(timezone)).isocalendar()
    return f"{year}-W{week:02d}"


def _is_morning(timezone: str, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(timezone))
    return (local.weekday(), local.hour) >= (0, SEND_HOUR)
