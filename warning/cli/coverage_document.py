"""`coverage/1`: what `warning coverage --json` prints."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from warning.app.covering import Covered
from warning.core.blind_stretches import BlindStretch, stretches_of
from warning.core.blindness import Sight, place_name
from warning.core.coverage import Cell


def coverage_document(found: Covered, cells: Sequence[Cell]) -> dict[str, Any]:
    """The chosen cells, when nothing could be seen of them, and what each rule sees."""
    return {
        "at": found.at.isoformat(),
        "window_days": found.window.days,
        "counts": dict(Counter(c.state for c in cells)),
        "cells": [_cell(c) for c in cells],
        "stretches": [_stretch(one) for one in stretches_of(found.stretches, cells)],
        "rules": [_sight(s) for s in found.sights],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "material": cell.material,
        "country": cell.country,
        "kind": cell.kind,
        "state": cell.state,
        "since": cell.since.isoformat() if cell.since else None,
        "because": cell.because,
        "evidence": cell.evidence,
        "sources": list(cell.sources),
        "dark": [d.source_id for d in cell.dark],
    }


def _stretch(one: BlindStretch) -> dict[str, Any]:
    return {
        "country": one.country,
        "kind": one.kind,
        "materials": list(one.materials),
        "spans": [[since.isoformat(), until.isoformat()] for since, until in one.spans],
        "because": one.because,
    }


def _sight(one: Sight) -> dict[str, Any]:
    return {
        "rule": one.rule_id,
        "level": one.level,
        "since": one.since.isoformat() if one.since else None,
        "needs": list(one.needs),
        "dark": [
            {
                "source": d.source_id,
                "condition": d.condition,
                "cause": d.cause,
                "since": d.since.isoformat() if d.since else None,
            }
            for d in one.dark
        ],
        "not_watched": [place_name(place) for place, _ in one.dark_places],
    }
