"""When a desk is told, once `route` has said that it may be: the second half of the way to the outbox.

The order, for every delivery that routing owes: a person's approval where the rule wants one; inhibition by a
graver alert about the same event; the desk's weekly budget; the cooldown after its last message; its quiet hours.
The first three withhold, the last two hold: what is held goes out later, in its newest version. A rise in severity
passes all of them except the approval of what no desk has seen yet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warning.core.alerts import Alert, AlertChange
from warning.core.approval import Approval
from warning.core.deliveries import Delivery, HoldReason, Withheld, WithheldReason
from warning.core.desks import Desk
from warning.core.inhibition import inhibitor
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.tearlines import as_seen_by, change_seen_by
from warning.core.vocabulary import Severity
from warning.core.workdays import rest_ends_at

Place = tuple[str, str, str, str]  # alert key, desk id, channel, address
FIRSTS_KEPT = timedelta(days=8)
BREAKS_COOLDOWN = frozenset(
    {
        "instrument",
        "effective",
        "expires",
        "direction",
        "severity",
        "deadline",
        "late",
        "suspended",
        "withdrawn",
        "cancelled",
        "restored",
        "marking",
        "recalled",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A delivery that waits for its time. `reason` is that of the delivery."""

    version: int
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was sent when. `told_at` is by (alert key, desk id): when a message was last free to go; not what is held.

    `firsts` holds (desk id, when) of every alert first told within the last eight days. `standing` is the
    approval that stands for an alert, by key. `reached` are the places to which any version of an alert was free to go:
    whoever is at them may have it.
    """

    told_at: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    firsts: tuple[tuple[str, datetime], ...] = ()
    held: Mapping[Place, Held] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    reached: frozenset[Place] = frozenset()

    def with_approval(self, approval: Approval) -> "Past":
        return replace(self, approvals={**self.approvals, approval.alert_key: approval})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """`withheld` comes on top of what routing withheld, sorted like `deliveries`."""

    deliveries: tuple[Delivery, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    change: AlertChange
    desk: Desk
    told: Severity | None

    @property
    def alert(self) -> Alert:
        return self.change.alert

    @property
    def severity(self) -> Severity:
        return self.alert.severity_for(self.desk.country)

    @property
    def is_rise(self) -> bool:
        """Graver than what the desk was told, or than the version before."""
        known = [] if self.told is None else [self.told]
        if self.change.previous is not None:
            known.append(self.change.previous.severity_for(self.desk.country))
        return any(self.severity > before for before in known)


def pace(
    owed: Iterable[Delivery],
    changes: Sequence[AlertChange],
    book: Rulebook,
    told: Mapping[tuple[str, str], Severity],
    past: Past,
    open_alerts: Sequence[Alert],
    as_of: datetime,
) -> Paced:
    """Decide when each owed delivery goes out. A desk's graver alerts are decided first: they use its budget first."""
    return _Pacer(changes, book, told, past, open_alerts, as_of).run(owed)


