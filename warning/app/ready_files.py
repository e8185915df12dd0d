"""Which indexed files can answer about rules at once, and what the others lack: known before anything is made or searched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warning.app.asked_words import asked_words
from warning.collect.history_files import HistoryIndex
from warning.collect.opened_index import open_index
from warning.core.text.engine import engine_of
from warning.core.text.finders import Pattern
from warning.core.text_book import TextBook

# What looking for a few words takes where two processes have a processor each: 20 us of one an item.
_SEARCHED_ITEMS_PER_MINUTE = 4_000_000
# So many items are searched within about a second.
FEW_ITEMS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Files with an index, in order, those without one, and by file the words that nobody looked for there yet."""

    files: tuple[tuple[Path, HistoryIndex], ...]
    unmade: tuple[Path, ...]
    lacking: Mapping[Path, frozenset[Pattern]]

    @property
    def is_complete(self) -> bool:
        return not self.unmade and not self.lacking

    @property
    def words(self) -> int:
        """How many words are lacking somewhere."""
        return len(frozenset[Pattern]().union(*self.lacking.values()))

    @property
    def items_to_search(self) -> int:
        return sum(index.manifest.items for path, index in self.files if path in self.lacking)

    @property
    def can_answer(self) -> bool:
        """Whether to answer without a search, with what the words leave open estimated: only a long search is spared."""
        return not self.unmade and self.items_to_search > FEW_ITEMS

    @property
    def can_answer_at_once(self) -> bool:
        """Whether nothing has to be made or searched before an answer."""
        return self.is_complete or self.can_answer

    @property
    def work(self) -> str:
        """What is to be done first, for whoever waits."""
        parts = [f"{path}: no index yet; it is made now" for path in self.unmade]
        if self.lacking:
            parts.append(
                f"{self._lacking}; {self.items_to_search:,} items of {_files(len(self.lacking))} are searched for them"
                f" now, {self._duration}"
            )
        return "\n".join(parts)

    @property
    def left_open(self) -> str:
        """What an answer without a search rests on."""
        return (
            f"{self._lacking} in {_files(len(self.lacking))}: items in which they may stand are open, and a sample of them"
            f" is read. --exact searches {self.items_to_search:,} items for them first, {self._duration}, and keeps what it"
            " finds; `warning evidence index` does so for the words of the rules in force"
        )

    @property
    def _lacking(self) -> str:
        return (
            f"{self.words} search term{'s' if self.words != 1 else ''} of these rules nobody looked for yet"
        )

    @property
    def _duration(self) -> str:
        minutes = self.items_to_search / _SEARCHED_ITEMS_PER_MINUTE
        return f"about {minutes:.0f} min" if minutes > 1 else "less than a minute"


def readiness_of(paths: Iterable[Path], book: TextBook) -> Readiness:
    """Compare what a book's text rules ask for with what stands in the indexes of some files."""
    asked = asked_words(engine_of(book))
    opened = [(path, open_index(path)) for path in paths]
    files = tuple((path, index) for path, index in opened if index is not None)
    lacking = ((path, asked.open_in(index).lacking) for path, index in files)
    return Readiness(
        files=files,
        unmade=tuple(path for path, index in opened if index is None),
        lacking={path: words for path, words in lacking if words},
    )


def _files(number: int) -> str:
    return f"{number} file{'s' if number != 1 else ''}"
