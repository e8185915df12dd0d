"""A process that assesses one document and waits for a word before it commits. Arguments: database, document.

It says "ready" when it has read and judged everything, and commits when a line comes in.
"""

import sys
from types import SimpleNamespace

from tests.core.build import START, text_rule
from tests.core.sequence_samples import rule, rules_book
from warning.app.assessing import assess_new
from warning.app.calendar_day import CalendarDay
from warning.app.set_aside import SetAside
from warning.core.rules import Group, Match
from warning.store.engine import open_engine
from warning.store.repository import Repository
from warning.store.resident import Resident

PHRASES = {"a": "export control", "b": "tariff"}
HALVES = (
    text_rule(name, match=Match(all=(Group(phrases={"en": (phrase,)}),)), max_age_days=400)
    for name, phrase in PHRASES.items()
)
BOOK = rules_book(*HALVES, rule("a", "b"), first=())


class OwnDocument(Repository):
    """Sees one document of the queue, as if the other had come a moment later."""

    own = ""
    waits = True

    def unassessed(self, *args, **kwargs):
        window = super().unassessed(*args, **kwargs)
        items = tuple(item for item in window.items if item.id == self.own)
        return window.__class__(items=items, fresh=frozenset(item.id for item in items))

    def commit_assessment(self, *args, **kwargs):
        if self.waits:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.readline()
            self.waits = False
        return super().commit_assessment(*args, **kwargs)


def main(url: str, document: str) -> None:
    engine = open_engine(url)
    repository = OwnDocument(engine)
    repository.own = document
    system = SimpleNamespace(
        live_book=lambda: BOOK,
        repository=repository,
        clock=lambda: START,
        set_aside=SetAside(),
        calendar=CalendarDay(),
        resident=Resident(),
    )
    assess_new(system)
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
