"""Articles about one event, near duplicates of each other: four languages, publisher families, edits, copies elsewhere.

The event is invented: a joint notice that puts gallium and germanium under export control. Everything comes from the
seed; the times are given out in the order of the shuffle, so that any article may be the first to tell.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from warning.core.evidence import Item, item_id

BEGIN = datetime(2026, 7, 6, 1, tzinfo=UTC)
SPAN = timedelta(hours=60)

# Families, each with the feeds it speaks through; the same house corroborates nothing.
SOURCES = {
    "en": (
        "cn-xinhua-world", "cn-global-times", "cn-smm-news", "hk-scmp-business", "hk-scmp-news", "jp-nikkei-asia",
        "jp-kyodo-en", "kr-yonhap-en", "int-mining-com", "int-fastmarkets-insights", "google-news-gallium-germanium-en",
        "google-news-export-controls-en",
    ),
    "ja": ("jp-nhk-economy", "jp-nhk-top", "google-news-gallium-germanium-ja", "google-news-export-controls-ja"),
    "ko": ("kr-yonhap-economy", "google-news-gallium-germanium-ko", "google-news-export-controls-ko"),
    "zh": ("google-news-gallium-germanium-zh", "google-news-export-controls-zh"),
}  # fmt: skip
REGISTERS = (
    "cn-mofcom-announcements",
    "cn-mofcom-policy",
    "cn-mofcom-export-control-bureau",
    "cn-export-control-portal",
    "cn-gacc-releases",
)
NOTICE_TITLE = "商务部 海关总署公告2026年第71号 公布对镓、锗相关物项实施出口管制的决定"
NOTICE_TEXT = "经国务院批准，决定对镓、锗相关物项实施出口管制。本公告自2026年8月1日起正式实施。"
# Each form names who, the act and the goods; {} are filled from the words of the language.
FORMS = {
    "en": (
        "{who} {acts} export controls on {goods}{tail}",
        "{who} puts {goods} under export control{tail}",
        "{who} to restrict exports of {goods}{tail}",
        "Export controls on {goods}: {who} requires licences{tail}",
        "{who} {acts} export curbs on chipmaking metals {goods}{tail}",
    ),
    "ja": (
        "{who}、{goods}の輸出規制を{acts}{tail}",
        "{who}が{goods}を輸出管理の対象に{tail}",
        "{who}商務省、{goods}の輸出規制を発表{tail}",
        "{goods}の輸出を規制、{who}政府が{acts}{tail}",
    ),
    "ko": (
        "{who}, {goods} 수출 통제 {acts}{tail}",
        "{who} 상무부, {goods} 수출통제 발표{tail}",
        "{who}, {goods} 수출 제한 조치 {acts}{tail}",
        "{goods} 수출 통제 나선 {who}{tail}",
    ),
    "zh": (
        "{who}{acts}对{goods}实施出口管制{tail}",
        "{who}商务部：对{goods}相关物项实施出口管制{tail}",
        "{who}对{goods}出口实施管制{tail}",
        "商务部海关总署公告：对{goods}相关物项实施出口管制{tail}",
    ),
}
WORDS = {
    "en": {
        "who": ("China", "Beijing", "China's commerce ministry"),
        "acts": ("announces", "imposes", "introduces", "unveils"),
        "goods": ("gallium and germanium", "germanium and gallium", "gallium, germanium", "gallium"),
        "tail": ("", " from August 1", ", effective Aug 1, 2026", " - report", " in chip dispute"),
    },
    "ja": {
        "who": ("中国",),
        "acts": ("発表", "導入", "実施"),
        "goods": ("ガリウムとゲルマニウム", "ガリウム・ゲルマニウム", "ゲルマニウムとガリウム", "ガリウム"),
        "tail": ("", " 8月1日から", " 半導体材料", "=国営メディア"),
    },
    "ko": {
        "who": ("중국",),
        "acts": ("발표", "시행", "실시"),
        "goods": ("갈륨·게르마늄", "갈륨과 게르마늄", "게르마늄·갈륨", "갈륨"),
        "tail": ("", " 8월 1일부터", " (종합)", " 반도체 소재 비상"),
    },
    "zh": {
        "who": ("中国",),
        "acts": ("宣布", "决定"),
        "goods": ("镓、锗", "镓和锗", "锗、镓", "镓"),
        "tail": ("", " 8月1日起实施", "（更新）", " 芯片材料受关注"),
    },
}
EDITS = {"en": "UPDATE 1-{}", "ja": "【更新】{}", "ko": "[업데이트] {}", "zh": "【更新】{}"}
COUNTRIES = {"en": "US", "ja": "JP", "ko": "KR", "zh": "CN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many pieces of each sort the articles hold."""

    registers: int
    written: int
    copied: int
    edited: int


