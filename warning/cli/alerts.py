"""`warning alerts`: what the desks were told, why, on what evidence, and why somebody was not told."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from warning.app.explaining_cases import explain_case_now
from warning.app.listing_alerts import Listed, listed_alerts
from warning.app.showing_stories import again_line, stories_shown, told_again
from warning.app.system import System
from warning.app.triage import desk_called, history
from warning.channels.naming import naming
from warning.channels.render import render
from warning.channels.render_exposure import meaning
from warning.channels.render_lead import is_about_figures
from warning.channels.text_form import text_form
from warning.cli.alert_document import case_document, summary_document, told_line
from warning.cli.alert_lookup import composed_system, versions_named
from warning.cli.alerts_publish import PUBLISH_COMMANDS
from warning.cli.alerts_review import REVIEW_COMMANDS
from warning.cli.alerts_share import share
from warning.cli.deliveries import delivery_document
from warning.cli.output import print_json, print_table
from warning.cli.review_document import event_document, event_line, review_document, review_line
from warning.core.alerts import ALERT_STATES, Alert
from warning.core.desks import Desk, Destination
from warning.core.explain import ExplainNode
from warning.core.exposure_release import PUBLIC, Audience
from warning.core.phrases import counted
from warning.core.review import REVIEW_STATES, Review
from warning.core.signals import Exhibit
from warning.core.tearlines import versions_seen_by
from warning.errors import EvidenceMissing
from warning.store.endings import Ended

SCHEMA = "alerts/1"
LIMIT = 200
LEVELS = {"unknown": "?", "minor": "LOW", "moderate": "MEDIUM", "severe": "HIGH", "extreme": "CRITICAL"}


@click.group(
    "alerts",
    epilog="Exit codes: 0 ok, 1 no such alert or refused, 2 usage or configuration, 130 interrupted.",
)
def command() -> None:
    """Read alerts and say what the desk does about them.

    \b
    Examples:
      warning alerts list --desk kr --state open
      warning alerts ack a-0123456789abcdef --desk kr --by "J. Kim"
      warning alerts show a-0123456789abcdef --desk kr
      warning alerts show a-0123 --why
    """


@command.command("list")
@click.option(
    "--state",
    type=click.Choice(list(dict.fromkeys((*REVIEW_STATES, *ALERT_STATES)))),
    help="Only alerts in this state at the desk; open includes reopened. Without --desk: "
    f"{', '.join(ALERT_STATES)}.",
)
@click.option("--desk", "desk_id", help="As they stand at this desk, and only what it may see.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Updated on or after this day (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="As they stood before this day (UTC).")
@click.option(
    "--context/--no-context", default=False, help="Background coverage too, which interrupts nobody."
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def list_command(
    *,
    limit: int,
    state: str | None,
    desk_id: str | None,
    since: datetime | None,
    until: datetime | None,
    context: bool,
    as_json: bool,
) -> None:
    """List alerts, last updated first.

    \b
    Examples:
      warning alerts list --desk kr --state open
      warning alerts list --since 2026-11-01 --json
    """
    check_state(state, desk_id)
    with composed_system(only_reads=True) as system:
        desk = None if desk_id is None else desk_called(system.book(), desk_id)
        sought = Listed(state=state, since=_utc(since), until=_utc(until), context=context, limit=limit)
        found = listed_alerts(system, desk, sought)
        ended = system.repository.ended([alert.key for alert in found.alerts])
    if as_json:
        listed = [_summary(alert, found.reviews, ended) for alert in found.alerts]
        print_json(SCHEMA, {"alerts": listed, "more": found.has_more})
        return
    countries = sorted({grading.country for alert in found.alerts for grading in alert.gradings})
    at_desk = ("state", "with") if desk_id is not None else ("state",)
    print_table(
        ("key", "v", "updated", *countries, *at_desk, "evidence", "publishers", "title"),
        [_cells(alert, countries, found.reviews.get(alert.key)) for alert in found.alerts],
    )
    more = "; there are more: --since, --until or --limit" if found.has_more else ""
    hidden = "" if context else ", background coverage not shown"
    click.echo(f"{counted(len(found.alerts), 'alert')}{hidden}{more}", err=True)


def check_state(state: str | None, desk_id: str | None) -> None:
    """Raise UsageError for a state that an alert has at a desk alone, or has whatever the desks think."""
    if desk_id is None and state is not None and state not in ALERT_STATES:
        raise click.UsageError(f"an alert is {state} at a desk: name it with --desk")
    if desk_id is not None and state is not None and state not in REVIEW_STATES:
        raise click.UsageError(f"an alert is {state} for all desks: leave --desk out")


def _summary(alert: Alert, reviews: Mapping[str, Review], ended: Mapping[str, Ended]) -> dict[str, object]:
    summary = summary_document(alert)
    if alert.key in ended:
        over = ended[alert.key]
        summary["ended"] = {"at": over.at.isoformat(), "because": over.because}
    if alert.key in reviews:
        summary["review"] = review_document(reviews[alert.key])
    return summary


@command.command("show")
@click.argument("key")
@click.option("--desk", "desk_id", help="As this desk reads it, in its language.")
@click.option(
    "--evidence", type=click.IntRange(min=1), help="Print this piece of evidence as it was fetched."
)
@click.option(
    "--why", is_flag=True, help="Only why: what fired, how severe by country, the case step by step."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def show_command(*, key: str, desk_id: str | None, evidence: int | None, why: bool, as_json: bool) -> None:
    """Show one alert: facts, reasons, evidence, versions, and who was told or not, and why.

    KEY may be shortened as long as it names one alert.

    \b
    Examples:
      warning alerts show a-0123456789abcdef --desk kr
      warning alerts show a-0123 --why --desk kr
    """
    with composed_system(only_reads=True) as system:
        versions = _readable(system, versions_named(system, key), desk_id)
        if evidence is not None:
            sys.stdout.buffer.write(_as_fetched(system, versions[-1], evidence))
        elif as_json:
            told = [delivery_document(row) for row in system.repository.deliveries_of(versions[-1].key)]
            withheld = system.repository.withheld_of(versions[-1].key)
            standing, events = history(system.repository, system.book(), versions, system.clock)
            reviewed = {
                "reviews": {desk_id: review_document(review) for desk_id, review in standing.items()},
                "review_history": [event_document(event) for event in events],
            }
            again = _told_again(system, versions[-1], desk_id)
            document = case_document(versions, told, withheld, system.book(), again)
            explained = {"case_explained": _case_now(system, versions[-1]).document()} if why else {}
            print_json(SCHEMA, {"alert": {**document, **reviewed, **explained}})
        elif why:
            _print_why(system, versions[-1], desk_id)
            click.echo("\nCase")
            for line in _case_now(system, versions[-1]).lines(1):
                click.echo(line)
            _print_stories(system, versions[-1], desk_id)
        else:
            _print_case(system, versions, desk_id)


def _case_now(system: System, alert: Alert) -> ExplainNode:
    return explain_case_now(alert, system.book(), system.repository, system.clock())


def _readable(system: System, versions: tuple[Alert, ...], desk_id: str | None) -> tuple[Alert, ...]:
    """Return what the desk may read of them, all when no desk is named. Raises EvidenceMissing when that is nothing."""
    if desk_id is None:
        return versions
    seen = versions_seen_by(versions, desk_called(system.book(), desk_id))
    if not seen:
        raise EvidenceMissing(f"the desk {desk_id} may not see alert {versions[-1].key}")
    return seen


def _as_fetched(system: System, alert: Alert, number: int) -> bytes:
    if number > len(alert.exhibits):
        raise EvidenceMissing(
            f"the alert shows {counted(len(alert.exhibits), 'piece')} of evidence, not {number}"
        )
    digest = alert.exhibits[number - 1].archive_hash
    if not digest:
        raise EvidenceMissing(f"evidence {number} was brought in without its raw document")
    return system.repository.archived(digest)


def _print_case(system: System, versions: tuple[Alert, ...], desk_id: str | None) -> None:
    alert = versions[-1]
    reader, audience = _reader(system, desk_id), _audience(system, desk_id)
    click.echo(text_form(render(alert, reader, system.book(), root=versions[0], audience=audience)))
    _print_meaning(system, alert, reader, audience)
    _print_stories(system, alert, desk_id)
    click.echo("\nVersions")
    for version in versions:
        changed = ", ".join(f"{d.code}: {d.before or 'nothing'} -> {d.after}" for d in version.differences)
        click.echo(f"  {version.version}: {version.updated_at:%Y-%m-%d %H:%M:%S}Z {changed}")
    click.echo("\nTold")
    for row in system.repository.deliveries_of(alert.key):
        click.echo(f"  {told_line(row)}")
    click.echo("\nNot told")
    for one in system.repository.withheld_of(alert.key):
        to = f"v{one.alert_version} to {one.desk_id} by {one.channel} {one.address}"
        click.echo(f"  {to}: {one.reason}, {one.detail}")
    _print_reviews(system, versions)


def _print_stories(system: System, alert: Alert, desk_id: str | None) -> None:
    """The stories of the evidence by publisher family, and old articles of them that the press told again."""
    shown = stories_shown(alert.exhibits)
    if shown:
        click.echo("\nStories")
    for story in shown:
        click.echo(f"  {story.line()}")
    again = _told_again(system, alert, desk_id)
    if again:
        click.echo("\nTold again, no news")
    for exhibit in again:
        click.echo(f"  {again_line(exhibit)}")


def _told_again(system: System, alert: Alert, desk_id: str | None) -> list[Exhibit]:
    desk = None if desk_id is None else desk_called(system.book(), desk_id)
    return told_again(alert, system.repository, desk)


def _print_meaning(system: System, alert: Alert, reader: Desk, audience: Audience) -> None:
    click.echo("Severity by country")
    words = naming(reader.language, system.book())
    figures = is_about_figures(alert, words)
    for grading in alert.gradings:
        click.echo(f"  {grading.country}: {meaning(alert.facts, grading, words, audience, figures=figures)}")


def _print_why(system: System, alert: Alert, desk_id: str | None) -> None:
    """Why it fired, what it means to each country, and who can help: nothing else."""
    reader, audience = _reader(system, desk_id), _audience(system, desk_id)
    message = render(alert, reader, system.book(), audience=audience)
    click.echo(message.title)
    click.echo(message.headings.why)
    for reason in message.why:
        click.echo(f"  {reason}")
    _print_meaning(system, alert, reader, audience)
    for row in message.assistance:
        click.echo(f"{row.label}: {row.value}")


def _audience(system: System, desk_id: str | None) -> Audience:
    """A desk named sees its own figures; who names none sees what everybody may."""
    if desk_id is None:
        return PUBLIC
    desk = desk_called(system.book(), desk_id)
    return Audience(country=desk.country, ceiling=desk.clearance)


def _print_reviews(system: System, versions: tuple[Alert, ...]) -> None:
    standing, events = history(system.repository, system.book(), versions, system.clock)
    click.echo("\nReview by desk")
    for desk_id, review in standing.items():
        click.echo(f"  {review_line(desk_id, review)}")
    for event in events:
        click.echo(f"    {event_line(event)}")


def _reader(system: System, desk_id: str | None) -> Desk:
    """Return the desk asked for; without one, a reader of English in UTC for the first desk's country."""
    if desk_id is not None:
        return desk_called(system.book(), desk_id)
    return Desk(
        id="reader",
        title="reader of this terminal",
        country="US",
        language="en",
        timezone="UTC",
        destinations=(Destination(channel="console", to=("terminal",)),),
    )


def _cells(alert: Alert, countries: list[str], review: Review | None) -> tuple[object, ...]:
    levels = [LEVELS[alert.severity_for(country).value] for country in countries]
    updated = f"{alert.updated_at:%Y-%m-%d %H:%M}Z"
    return (
        alert.key,
        alert.version,
        updated,
        *levels,
        *((review.state, review.assignee or review.actor) if review else (alert.state,)),
        alert.evidence_total,
        len(alert.publishers),
        alert.title,
    )


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


for added_command in (*REVIEW_COMMANDS, *PUBLISH_COMMANDS, share):
    command.add_command(added_command)
