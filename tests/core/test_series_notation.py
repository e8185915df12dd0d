"""One line of figures, read as cells."""

from datetime import timedelta

import pytest

from warning.core.series_notation import Cell, periods_from, read_cells


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("100 101x2 40", (100, 101, 101, 40)),
        ("100+5x3", (100, 105, 110)),
        ("10-5x3", (10, 5, 0)),
        ("-2.5", (-2.5,)),
        ("_ 0x2", (None, 0, 0)),
        ("", ()),
    ],
)
def test_figures_are_read(text: str, values: tuple):
    assert tuple(cell.value for cell in read_cells(text)) == values


def test_a_suppressed_cell_is_a_row_and_an_absent_one_is_none():
    assert list(read_cells("_x2 .")) == [Cell(), Cell(), Cell(is_absent=True)]


def test_revisions_come_in_the_order_of_their_time():
    (cell,) = read_cells("80~0@45d~_@10d")
    assert cell.value == 80
    assert cell.revisions == ((timedelta(days=10), None), (timedelta(days=45), 0.0))


@pytest.mark.parametrize("word", ["x3", "1e3", "100x", "80~0", "80@4d", "nan", "100x12~0@4d"])
def test_a_word_that_cannot_be_read_is_named(word: str):
    with pytest.raises(ValueError, match="none of 100, 100x12"):
        list(read_cells(f"1 {word}"))


@pytest.mark.parametrize(
    ("first", "frequency", "periods"),
    [
        ("2023-12-31", "D", ["2023-12-31", "2024-01-01"]),
        ("2023-W52", "W", ["2023-W52", "2024-W01"]),
        ("2023-12", "M", ["2023-12", "2024-01"]),
        ("2023-Q4", "Q", ["2023-Q4", "2024-Q1"]),
        ("2023", "A", ["2023", "2024"]),
    ],
)
def test_periods_follow_one_another(first: str, frequency, periods: list[str]):
    assert list(periods_from(first, frequency, 2)) == periods


@pytest.mark.parametrize(
    ("first", "frequency"), [("2023-12", "D"), ("2023-12", "Q"), ("2023-Q4", "M"), ("x", "A")]
)
def test_a_period_of_another_frequency_is_refused(first: str, frequency):
    with pytest.raises(ValueError):
        list(periods_from(first, frequency, 2))
