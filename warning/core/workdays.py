"""A country's working days and a desk's hours, in the desk's own zone. Public holidays come from `holidays`."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import model_validator

from warning.core.model import OperatorModel

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
# The longest run without a working day in any of the three countries is nine days; past this something is wrong.
LONGEST_REST_DAYS = 30


class Hours(OperatorModel):
    """A daily span of local wall-clock time, `start` included, `end` not. A start after the end runs over midnight."""

    start: time
    end: time

    @model_validator(mode="after")
    def _spans_time(self) -> "Hours":
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start:%H:%M}: the span is empty")
        return self

    def contains(self, clock: time) -> bool:
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@cache
def _holidays_of(country: str) -> "HolidayBase | None":
    from holidays import country_holidays  # noqa: PLC0415 - a tenth of a second that most commands do without

    try:
        return country_holidays(country)
    except NotImplementedError:
        return None


def is_public_holiday(day: date, country: str) -> bool:
    """Whether the day is a public holiday; False for a country unknown to `holidays`."""
    known = _holidays_of(country)
    return known is not None and day in known


def is_workday(day: date, country: str) -> bool:
    """Whether offices are open: no weekend and no public holiday. A country unknown to `holidays` has weekends only."""
    known = _holidays_of(country)
    return day.weekday() < SATURDAY and (known is None or day not in known)


def next_workday(day: date, country: str) -> date:
    """Return `day` when it is a working day, else the first one after it."""
    for ahead in range(LONGEST_REST_DAYS):
        if is_workday(day + timedelta(days=ahead), country):
            return day + timedelta(days=ahead)
    return day


def office_time_after(
    start: datetime, minutes: int, hours: Hours, *, timezone: str, country: str
) -> datetime:
    """Return the instant (UTC) when `minutes` of office time have passed since `start`.

    `hours` must not run over midnight: an office that never closes has no business minutes to speak of.
    """
    zone = ZoneInfo(timezone)
    left = timedelta(minutes=minutes)
    day = start.astimezone(zone).date()
    while True:
        day = next_workday(day, country)
        opens = datetime.combine(day, hours.start, zone).astimezone(UTC)
        closes = datetime.combine(day, hours.end, zone).astimezone(UTC)
        begins = max(opens, start.astimezone(UTC))
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta())
        day += timedelta(days=1)


def rest_ends_at(
    now: datetime, hours: Hours, *, days_off: bool, timezone: str, country: str
) -> datetime | None:
    """Return when (UTC) the quiet that `now` lies in ends; None when it is not quiet now.

    With `days_off` weekends and public holidays are quiet from midnight to midnight.
    """
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    for _ in range(2 * LONGEST_REST_DAYS):
        if days_off and not is_workday(local.date(), country):
            local = datetime.combine(local.date() + timedelta(days=1), time(), zone)
        elif hours.contains(local.time()):
            ends_tomorrow = hours.start > hours.end and local.time() >= hours.start
            day = local.date() + timedelta(days=1 if ends_tomorrow else 0)
            local = datetime.combine(day, hours.end, zone)
        else:
            break
    ends = local.astimezone(UTC)
    return ends if ends > now else None
