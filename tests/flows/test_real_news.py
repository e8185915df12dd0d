"""The shipped text rules on documents nobody of this project wrote; skipped where they are not at hand."""

import csv
import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import zstandard

from warning.catalog.load import load_rulebook
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.signals import Signal

ROOT = Path(__file__).parents[2]
NEWS = Path(os.environ.get("EWS_SHARED_DATA", ROOT.parent / "shared" / "data")) / "news"
KNOWN = datetime(2026, 11, 1, tzinfo=UTC)
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not NEWS.is_dir(), reason="the real documents are not at hand: set EWS_SHARED_DATA"),
]


@cache
def rulebook():
    return load_rulebook(ROOT / "rules", ROOT / "feeds")


def records(name: str) -> list[dict]:
    with (NEWS / name).open("rb") as raw:
        text = zstandard.ZstdDecompressor(max_window_size=1 << 28).stream_reader(raw).read().decode()
    return [json.loads(line) for line in text.splitlines()]


def labels(name: str) -> dict[int, str]:
    with (NEWS / name).open(encoding="utf-8-sig") as file:
        return {int(row["line"]): row["label"] for row in csv.DictReader(file)}


def item(number: int, record: dict, kind: str, country: str, language: str) -> Item:
    body = record.get("text") or record.get("key_provisions") or ""
    summary = record.get("summary") or record.get("abstract") or ""
    return Item(
        id=str(number), source_id="real", kind=kind, country=country, language=language, title=record["title"],
        summary=summary, body=body, url=record.get("url") or "", known_at=KNOWN, time_assumed=True,
    )  # fmt: skip


def interrupting(items: list[Item]) -> dict[int, list[Signal]]:
    window = Window(
        items=tuple(items), observations=(), listing_changes=(), fresh=frozenset(i.id for i in items)
    )
    signals, _ = detect_text(rulebook(), window.as_known(KNOWN), KNOWN)
    found: dict[int, list[Signal]] = {}
    for signal in signals:
        if signal.interrupts:
            found.setdefault(int(signal.exhibit.evidence_id), []).append(signal)
    return found


def test_every_listing_and_control_rule_of_the_register_fires_and_procedure_stays_silent():
    documents, verdicts = (
        records("federal_register_documents.jsonl.zst"),
        labels("federal_register_labels.csv"),
    )
    wanted = {"listing", "control_rule", "relaxation"}
    chosen = set(range(0, len(documents), 10)) | set(verdicts)
    found = interrupting([item(n, documents[n], "regulatory", "US", "en") for n in sorted(chosen)])
    assert {n for n, label in verdicts.items() if label in wanted} - set(found) == set()
    assert {n for n, label in verdicts.items() if label in {"procedural", "unrelated"}} & set(found) == set()
    assert len(set(found) - set(verdicts)) <= 5


def test_listing_buried_in_the_last_paragraph_of_a_broadcast_is_found_with_its_facts():
    broadcasts, verdicts = records("cctv_news_zh.jsonl.zst"), labels("cctv_news_zh_labels.csv")
    found = interrupting([item(n, d, "news", "CN", "zh") for n, d in enumerate(broadcasts)])
    events = {n for n, label in verdicts.items() if label == "control_event"}
    # Not in the labels, which look at export controls: the tariff of the same evening, the rules of the law against
    # sanctions, and the day on which the United States and China took duties and countermeasures back for 90 days.
    assert set(found) == events | {6741, 7041, 7352}
    facts = {signal.facts.act: signal.facts for signals in found.values() for signal in signals}
    assert facts["entity_listing"].targets == ("US",)
    assert facts["entity_listing"].instrument == "MOFCOM 2025/13"
    assert facts["unreliable_entity"].instrument == "UEL 2025/5"


def test_press_events_fire_and_talk_and_deals_do_not():
    news, verdicts = records("asia_news_items.jsonl.zst"), labels("asia_news_items_labels.csv")
    found = interrupting([item(n, news[n], "news", "", news[n]["lang"]) for n in sorted(verdicts)])
    events = {n for n, label in verdicts.items() if label in {"control_event", "list_event"}}
    talk = {
        n
        for n, label in verdicts.items()
        if label in {"control_talk", "material_deal_or_market", "false_match"}
    }
    assert events - set(found) == set()
    # 450: the truce prolonged, a relief that the label counts as talk.
    assert talk & set(found) <= {450}


def test_ministry_documents_fire_where_a_reader_saw_an_event():
    documents = records("mofcom_export_control_documents.jsonl.zst")
    with (ROOT / "bench" / "labels" / "mofcom_documents.csv").open() as file:
        verdicts = {int(row["line"]): row["verdict"] for row in csv.DictReader(file)}
    found = interrupting([item(n, d, "regulatory", "CN", "zh") for n, d in enumerate(documents)])
    # The first reader left the rules of the law against sanctions (95) aside; the second calls a law of answers an event.
    assert set(found) == {n for n, verdict in verdicts.items() if verdict == "event"} | {95}


@pytest.mark.parametrize("name", ["headlines_en_agnews.jsonl.zst", "agency_feed_items_en.jsonl.zst"])
def test_ordinary_news_raises_no_alarm(name):
    assert interrupting([item(n, d, "news", "US", "en") for n, d in enumerate(records(name))]) == {}
