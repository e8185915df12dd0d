"""Rules over figures, and series of made months to judge by them."""

from datetime import UTC, datetime

from pydantic import TypeAdapter

from tests.core.build import TABLE
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, Window, period_end
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import Rule, SeriesRule
from warning.core.signals import Signal, Trace

LATER = datetime(2100, 1, 1, tzinfo=UTC)
POLICY = Policy(severity=TABLE)
DROP = {"method": "drop", "baseline_points": 6, "fall_ratio": 0.75}


def rule(*tests: dict, **fields: object) -> SeriesRule:
    base = {
        "id": "r", "kind": "series", "title": "A rule", "severity": "minor", "owner": "o", "rationale": "r",
        "act": "export_fall", "direction": "tightening", "select": {}, "min_points": 6, "tests": tests,
        "examples": [{"fires": True, "values": "1"}, {"fires": False, "values": "1"}],
    }  # fmt: skip
    made = TypeAdapter(Rule).validate_python({**base, **fields})
    assert isinstance(made, SeriesRule)
    return made


def months(values: list[float | None], *, first: int = 2020 * 12, **fields: object) -> list[Observation]:
    points = []
    for i, value in enumerate(values):
        at = first + i
        period = f"{at // 12:04d}-{at % 12 + 1:02d}"
        base = {
            "id": f"{fields.get('series_id', 's')}@{period}", "source_id": "customs", "series_id": "s",
            "material": "graphite", "measure": "export_quantity", "reporter": "CN", "partner": "JP",
            "hs_code": "250410", "unit": "kg", "frequency": "M",
        }  # fmt: skip
        points.append(
            Observation(**{**base, **fields}, period=period, value=value, known_at=period_end(period))
        )
    return points


def judge(made: SeriesRule, points: list[Observation], fresh: set[str] | None = None) -> list[Signal]:
    return judged(made, points, fresh)[0]


def judged(
    made: SeriesRule, points: list[Observation], fresh: set[str] | None = None
) -> tuple[list[Signal], list[Trace]]:
    ids = frozenset({points[-1].id} if fresh is None else fresh)
    window = Window(observations=tuple(points), fresh=ids)
    return detect_series(Rulebook(rules=(made,), policy=POLICY), window.as_known(LATER), LATER)


def fires(made: SeriesRule, *values: float | None) -> bool:
    return bool(judge(made, months(list(values))))
