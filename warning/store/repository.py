"""The store as the use cases see it: every method is one transaction. The work is done in the modules beside it."""

from warning.store import sources
from warning.store.alert_repository import AlertRepository
from warning.store.desk_repository import DeskRepository
from warning.store.engine import reading
from warning.store.evidence_repository import EvidenceRepository


class Repository(EvidenceRepository, AlertRepository, DeskRepository):
    """One instance may be shared by threads. Raises SchemaBehind, or StoreError when the database is away.

    `evidence` rings when there is something to assess, `owed` when there is something to deliver.
    """

    def counts(self) -> dict[str, int]:
        """Return rows by table, and `unassessed`: the evidence that waits."""
        with reading(self.engine) as connection:
            return sources.counts(connection)
