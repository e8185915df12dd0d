"""A headline that says "take effect" tells of its own day only where the curbs do so, in its main clause."""

from datetime import UTC, date, datetime

import pytest

from warning.core.evidence import Item
from warning.core.text.timing import timing_of

DAY = datetime(2025, 11, 10, tzinfo=UTC)


def effective(title: str) -> date | None:
    item = Item(
        id="i",
        source_id="s",
        kind="news",
        country="GB",
        language="en",
        title=title,
        published_at=DAY,
        known_at=DAY,
    )
    return timing_of(item, title, [title], official=False).effective


@pytest.mark.parametrize(
    "title",
    [
        "Japan firms stockpile before China's graphite export curbs take effect",
        "China says antimony export controls will take effect",
        "China sets date for antimony export controls to take effect",
        "China delays when graphite export controls take effect",
        "China antimony export ban yet to take effect",
        "China requires permits to take effect",
        "China's gallium export ban does not take effect",
        "China rare earth export controls to formally take effect",
        "Prices rise weeks after China's gallium export controls take effect",
    ],
)
def test_no_day_of_effect_is_told_when_the_headline_only_looks_ahead_or_back(title):
    assert effective(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "China rare earth export controls take effect",
        "China's ban on gallium exports to US takes effect",
        "China's 90-day rules for graphite exports take effect - Reuters",
        "China's export controls on graphite take effect in Beijing",
    ],
)
def test_the_day_of_the_report_is_told_when_the_curbs_take_effect_in_its_main_clause(title):
    assert effective(title) == DAY.date()
