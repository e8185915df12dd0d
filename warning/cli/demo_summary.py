"""The demonstration's summary: a time line of alerts, what stayed quiet, who was told, one message in full."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warning.app.demo_report import DemoAlert, DemoReport
from warning.cli.output import program
from warning.core.phrases import counted
from warning.core.vocabulary import Severity

LEVELS = {
    Severity.UNKNOWN: ("?", "dim"),
    Severity.MINOR: ("low", "cyan"),
    Severity.MODERATE: ("med", "yellow"),
    Severity.SEVERE: ("HIGH", "bold red"),
    Severity.EXTREME: ("CRIT", "bold white on red"),
}
WITHHELD = {
    "marking_exceeds_clearance": "marked above the desk's clearance",
    "marking_exceeds_ceiling": "marked above the channel's ceiling",
    "not_released": "not released to the desk's country",
    "nothing_new": "nothing new for the desk",
}


def print_summary(report: DemoReport, console: Console, seconds: float) -> None:
    """Print for a reader: first what was caught, then why the rest was quiet, then where to look on."""
    span = f"{report.first:%b %Y} to {report.last:%b %Y}"
    console.print(
        f"\n[bold]{span}, replayed in {seconds:.0f} s:[/bold] {counted(report.published, 'document')}, "
        f"{report.tally.figures:,} figures and a list of entities from {report.publishers} publishers -> "
        f"[bold]{counted(len(report.told), 'alert')}[/bold] in {counted(report.tally.sent, 'message')}\n"
    )
    console.print(_timeline(report))
    _print_quiet(report, console)
    _print_deliveries(report, console)
    if report.example:
        console.print("\n[bold]One of them as the Seoul desk reads it[/bold]")
        for line in report.example.rstrip().splitlines():
            console.print(f"  {escape(line)}", soft_wrap=True)
    _print_places(report, console)


def demo_document(report: DemoReport, seconds: float) -> dict[str, Any]:
    """Return the content of `demo/1`."""
    tally = report.tally
    return {
        "counts": {
            "stops": tally.stops,
            "published": report.published,
            "items": tally.items,
            "figures": tally.figures,
            "listing_changes": tally.listing_changes,
            "polls": tally.polled,
            "polls_unchanged": tally.unchanged,
            "polls_failed": tally.failed,
            "http_answers": {str(status): count for status, count in tally.answers.items()},
            "signals": tally.signals,
            "alerts": len(report.alerts),
            "background_alerts": len(report.context),
            "messages_sent": tally.sent,
            "lookalikes": report.lookalikes,
            "lookalikes_alerted": report.lookalikes_alerted,
            "quiet_documents": report.quiet,
            "withheld": dict(report.withheld),
            "second_round": {"new": tally.again_new, "fetched_whole": tally.again_whole},
            "seconds": round(seconds, 1),
        },
        "alerts": [
            _alert_document(found, report.desks_told.get(found.alert.key, ())) for found in report.alerts
        ],
        "deliveries": [
            {"desk": desk, "channel": channel, "state": state, "count": count}
            for (desk, channel, state), count in report.deliveries.items()
        ],
        "page": str(report.home / "page" / "index.html"),
        "outbox": str(report.home / "outbox"),
        "digests": str(report.home / "digests"),
    }


def _alert_document(found: DemoAlert, desks: Sequence[str]) -> dict[str, Any]:
    alert = found.alert
    return {
        "key": alert.key,
        "title": alert.title,
        "opened_at": alert.opened_at.isoformat(),
        "act": alert.facts.act,
        "direction": alert.facts.direction,
        "materials": list(alert.facts.materials),
        "targets": list(alert.facts.targets),
        "instrument": alert.facts.instrument,
        "announced": alert.facts.announced,
        "effective": alert.facts.effective,
        "expires": alert.facts.expires,
        "lead_days": found.lead_days,
        "minutes_to_alert": found.minutes_to_alert,
        "severity": {g.country: g.severity.value for g in alert.gradings},
        "rule": alert.rule_id,
        "first_source": alert.exhibits[0].source_id if alert.exhibits else None,
        "evidence": alert.evidence_total,
        "publishers": len(alert.publishers),
        "versions": alert.version,
        "changes": [
            {
                "at": version.updated_at.isoformat(),
                "codes": [difference.code for difference in version.differences],
            }
            for version in found.history
        ],
        "desks_told": list(desks),
        "events": list(found.events),
    }


def _timeline(report: DemoReport) -> Table:
    """The alerts that some desk was told of, oldest first: date, level for each country, what it is."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    countries = sorted({g.country for found in report.alerts for g in found.alert.gradings})
    for column in ("First seen", *countries):
        table.add_column(column, no_wrap=True)
    table.add_column("Alert [dim](instrument, in force, documents/publishers, version)[/dim]")
    for found in report.told:
        alert = found.alert
        levels = [_level(alert.severity_for(country)) for country in countries]
        facts = [_market(found), alert.facts.instrument or "", _in_force(found), _evidence(found)]
        said = " · ".join(escape(fact) for fact in facts if fact)
        title = f"{_arrow(found)}{escape(alert.title)}"
        table.add_row(f"{alert.opened_at:%Y-%m-%d}", *levels, f"{title}  [dim]{said}[/dim]")
    return table


