"""What a demonstration brought: alerts with their lead, deliveries by desk, what stayed quiet, where things lie."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from warning.app.collected import CollectReport
from warning.app.compose import System
from warning.app.delivering import DeliveryCounts
from warning.app.demo_data import Publisher, Story
from warning.app.live import AssessReport
from warning.channels.render import render
from warning.channels.text_form import text_form
from warning.core.alerts import Alert
from warning.store.repository import Repository

EXAMPLE_EVENT = "magnets-2025"
EXAMPLE_COUNTRY = "KR"


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
    evidence's publication to the alert; None when the evidence bears no time.
    """

    alert: Alert
    events: tuple[str, ...]
    minutes_to_alert: int | None

    @property
    def lead_days(self) -> int | None:
        """Days from the alert to the effective date; 0 is "at once", None where no date was said."""
        effective = self.alert.facts.effective
        return max((effective - self.alert.opened_at.date()).days, 0) if effective else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """Everything the summary, the page and `demo/1` are made from. `deliveries` count by desk, channel, state."""

    home: Path
    first: datetime
    last: datetime
    tally: Tally
    alerts: tuple[DemoAlert, ...]
    context: tuple[DemoAlert, ...]
    published: int
    lookalikes: int
    lookalikes_alerted: int
    evidence_in_alerts: int
    deliveries: Mapping[tuple[str, str, str], int]
    withheld: Mapping[str, int]
    example: str

    @property
    def quiet(self) -> int:
        return self.published - self.evidence_in_alerts


def demo_report(system: System, publishers: Sequence[Publisher], tally: Tally, home: Path) -> DemoReport:
    """Read the store after the walk."""
    stories = _by_address(publishers)
    found = [_demo_alert(alert, stories) for alert in system.repository.alerts()]
    found.sort(key=lambda d: (d.alert.opened_at, d.alert.key))
    told = tuple(d for d in found if d.alert.interrupts)
    shown = {e.url: stories[e.url] for d in told for e in d.alert.exhibits if e.url in stories}
    published = [story for p in publishers for story in p.stories]
    return DemoReport(
        home=home,
        first=min(s.at for s in published),
        last=max(s.at for s in published),
        tally=tally,
        alerts=told,
        context=tuple(d for d in found if not d.alert.interrupts),
        published=len(published),
        lookalikes=sum(s.tag == "lookalike" for s in published),
        lookalikes_alerted=sum(s.tag == "lookalike" for s in shown.values()),
        evidence_in_alerts=len(shown),
        deliveries=_deliveries(system.repository),
        withheld=_withheld(system.repository, found),
        example=_example(system, told),
    )


def _by_address(publishers: Sequence[Publisher]) -> Mapping[str, Story]:
    return {
        f"http://{p.host}/art/{story.at.year}/{story.number:04d}.html": story
        for p in publishers
        for story in p.stories
    }


def _demo_alert(alert: Alert, stories: Mapping[str, Story]) -> DemoAlert:
    tags = {stories[e.url].tag for e in alert.exhibits if e.url in stories}
    published = [e.published_at for e in alert.exhibits if e.published_at]
    minutes = int((alert.opened_at - min(published)).total_seconds() // 60) if published else None
    return DemoAlert(alert=alert, events=tuple(sorted(tags)), minutes_to_alert=minutes)


def _deliveries(repository: Repository) -> Mapping[tuple[str, str, str], int]:
    rows = repository.deliveries()
    counts = Counter((r.row.desk_id, r.row.channel, r.row.state) for r in rows)
    return dict(sorted(counts.items()))


def _withheld(repository: Repository, alerts: Sequence[DemoAlert]) -> Mapping[str, int]:
    counts = Counter(w.reason for d in alerts for w in repository.withheld_of(d.alert.key))
    return dict(sorted(counts.items()))


def _example(system: System, alerts: Sequence[DemoAlert]) -> str:
    """One alert as the Seoul desk reads it, in its first version: the magnets of April 2025, else the newest."""
    book = system.book()
    desk = next((d for d in book.desks if d.country == EXAMPLE_COUNTRY), None)
    chosen = next((d for d in alerts if EXAMPLE_EVENT in d.events), alerts[-1] if alerts else None)
    if desk is None or chosen is None:
        return ""
    first = system.repository.alert_versions(chosen.alert.key)[0]
    return text_form(render(first, desk, book))
