"""A signal written as a line and read again is the same signal, whatever its fields hold."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from warning.core.signal_lines import line_of, signal_of
from warning.core.signals import Exhibit, Facts, Reason, Signal

MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(min_value=date(1990, 1, 1)) | st.none()
WORDS = st.text(st.characters(exclude_categories=()), max_size=12)


@settings(max_examples=40)
@given(st.builds(
    Signal,
    facts=st.builds(Facts, act=WORDS, direction=st.just("easing"), announced=DAYS, instrument=WORDS | st.none(),
                    materials=st.tuples(WORDS, WORDS)),
    occurred_at=MOMENTS, known_at=MOMENTS, rule_title=WORDS,
    exhibit=st.builds(Exhibit, title=WORDS, known_at=MOMENTS, published_at=MOMENTS | st.none(),
                      release_to=st.frozensets(WORDS) | st.none()),
    why=st.lists(st.builds(Reason, code=WORDS, text=WORDS, params=st.just((("a", "b"),)))).map(tuple),
))  # fmt: skip
def test_signal_is_the_same_after_a_line(signal):
    line = line_of(signal)
    assert b"\n" not in line
    assert signal_of(line) == signal
