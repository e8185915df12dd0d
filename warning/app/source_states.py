"""A source's state after a poll: answered, unchanged, refused, failed, or not asked for want of a key."""

from dataclasses import replace
from datetime import datetime, timedelta

from warning.app.collected import SourceOutcome
from warning.app.source_judgement import Verdict, judge_standstill
from warning.app.source_timing import next_poll, next_retry
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched
from warning.core.documents import Parsed
from warning.core.health import SourceState
from warning.errors import FetchError, FetchRateLimited, ParseError

FUTURE_SLACK = timedelta(days=1)


def newest(parsed: Parsed, state: SourceState, now: datetime) -> datetime | None:
    """The newest time the source has dated anything with; dates in the future are mistakes, not news."""
    dated = [i.published_at for i in parsed.items if i.published_at is not None and not i.time_assumed]
    dated += [o.occurred_at for o in parsed.observations]
    dated += [state.newest_at] if state.newest_at else []
    return max((when for when in dated if when <= now + FUTURE_SLACK), default=None)


def answered(
    spec: SourceSpec, state: SourceState, fetched: Fetched, verdict: Verdict, now: datetime
) -> SourceState:
    """The state after an answer. Oddities on the way (a downgrade to http) are told when nothing worse is."""
    verdict = verdict if verdict.cause else replace(verdict, cause="; ".join(fetched.notes))
    after = replace(
        state,
        fetched_url=fetched.validators.url,
        etag=fetched.validators.etag,
        last_modified=fetched.validators.last_modified,
        body_hash=fetched.validators.body_hash,
        next_due_at=next_poll(spec, now, max_age_seconds=fetched.max_age_seconds),
        last_success_at=now,
        failures=0,
    )
    return _judged(after, verdict, now)


def _judged(state: SourceState, verdict: Verdict, now: datetime) -> SourceState:
    since = state.since if state.condition == verdict.condition and state.since else now
    return replace(state, condition=verdict.condition, cause=verdict.cause, since=since)


def stood_still(
    spec: SourceSpec, state: SourceState, fetched: Fetched, now: datetime
) -> tuple[SourceState, SourceOutcome]:
    verdict = judge_standstill(spec, state, now)
    after = answered(spec, state, fetched, verdict, now)
    outcome = SourceOutcome(
        source_id=spec.id, answer=fetched.status, condition=verdict.condition, cause=verdict.cause
    )
    return after, outcome


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
    return _judged(after, verdict, now), outcome


def failed(
    spec: SourceSpec, state: SourceState, failure: Exception, now: datetime
) -> tuple[SourceState, SourceOutcome]:
    """A document that is not what the source declares has drifted; everything else is failing."""
    failures = state.failures + 1
    wait = failure.retry_after_seconds if isinstance(failure, FetchRateLimited) else None
    cause = (
        str(failure)
        if isinstance(failure, FetchError | ParseError)
        else f"a fault in reading it: {failure!r}"
    )
    verdict = Verdict(condition="drifted" if isinstance(failure, ParseError) else "failing", cause=cause)
    after = replace(
        state,
        last_attempt_at=now,
        failures=failures,
        next_due_at=next_retry(spec, now, failures=failures, retry_after_seconds=wait),
    )
    outcome = SourceOutcome(source_id=spec.id, answer="failed", condition=verdict.condition, cause=cause)
    return _judged(after, verdict, now), outcome


def unconfigured(spec: SourceSpec, state: SourceState, now: datetime) -> tuple[SourceState, SourceOutcome]:
    verdict = Verdict(condition="unconfigured", cause=f"{spec.key_setting} is not set")
    after = replace(state, failures=0, next_due_at=next_poll(spec, now))
    outcome = SourceOutcome(source_id=spec.id, answer="none", condition="unconfigured", cause=verdict.cause)
    return _judged(after, verdict, now), outcome