class _Pacer:
    """One call of `pace`: what it looks up, and how many alerts each desk has been told of so far this week."""

    def __init__(
        self,
        changes: Sequence[AlertChange],
        book: Rulebook,
        told: Mapping[tuple[str, str], Severity],
        past: Past,
        open_alerts: Sequence[Alert],
        as_of: datetime,
    ) -> None:
        self._changes = {change.alert.key: change for change in changes}
        self._book = book
        self._told = told
        self._past = let_go(past, as_of)
        self._as_of = as_of
        self._desks = {desk.id: desk for desk in book.desks}
        standing = {alert.key: alert for alert in open_alerts}
        self._alerts = tuple((standing | {c.alert.key: c.alert for c in changes}).values())
        self._spent = Counter(desk_id for desk_id, at in past.firsts if self._is_this_week(desk_id, at))
        self._owed_now: set[tuple[str, str]] = set()
        self._counted: set[tuple[str, str]] = set()

    def run(self, owed: Iterable[Delivery]) -> Paced:
        deliveries: list[Delivery] = []
        withheld: list[Withheld] = []
        listed = list(owed)
        self._owed_now = {(d.alert_key, d.desk_id) for d in listed}
        for delivery in sorted(listed, key=lambda d: (-d.severity.rank, d)):
            decision = self._decide(delivery)
            if isinstance(decision, Withheld):
                withheld.append(decision)
                self._owed_now.discard((delivery.alert_key, delivery.desk_id))
                continue
            replaced = self._superseded(decision)
            if replaced:
                withheld.append(replaced)
            deliveries.append(decision)
        return Paced(deliveries=tuple(sorted(deliveries)), withheld=tuple(sorted(withheld)))

    def _decide(self, delivery: Delivery) -> Delivery | Withheld:
        desk = self._desks.get(delivery.desk_id)
        change = self._changes.get(delivery.alert_key)
        if desk is None or change is None or delivery.reason == "recall":
            return delivery
        seen = change_seen_by(change, desk) or change
        case = _Case(change=seen, desk=desk, told=self._told.get((change.alert.key, desk.id)))
        refused = self._unapproved(case) or self._inhibited(case) or self._over_budget(case)
        if refused:
            return _withheld(delivery, *refused)
        self._spend(case)
        until, because = self._hold(case)
        if until is None:
            return self._as_first_seen(delivery)
        return replace(self._as_first_seen(delivery), hold_until=until, hold_reason=because)

    def _unapproved(self, case: _Case) -> tuple[WithheldReason, str] | None:
        """A desk that has the alert already gets what changes in it: the approval was for the event."""
        rule = next((r for r in self._book.rules if r.id == case.alert.rule_id), None)
        approval = self._past.approvals.get(case.alert.key)
        if case.told is not None or (rule is None and approval is None):
            return None
        # Without its rule, whose file may be broken just now, what somebody kept back stays back all the same.
        if rule is not None and rule.publish.for_severity(case.severity) == "auto":
            return None
        if approval is None or (approval.decision != "approved" and case.severity > approval.severity):
            who = case.alert.rule_id
            return "awaiting_review", f"{who} publishes {case.severity.value} alerts after a review"
        if approval.decision == "approved":
            return None
        return "rejected", f"{approval.decision} by {approval.actor}: {approval.reason}"

    def _inhibited(self, case: _Case) -> tuple[WithheldReason, str] | None:
        if case.told is not None:
            return None
        muting = [rule for rule in self._book.policy.inhibit if rule.mutes.holds(case.alert)]
        known = (
            [as_seen_by(a, case.desk) for a in self._alerts if self._knows(a, case.desk)] if muting else []
        )
        found = inhibitor(muting, case.alert, case.desk.country, known, self._as_of)
        if found is None:
            return None
        return "inhibited", f"the desk has {found.alert.key} ({found.alert.title}): {found.because}"

    def _knows(self, alert: Alert, desk: Desk) -> bool:
        key = (alert.key, desk.id)
        return key in self._told or key in self._owed_now

    def _over_budget(self, case: _Case) -> tuple[WithheldReason, str] | None:
        """The budget counts alerts, however many destinations a desk has; rises and grave ones always pass."""
        budget = case.desk.weekly_budget
        key = (case.alert.key, case.desk.id)
        if budget is None or case.told is not None or key in self._counted:
            return None
        spent = self._spent[case.desk.id]
        if case.is_rise or case.severity >= budget.always or spent < budget.alerts:
            return None
        return (
            "over_budget",
            f"{counted(spent, 'alert')} told this week, the budget is {budget.alerts}; it is in the roll-up",
        )

    def _spend(self, case: _Case) -> None:
        key = (case.alert.key, case.desk.id)
        if case.told is None and key not in self._counted:
            self._counted.add(key)
            self._spent[case.desk.id] += 1

    def _hold(self, case: _Case) -> tuple[datetime | None, HoldReason]:
        """Return until when to wait and for what; the later of the two where both hold.

        What may no longer be shown is taken back at once, at night too.
        """
        if any(difference.code == "recalled" for difference in case.alert.differences):
            return None, ""
        waits: list[tuple[datetime, HoldReason]] = []
        cooled = self._cooldown_ends(case)
        quiet = self._quiet_ends(case, cooled or self._as_of)
        if cooled:
            waits.append((cooled, "cooldown"))
        if quiet:
            waits.append((quiet, "quiet_hours"))
        return max(waits, default=(None, ""), key=lambda wait: wait[0])

    def _cooldown_ends(self, case: _Case) -> datetime | None:
        """More of the same waits for the cooldown's end; a new fact that a desk must act on does not."""
        told_at = self._past.told_at.get((case.alert.key, case.desk.id))
        codes = {difference.code for difference in case.alert.differences}
        if told_at is None or case.is_rise or codes & BREAKS_COOLDOWN:
            return None
        ends = told_at + timedelta(minutes=self._book.policy.cooldown_minutes)
        return ends if ends > self._as_of else None

    def _quiet_ends(self, case: _Case, at: datetime) -> datetime | None:
        quiet = case.desk.quiet_hours
        if quiet is None or case.severity >= quiet.passes or (case.is_rise and case.told is not None):
            return None
        return rest_ends_at(
            at, quiet, days_off=quiet.days_off, timezone=case.desk.timezone, country=case.desk.country
        )

    def _as_first_seen(self, delivery: Delivery) -> Delivery:
        """What replaces a first message that never went out is itself the first."""
        before = self._past.held.get(_place(delivery))
        if before is not None and before.reason == "first":
            return replace(delivery, reason="first")
        return delivery

    def _superseded(self, delivery: Delivery) -> Withheld | None:
        before = self._past.held.get(_place(delivery))
        if before is None or before.version >= delivery.alert_version:
            return None
        detail = f"version {delivery.alert_version} took its place before {before.until:%Y-%m-%d %H:%M}Z"
        old = replace(delivery, alert_version=before.version)
        return _withheld(old, "superseded", detail)

    def _is_this_week(self, desk_id: str, at: datetime) -> bool:
        """Weeks are ISO weeks in the desk's own zone."""
        desk = self._desks.get(desk_id)
        if desk is None:
            return False
        zone = ZoneInfo(desk.timezone)
        return at.astimezone(zone).isocalendar()[:2] == self._as_of.astimezone(zone).isocalendar()[:2]


