"""How a source is asked in several requests: pages, windows of dates, and how often history is read again."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from warning.catalog.source_fields import Duration, months_back
from warning.core.model import OperatorModel

PAGE = "{page}"
WINDOW_PLACES = ("{from}", "{to}", "{iso_from}", "{iso_to}", "{from_day}", "{to_day}")


class Pages(OperatorModel):
    """`{page}` counts from `first` by `step`: page numbers, or offsets when `step` is the page's size.

    The last page has fewer than `size` entries, or none. With `next` (a path in the JSON answer) the answer itself
    says what comes next: the address of a page, or what to put for `{page}`. `most` pages are asked for in one poll.
    """

    first: int = Field(default=1, ge=0)
    step: int = Field(default=1, ge=1, le=1_000_000)
    size: int | None = Field(default=None, ge=1)
    next: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    most: int = Field(default=20, ge=2, le=1_000)


class Windows(OperatorModel):
    """Figures are asked for in windows of `months`, `back` months in all, the latest window first.

    `{from}` and `{to}` are a window's first and last month as 202501, `{iso_from}` and `{iso_to}` as 2025-01,
    `{from_day}` and `{to_day}` its first and last day. A poll asks for the latest window; at first, and as often as
    `revisions` says, for all of them.
    """

    months: int = Field(ge=1, le=120)
    back: int = Field(ge=1, le=600)


class Revisions(OperatorModel):
    """Publishers mend their figures: every so often everything `window` spans is read again."""

    every: Duration = Field(ge=timedelta(days=1), le=timedelta(days=400))


def window_places(
    window: Windows, now: datetime, publication_lag_days: int, *, whole: bool
) -> tuple[dict[str, str], ...]:
    """Return what stands for the places of each window, the latest window first."""
    latest = months_back(now.date() - timedelta(days=publication_lag_days), 1)
    places, behind = [], 0
    while behind < (window.back if whole else 1):
        count = min(window.months, window.back - behind)
        places.append(_places(months_back(latest, behind + count - 1), months_back(latest, behind)))
        behind += count
    return tuple(places)


def _places(first: date, last: date) -> dict[str, str]:
    end = months_back(last, -1) - timedelta(days=1)
    return {
        "{from}": f"{first:%Y%m}",
        "{to}": f"{last:%Y%m}",
        "{iso_from}": f"{first:%Y-%m}",
        "{iso_to}": f"{last:%Y-%m}",
        "{from_day}": first.isoformat(),
        "{to_day}": end.isoformat(),
    }


def put(text: str, places: dict[str, str]) -> str:
    for place, value in places.items():
        text = text.replace(place, value)
    return text
