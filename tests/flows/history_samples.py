"""A history with examples of the shipped rules in it: as a file, and as an index of it."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.item_lines import as_replayed
from warning.catalog.load import load_rulebook
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.evidence import Entry, Item, Listing
from warning.core.rules import TextRule
from warning.resources import tree

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2025, 1, 1, 21, 40, tzinfo=UTC)
FILLER = (
    "A quiet day at the port.",
    "本报讯 天气晴朗。",
    "きょうの天気は晴れです。",
    "날씨가 맑았다.",
    "Café_opens; visitors came.",
)
# Who stops is left unsaid here, or seems to be: what means them may stand in another sentence than the verb.
UNSAID = {
    "JP": (
        "レアアースの日本向け輸出を停止", "レアアース輸出を停止　日本向け", "日本向け不足。レアアースの輸出を停止", "日本向けが不足！レアアースの輸出を全面停止",
        "日本向け何が？ ガリウム輸出を禁止", "ガリウム輸出を禁止！日本向けは", "韓国向け船、空で帰る。黒鉛の輸出停止",
    ),
    "KR": (
        "희토류 일본행 수출 중단", "희토류 일본행 배 끊겨. 수출 전면 중단", "일본행 배 빈손? 희토류 수출 중단", "갈륨 수출 금지! 일본행은",
        "희 토 류 일 본 행 수 출 중 단",
    ),
    "HK": ("暂停向韩国出口尿素", "即日起全面禁止向日本出口镓、锗"),
}  # fmt: skip
LANGUAGES = {"JP": "ja", "KR": "ko", "HK": "zh"}


def judging_book():
    """The shipped rulebook without the register: its countdowns read the clock, not the texts."""
    return replace(load_rulebook(tree("rules"), tree("feeds")), measures=())


def history(book, count=260, seed=3):
    """Examples of the shipped rules and headlines that name no state among quiet items, some edited later, with a source's list."""
    rng = random.Random(seed)
    examples = [e for rule in book.rules if isinstance(rule, TextRule) for e in rule.examples]
    sources = sorted(book.sources)
    items = []
    for number in range(count):
        told = rng.choice(examples)
        quiet = rng.random() < 0.6
        known = BEGIN + timedelta(minutes=rng.randrange(40 * 1440))
        items.append(
            Item(
                id=f"n{number}", source_id=rng.choice(sources), kind=told.kind, country=told.country,
                language=told.language, title=rng.choice(FILLER) if quiet else told.title,
                summary="" if quiet else told.summary, body=" ".join(rng.choices(FILLER, k=4)) if quiet else told.body,
                external_id=str(number), published_at=known, known_at=known,
            )
        )  # fmt: skip
    edits = [
        replace(
            item, title=rng.choice(FILLER), summary="", body="", known_at=item.known_at + timedelta(hours=2)
        )
        for item in rng.sample(items, count // 6)
    ]
    lists = [
        Listing(id=f"l{n}", source_id="a-list", known_at=BEGIN + timedelta(days=n), entries=(Entry(key=str(n), name="X"),))
        for n in range(3)
    ]  # fmt: skip
    everything = [*items, *edits, *lists, *unsaid(sources[0])]
    rng.shuffle(everything)
    return everything


def unsaid(source):
    """The headlines that leave unsaid who stops, a day each."""
    titles = [(country, title) for country, some in UNSAID.items() for title in some]
    for number, (country, title) in enumerate(titles):
        known = BEGIN + timedelta(days=2 * number, hours=1)
        yield Item(
            id=f"u{number}", source_id=source, kind="news", country=country, language=LANGUAGES[country],
            title=title, external_id=f"u{number}", published_at=known, known_at=known,
        )  # fmt: skip


def written(book, directory):
    """That history as a file."""
    path = directory / "history.jsonl.zst"
    write_evidence(path, history(book))
    return path


def plain(path):
    return (own_identity(as_replayed(record)) for record in read_evidence(path, imported_at=NOW))


def indexed(path, book):
    ready = ready_index(path, book, make=True)
    assert ready is not None
    return IndexedHistory([(path, ready[0])], NOW)