def _arrow(found: DemoAlert) -> str:
    return "[green]eased[/green] " if found.alert.facts.direction == "easing" else ""


def _market(found: DemoAlert) -> str:
    """Where a price was quoted: the same metal has one inside China and another outside."""
    exhibits = found.alert.exhibits
    if not exhibits or exhibits[0].kind != "price":
        return ""
    return exhibits[0].source_title.removesuffix(" (reconstruction)")


def _evidence(found: DemoAlert) -> str:
    alert = found.alert
    version = f" · v{alert.version}" if alert.version > 1 else ""
    return f"{alert.evidence_total}/{len(alert.publishers)}{version}"


def _level(severity: Severity) -> str:
    text, style = LEVELS[severity]
    return f"[{style}]{text}[/{style}]"


def _in_force(found: DemoAlert) -> str:
    if found.alert.facts.expires:
        return f"until {found.alert.facts.expires}"
    if found.lead_days is None:
        return ""
    if found.lead_days == 0:
        return "at once"
    return "the next day" if found.lead_days == 1 else f"{found.lead_days} days ahead"


def _print_quiet(report: DemoReport, console: Console) -> None:
    tally = report.tally
    console.print("\n[bold]What stayed quiet[/bold]")
    console.print(
        f"  {report.quiet} of {report.published} documents stand in no alert; of {report.lookalikes} planted lookalikes "
        f"(gallium-68 scans, a magnet school, the silver-ban rumour, talk of possible curbs) {report.lookalikes_alerted} alerted."
    )
    below = len(report.alerts) - len(report.told)
    if below:
        low = counted(below, "alert was", "alerts were")
        wait = "waits" if below == 1 else "wait"
        console.print(f"  {low} low for every desk and {wait} for the digest.")
    if report.context:
        kept = counted(len(report.context), "story was", "stories were")
        console.print(f"  {kept} kept as background coverage for the digest.")
    refused = {r: n for r, n in report.withheld.items() if r not in {"below_threshold", "context"}}
    for reason, count in refused.items():
        console.print(f"  {counted(count, 'message')} withheld: {WITHHELD.get(reason, reason)}.")
    console.print(
        f"  {tally.polled:,} polls: {tally.unchanged:,} unchanged, {tally.failed} failed and retried. "
        f"One more round at the end stored {counted(tally.again_new, 'new record')}."
    )


def _print_deliveries(report: DemoReport, console: Console) -> None:
    console.print("\n[bold]Who was told[/bold]")
    desks: dict[str, Counter[str]] = {}
    for (desk, channel, state), count in report.deliveries.items():
        desks.setdefault(desk, Counter())[f"{channel} {state}"] += count
    for desk, counts in desks.items():
        told = ", ".join(f"{what} {count}" for what, count in counts.items())
        console.print(f"  {desk}: {told}")


def _print_places(report: DemoReport, console: Console) -> None:
    home = report.home
    console.print("\n[bold]Where to look[/bold]")
    for what, path in (
        ("page", home / "page" / "index.html"),
        ("messages", home / "outbox"),
        ("digests", home / "digests"),
        ("store", home / "warning.sqlite3"),
    ):
        console.print(f"  {what:<9} {path}", soft_wrap=True)
    console.print(f"  WARNING_HOME={home} {program()} digest --desk kr --week 2025-W14", soft_wrap=True)
    console.print("\n[bold]To go live[/bold]")
    for what, why in (
        ("init ews", "your own desks, channels and tuning, all commented"),
        ("doctor", "what is still missing, each with its mend"),
        ("run", "the real catalogue, until Ctrl-C"),
    ):
        console.print(f"  {program()} {what:<9} {why}", soft_wrap=True)
