"""Whoever may write into a drop folder may write any name: it speaks as its own source, or is refused aloud."""

import json
import os
from dataclasses import replace
from datetime import timedelta
from errno import ENOSPC
from pathlib import Path

import pytest

from tests.adapters.parse_samples import FETCHED_AT as NOW
from tests.adapters.test_dropping import ITEM, SPEC, Drop
from warning.app.drop_reading import read_taken
from warning.catalog.sources import SourceSpec
from warning.collect.interchange import write_evidence
from warning.core.evidence import Item, item_id
from warning.core.formats import RssFormat
from warning.core.health import OWN_FAULT
from warning.core.vocabulary import Marking

NOTICE = Item(
    id=item_id("cn-mofcom", "", "http://www.mofcom.gov.cn/74.html", ""), source_id="cn-mofcom", kind="regulatory", country="CN",
    language="zh", title="商务部公告2026年第74号 公布对镓实施出口管制的决定", url="http://www.mofcom.gov.cn/74.html",
    published_at=NOW - timedelta(days=1), known_at=NOW - timedelta(hours=1), archive_hash="a" * 64,
)  # fmt: skip
NOTICE_RECORD = {
    "type": "item", "source_id": "cn-mofcom", "kind": "regulatory", "country": "CN", "language": "zh",
    "title": NOTICE.title.replace("实施", "取消"), "url": NOTICE.url,
}  # fmt: skip
FIGURE = {
    "type": "observation", "source_id": "mission-jp-b", "series_id": "s1", "material": "gallium", "measure": "price",
    "reporter": "CN", "unit": "kg", "currency": "USD", "frequency": "M", "period": "2023-05", "value": 1.0,
    "known_at": "2023-06-01T00:00:00+00:00",
}  # fmt: skip
LISTING = {
    "type": "listing", "source_id": "mission-jp-b", "known_at": "2023-06-01T00:00:00+00:00",
    "entries": [{"key": "1", "name": "Example Ltd"}],
}  # fmt: skip
WITHDRAWAL = {
    "type": "withdrawal", "evidence": NOTICE.id, "source_id": "cn-mofcom", "reason": "not so", "actor": "nobody",
    "known_at": "2023-06-01T00:00:00+00:00",
}  # fmt: skip
REPORT = {
    "type": "report",
    "source_id": "mission-jp-b",
    "condition": "ok",
    "known_at": "2023-06-01T00:00:00+00:00",
}
SPEAKS = SPEC.model_copy(update={"speaks_for": ("cn-mofcom", "komis")})


@pytest.fixture
def drop(tmp_path):
    ready = Drop(tmp_path)
    yield ready
    ready.repository.close()


def taken(tmp_path, *records: dict[str, object], spec: SourceSpec = SPEC):
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return read_taken(path, spec, NOW)


@pytest.mark.parametrize("named", [{}, {"id": NOTICE.id}, {"source_id": "no-such-source"}])
def test_a_record_that_speaks_as_another_source_leaves_that_sources_item_and_is_refused_aloud(drop, named):
    drop.repository.add_items([NOTICE])
    drop.put("spoof.jsonl", "\n".join(json.dumps(one) for one in (ITEM, NOTICE_RECORD | named)))
    outcome = drop.poll()
    assert drop.items() == (NOTICE,)
    why = (drop.folder / "failed" / "spoof.jsonl.why.txt").read_text(encoding="utf-8")
    said = named.get("source_id", "cn-mofcom")
    assert why.startswith(
        f"spoof.jsonl:2: 'source_id' is '{said}', and this folder speaks as 'mission-jp-b'; `speaks_for: [{said}]`"
    )
    assert (outcome.condition, outcome.cause.startswith("spoof.jsonl: spoof.jsonl:2:")) == ("partial", True)


def test_a_record_of_the_folders_own_takes_no_other_items_id_or_document(tmp_path):
    (item,) = taken(tmp_path, ITEM | {"id": NOTICE.id, "archive_hash": "a" * 64}).evidence
    assert (item.source_id, item.id == NOTICE.id, item.archive_hash) == ("mission-jp-b", False, "")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (WITHDRAWAL, "a withdrawal of evidence is nothing that a drop folder takes"),
        (REPORT, "a report on how a source does is nothing that a drop folder takes"),
        (FIGURE, "a figure is taken from a source that `speaks_for` names"),
        (LISTING, "a list is taken from a source that `speaks_for` names"),
        (FIGURE | {"source_id": "komis-other"}, "'source_id' is 'komis-other'"),
        (ITEM | {"kind": "regulatory"}, "'kind' is 'regulatory', and what 'mission-jp-b' brings is 'mission'"),
        (ITEM | {"external_id": "r-2ffce23dc351bf9d"}, "r-2ffce23dc351bf9d is a report's name"),
        (ITEM | {"title": "r-2ffce23dc351bf9d"}, "r-2ffce23dc351bf9d is a report's name"),
    ],
)  # fmt: skip
def test_what_a_folder_does_not_take_fails_with_the_reason(tmp_path, record, words):
    read = taken(tmp_path, record)
    assert (read.evidence, words in read.failure) == ((), True), read.failure


