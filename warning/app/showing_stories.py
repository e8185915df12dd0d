"""Stories as people read them: who told one, by publisher family, and what is an old article told again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.explain import ExplainNode
from warning.core.signals import Exhibit
from warning.core.tearlines import may_read
from warning.store.repository import Repository

MOST_PIECES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryShown:
    """A story by the headline that told it first. `publishers` are families, sorted; `pieces` counts what is at hand."""

    story: str
    title: str
    publishers: tuple[str, ...]
    pieces: int

    def line(self) -> str:
        by = ", ".join(self.publishers)
        return f"{self.title}: {self.pieces} pieces by {len(self.publishers)} publishers ({by})"

    def document(self) -> dict[str, object]:
        return {
            "story": self.story,
            "title": self.title,
            "publishers": list(self.publishers),
            "pieces": self.pieces,
        }


def stories_shown(exhibits: Iterable[Exhibit]) -> list[StoryShown]:
    """Return the stories that pieces of evidence tell, the one told first before the others.

    What is told again corroborates nothing and is not counted.
    """
    told: dict[str, list[Exhibit]] = {}
    for exhibit in sorted(exhibits, key=lambda e: (e.known_at, e.evidence_id)):
        if exhibit.story and exhibit.first_seen_at is None:
            told.setdefault(exhibit.story, []).append(exhibit)
    return [
        StoryShown(
            story=story,
            title=pieces[0].title,
            publishers=tuple(sorted({piece.publisher for piece in pieces})),
            pieces=len(pieces),
        )
        for story, pieces in told.items()
    ]


def told_again(alert: Alert, repository: Repository, desk: Desk | None = None) -> list[Exhibit]:
    """Return the old articles of the alert's stories that were told again and opened no alert, oldest first.

    A desk sees those that it may read.
    """
    if not alert.told_stories:
        return []
    shown = [one.signal.exhibit for one in repository.told_again(alert.told_stories)]
    return [exhibit for exhibit in shown if desk is None or may_read(desk, exhibit)]


def again_line(exhibit: Exhibit) -> str:
    """Return one article told again as a sentence for a terminal."""
    said = republished(exhibit.first_seen_at)
    return f"{exhibit.known_at:%Y-%m-%d} {exhibit.publisher}: {exhibit.title} ({exhibit.evidence_id}, {said})"


def republished(first_seen_at: datetime | None) -> str:
    return f"republished: first seen {first_seen_at:%Y-%m-%d}" if first_seen_at else ""


def explain_story(evidence_id: str, repository: Repository) -> Sequence[ExplainNode]:
    """Explain which story a stored piece of evidence tells; nothing where no rule on texts ever fired on it."""
    found = repository.story_of(evidence_id)
    if found is None:
        return ()
    story, first_seen_at = found
    exhibits = {s.exhibit.evidence_id: s.exhibit for s in repository.signals_of_story(story)}
    shown = stories_shown(exhibits.values())
    if not shown:
        return ()
    told = tuple(
        ExplainNode(
            label=piece.publisher,
            passed=None,
            detail=f"{piece.known_at:%Y-%m-%d} {piece.title}"
            + (f" ({republished(piece.first_seen_at)})" if piece.first_seen_at else ""),
        )
        for piece in list(exhibits.values())[:MOST_PIECES]
    )
    if first_seen_at is not None:
        detail = f"{republished(first_seen_at)}; an old article told again opens no alert"
        return (ExplainNode(label="story", passed=False, detail=detail, children=told),)
    return (ExplainNode(label="story", passed=None, detail=shown[0].line(), children=told),)
