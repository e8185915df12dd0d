"""What a running service remembers of the entries of feeds, small: thousands of sources with dozens each."""

from collections.abc import Mapping, Sequence

from warning.app.source_judgement import EntryBrief, brief, wants_briefs
from warning.catalog.sources import SourceSpec
from warning.core.documents import Parsed
from warning.core.ids import key64

MOST_BRIEFS = 2_000
MARK_BYTES = 8

Briefs = Mapping[int, EntryBrief]


class EntryMemory:
    """The marks of feed entries already read, and what judging needs of those that are not parsed again.

    Marks are hexadecimal digits (`collect/feed_split.py`), kept as the bytes they stand for.
    """

    def __init__(self) -> None:
        self._marks: dict[str, bytes] = {}
        self._briefs: dict[str, Briefs] = {}

    def marks(self, source_id: str) -> frozenset[str]:
        """The marks of the entries that the source's last document held; none when it was never read."""
        kept = self._marks.get(source_id, b"")
        return frozenset(kept[start : start + MARK_BYTES].hex() for start in range(0, len(kept), MARK_BYTES))

    def briefs(self, spec: SourceSpec, parsed: Parsed) -> Briefs:
        """What judging needs of the entries now read and, for a feed, of those read before; the newest last."""
        if not wants_briefs(spec):
            return {}
        known = dict(self._briefs.get(spec.id, {})) if parsed.entry_hashes else {}
        for item in parsed.items:
            key = key64(item.id)
            known.pop(key, None)
            known[key] = brief(item)
        for stale in list(known)[: max(len(known) - MOST_BRIEFS, 0)]:
            del known[stale]
        return known

    def forget(self, source_id: str) -> None:
        """The source's next document is read whole."""
        self._marks.pop(source_id, None)
        self._briefs.pop(source_id, None)

    def remember(self, source_id: str, marks: Sequence[str] | frozenset[str], briefs: Briefs) -> None:
        """Keep what a document held, once it is stored. A document without marks is read whole every time."""
        if marks:
            self._marks[source_id] = bytes.fromhex("".join(marks))
            if briefs:
                self._briefs[source_id] = briefs
