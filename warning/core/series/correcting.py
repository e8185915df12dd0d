"""What is said of figures that came anew: what a rule told of the vintage before is corrected, and news that are none left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from warning.core.evidence import Observation
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.boards import Boards, Key, Verdict
from warning.core.series.late import (
    again_told,
    as_marked,
    graver,
    named_apart,
    no_longer_held,
    still_told,
    told_by,
    unarmed,
)
from warning.core.series.recheck import Recheck, nearest
from warning.core.series.revisions import told_of, withdrawal
from warning.core.signals import Signal, is_withdrawal, standing


def with_first(one: Signal, before: Verdict, now: Verdict, key: Key) -> Signal:
    if key not in before.points or key not in now.points:
        return one
    return told_of(one, before.points[key][0], now.points[key][0])


def news(
    fired: Mapping[Key, Signal], corrects: Mapping[str, Recheck], corrected: Sequence[Signal]
) -> Mapping[Key, Signal]:
    """Leave out what came too late to be news, and what is told as a correction already."""
    if not corrects:
        return fired
    told = {one.exhibit.evidence_id for one in corrected}
    return {
        key: one
        for key, one in fired.items()
        if (found := corrects.get(one.exhibit.evidence_id)) is None
        or (found.is_fresh and not found.is_late and found.point.id not in told)
    }


def taken_back(
    rule: SeriesRule, before: Verdict, now: Verdict, corrects: Mapping[str, Recheck]
) -> list[Signal]:
    return [
        withdrawal(rule, was, before.points[key][0], *now.points[key])
        for key, was in before.signals.items()
        if key not in now.signals
        and key in now.points
        and now.points[key][1] not in corrects
        and key not in now.unknown
    ]


def corrections(
    rule: SeriesRule, boards: Boards, book: Rulebook, now: Verdict, corrects: Mapping[str, Recheck]
) -> Iterator[Signal]:
    """What the rule says of figures of which something was told before.

    Whether what it told itself still holds is asked without regard to the figures before: they may be revised as well.
    """
    alone = unarmed(rule)
    after = boards.verdict(alone, book, as_="told")
    before = boards.verdict(alone, book, as_="before")
    for key, (point, shown_id) in after.points.items():
        found = corrects.get(shown_id)
        if found is None:
            continue
        told, moved = told_by(rule, found, point.series_id), nearest(found, rule)
        if found.is_fresh:
            was, came = before.points[key][0] if key in before.points else found.moved[0][0], point
        elif moved is not None:
            was, came = moved
        else:
            continue
        case = _Case(found=found, told=told, was=was, came=came, point=point, shown_id=shown_id)
        for one in _corrected(rule, boards, book, case, key, (now, after)):
            yield named_apart(as_marked(one, book), found.told, came)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One figure that a rule judges once more: what it told, and which figure came anew (`was` before, `came` now)."""

    found: Recheck
    told: tuple[Signal, ...]
    was: Observation
    came: Observation
    point: Observation
    shown_id: str


def _corrected(
    rule: SeriesRule,
    boards: Boards,
    book: Rulebook,
    case: _Case,
    key: Key,
    verdicts: tuple[Verdict, Verdict],
) -> Iterator[Signal]:
    """Yield what is to be told of one figure; that a figure which came in time still holds is told as news."""
    found, (now, after) = case.found, verdicts
    owned = [one for one in standing(case.told) if not is_withdrawal(one)]
    if owned:
        if key in after.signals:
            if found.is_fresh and found.is_late:
                yield still_told(after.signals[key], owned[-1], case.was, case.came, after.findings[key])
        elif not _says_nothing(case, key, after) and not boards.may_hold(unarmed(rule), book, key, found):
            is_known = key not in after.unknown and not found.is_incredible
            yield from no_longer_held(rule, owned, case.was, case.came, case.shown_id, is_known=is_known)
    elif not all(is_withdrawal(one) for one in case.told):
        if key in after.signals:
            yield again_told(after.signals[key], case.told, case.was, case.came)
    elif found.is_fresh and found.is_late and key in now.signals:
        one = graver(now.signals[key], found.told, case.was, case.came)
        if one is not None:
            yield one


def _says_nothing(case: _Case, key: Key, after: Verdict) -> bool:
    """Whether nothing is to be told: of a figure that is not known any more, unless it is late; of nothing at all that stays so."""
    if key in after.unknown or case.found.is_incredible:
        return not (case.found.is_fresh and case.found.is_late)
    return not case.found.is_fresh and case.point.value == 0
