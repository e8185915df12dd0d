"""A source's state after a poll: answered, unchanged, refused, failed, or not asked for want of a key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from errno import EDQUOT, ENOSPC
from typing import Any
from urllib.parse import urlsplit

from warning.app.collected import SourceOutcome
from warning.app.mail_reading import still_left_out
from warning.app.reading_basis import asking_of, basis_of, read_as
from warning.app.source_judgement import FAULTLESS, STILL, Verdict, judge_standstill, of_document
from warning.app.source_timing import next_poll, next_retry
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched
from warning.collect.times import zone_of
from warning.core.documents import Parsed
from warning.core.health import MOVED_AWAY, OWN_FAULT, SourceState, blinds, is_well
from warning.errors import FetchBlocked, FetchError, FetchMoved, FetchRateLimited, ParseError, StoreError

NO_ROOM = frozenset({ENOSPC, EDQUOT})
FUTURE_SLACK = timedelta(days=1)


def newest(parsed: Parsed, state: SourceState, now: datetime) -> datetime | None:
    """The newest time the source has dated anything with; dates in the future are mistakes, not news."""
    dated = [i.published_at for i in parsed.items if i.published_at is not None and not i.time_assumed]
    dated += [o.occurred_at for o in parsed.observations]
    dated += [state.newest_at] if state.newest_at else []
    return max((when for when in dated if when <= now + FUTURE_SLACK), default=None)


def news_days(spec: SourceSpec, parsed: Parsed, *, brought_news: bool, now: datetime) -> Sequence[date]:
    """The publisher's days on which it had something: as it dates its items, else today when there was news."""
    zone = zone_of(spec.country)
    dated = [i.published_at for i in parsed.items if i.published_at is not None and not i.time_assumed]
    if not dated:
        return [now.astimezone(zone).date()] if brought_news else []
    return sorted({when.astimezone(zone).date() for when in dated if when <= now})


def answered(
    spec: SourceSpec, state: SourceState, fetched: Fetched, verdict: Verdict, now: datetime, **changes: Any
) -> SourceState:
    """The state after an answer, with `changes`. Oddities on the way (a downgrade to http) are told when nothing worse is."""
    validators, found = fetched.validators, of_document(verdict)
    moved_to = fetched.moved_to
    if moved_to and _is_trifling(state_address(spec, fetched), moved_to):
        moved_to = ""
    if moved_to and is_well(verdict.condition):
        verdict = Verdict(condition="moved", cause=f"redirected for good to {moved_to}, where it is read")
    if fetched.notes and not verdict.cause:
        verdict = replace(verdict, cause="; ".join(fetched.notes))
    return _judged(
        spec,
        state,
        verdict,
        now,
        moved_to=moved_to,
        fetched_url=validators.url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        body_hash=validators.body_hash,
        read_as=read_as(spec, state, is_fresh=fetched.status == "fresh"),
        document_condition=found.condition,
        document_cause=found.cause,
        next_due_at=next_poll(spec, now, max_age_seconds=fetched.max_age_seconds),
        last_success_at=now,
        failures=0,
        **changes,
    )


def state_address(spec: SourceSpec, fetched: Fetched) -> str:
    return fetched.validators.url or spec.url


def _is_trifling(before: str, after: str) -> bool:
    """Whether only http became https, or the host gained or lost its www: everybody follows that."""
    one, other = urlsplit(before), urlsplit(after)
    host, other_host = ((p.hostname or "").removeprefix("www.") for p in (one, other))
    return (host, one.path.rstrip("/"), one.query) == (other_host, other.path.rstrip("/"), other.query)


def _judged(
    spec: SourceSpec, state: SourceState, verdict: Verdict, now: datetime, **changes: Any
) -> SourceState:
    """The state with the verdict and what else has changed."""
    is_same = state.condition == verdict.condition or (
        is_well(state.condition) and is_well(verdict.condition)
    )
    since = state.since if is_same and state.since else now
    dark = blinds(verdict.condition, verdict.cause)
    dark_since = (state.dark_since or now) if dark else None
    return state.changed(
        condition=verdict.condition,
        cause=verdict.cause,
        since=since,
        dark_since=dark_since,
        asked_as="" if is_well(verdict.condition) else asking_of(spec),
        **changes,
    )


def stood_still(
    spec: SourceSpec, state: SourceState, fetched: Fetched, now: datetime, *, asked_at: datetime
) -> tuple[SourceState, SourceOutcome]:
    """The state of a source that answered that it has nothing new, or only mails that its server will not give."""
    verdict = judge_standstill(spec, state, now)
    if verdict is STILL and _stands_as_before(spec, state, fetched):
        after = state.changed(
            next_due_at=next_poll(spec, now, max_age_seconds=fetched.max_age_seconds),
            last_attempt_at=asked_at,
            last_success_at=now,
            failures=0,
        )
        return after, SourceOutcome(source_id=spec.id, answer=fetched.status, condition=STILL.condition)
    if left := fetched.left_out:
        state = replace(state, left_out=still_left_out(state.left_out, left, now))
        if is_well(verdict.condition) or verdict.condition == "frozen":
            verdict = Verdict(condition="partial", cause=f"{left[0].name} was set aside: {left[0].reason}")
    after = answered(spec, state, fetched, verdict, now, last_attempt_at=asked_at)
    outcome = SourceOutcome(
        source_id=spec.id, answer=fetched.status, condition=verdict.condition, cause=verdict.cause
    )
    return after, outcome


