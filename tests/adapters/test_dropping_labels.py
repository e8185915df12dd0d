"""A folder brings items of a source that was mended and not asked since: also where the mend is taken back they get its labels."""

import json
import os
from datetime import timedelta

import pytest

from tests.adapters.collected_specs import LIST, NOW, spec_of
from warning.app.reading_basis import basis_of, mended_labels
from warning.core.evidence import Item
from warning.core.relabelling import labels_of
from warning.settings import Settings

MENDED = [{"language": "en"}, {"country": "KR"}, {"kind": "news"}]


def folder(home):
    (home / "drop").mkdir(exist_ok=True)
    more = {"format": "file", "settle_seconds": 0}
    return spec_of("file:drop", "folder", kind="mission", parse=more, speaks_for=("s",))


def put(home, kind: str) -> None:
    record = {"type": "item", "source_id": "s", "kind": kind, "country": "CN", "language": "zh", "title": "镓", "url": "https://x.example/9"}  # fmt: skip
    path = home / "drop" / "export.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    when = (NOW - timedelta(minutes=1)).timestamp()
    os.utime(path, (when, when))


@pytest.mark.parametrize("mended", MENDED)
def test_what_a_folder_brings_of_a_mended_source_is_relabelled_when_the_mend_is_taken_back(
    run, tmp_path, mended
):
    async def body(bench):
        bench.settings = Settings(home=tmp_path)
        drop, source = folder(tmp_path), spec_of(bench.url("/list?n=2"), parse=LIST)
        other = source.model_copy(update=mended)
        await bench.collect(drop, source, force=True)
        put(tmp_path, other.kind)
        bench.now += timedelta(hours=1)
        await bench.collect(drop, other, only=["folder"], force=True)
        assert stored(bench)["镓"] == (other.kind, other.country, other.language)
        assert mended_labels(other, bench.state("s")) == ((source.kind, source.country, source.language),)
        bench.now += timedelta(hours=1)
        await bench.collect(drop, source, force=True)
        assert set(stored(bench).values()) == {(source.kind, source.country, source.language)}
        assert len(stored(bench)) == 3
        assert bench.state("s").read_as == basis_of(source)

    run(body)


def stored(bench) -> dict[str, tuple[str, str, str]]:
    items: list[Item] = bench.items()
    return {item.title: labels_of(item) for item in items}


def lay(home, name: str, text: str) -> None:
    path = home / "drop" / name
    path.write_text(text, encoding="utf-8")
    when = (NOW - timedelta(minutes=1)).timestamp()
    os.utime(path, (when, when))


def record(source_id: str, title: str, kind: str = "mission") -> str:
    told = {
        "type": "item",
        "source_id": source_id,
        "kind": kind,
        "country": "CN",
        "language": "zh",
        "title": title,
    }
    return json.dumps(told | {"url": f"https://x.example/{title}"})


@pytest.mark.parametrize("mended", MENDED[:2])
def test_texts_in_a_mended_folder_stand_under_its_label_and_records_keep_what_they_say(run, tmp_path, mended):
    async def body(bench):
        bench.settings = Settings(home=tmp_path)
        drop = folder(tmp_path).model_copy(update={"speaks_for": (), "country": "CN", "language": "zh"})
        lay(tmp_path, "note.txt", "A report of the embassy\n\nGallium is short.\n")
        lay(tmp_path, "export.jsonl", record("folder", "镓"))
        await bench.collect(drop, force=True)
        before = stored(bench)
        for update, days in ((mended, 1), ({}, 40), (mended, 40), ({}, 40)):
            bench.now += timedelta(days=days)
            other = drop.model_copy(update=update)
            await bench.collect(other, force=True)
            note = (other.kind, other.country, other.language)
            assert stored(bench) == before | {"A report of the embassy": note}
            assert bench.state("folder").read_as == basis_of(other)

    run(body)


@pytest.mark.parametrize("mended", MENDED)
def test_what_a_folder_alone_brings_of_a_source_stands_under_its_mended_label(run, tmp_path, mended):
    """Nobody asks the source itself: its entry is switched off, and the folder's polls see the mend."""

    async def body(bench):
        bench.settings = Settings(home=tmp_path)
        drop, source = folder(tmp_path), spec_of(bench.url("/list?n=2"), parse=LIST, enabled=False)
        lay(tmp_path, "export.jsonl", record("s", "镓", source.kind))
        await bench.collect(drop, source, force=True)
        for update in (mended, {}):
            bench.now += timedelta(hours=1)
            other = source.model_copy(update=update)
            await bench.collect(drop, other, force=True)
            assert stored(bench) == {"镓": (other.kind, other.country, other.language)}
            assert mended_labels(other, bench.state("s")) == ()
            assert bench.server.hits == {}

    run(body)


@pytest.mark.parametrize("said", [{"language": "ko"}, {"country": "KR"}])
def test_a_record_that_says_another_label_later_keeps_it_when_the_folder_is_mended(run, tmp_path, said):
    """What it says now is what the folder's entry gave until it was mended: the record's own word all the same."""

    async def body(bench):
        bench.settings = Settings(home=tmp_path)
        drop = folder(tmp_path).model_copy(
            update={"speaks_for": (), "country": "CN", "language": "zh"} | said
        )
        told = json.loads(record("folder", "镓"))
        lay(tmp_path, "first.jsonl", json.dumps(told))
        await bench.collect(drop, force=True)
        bench.now += timedelta(hours=1)
        lay(tmp_path, "second.jsonl", json.dumps(told | said | {"known_at": bench.now.isoformat()}))
        await bench.collect(drop, force=True)
        (own,) = stored(bench).values()
        assert own == (drop.kind, drop.country, drop.language)
        bench.now += timedelta(days=40)
        mended = {name: {"language": "en", "country": "US"}[name] for name in said}
        await bench.collect(drop.model_copy(update=mended), force=True)
        assert stored(bench) == {"镓": own}

    run(body)
