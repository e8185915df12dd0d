"""`rules explain`: what a record on which the rule fires would mean to each country, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from warning.app.evaluating import evaluate_records
from warning.app.explaining import Explained
from warning.channels.naming import naming
from warning.channels.render_exposure import meaning
from warning.core.evidence import Evidence
from warning.core.exposure_release import PUBLIC
from warning.core.joining import certainty_of
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, ListingRule, SeriesRule, TextRule
from warning.core.severity_table import grade_for


def with_meanings(
    explained: Iterable[Explained], rule: AnyRule, records: Iterable[Evidence], book: Rulebook
) -> Sequence[Explained]:
    """Return the answers, those where the rule fires with what that means to each country."""
    found = meanings(rule, records, book)
    return [replace(one, meaning=tuple(found.get(one.evidence_id, {}).items())) for one in explained]


def meanings(rule: AnyRule, records: Iterable[Evidence], book: Rulebook) -> Mapping[str, Mapping[str, str]]:
    """Return one line by country for each record the rule fires on; figures that are not for everybody are left out.

    Nothing for rules that read no single record.
    """
    if not isinstance(rule, TextRule | ListingRule | SeriesRule) or not book.exposure:
        return {}
    words = naming("en", book)
    found: dict[str, dict[str, str]] = {}
    for evaluated in evaluate_records(replace(book, rules=(rule,)), records):
        for signal in evaluated.signals:
            certainty = certainty_of([signal.exhibit], [signal.exhibit.publisher])
            found[evaluated.record.id] = {
                country: meaning(
                    signal.facts,
                    grade_for(
                        signal.facts,
                        signal.severity,
                        exposure,
                        book.policy.severity,
                        book.terms.materials,
                        certainty,
                    ),
                    words,
                    PUBLIC,
                )
                for country, exposure in sorted(book.exposure.items())
            }
    return found
