"""A source that says what it said before has the state of every other answer, found in a shorter way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.collected_specs import NOW, spec_of
from warning.app import source_states
from warning.app.reading_basis import basis_of
from warning.app.source_states import stood_still
from warning.collect.fetch_values import Fetched, Validators
from warning.core.documents import LeftOut
from warning.core.health import SourceState

SPEC = spec_of("https://p.example/feed")
ASKED_AT = NOW - timedelta(seconds=2)
STATE = SourceState(
    source_id="s",
    condition="not_modified",
    since=NOW - timedelta(days=1),
    fetched_url=SPEC.url,
    etag='"1"',
    last_modified="then",
    body_hash="b",
    read_as=basis_of(SPEC),
    newest_at=NOW - timedelta(hours=2),
    items_seen=7,
)
VALIDATORS = Validators(url=SPEC.url, etag='"1"', last_modified="then", body_hash="b")
ANSWER = Fetched(status="not_modified", document=None, validators=VALIDATORS, max_age_seconds=1_000.0)

STATES = [
    {},
    {"failures": 3},
    {"condition": "ok"},
    {"condition": "failing", "cause": "HTTP 503", "dark_since": NOW},
    {"condition": "frozen", "asked_as": "then"},
    {"cause": "a note"},
    {"since": None},
    {"dark_since": NOW},
    {"moved_to": "https://new.example/"},
    {"asked_as": "then"},
    {"read_as": ""},
    {"read_as": "another.way.of.reading"},
    {"document_condition": "partial"},
    {"document_condition": "not_modified"},
    {"document_cause": "half of it"},
]
ANSWERS = [
    {},
    {"status": "unchanged"},
    {"notes": ("redirected to plain http",)},
    {"moved_to": "https://new.example/"},
    {"left_out": (LeftOut(name="mail 1", reason="too large"),)},
    *(
        {"validators": replace(VALIDATORS, **{name: "new"})}
        for name in ("url", "etag", "last_modified", "body_hash")
    ),
]


@pytest.mark.parametrize("known", STATES, ids=str)
@pytest.mark.parametrize("told", ANSWERS, ids=str)
def test_the_short_way_leads_where_the_long_one_does(known, told, monkeypatch):
    state, answer = replace(STATE, **known), replace(ANSWER, **told)
    found = stood_still(SPEC, state, answer, NOW, asked_at=ASKED_AT)
    monkeypatch.setattr(source_states, "_stands_as_before", lambda *_: False)
    assert found == stood_still(SPEC, state, answer, NOW, asked_at=ASKED_AT)


def test_most_answers_go_the_short_way(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the long way")

    monkeypatch.setattr(source_states, "answered", refuse)
    state, outcome = stood_still(SPEC, STATE, ANSWER, NOW, asked_at=ASKED_AT)
    assert (state.last_attempt_at, state.last_success_at, outcome.condition) == (
        ASKED_AT,
        NOW,
        "not_modified",
    )
