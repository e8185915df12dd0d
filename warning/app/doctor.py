"""Every fault with its mend: what `warning doctor` looks at."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from warning.app.compose import Clock, compose, system_clock, trees
from warning.app.source_requests import key_of
from warning.app.system import System, last_good_file
from warning.catalog.load import load_rulebook
from warning.catalog.source_overlays import load_catalogue
from warning.core.exposure_reviews import reviews_counted, reviews_due
from warning.core.health import SourceState
from warning.core.phrases import counted
from warning.errors import EwsError
from warning.settings import Settings

LATE_ROUNDS = 3
BAD_CONDITIONS = frozenset({"failing", "drifted", "empty", "partial"})

NO_WATCHDOG = (
    "no watchdog is told that all is well: when this machine, service or network stops, nobody hears of it"
)
WATCHDOG_MEND = "set WARNING_HEARTBEAT_URL or WARNING_HEARTBEAT_URL_FILE; see docs/never-blind.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the answer. `mend` says what to do; it is empty when all is well."""

    subject: str
    state: Literal["ok", "note", "fault"]
    detail: str
    mend: str = ""


def examine(settings: Settings, *, clock: Clock = system_clock) -> tuple[Finding, ...]:
    """Look at everything that can be looked at without sending anything to anybody."""
    findings = [
        _home(settings),
        *_rulebook(settings, clock),
        _slack(settings),
        _mail(settings),
        _watchdog(settings),
    ]
    if any(finding.state == "fault" for finding in findings):
        return tuple(findings)
    try:
        system = compose(settings, clock=clock)
    except EwsError as failure:
        mend = "see the message; `warning db upgrade` brings the schema up to date"
        return (*findings, Finding(subject="database", state="fault", detail=str(failure), mend=mend))
    try:
        return (*findings, *_store(system))
    finally:
        system.close()


def _home(settings: Settings) -> Finding:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.home):
            pass
    except OSError as wrong:
        mend = "point WARNING_HOME at a directory this user may write"
        return Finding(subject="home", state="fault", detail=f"{settings.home}: {wrong.strerror}", mend=mend)
    free = os.statvfs(settings.home)
    gib = free.f_bavail * free.f_frsize / 2**30
    detail = f"{settings.home}, {gib:.1f} GiB free"
    if gib < 1:
        return Finding(subject="home", state="fault", detail=detail, mend="free at least 1 GiB")
    return Finding(subject="home", state="ok", detail=detail)


def _rulebook(settings: Settings, clock: Clock) -> tuple[Finding, ...]:
    where = trees(settings)
    try:
        book = load_rulebook(where.rules, where.feeds, where.overlay)
        load_catalogue(where.feeds, where.overlay)
    except EwsError as wrong:
        mend = f"run `warning rules check` and mend the lines named above; {_meanwhile(settings, clock)}"
        return (Finding(subject="rules", state="fault", detail=str(wrong), mend=mend),)
    rules = Finding(
        subject="rules",
        state="ok",
        detail=f"{counted(len(book.rules), 'rule')}, {counted(len(book.sources), 'source')}",
    )
    unchanged = sorted({d.id for d in book.desks for to in d.destinations if _is_example(to.address)})
    if unchanged:
        mend = "write your own channels and addresses into your desks/; `warning init DIR` makes them"
        detail = f"still at the shipped example addresses: {', '.join(unchanged)}"
        return rules, Finding(subject="desks", state="note", detail=detail, mend=mend)
    if book.desks:
        return rules, Finding(subject="desks", state="ok", detail=", ".join(d.id for d in book.desks))
    mend = "write rules/desks/<id>.yaml; `warning init DIR` makes examples"
    return rules, Finding(
        subject="desks", state="fault", detail="nobody would be told of anything", mend=mend
    )


def _meanwhile(settings: Settings, clock: Clock) -> str:
    """What a service does while files are refused."""
    since = last_good_file(settings, clock).since()
    if since is None:
        return "`warning run` does not start until then: no good catalogue is kept"
    return f"until then `warning run` goes on, and starts, with the last good files, of {since:%Y-%m-%d %H:%M} UTC"


def _is_example(address: str) -> bool:
    return "@example." in address or address.endswith("EARLYWARNING")


