"""Evidence that broke the assessments it was in: remembered by the process, never marked in the store."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class SetAside:
    """Ids of evidence that assessments broke on, under one version of the rulebook."""

    book_version: str = ""
    ids: set[str] = field(default_factory=set)

    def under(self, book_version: str) -> frozenset[str]:
        """Return what to leave out; another rulebook forgets it all."""
        if book_version != self.book_version:
            self.book_version = book_version
            self.ids.clear()
        return frozenset(self.ids)
