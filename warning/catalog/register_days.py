"""Days of the register that are possible and seldom meant: an act that takes effect before it was announced."""

from collections.abc import Iterator
from datetime import date

from warning.catalog.typed import Placed
from warning.catalog.yaml_tree import Path_
from warning.core.measures import Measure, MeasureRegister
from warning.errors import Problem


def backdated(placed: Placed[MeasureRegister]) -> Iterator[Problem]:
    """Acts, and clauses of acts, that take effect before the act was announced. Some do: those say so in `note`.

    Of conduct without an act others tell when they have seen it: that is later as a rule.
    """
    for i, measure in enumerate(placed.value.measures):
        if measure.note or measure.is_conduct or measure.announced is None:
            continue
        for path, effective in _starts(measure):
            if effective < measure.announced:
                message = f"{measure.id} takes effect on {effective}, before it was announced on {measure.announced}"
                hint = "correct one of the two days; an act that applies to days before it says so in note"
                yield placed.problem(("measures", i, *path), "EW229", message, hint, fatal=False)


def _starts(measure: Measure) -> Iterator[tuple[Path_, date]]:
    if measure.effective is not None:
        yield ("effective",), measure.effective
    for i, clause in enumerate(measure.clauses):
        if clause.effective is not None:
            yield ("clauses", i, "effective"), clause.effective