def _slack(settings: Settings) -> Finding:
    if settings.slack_bot_token is None:
        mend = "set WARNING_SLACK_BOT_TOKEN or WARNING_SLACK_BOT_TOKEN_FILE; see docs/channels.md"
        detail = "no bot token: Slack messages go to the console and to files in the home's outbox/"
        return Finding(subject="slack", state="note", detail=detail, mend=mend)
    if not settings.slack_bot_token.get_secret_value().startswith("xoxb-"):
        mend = "use the app's Bot User OAuth Token"
        return Finding(
            subject="slack", state="fault", detail="the token is not a bot token (xoxb-)", mend=mend
        )
    return Finding(subject="slack", state="ok", detail=f"bot token set, {settings.slack_base_url}")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        mend = "set WARNING_SMTP_URL or WARNING_SMTP_URL_FILE; see docs/channels.md"
        detail = "no SMTP server: mails go to .eml files in the home's outbox/"
        return Finding(subject="mail", state="note", detail=detail, mend=mend)
    return Finding(subject="mail", state="ok", detail=f"SMTP server set, from {settings.mail_from}")


def _watchdog(settings: Settings) -> Finding:
    """Whether anybody outside of this installation hears that it has stopped."""
    if settings.heartbeat_url is None:
        return Finding(subject="watchdog", state="note", detail=NO_WATCHDOG, mend=WATCHDOG_MEND)
    return Finding(subject="watchdog", state="ok", detail="told every minute by WARNING_HEARTBEAT_URL")


def _store(system: System) -> tuple[Finding, ...]:
    counts = system.repository.counts()
    held = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "empty"
    database = Finding(subject="database", state="ok", detail=held)
    states = system.repository.source_states()
    return database, _sources(system, states), _keys(system), _exposure(system), _deliveries(system)


def _sources(system: System, states: Mapping[str, SourceState]) -> Finding:
    now = system.clock()
    polled = [s for s in system.sources if s.enabled and s.id in states]
    if not polled:
        mend = "start `warning run`, or `warning run --once` for one round"
        return Finding(subject="sources", state="note", detail="no source was ever polled", mend=mend)
    late = [
        s.id for s in polled if (due := states[s.id].next_due_at) and now - due > LATE_ROUNDS * max(s.every, timedelta(minutes=5))
    ]  # fmt: skip
    bad = [s.id for s in polled if states[s.id].condition in BAD_CONDITIONS]
    detail = f"{len(polled)} polled, {len(bad)} not well, {len(late)} late"
    if late and len(late) * 2 > len(polled):
        return Finding(subject="sources", state="fault", detail=detail, mend="is `warning run` running?")
    if bad:
        mend = "see `warning feeds status`: " + ", ".join(bad[:5])
        return Finding(subject="sources", state="note", detail=detail, mend=mend)
    return Finding(subject="sources", state="ok", detail=detail)


def _exposure(system: System) -> Finding:
    today = system.clock().date()
    due = reviews_due(system.book().exposure.values(), today)
    if not due:
        return Finding(subject="exposure", state="ok", detail="every entry was reviewed in time")
    mend = "look at the figures and write the day as `reviewed:`: " + ", ".join(
        f"{d.country} {d.material}" for d in due[:5]
    )
    return Finding(subject="exposure", state="note", detail=reviews_counted(due), mend=mend)


def _keys(system: System) -> Finding:
    missing = [s for s in system.sources if s.enabled and key_of(s, system.settings.source_keys) is None]
    if not missing:
        return Finding(subject="source keys", state="ok", detail="every source that needs a key has one")
    wanted = sorted({s.key_setting for s in missing})
    detail = f"{counted(len(missing), 'source stays', 'sources stay')} unread: " + ", ".join(
        s.id for s in missing
    )
    return Finding(subject="source keys", state="note", detail=detail, mend=f"set {', '.join(wanted)}")


def _deliveries(system: System) -> Finding:
    dead, unknown = len(system.outbox.rows(state="dead")), len(system.outbox.rows(state="unknown"))
    if dead or unknown:
        mend = "see `warning deliveries list`; `warning deliveries retry ID` sends again"
        return Finding(
            subject="deliveries", state="fault", detail=f"{dead} dead, {unknown} unknown", mend=mend
        )
    waiting = len(system.outbox.rows(state="pending"))
    return Finding(subject="deliveries", state="ok", detail=f"{waiting} waiting, none dead or unknown")
