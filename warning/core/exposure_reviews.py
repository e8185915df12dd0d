"""Which entries of rules/exposure are due to be looked at again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from warning.core.exposure import CountryExposure, Grade
from warning.core.phrases import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """An entry whose review is due. `due` is None when nobody ever said that it was looked at."""

    country: str
    material: str
    grade: Grade
    due: date | None

    def late_days(self, today: date) -> int | None:
        return None if self.due is None else (today - self.due).days

    def sentence(self, today: date) -> str:
        late = self.late_days(today)
        since = "never reviewed" if late is None else f"{counted(late, 'day')} late"
        return f"{self.country} {self.material}, grade {self.grade}: {since}"


def reviews_due(exposures: Iterable[CountryExposure], today: date) -> tuple[ReviewDue, ...]:
    """Return what is due on a day: by grade, what was looked at and is late before what never was, then by delay."""
    found = [due for exposure in exposures for due in _of_country(exposure, today)]
    return tuple(
        sorted(found, key=lambda d: (d.grade, d.due is None, d.due or date.min, d.country, d.material))
    )


def _of_country(exposure: CountryExposure, today: date) -> Iterable[ReviewDue]:
    for material, on in exposure.materials.items():
        due = None if on.reviewed is None else on.reviewed + timedelta(days=exposure.review_days(on))
        if due is None or due < today:
            yield ReviewDue(country=exposure.country, material=material, grade=on.grade, due=due)


def reviews_counted(due: Iterable[ReviewDue]) -> str:
    """Return "12 exposure reviews are due (A 5, B 7), 3 of them never done", empty when none is."""
    every = tuple(due)
    if not every:
        return ""
    grades = ", ".join(f"{g} {n}" for g in "ABCD" if (n := sum(d.grade == g for d in every)))
    never = sum(d.due is None for d in every)
    first = f", {never} of them never done" if never else ""
    one = "1 exposure review is" if len(every) == 1 else f"{len(every)} exposure reviews are"
    return f"{one} due ({grades}){first}"