def after(past: Past, deliveries: Iterable[Delivery], as_of: datetime) -> Past:
    """Return the past as the next assessment finds it: what a store answers, for whoever rehearses without one."""
    told_at = dict(past.told_at)
    held = dict(past.held)
    firsts = [(desk_id, at) for desk_id, at in past.firsts if at > as_of - FIRSTS_KEPT]
    counted: set[tuple[str, str]] = set()
    reached = set(past.reached)
    for delivery in deliveries:
        key, place = (delivery.alert_key, delivery.desk_id), _place(delivery)
        if delivery.reason == "first" and key not in told_at and place not in held:
            counted.add(key)
        held.pop(place, None)
        if delivery.hold_until is None:
            told_at[key] = as_of
            reached.add(place)
        else:
            held[place] = Held(
                version=delivery.alert_version, reason=delivery.reason, until=delivery.hold_until
            )
    firsts += [(desk_id, as_of) for _, desk_id in sorted(counted)]
    return replace(past, told_at=told_at, firsts=tuple(firsts), held=held, reached=frozenset(reached))


def let_go(past: Past, as_of: datetime) -> Past:
    """Return the past with what was held until `as_of` or earlier gone out, at the end of its wait."""
    due = {place: wait for place, wait in past.held.items() if wait.until <= as_of}
    if not due:
        return past
    told_at = dict(past.told_at)
    for (alert_key, desk_id, _, _), wait in due.items():
        told_at[alert_key, desk_id] = max(wait.until, told_at.get((alert_key, desk_id), wait.until))
    held = {place: wait for place, wait in past.held.items() if place not in due}
    return replace(past, told_at=told_at, held=held, reached=past.reached | due.keys())


def _place(delivery: Delivery) -> Place:
    return delivery.alert_key, delivery.desk_id, delivery.channel, delivery.address


def _withheld(delivery: Delivery, reason: WithheldReason, detail: str) -> Withheld:
    return Withheld(
        alert_key=delivery.alert_key,
        alert_version=delivery.alert_version,
        desk_id=delivery.desk_id,
        channel=delivery.channel,
        address=delivery.address,
        reason=reason,
        detail=detail,
    )
