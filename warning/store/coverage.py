"""How much was heard about each material, by where it came from, and what a source brought when it was well."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine, func, select

from warning.store.engine import reading
from warning.store.schema import items, observations, series, signals


def heard(engine: Engine, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
    """Return pieces of evidence by (source, material): what rules fired on, and figures; each piece once a source."""
    s, f = signals.c, observations.c
    fired = select(s.source_id, s.evidence_id, s.content).where(s.known_at >= since, s.known_at <= until)
    figures = (
        select(series.c.source_id, series.c.material, func.count().label("figures"))
        .join(observations, f.series_seq == series.c.seq)
        .where(f.known_at >= since, f.known_at <= until)
        .group_by(series.c.source_id, series.c.material)
    )
    found: Counter[tuple[str, str]] = Counter()
    with reading(engine) as connection:
        told = {
            (row.source_id, row.evidence_id, material)
            for row in connection.execute(fired)
            for material in json.loads(row.content)["facts"]["materials"]
        }
        for source_id, _, material in told:
            found[source_id, material] += 1
        for row in connection.execute(figures):
            found[row.source_id, row.material] += row.figures
    return found


def known_entries(engine: Engine, source_id: str, limit: int = 200) -> Mapping[str, str]:
    """Return the newest entries a source brought: title by address."""
    i = items.c
    query = (
        select(i.url, i.title)
        .where(i.source_id == source_id, i.url != "")
        .order_by(i.seq.desc())
        .limit(limit)
    )
    with reading(engine) as connection:
        return {row.url: row.title for row in connection.execute(query)}
