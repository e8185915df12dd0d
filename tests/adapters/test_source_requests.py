"""The request of a poll is made once while it stays the same, and anew with everything that goes into it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.collected_specs import NOW, spec_of
from warning.app.source_requests import request_for
from warning.core.health import SourceState

URL = "https://p.example/feed"
STATE = SourceState(source_id="s", fetched_url=URL, etag='"1"', last_modified="then", body_hash="b")


def test_a_poll_that_asks_what_the_one_before_asked_makes_no_request():
    spec = spec_of(URL)
    before = request_for(spec, STATE, NOW, "")
    later = replace(STATE, last_attempt_at=NOW, failures=2)
    assert request_for(spec, later, NOW + timedelta(days=1), "") is before


@pytest.mark.parametrize("field", ["fetched_url", "etag", "last_modified", "body_hash"])
def test_another_validator_makes_another_request(field):
    spec = spec_of(URL)
    request_for(spec, STATE, NOW, "")
    state = replace(STATE, **{field: "new"})
    asked = request_for(spec, state, NOW, "").validators
    assert (asked.url, asked.etag, asked.last_modified, asked.body_hash) == (
        state.fetched_url, state.etag, state.last_modified, state.body_hash
    )  # fmt: skip


def test_another_entry_of_the_catalogue_makes_another_request():
    request_for(spec_of(URL), STATE, NOW, "")
    assert request_for(spec_of(URL, timeout="9s"), STATE, NOW, "").total_seconds == 9


@pytest.mark.parametrize(
    ("more", "of"),
    [
        ({"url": URL + "?{day}"}, lambda request: request.url),
        ({"headers": {"X-Day": "{day}"}}, lambda request: request.headers["X-Day"]),
        ({"method": "POST", "body": "{day}"}, lambda request: request.body),
    ],
)
def test_a_request_with_the_day_in_it_is_another_on_the_next(more, of):
    spec = spec_of(**{"url": URL, **more})
    told = [of(request_for(spec, STATE, NOW + timedelta(days=days), "")) for days in range(2)]
    assert "2026-02-01" in told[0]
    assert "2026-02-02" in told[1]


def test_a_request_with_a_key_has_the_key_of_now():
    spec = spec_of(URL, needs_key="portal", headers={"X-Key": "{key}"})
    told = [request_for(spec, STATE, NOW, key).headers["X-Key"] for key in ("old", "new")]
    assert told == ["old", "new"]


def test_a_mailbox_that_was_never_read_is_asked_for_the_days_before_now():
    spec = spec_of("imaps://u@x.example/INBOX", parse={"format": "mail", "first_days": 3})
    since = [request_for(spec, STATE, NOW + timedelta(days=days), "").since for days in range(2)]
    assert since == [NOW - timedelta(days=3), NOW - timedelta(days=2)]
