"""Spans of time as people say them: the largest unit that leaves at least one."""

from datetime import timedelta


def roughly(span: timedelta) -> str:
    """Return 45s, 12m, 3h or 9d; a negative span is none."""
    seconds = max(span.total_seconds(), 0)
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f}{unit}"
    return f"{seconds:.0f}s"
