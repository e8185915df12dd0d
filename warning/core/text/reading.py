"""One item as the rules read it: its fields joined, folded, with every term found and its sentences."""

import html
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from warning.core.evidence import Item
from warning.core.terms import Language
from warning.core.text.folding import INVISIBLE, Folded, closed_up, fold, simplified
from warning.core.text.language import languages_of
from warning.core.text.matcher import Hit, Hits, in_text_order
from warning.core.text.sentences import sentence_at, sentence_ends, span_of
from warning.core.text_rules import Field_

if TYPE_CHECKING:
    from warning.core.text.acting import ActingClause

_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|br|tr|td|h\d|table)\b[^>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


def plain(text: str) -> str:
    """Undo what some publishers leave in plain text: escaped entities (also twice), markup, and characters that nobody sees."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub("", _BLOCK.sub("\n", text))
    return text if text.isascii() else INVISIBLE.sub("", text)


class Reading:
    """`text` is title, summary and body joined by line ends; every place below counts in its characters.

    A Chinese text is in simplified characters, as the patterns that read it are written; `original` is as published, place by place.
    """

    def __init__(self, item: Item) -> None:
        self.item = item
        parts = (plain(item.title), plain(item.summary), plain(item.body))
        self.original = "\n".join(parts)
        self.text = simplified(self.original) if item.language == "zh" else self.original
        folded = fold(self.text)
        self.folded: Folded = closed_up(folded) if item.language == "ko" else folded
        self.encoded = self.folded.text.encode("utf-8", "surrogatepass")
        self.languages: frozenset[Language] = languages_of(item.language, self.folded.text, self.encoded)
        self._title_end = len(parts[0])
        self._summary_end = self._title_end + 1 + len(parts[1])
        self._hits: Hits = {}
        self._asked: dict[tuple[frozenset[str], tuple[Field_, ...]], list[Hit]] = {}
        self._firsts: dict[tuple[frozenset[str], tuple[Field_, ...]], dict[int, Hit]] = {}
        # Of a headline that tells relief and a ban: what rules of each direction read in its place.
        self.halves: Mapping[str, Reading] = {}
        # Of a headline in which states act in clauses of their own: the clauses, in their order.
        self.acting: tuple[ActingClause, ...] = ()

    @property
    def hits(self) -> Hits:
        """What was found, by concept; whoever looks for the terms puts it here."""
        return self._hits

    @hits.setter
    def hits(self, found: Hits) -> None:
        self._hits = found
        self._asked.clear()
        self._firsts.clear()

    def told_to(self, direction: str | None) -> "Reading":
        """What rules of a direction read: of a headline that tells relief and a ban their half, else all of it."""
        return self.halves.get(direction or "", self)

    @property
    def comparable(self) -> str:
        """The original text where it can be compared with the folded one place by place, else empty."""
        return self.original if self.folded.origins is None else ""

    @property
    def title(self) -> str:
        return self.text[: self._title_end]

    @property
    def summary(self) -> str:
        return self.text[self._title_end + 1 : self._summary_end]

    def field(self, name: Field_) -> str:
        """The text of one field, as published but for markup."""
        if name == "body":
            return self.original[self._summary_end + 1 :]
        start, end = (0, self._title_end) if name == "title" else (self._title_end + 1, self._summary_end)
        return self.original[start:end]

    @cached_property
    def ends(self) -> list[int]:
        return sentence_ends(self.text)

    def field_of(self, hit: Hit) -> Field_:
        start = self.folded.origin(hit.start)
        if start <= self._title_end:
            return "title"
        return "summary" if start <= self._summary_end else "body"

    def span(self, hit: Hit) -> tuple[int, int]:
        """Where a hit stands in the original text."""
        return self.folded.origin(hit.start), max(
            self.folded.origin(hit.end), self.folded.origin(hit.start) + 1
        )

    def words(self, hit: Hit) -> str:
        """A hit as it was published."""
        start, end = self.span(hit)
        return self.original[start:end]

    def sentence_of(self, hit: Hit) -> int:
        return sentence_at(self.ends, self.folded.origin(hit.start))

    def sentence(self, number: int) -> str:
        start, end = span_of(self.ends, number)
        return self.text[start:end].strip()

    def quoted(self, number: int) -> str:
        """A sentence as it was published."""
        start, end = span_of(self.ends, number)
        return self.original[start:end].strip()

    def sentence_span(self, number: int) -> tuple[int, int]:
        return span_of(self.ends, number)

    def sentences_by_field(self) -> tuple[int, int]:
        """Return how many sentences the title has, and how many title and summary together; no two fields share one."""
        ends = self._title_end, self._summary_end
        title, lead = (sentence_at(self.ends, end) + 1 for end in ends)
        return title, lead

    def sentences_in_title(self) -> frozenset[int]:
        return frozenset(
            n for n in range(len(self.ends)) if span_of(self.ends, n)[0] < max(self._title_end, 1)
        )

    def lead(self) -> frozenset[int]:
        """The sentences of title and summary."""
        return frozenset(
            n for n in range(len(self.ends)) if span_of(self.ends, n)[0] < max(self._summary_end, 1)
        )

    def of(self, concepts: frozenset[str], fields: tuple[Field_, ...]) -> list[Hit]:
        """The hits of any of the concepts that stand in one of the fields, in order of place.

        Many rules ask for the same words: each question is answered once.
        """
        asked = self._asked.get((concepts, fields))
        if asked is None:
            found = [hit for concept in concepts & self._hits.keys() for hit in self._hits[concept]]
            if len(fields) < 3:
                found = [hit for hit in found if self.field_of(hit) in fields]
            if len(found) > 1:
                found.sort(key=in_text_order)
            asked = self._asked[concepts, fields] = found
        return asked

    def first_in_sentences(self, concepts: frozenset[str], fields: tuple[Field_, ...]) -> Mapping[int, Hit]:
        """The first of the hits that `of` returns in each sentence, by its number."""
        firsts = self._firsts.get((concepts, fields))
        if firsts is None:
            firsts = self._firsts[concepts, fields] = {}
            for hit in self.of(concepts, fields):
                firsts.setdefault(self.sentence_of(hit), hit)
        return firsts
