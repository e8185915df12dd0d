"""Where the acts of stored alerts stand, and why a step of theirs is late or not, as known at one instant."""

from collections.abc import Sequence
from datetime import UTC, datetime

from warning.core.alerts import Alert
from warning.core.case_explain import explain_case
from warning.core.chains import chain_of
from warning.core.explain import ExplainNode
from warning.core.joinable import Joinable
from warning.core.recalling import recall_of
from warning.core.rulebook import Rulebook
from warning.store.repository import Repository


def explain_case_now(alert: Alert, book: Rulebook, repository: Repository, as_of: datetime) -> ExplainNode:
    """Explain the case of one alert with what is known of its sources."""
    recalled = repository.recall(recall_of(book), as_of)
    return explain_case(alert, book, recalled, as_of.astimezone(UTC).date())


def explain_cases_of(
    evidence_id: str, book: Rulebook, repository: Repository, as_of: datetime
) -> Sequence[ExplainNode]:
    """Explain the cases of the alerts that rest on a stored piece of evidence, by alert key."""
    wanted = Joinable(as_of=as_of, evidence=frozenset({evidence_id}))
    alerts = sorted(repository.state_for(wanted).open_alerts, key=lambda alert: alert.key)
    return [
        explain_case_now(alert, book, repository, as_of) for alert in alerts if chain_of(alert, book.chains)
    ]
