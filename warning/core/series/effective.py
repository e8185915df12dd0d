"""Acts of the register that took effect between a rush and the cliff after it."""

from collections.abc import Iterable
from datetime import date, timedelta

from warning.core.evidence import Observation, period_end
from warning.core.measures import Measure
from warning.core.rulebook import Rulebook
from warning.core.series.combined import route
from warning.core.series.headlines import materials_of
from warning.core.series.judge import Finding
from warning.core.series.select import WORLD, with_ancestors
from warning.core.series.signal_point import evidence
from warning.core.series_tests import Cliff
from warning.core.signals import Reason

DAYS_A_POINT = {"D": 1, "W": 7, "M": 31, "Q": 92, "A": 366}


def standing(findings: Iterable[Finding], book: Rulebook) -> tuple[Finding, ...]:
    """Return the findings without the cliffs that need an act and have none."""
    return tuple(finding for finding in findings if not _lacks_its_act(finding, book))


def _lacks_its_act(finding: Finding, book: Rulebook) -> bool:
    test = finding.condition.test
    return isinstance(test, Cliff) and test.effective_date == "required" and not acts_around(finding, book)


def acts_around(finding: Finding, book: Rulebook) -> tuple[tuple[Measure, date], ...]:
    """Return the tightening acts that took effect from the rush to the end of the fallen period, with the day.

    An act counts for its own exporter, its materials or codes, and its targets; only when it was announced
    by the day the figure became known.
    """
    test = finding.condition.test
    if not isinstance(test, Cliff):
        return ()
    point = evidence(finding)
    ends = period_end(point.period).date()
    begins = ends - timedelta(days=DAYS_A_POINT[point.frequency] * (test.before_points + 1))
    lineage = {
        name for material in materials_of(point, book) for name in with_ancestors(material, book.terms)
    }
    found = [
        (act, day)
        for act in book.measures
        if _concerns(act, point, lineage)
        and (act.announced is None or act.announced <= point.known_at.date())
        for day in _days(act)
        if begins < day <= ends
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1], pair[0].id)))


def _days(act: Measure) -> Iterable[date]:
    return sorted({day for day in (act.effective, *(clause.effective for clause in act.clauses)) if day})


def _concerns(act: Measure, point: Observation, lineage: set[str]) -> bool:
    exporter, importer = route(point)
    if act.direction != "tightening" or act.actor != exporter:
        return False
    if act.targets and importer != WORLD and importer not in act.targets:
        return False
    code = point.hs_code or ""
    if code and any(code.startswith(own) or own.startswith(code) for own in act.hs_codes):
        return True
    return bool(lineage & set(act.materials))


def effective_reasons(finding: Finding, book: Rulebook) -> list[Reason]:
    """Name the acts that explain a cliff."""
    return [
        Reason(
            code="series.effective",
            text=f"{act.instrument or act.title} took effect on {day.isoformat()}",
            params=(("act", act.instrument or act.title), ("day", day.isoformat())),
        )
        for act, day in acts_around(finding, book)
    ]