def articles(count: int, seed: int = 7) -> list[Item]:
    """Return `count` pieces, untimed (all known at BEGIN): five registers, then written, copied and edited ones.

    A third of the rest is somebody else's text under another address, a tenth an edit of an earlier piece.
    """
    dice = random.Random(seed)
    found = [_notice(source) for source in REGISTERS]
    written: list[Item] = []
    while len(found) < count:
        chance = dice.random()
        if written and chance < 0.1:
            one = dice.choice(written)
            found.append(replace(one, title=EDITS[one.language].format(one.title)))
        elif written and chance < 0.4:
            found.append(_copy(dice.choice(written), dice, len(found)))
        else:
            written.append(_written(dice, len(found)))
            found.append(written[-1])
    return found


def tally(pieces: Sequence[Item]) -> Told:
    """Count the sorts apart."""
    edits = tuple(form.removesuffix("{}") for form in EDITS.values())
    edited = sum(one.title.startswith(edits) for one in pieces)
    copied = sum("/copy/" in one.url for one in pieces)
    registers = sum(one.kind in {"regulatory", "customs"} for one in pieces)
    return Told(
        registers=registers, copied=copied, edited=edited, written=len(pieces) - registers - copied - edited
    )


def shuffled(pieces: Sequence[Item], seed: int) -> Iterator[Item]:
    """Give the pieces in random order, spread evenly over SPAN: any of them may come first, an edit never does."""
    dice = random.Random(seed)
    order = dice.sample(range(len(pieces)), len(pieces))
    waiting = [pieces[i] for i in order]
    edits = tuple(form.removesuffix("{}") for form in EDITS.values())
    firsts = [one for one in waiting if not one.title.startswith(edits)]
    place = {one.id: n for n, one in enumerate(firsts)}
    last = len(firsts)
    keyed = [(place[one.id], 0.0, one) for one in firsts] + [
        (place[one.id] + dice.random() * (last - place[one.id]), 1.0, one)
        for one in waiting
        if one.title.startswith(edits)
    ]
    ordered = sorted(keyed, key=lambda k: (k[0], k[1]))
    step = SPAN / len(ordered)
    for n, (_, _, one) in enumerate(ordered):
        known_at = BEGIN + n * step
        yield replace(one, known_at=known_at, published_at=known_at - timedelta(minutes=3))


def _notice(source_id: str) -> Item:
    url = f"https://notices.example.org/{source_id}/71"
    return Item(
        id=item_id(source_id, "", url, NOTICE_TITLE),
        source_id=source_id,
        kind="customs" if source_id == "cn-gacc-releases" else "regulatory",
        country="CN",
        language="zh",
        title=NOTICE_TITLE,
        body=NOTICE_TEXT,
        url=url,
        known_at=BEGIN,
    )


def _written(dice: random.Random, number: int) -> Item:
    language = dice.choices(tuple(SOURCES), weights=(4, 2, 2, 2))[0]
    words = {name: dice.choice(choices) for name, choices in WORDS[language].items()}
    title = dice.choice(FORMS[language]).format(**words)
    return _article(title, language, dice.choice(SOURCES[language]), f"https://press.example.org/{number}")


def _copy(one: Item, dice: random.Random, number: int) -> Item:
    source_id = dice.choice(SOURCES[one.language])
    return _article(one.title, one.language, source_id, f"https://press.example.org/copy/{number}")


def _article(title: str, language: str, source_id: str, url: str) -> Item:
    return Item(
        id=item_id(source_id, "", url, title),
        source_id=source_id,
        kind="news",
        country=COUNTRIES[language],
        language=language,
        title=title,
        url=url,
        known_at=BEGIN,
    )