def test_an_entry_of_a_dropped_feed_takes_no_reports_place(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(
        "<rss version='2.0'><channel><item><guid>r-2ffce23dc351bf9d</guid><title>All is well</title></item></channel></rss>"
    )
    read = read_taken(path, SPEC, NOW)
    assert (read.evidence, "is a report's name" in read.failure) == ((), True)


def test_a_folder_speaks_for_the_sources_its_operator_names_under_its_own_marking(tmp_path):
    """The way evidence of another installation comes in by file: an item that went out comes in as itself."""
    path = tmp_path / "export.jsonl"
    write_evidence(path, [NOTICE])
    (item,) = read_taken(path, SPEAKS, NOW).evidence
    assert item == replace(NOTICE, marking=Marking.AMBER, release_to=frozenset({"JP", "KR"}))
    read = taken(tmp_path, FIGURE | {"source_id": "komis"}, LISTING | {"source_id": "komis"}, spec=SPEAKS)
    assert (read.failure, {one.source_id for one in read.evidence}) == ("", {"komis"})
    assert "withdrawal" in taken(tmp_path, WITHDRAWAL, spec=SPEAKS).failure


@pytest.mark.parametrize(
    ("series_id", "owner"),
    [
        ("gallium-fob", "cn-mofcom"),
        ("cn-mofcom:price-cn-gallium", "cn-mofcom"),
        ("gallium\0-fob", "cn-mofcom"),
        ("cn-\0mofcom:price-cn-gallium", "cn-mofcom"),
    ],
)
def test_a_figure_in_another_sources_series_is_refused_although_the_folder_speaks_for_both(
    drop, series_id, owner
):
    """Figures are compared by their series alone: one of a lesser source would have been the ministry's latest."""
    mofcom = SPEC.model_copy(update={"id": "cn-mofcom", "enabled": False})
    figure = FIGURE | {"source_id": "cn-mofcom", "series_id": "gallium-fob"}
    drop.put("own.jsonl", json.dumps(figure))
    assert drop.poll(specs=(SPEAKS, mofcom)).observations_new == 1
    drop.put("spoof.jsonl", json.dumps(figure | {"source_id": "komis", "series_id": series_id, "value": 9.0}))
    drop.put("z.jsonl", json.dumps(figure | {"source_id": "komis", "series_id": "komis-fob", "value": 8.0}))
    outcome = drop.poll(specs=(SPEAKS, mofcom))
    assert (outcome.condition, outcome.observations_new) == ("partial", 1)
    kept = drop.repository.latest_observations()
    assert [(o.source_id, o.series_id, o.value) for o in kept] == [
        ("cn-mofcom", "gallium-fob", 1.0),
        ("komis", "komis-fob", 8.0),
    ]
    why = (drop.folder / "failed" / "spoof.jsonl.why.txt").read_text(encoding="utf-8")
    told = series_id.replace("\0", "")
    assert why.startswith(
        f"'series_id' is '{told}', a series of '{owner}', and the figure says that it is of 'komis'"
    )


def test_an_item_has_the_kind_of_the_source_that_the_folder_speaks_for(drop):
    """A rule on notices reads what is regulatory: a mission's word would have fired it, and a notice told as news none."""
    labels = {"kind": "regulatory", "country": "CN", "language": "zh"}
    mofcom = SPEC.model_copy(update={"id": "cn-mofcom", "enabled": False, **labels})
    drop.put("a.jsonl", json.dumps(NOTICE_RECORD | {"kind": "news"}))
    drop.put("b.jsonl", json.dumps(NOTICE_RECORD))
    outcome = drop.poll(specs=(SPEAKS, mofcom))
    assert (outcome.condition, outcome.items_new) == ("partial", 1)
    assert (drop.lying("done"), drop.items()[0].kind) == (["b.jsonl"], "regulatory")
    why = (drop.folder / "failed" / "a.jsonl.why.txt").read_text(encoding="utf-8")
    assert why == "'kind' is 'news', and what 'cn-mofcom' brings is 'regulatory'\n"


@pytest.mark.parametrize(("label", "value"), [("country", "KR"), ("language", "en")])
def test_an_item_has_the_country_and_language_of_the_source_that_the_folder_speaks_for(drop, label, value):
    """The same words under other labels would have relabelled the ministry's own notice; the folder's own may have any."""
    labels = {"kind": "regulatory", "country": "CN", "language": "zh"}
    page = RssFormat(format="rss")
    mofcom = SPEC.model_copy(update={"id": "cn-mofcom", "enabled": False, "parse": page, **labels})
    drop.put("a.jsonl", json.dumps(NOTICE_RECORD))
    drop.poll(specs=(SPEAKS, mofcom))
    before = drop.items()
    drop.put("b.jsonl", json.dumps(NOTICE_RECORD | {label: value}))
    drop.put("c.jsonl", json.dumps(NOTICE_RECORD | {"source_id": SPEC.id, "kind": SPEC.kind, label: value}))
    assert drop.poll(specs=(SPEAKS, mofcom)).condition == "ok"
    assert [item for item in drop.items() if item.source_id == "cn-mofcom"] == list(before)
    assert drop.lying("done") == ["a.jsonl", "b.jsonl", "c.jsonl"]


def test_what_another_folder_brought_keeps_its_country_and_language(drop):
    """A mission's folder holds notes in any language; another installation sends them on."""
    other = SPEC.model_copy(update={"id": "cn-mofcom", "enabled": False, "kind": "regulatory"})
    drop.put("a.jsonl", json.dumps(NOTICE_RECORD | {"country": "KR", "language": "ko"}))
    assert drop.poll(specs=(SPEAKS, other)).condition == "ok"
    assert [(item.country, item.language) for item in drop.items()] == [("KR", "ko")]


def test_two_new_sources_that_bring_one_series_together_are_not_both_taken(drop):
    figures = [FIGURE | {"source_id": name, "series_id": "new"} for name in ("cn-mofcom", "komis")]
    drop.put("x.jsonl", "\n".join(map(json.dumps, figures)))
    assert (drop.poll(specs=(SPEAKS,)).condition, drop.lying("done")) == ("partial", [])
    assert drop.repository.latest_observations() == ()


def test_an_id_of_another_source_is_made_anew_also_for_a_source_it_may_speak_for(tmp_path):
    record = NOTICE_RECORD | {"source_id": "komis", "id": NOTICE.id}
    (item,) = taken(tmp_path, record, spec=SPEAKS).evidence
    assert item.id == item_id("komis", "", NOTICE.url, "")


@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff", "\u200b\n"])
def test_a_text_that_says_nothing_is_no_item(drop, content):
    drop.put("empty.txt", content)
    assert (drop.poll().condition, drop.items()) == ("partial", ())
    why = (drop.folder / "failed" / "empty.txt.why.txt").read_text(encoding="utf-8")
    assert why == "the file holds no text: its first line is the title, the rest what it says\n"


def test_only_a_drop_folder_may_speak_for_others():
    fetched = SPEC.model_dump(exclude_unset=True) | {
        "url": "https://x.example/", "parse": {"format": "rss"}, "verified": "never", "speaks_for": ["cn-mofcom"],
    }  # fmt: skip
    with pytest.raises(ValueError, match="speaks_for is for drop folders"):
        SourceSpec.model_validate(fetched)


@pytest.mark.parametrize("before", ["odd.exe.why.txt", "odd.exe"])
def test_a_reason_overwrites_neither_a_dropped_file_of_its_name_nor_that_of_a_file_taken_away(drop, before):
    failed = drop.folder / "failed"
    drop.put(before, "")
    drop.poll()
    (failed / "odd.exe").unlink(missing_ok=True)
    lying = {name: (failed / name).read_bytes() for name in drop.lying("failed")}
    drop.put("odd.exe", b"MZ")
    drop.poll()
    assert {name: (failed / name).read_bytes() for name in lying} == lying
    assert set(drop.lying("failed")) - set(lying) == {"odd (2).exe", "odd (2).exe.why.txt"}
    assert drop.poll().cause.startswith("failed/ holds odd (2).exe")


def test_a_full_disk_is_told_as_this_installations_fault_and_not_as_the_folders(drop, monkeypatch):
    def refuse(path: Path, _target: Path) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC), str(path))

    drop.put("good.txt", "A note")
    with monkeypatch.context() as full:
        full.setattr(Path, "rename", refuse)
        outcome = drop.poll()
    assert (outcome.condition, outcome.cause) == ("failing", f"{OWN_FAULT}: No space left on device")
    assert drop.poll().items_new == 1
