"""What the parts of the repository share: the database, and the bells that say when there is work."""

from collections.abc import Sequence

from sqlalchemy import Engine

from warning.core.deliveries import Delivery
from warning.store.bell import Bell
from warning.store.decoded import Decoded


class Connected:
    """`evidence` rings when there is something to assess, `owed` when there is something to deliver."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.evidence = Bell()
        self.owed = Bell()
        self._decoded = Decoded()

    def close(self) -> None:
        """Give back the database's connections."""
        self.engine.dispose()

    def _owe(self, owed: Sequence[Delivery]) -> None:
        if owed:
            self.owed.ring()
