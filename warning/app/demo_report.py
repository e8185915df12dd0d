"""What a demonstration brought: alerts with their lead, deliveries by desk, what stayed quiet, where things lie."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from warning.app.collected import CollectReport
from warning.app.delivering import DeliveryCounts
from warning.app.demo_data import Publisher, Story
from warning.app.live import AssessReport
from warning.app.system import System
from warning.core.alerts import Alert
from warning.store.repository import Repository

EXAMPLE_EVENT = "magnets-2025"
EXAMPLE_DESK = "kr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over the whole walk. `again_*` are of one more round at the end: nothing new, nothing fetched whole."""

    stops: int
    polled: int = 0
    unchanged: int = 0
    failed: int = 0
    items: int = 0
    figures: int = 0
    listing_changes: int = 0
    signals: int = 0
    sent: int = 0
    answers: Mapping[int, int] = field(default_factory=dict)
    again_new: int = 0
    again_whole: int = 0

    def added(self, collected: CollectReport, assessed: AssessReport, delivered: DeliveryCounts) -> "Tally":
        counts = collected.counts()
        return replace(
            self,
            polled=self.polled + counts["polled"],
            unchanged=self.unchanged + counts["unchanged"],
            failed=self.failed + counts["failed"],
            items=self.items + counts["items_new"],
            figures=self.figures + counts["observations_new"],
            listing_changes=self.listing_changes + counts["listing_changes"],
            signals=self.signals + assessed.signals,
            sent=self.sent + delivered.sent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAlert:
    """One alert as the summary tells it.

    `events` are the tags of its evidence in the reconstruction: more than one means that two events were
    joined, `lookalike` that something harmless was taken for one. `minutes_to_alert` counts from the first
    evidence's publication to the alert; None when the evidence bears no time. `history` holds the versions.
    """

    alert: Alert
    events: tuple[str, ...]
    minutes_to_alert: int | None
    history: tuple[Alert, ...] = ()

    @property
    def lead_days(self) -> int | None:
        """Days from the alert to the effective date; 0 is "at once", None where no date was said."""
        effective = self.alert.facts.effective
        return max((effective - self.alert.opened_at.date()).days, 0) if effective else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """Everything the summary, the page and `demo/1` are made from.

    `deliveries` count by desk, channel, state; `desks_told` names, by alert key, the desks that got a message.
    """

    home: Path
    first: datetime
    last: datetime
    tally: Tally
    alerts: tuple[DemoAlert, ...]
    context: tuple[DemoAlert, ...]
    desks_told: Mapping[str, tuple[str, ...]]
    publishers: int
    published: int
    lookalikes: int
    lookalikes_alerted: int
    evidence_in_alerts: int
    deliveries: Mapping[tuple[str, str, str], int]
    withheld: Mapping[str, int]
    printed: tuple[str, ...]
    example: str

    @property
    def told(self) -> tuple[DemoAlert, ...]:
        """The alerts that at least one desk got a message of."""
        return tuple(found for found in self.alerts if found.alert.key in self.desks_told)

    @property
    def quiet(self) -> int:
        return self.published - self.evidence_in_alerts


def demo_report(
    system: System, publishers: Sequence[Publisher], tally: Tally, printed: Sequence[str]
) -> DemoReport:
    """Read the store after the walk. `printed` holds every message as the console would have shown it."""
    stories = _by_address(publishers)
    repository = system.repository
    found = [_demo_alert(a, stories, repository.alert_versions(a.key)) for a in repository.alerts()]
    found.sort(key=lambda d: (d.alert.opened_at, d.alert.key))
    told = tuple(d for d in found if d.alert.interrupts)
    shown = {e.url: stories[e.url] for d in told for e in d.alert.exhibits if e.url in stories}
    published = [story for p in publishers for story in p.stories]
    return DemoReport(
        home=system.settings.home,
        first=min(s.at for s in published),
        last=max(s.at for s in published),
        tally=tally,
        alerts=told,
        context=tuple(d for d in found if not d.alert.interrupts),
        desks_told=_desks_told(system.repository),
        publishers=len(publishers),
        published=len(published),
        lookalikes=sum(s.tag == "lookalike" for s in published),
        lookalikes_alerted=sum(s.tag == "lookalike" for s in shown.values()),
        evidence_in_alerts=len(shown),
        deliveries=_deliveries(system.repository),
        withheld=_withheld(system.repository, found),
        printed=tuple(printed),
        example=_example(told, printed),
    )


def _by_address(publishers: Sequence[Publisher]) -> Mapping[str, Story]:
    return {
        f"http://{p.host}/art/{story.at.year}/{story.number:04d}.html": story
        for p in publishers
        for story in p.stories
    }


def _demo_alert(alert: Alert, stories: Mapping[str, Story], history: tuple[Alert, ...]) -> DemoAlert:
    tags = {stories[e.url].tag for e in alert.exhibits if e.url in stories}
    published = [e.published_at for e in alert.exhibits if e.published_at]
    minutes = int((alert.opened_at - min(published)).total_seconds() // 60) if published else None
    return DemoAlert(alert=alert, events=tuple(sorted(tags)), minutes_to_alert=minutes, history=history)


def _deliveries(repository: Repository) -> Mapping[tuple[str, str, str], int]:
    rows = repository.deliveries()
    counts = Counter((r.row.desk_id, r.row.channel, r.row.state) for r in rows)
    return dict(sorted(counts.items()))


def _desks_told(repository: Repository) -> Mapping[str, tuple[str, ...]]:
    """Return the desks that got a message, by alert key."""
    told: dict[str, set[str]] = {}
    for owed in repository.deliveries(state="sent"):
        told.setdefault(owed.row.alert_key, set()).add(owed.row.desk_id)
    return {key: tuple(sorted(desks)) for key, desks in told.items()}


def _withheld(repository: Repository, alerts: Sequence[DemoAlert]) -> Mapping[str, int]:
    counts = Counter(w.reason for d in alerts for w in repository.withheld_of(d.alert.key))
    return dict(sorted(counts.items()))


def first_message(printed: Sequence[str], desk_id: str, alert_key: str) -> str:
    """Return the first message a desk got about an alert, as it stood then; empty when it got none."""
    for text in printed:
        _rule, address, message = text.split("\n", 2)
        if address.startswith(f"{desk_id} ·") and alert_key in message:
            return message
    return ""


def _example(alerts: Sequence[DemoAlert], printed: Sequence[str]) -> str:
    """One alert as the Seoul desk got it first: the magnets of April 2025, else the newest that it was told of."""
    ordered = sorted(alerts, key=lambda d: (EXAMPLE_EVENT in d.events, d.alert.opened_at), reverse=True)
    messages = (first_message(printed, EXAMPLE_DESK, d.alert.key) for d in ordered)
    return next((message for message in messages if message), "")
