"""A corpus of any size with the vocabulary of the real documents, the same on every machine: en 40, zh 28, ja 16, ko 16 %.

Sentences of the real documents (EWS_SHARED_DATA) are drawn by a seeded generator and joined to about 1,145
characters a document; titles are real titles. Nothing of it is stored.
"""

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from to_interchange import SHARED, agnews, asia, cctv, federal_register, korea, text_of, world

from warning.core.evidence import Item

SHARES = {"en": 40, "zh": 28, "ja": 16, "ko": 16}
MEAN_CHARACTERS = 1145
COUNTRIES = {"en": "US", "zh": "CN", "ja": "JP", "ko": "KR"}
_SENTENCE = re.compile(r"[^。！？!?\n]{4,400}?(?:[。！？!?\n]|(?<=[a-z가-힣0-9)])\.(?=\s|$)|$)")
_JAPANESE = re.compile("[ぁ-ヿ]")
_RUN = re.compile(r"[ぁ-ヿ一-鿿々、。（）「」・ー0-9０-９]{12,400}")


@cache
def sentences(language: str) -> tuple[str, ...]:
    """The distinct sentences of one language, in the order of the files."""
    texts: list[str] = []
    if language == "ja":
        texts = list(_japanese())
    else:
        makers = {"en": (asia, federal_register, agnews, world), "zh": (cctv,), "ko": (asia, korea)}[language]
        for make in makers:
            for record in make():
                if record["language"] == language:
                    texts += [record["title"], record.get("summary", ""), record.get("body", "")]
    found = (match.group().strip() for text in texts for match in _SENTENCE.finditer(text))
    return tuple(dict.fromkeys(sentence for sentence in found if len(sentence) > 5))


def _japanese() -> Iterator[str]:
    for record in asia():
        if record["language"] == "ja":
            yield record["title"]
            yield record.get("summary", "")
    for path in sorted((SHARED / "feeds/jp_ministries").iterdir()):
        for run in _RUN.findall(path.read_text(encoding="utf-8", errors="replace")):
            if _JAPANESE.search(run):
                yield run


def documents(count: int, *, seed: int = 20260101, per_day: int = 0) -> Iterator[Item]:
    """Yield items; with `per_day`, that many become known on each day from 2021 on, else all at once."""
    rng = random.Random(seed)
    languages, weights = list(SHARES), list(SHARES.values())
    began = datetime(2021, 1, 1, tzinfo=UTC)
    gap = timedelta(days=1) / per_day if per_day else timedelta()
    for number in range(count):
        language = rng.choices(languages, weights)[0]
        pool = sentences(language)
        wanted = max(120.0, rng.lognormvariate(6.8, 0.6))
        title = pool[int(rng.random() * len(pool))][:120]
        body, length = [], len(title)
        while length < wanted:
            sentence = pool[int(rng.random() * len(pool))]
            body.append(sentence)
            length += len(sentence) + 1
        known_at = began + number * gap
        yield Item(
            id=f"d{number}", source_id=f"bench-{language}", kind="news", country=COUNTRIES[language],
            language=language, title=title, body=" ".join(body), published_at=known_at, known_at=known_at,
        )  # fmt: skip


def line_of(item: Item) -> str:
    """The item as one line of the interchange format."""
    texts = {n: getattr(item, n) for n in ("id", "source_id", "kind", "country", "language", "title", "body")}
    times = {"published_at": item.known_at.isoformat(), "known_at": item.known_at.isoformat()}
    return json.dumps({"type": "item", **texts, **times}, ensure_ascii=False)


__all__ = ["documents", "line_of", "sentences", "text_of"]
