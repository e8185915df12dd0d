"""Python orders its sets anew in every process: what the text rules say must not show it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
from datetime import UTC, datetime
from pathlib import Path
from warning.catalog.load import load_rulebook
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
known = datetime(2025, 4, 4, 12, tzinfo=UTC)
titles = [
    ("regulatory", "CN", "zh", "商务部 海关总署公告2025年第18号 公布对部分中重稀土相关物项实施出口管制的决定",
     "决定对钐、钆、铽、镝、镥、钪、钇等7类中重稀土相关物项实施出口管制，包括钐钴永磁材料、含铽的钕铁硼永磁材料。"),
    ("regulatory", "CN", "zh", "商务部公告2024年第46号 关于加强相关两用物项对美国出口管制的公告",
     "原则上不予许可镓、锗、锑、超硬材料相关两用物项对美国出口。本公告自公布之日起正式实施。"),
    ("news", "US", "en", "China bans exports of gallium, germanium and antimony to the US, Japan and South Korea",
     "The commerce ministry announced export controls on samarium, terbium and neodymium magnets."),
    ("news", "KR", "ko", "중국, 희토류 7종 수출통제… 영구자석도 포함", "디스프로슘, 테르븀 등은 즉시 허가를 받아야 한다."),
]
items = tuple(
    Item(id=str(n), source_id="s", kind=k, country=c, language=l, title=t, summary=s, published_at=known, known_at=known)
    for n, (k, c, l, t, s) in enumerate(titles)
)
window = Window(items=items, observations=(), listing_changes=(), fresh=frozenset(i.id for i in items))
signals, traces = detect_text(load_rulebook(Path("rules"), Path("feeds")), window.as_known(known), known)
assert len(signals) >= 8, signals
print(*signals, *traces, sep="\\n")
"""


def said(seed: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def first() -> bytes:
    return said("0")


@pytest.mark.parametrize("seed", ["1", "2", "4242"])
def test_text_signals_are_the_same_bytes_under_every_order_of_sets(first: bytes, seed: str):
    assert said(seed) == first
