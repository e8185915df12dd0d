"""A source's state is changed as any other frozen value, only faster."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from warning.core.health import LastReport, SourceState

AT = datetime(2026, 2, 1, tzinfo=UTC)
STATE = SourceState(
    source_id="s",
    condition="ok",
    etag='"1"',
    failures=2,
    reported=LastReport(known_at=AT, condition="ok", since=AT),
)


@pytest.mark.parametrize(
    "changes", [{}, {"failures": 0}, {"condition": "failing", "cause": "c", "reported": None}]
)
def test_a_changed_state_is_what_replacing_gives(changes):
    changed = STATE.changed(**changes)
    assert changed == replace(STATE, **changes)
    assert changed.reported == replace(STATE, **changes).reported
    assert STATE.failures == 2


def test_a_state_has_no_other_fields():
    with pytest.raises(AttributeError, match="moved_too"):
        STATE.changed(moved_too="https://gov.example/")