def _stands_as_before(spec: SourceSpec, state: SourceState, fetched: Fetched) -> bool:
    """Whether the answer says nothing that the state does not say already: most answers, and most of their time."""
    validators = fetched.validators
    return (
        state.condition == STILL.condition
        and state.etag == validators.etag
        and state.last_modified == validators.last_modified
        and state.body_hash == validators.body_hash
        and state.fetched_url == validators.url
        and state.read_as == basis_of(spec)
        and state.since is not None
        and state.document_condition == FAULTLESS.condition
        and not (fetched.left_out or fetched.moved_to or fetched.notes)
        and not (state.cause or state.document_cause or state.moved_to or state.asked_as or state.dark_since)
    )


def list_refused(
    spec: SourceSpec, state: SourceState, parsed: Parsed, breach: str, now: datetime
) -> tuple[SourceState, SourceOutcome]:
    """Half a list is not stored: every missing entry would be told as a removal. The next poll reads it anew."""
    verdict = Verdict(condition="drifted", cause=f"the list was not stored: {breach}")
    failures = state.failures + 1
    after = replace(
        state,
        failures=failures,
        next_due_at=next_retry(spec, now, failures=failures),
        items_seen=parsed.records,
    )
    outcome = SourceOutcome(
        source_id=spec.id, answer="failed", condition="drifted", cause=verdict.cause, seen=parsed.records
    )
    return _judged(spec, after, verdict, now), outcome


def list_unread(
    spec: SourceSpec, state: SourceState, cause: str, marks: tuple[str, ...], now: datetime
) -> tuple[SourceState, SourceOutcome]:
    """A list of which pages are missing was not read: nothing of it is stored. `marks` tell how long the next poll may read."""
    failures = state.failures + 1
    after = replace(
        state, failures=failures, next_due_at=next_retry(spec, now, failures=failures), read_pages=marks
    )
    verdict = Verdict(condition="failing", cause=f"the list was not stored: {cause}")
    outcome = SourceOutcome(
        source_id=spec.id, answer="failed", condition=verdict.condition, cause=verdict.cause
    )
    return _judged(spec, after, verdict, now), outcome


def failed(
    spec: SourceSpec, state: SourceState, failure: Exception, now: datetime
) -> tuple[SourceState, SourceOutcome]:
    """The state after a poll that failed. What this installation could not store does not make the source's intervals grow."""
    verdict = failure_verdict(failure)
    is_own = verdict.cause.startswith(OWN_FAULT)
    failures = max(state.failures, 1) if is_own else state.failures + 1
    wait = failure.retry_after_seconds if isinstance(failure, FetchRateLimited) else None
    after = replace(
        state,
        last_attempt_at=now,
        failures=failures,
        next_due_at=next_retry(spec, now, failures=1 if is_own else failures, retry_after_seconds=wait),
        moved_to=failure.target if isinstance(failure, FetchMoved) else state.moved_to,
    )
    outcome = SourceOutcome(
        source_id=spec.id, answer="failed", condition=verdict.condition, cause=verdict.cause
    )
    return _judged(spec, after, verdict, now), outcome


def failure_verdict(failure: Exception) -> Verdict:
    """Not let in is blocked, a notice instead of a document moved, another document drifted; all else is failing."""
    match failure:
        case FetchBlocked():
            return Verdict(condition="blocked", cause=str(failure))
        case FetchMoved():
            return Verdict(condition="moved", cause=f"{MOVED_AWAY}: {failure}")
        case ParseError():
            return Verdict(condition="drifted", cause=str(failure))
        case FetchError():
            return Verdict(condition="failing", cause=str(failure))
        case StoreError():
            return Verdict(condition="failing", cause=f"{OWN_FAULT}: {failure}")
        case OSError() if failure.errno in NO_ROOM:
            return Verdict(condition="failing", cause=f"{OWN_FAULT}: {failure.strerror}")
    return Verdict(condition="failing", cause=f"a fault of this program in reading it: {failure!r}")


def unconfigured(spec: SourceSpec, state: SourceState, now: datetime) -> tuple[SourceState, SourceOutcome]:
    verdict = Verdict(condition="unconfigured", cause=f"{spec.key_setting} is not set")
    after = replace(state, failures=0, next_due_at=next_poll(spec, now))
    outcome = SourceOutcome(source_id=spec.id, answer="none", condition="unconfigured", cause=verdict.cause)
    return _judged(spec, after, verdict, now), outcome
