"""A value altered in some fields is what `replace` makes of it."""

from dataclasses import replace

import pytest

from tests.core.build import signal
from warning.core.altered import altered
from warning.core.signal_lines import line_of, signal_of


def test_altered_value_is_what_replace_makes_and_the_first_stays_as_it_was():
    one = signal("a")
    before = replace(one)
    assert altered(one, story="t-1", rests_on=("b",)) == replace(one, story="t-1", rests_on=("b",))
    assert altered(one.exhibit, story="t-1") == replace(one.exhibit, story="t-1")
    assert altered(one) == one == before
    assert altered(one) is not one


def test_value_is_not_altered_in_a_field_that_it_does_not_have():
    with pytest.raises(KeyError, match="weather"):
        altered(signal("a"), weather="fine")


def test_line_that_lacks_a_field_is_no_signal():
    line = line_of(signal("a"))
    assert signal_of(line) == signal("a")
    with pytest.raises(ValueError, match="fields"):
        signal_of(line[: line.rindex(b",")] + b"]")
