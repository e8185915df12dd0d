"""`feeds why` in one sentence: how many sources could not see, in number and verb."""

from datetime import UTC, datetime

import pytest

from warning.app.why_missed import Answer, Carrier

NOW = datetime(2026, 2, 3, 6, tzinfo=UTC)


def because(blind: int, read: int) -> str:
    verdicts = ["was blind"] * blind + ["was read"] * read
    carriers = tuple(
        Carrier(source_id=f"s{n}", relation="same site", verdict=verdict)
        for n, verdict in enumerate(verdicts)
    )
    return Answer(
        wanted="x", since=NOW, until=NOW, stored=(), carriers=carriers, rules=(), language="en", materials=()
    ).because


@pytest.mark.parametrize(
    ("blind", "read", "said"),
    [
        (
            1,
            1,
            "one of the 2 sources that should have carried it could not see, and the other one did not list it",
        ),
        (
            1,
            4,
            "one of the 5 sources that should have carried it could not see, and the other 4 did not list it",
        ),
        (
            12,
            1,
            "12 of the 13 sources that should have carried it could not see, and the other one did not list it",
        ),
        (
            12,
            3,
            "12 of the 15 sources that should have carried it could not see, and the other 3 did not list it",
        ),
    ],
)
def test_the_answer_counts_the_sources_that_could_not_see(blind: int, read: int, said: str):
    assert because(blind, read) == said


@pytest.mark.parametrize(
    ("read", "said"),
    [(1, "the source that should carry it was read"), (2, "the sources that should carry it were read")],
)
def test_the_answer_counts_the_sources_that_were_read(read: int, said: str):
    assert because(0, read).startswith(f"{said} and did not list it")
