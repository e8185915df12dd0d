"""States of sources beside the text they are stored as: what stands in the store as it was written last is not read again.

Reading a state from its text takes longer than all of SQLite's work for it, and a round needs that of every source.
"""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from warning.core.health import SourceState
from warning.store.rows import from_json

MOST = 4_096
LONGEST = 2_000
"""Characters of a text whose state is kept: a source that names many read pages has a long one, and is rarely asked."""


class KnownStates:
    """Threads may share it. A text is known again by its hash, so that another process may write what it likes.

    It holds some 1.5 KB for each source, of the first `most` of them.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[str, tuple[int, SourceState]] = {}

    def read(self, source_id: str, content: str) -> SourceState:
        """Return the state that a source's text stands for."""
        known = self._known.get(source_id)
        if known is not None and known[0] == hash(content):
            return known[1]
        state = from_json(SourceState, content)
        self.keep(state, content)
        return state

    def keep(self, state: SourceState, content: str) -> None:
        """Know the state again when this text is read; `content` is what is read as this state."""
        name = state.source_id
        if len(content) <= LONGEST and (len(self._known) < self._most or name in self._known):
            self._known[name] = hash(content), state
        else:
            self._known.pop(name, None)


_of_engines: WeakKeyDictionary[Engine, KnownStates] = WeakKeyDictionary()


def known_states(engine: Engine) -> KnownStates:
    """Return what is known of the states in this database, for as long as it is open."""
    known = _of_engines.get(engine)
    return _of_engines.setdefault(engine, KnownStates()) if known is None else known
