"""The facts a desk would read, as lines of an explanation."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from warning.core.explain import ExplainNode
from warning.core.signals import Facts
from warning.core.terms import Terms


def facts_explained(facts: Facts, terms: Terms) -> Iterator[ExplainNode]:
    """Yield one line for each fact the text gives; what it does not say is left out."""
    for field in fields(facts):
        value = getattr(facts, field.name)
        if value:
            values = value if isinstance(value, tuple) else (value,)
            yield ExplainNode(
                label=field.name.replace("_", " "),
                passed=None,
                detail=", ".join(_told(field.name, one, terms) for one in values),
            )


def _told(name: str, value: str | date | tuple[str, str], terms: Terms) -> str:
    """Say one value: a name with its label, a day, or a number by what it counts ("entities 28")."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        counted, number = value
        return f"{counted.replace('_', ' ')} {number}"
    tables: Mapping[str, Mapping[str, Any]] = {
        "act": terms.acts,
        "materials": terms.materials,
        "actors": terms.actors,
        "targets": terms.actors,
    }
    entry = tables.get(name, {}).get(value)
    label = entry.label.get("en", "") if entry else ""
    if not label:
        return value
    return label if label.casefold() == value.replace("_", " ").casefold() else f"{label} ({value})"
