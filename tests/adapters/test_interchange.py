"""Interchange files: what is written comes back, and a mistake is told with its file, line and mend."""

import gzip
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from warning.app.evidence_exchange import export_file, import_files
from warning.collect import interchange
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.evidence import Entry, Item, Listing, Observation, item_id
from warning.core.list_patience import ListPatience
from warning.core.vocabulary import Marking
from warning.errors import EvidenceError
from warning.store.repository import Repository

NOW = datetime(2026, 11, 22, 3, 10, tzinfo=UTC)
ITEM = {
    "type": "item", "id": "a1", "source_id": "mofcom", "kind": "regulatory", "country": "CN", "language": "zh",
    "title": "公告", "url": "https://example.org/1", "published_at": "2023-07-03T18:30:00+08:00",
    "known_at": "2023-07-03T10:40:00+00:00",
}  # fmt: skip
OBSERVATION = {
    "type": "observation", "id": "o1", "source_id": "gacc-monthly", "series_id": "cn-exp-811292-jp-qty",
    "material": "gallium", "measure": "export_quantity", "reporter": "CN", "partner": "JP", "hs_code": "811292",
    "unit": "kg", "currency": None, "frequency": "M", "period": "2023-08", "value": 0.0,
    "known_at": "2023-09-20T00:00:00+00:00",
}  # fmt: skip
LISTING = {
    "type": "listing", "id": "l1", "source_id": "us-entity-list", "known_at": "2024-12-02T16:00:00+00:00",
    "entries": [{"key": "k", "name": "n", "country": "CN", "fields": {"federal_register": "89 FR 96830"}}],
}  # fmt: skip


def without(record: dict, *names: str) -> dict:
    return {name: value for name, value in record.items() if name not in names}


def written(path: Path, *records: object) -> Path:
    lines = [
        record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list:
    return list(read_evidence(path, imported_at=NOW))


def test_the_documented_records_are_read(tmp_path: Path):
    item, observation, listing = read(written(tmp_path / "e.jsonl", ITEM, OBSERVATION, LISTING))
    assert (item.id, item.title, item.published_at) == (
        "a1",
        "公告",
        datetime(2023, 7, 3, 10, 30, tzinfo=UTC),
    )
    assert item.published_at.tzinfo is UTC
    assert not item.time_assumed
    assert (observation.id, observation.value, observation.partner) == ("o1", 0.0, "JP")
    assert listing.entries[0].field_map == {"federal_register": "89 FR 96830"}


def test_missing_times_are_the_import_time_and_say_so(tmp_path: Path):
    first, second = read(
        written(
            tmp_path / "e.jsonl", without(ITEM, "known_at", "published_at"), without(ITEM, "published_at")
        )
    )
    assert (first.known_at, first.published_at, first.time_assumed) == (NOW, None, True)
    assert (second.known_at.year, second.time_assumed) == (2023, True)
    (third,) = read(written(tmp_path / "f.jsonl", without(ITEM, "known_at")))
    assert (third.known_at, third.time_assumed) == (NOW, True)


def test_without_an_import_time_the_files_own_stands_in(tmp_path: Path):
    path = written(tmp_path / "e.jsonl", without(ITEM, "known_at"))
    (item,) = read_evidence(path)
    assert item.known_at.timestamp() == pytest.approx(path.stat().st_mtime)


def test_a_record_without_id_gets_one_from_its_content(tmp_path: Path):
    records = read(written(tmp_path / "e.jsonl", *(without(r, "id") for r in (ITEM, OBSERVATION, LISTING))))
    assert [record.id[:2] for record in records] == ["i-", "o-", "l-"]
    assert records == [own_identity(record) for record in records]


MISTAKES = {
    '{"type": "item", "titel": "x"}': r":2: unknown key 'titel'; did you mean 'title'\?",
    '{"type": "news"}': r":2: 'type' is 'news'; item, observation, listing, report or withdrawal is right",
    '{"type": ["item"]}': r":2: 'type' is \['item'\]",
    "[1]": r":2: a record is a JSON object, this is a list",
    '{"type": "item",': r":2:\d+: not JSON",
    "[" * 100_000: r":2: nested too deeply",
    json.dumps(without(ITEM, "title")): r":2: 'title' is missing; a text is right",
    json.dumps(ITEM | {"title": 3}): r":2: 'title' is a number; a text is right",
    json.dumps(
        ITEM | {"kind": "nws"}
    ): r":2: 'kind' is 'nws'; one of customs, mission, news, price, regulatory",
    json.dumps(ITEM | {"known_at": "2023-07-03"}): r":2: 'known_at' is '2023-07-03'; a time with its offset",
    json.dumps(ITEM | {"known_at": "0001-01-01T00:00:00+14:00"}): r":2: 'known_at' is '0001",
    json.dumps(ITEM | {"known_at": 5}): r":2: 'known_at' is a number",
    json.dumps(ITEM | {"marking": "PINK"}): r":2: 'marking' is 'PINK'; one of AMBER",
    json.dumps(ITEM | {"release_to": "JP"}): r":2: 'release_to' takes a list",
    json.dumps(ITEM | {"time_assumed": "yes"}): r":2: 'time_assumed' is a text; true or false is right",
    json.dumps(ITEM | {"title": "\ud800"}): r":2: .* half of a surrogate pair",
    json.dumps(
        OBSERVATION | {"value": float("nan")}
    ): r":2: NaN is not a figure; null stands for a missing value",
    json.dumps(OBSERVATION | {"value": "1"}): r":2: 'value' is a text; a number, or null",
    json.dumps(without(OBSERVATION, "value")): r":2: 'value' is missing; a number, or null",
    json.dumps(OBSERVATION).replace("0.0", "1e999"): r":2: 'value' is too large",
    json.dumps(
        OBSERVATION | {"period": "2023-13"}
    ): r":2: 'period' is '2023-13'; with frequency M .* 2023-08",
    json.dumps(OBSERVATION | {"period": "2023"}): r":2: 'period' is '2023'; with frequency M .* 2023-08",
    json.dumps(OBSERVATION | {"measure": "weight"}): r":2: 'measure' is 'weight'; one of export_quantity",
    json.dumps(without(OBSERVATION, "known_at")): r":2: 'known_at' is missing",
    json.dumps(LISTING | {"entries": {}}): r":2: 'entries' is an object; a list of entries is right",
    json.dumps(
        LISTING | {"entries": [{"key": "a", "nam": "b"}]}
    ): r":2: entry 1: unknown key 'nam'; .*'name'",
    json.dumps(
        LISTING | {"entries": [{"key": "a", "name": "b", "fields": {"x": 1}}]}
    ): r":2: entry 1: 'fields'",
}


@pytest.mark.parametrize(("line", "told"), MISTAKES.items(), ids=[m[:40] for m in MISTAKES.values()])
def test_a_mistake_is_told_with_its_line_and_mend(tmp_path: Path, line: str, told: str):
    path = written(tmp_path / "e.jsonl", ITEM, line)
    with pytest.raises(EvidenceError, match=f"^{path}{told}"):
        read(path)


def test_records_before_a_mistake_are_read(tmp_path: Path):
    records = read_evidence(written(tmp_path / "e.jsonl", ITEM, "", "nonsense"), imported_at=NOW)
    assert next(records).id == "a1"
    with pytest.raises(EvidenceError, match=":3:"):
        next(records)


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path):
    path = tmp_path / "e.jsonl"
    path.write_bytes(b'{"type": "item", "title": "' + "公告".encode("gbk") + b'"}\n')
    with pytest.raises(EvidenceError, match=r":1: not UTF-8 \(byte 28"):
        read(path)


def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path):
    path = tmp_path / "e.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(ITEM).encode() + b"\r\n\r\n   \n" + json.dumps(LISTING).encode()
    )
    assert [record.id for record in read(path)] == ["a1", "l1"]


def test_a_line_longer_than_memory_should_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(interchange, "LINE_LIMIT_BYTES", 500)
    with pytest.raises(EvidenceError, match=":1: longer than 500 bytes"):
        read(written(tmp_path / "e.jsonl", ITEM | {"body": "x" * 600}))


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_compressed_file_that_is_cut_off_is_told(tmp_path: Path, ending: str):
    whole = "\n".join(json.dumps(ITEM | {"id": f"a{n * n * 7919}"}) for n in range(3_000)).encode()
    packed = gzip.compress(whole) if ending == ".gz" else zstandard.compress(whole)
    path = tmp_path / f"e.jsonl{ending}"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(EvidenceError, match=r":\d+: the compressed file is damaged or cut off"):
        read(path)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_file_that_is_not_compressed_at_all_is_told(tmp_path: Path, ending: str):
    with pytest.raises(EvidenceError, match=":1: the compressed file is damaged"):
        read(written(tmp_path / f"e.jsonl{ending}", ITEM))


def test_compressed_files_put_one_after_the_other_are_one_file(tmp_path: Path):
    line = json.dumps(ITEM).encode() + b"\n"
    for ending, compress in ((".gz", gzip.compress), (".zst", zstandard.compress)):
        path = tmp_path / f"e.jsonl{ending}"
        path.write_bytes(compress(line) + compress(line))
        assert len(read(path)) == 2


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(EvidenceError, match=r"no\.jsonl: cannot be read"):
        read(tmp_path / "no.jsonl")
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_evidence(tmp_path / "no" / "e.jsonl", [])


def test_a_failed_export_leaves_the_file_that_was_there(tmp_path: Path):
    path = written(tmp_path / "e.jsonl", ITEM)

    def broken():
        yield from read(path)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_evidence(path, broken())
    assert len(read(path)) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["e.jsonl"]


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_the_same_evidence_gives_the_same_bytes(tmp_path: Path, ending: str):
    records = read(written(tmp_path / "e.jsonl", ITEM, OBSERVATION, LISTING))
    for name in ("one", "two"):
        assert write_evidence(tmp_path / f"{name}.jsonl{ending}", records) == 3
    assert (tmp_path / f"one.jsonl{ending}").read_bytes() == (tmp_path / f"two.jsonl{ending}").read_bytes()


# Whatever evidence there is comes back from a file

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
times = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=zones)


@st.composite
def items(draw) -> Item:
    name = draw(texts)
    return Item(
        id=item_id("s", name, "", ""),
        source_id="s",
        kind=draw(st.sampled_from(["regulatory", "news", "customs", "price", "mission"])),
        country=draw(texts),
        language="zh",
        title=draw(texts),
        summary=draw(texts),
        body=draw(texts),
        url=draw(texts),
        published_at=draw(st.none() | times),
        known_at=draw(times),
        external_id=name,
        archive_hash=draw(st.sampled_from(["", "ab" * 32])),
        time_assumed=draw(st.booleans()),
        marking=draw(st.none() | st.sampled_from(list(Marking))),
        release_to=draw(st.none() | st.frozensets(st.sampled_from(["JP", "KR", "US"]))),
    )


@st.composite
def observations(draw) -> Observation:
    frequency, period = draw(
        st.sampled_from(
            [("D", "2023-08-01"), ("W", "2023-W31"), ("M", "2023-08"), ("Q", "2023-Q3"), ("A", "2023")]
        )
    )
    return own_identity(
        Observation(
            id="",
            source_id="s",
            series_id=draw(st.sampled_from(["x", "y"])),
            material="gallium",
            measure="price",
            reporter="CN",
            partner=draw(st.sampled_from(["WLD", "JP"])),
            hs_code=draw(st.none() | st.just("811292")),
            unit="kg",
            currency=draw(st.none() | st.just("USD")),
            frequency=frequency,
            period=period,
            value=draw(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
            known_at=draw(times),
        )
    )


@st.composite
def listings(draw) -> Listing:
    fields = st.lists(st.tuples(texts, texts), max_size=2, unique_by=lambda pair: pair[0])
    entries = st.builds(Entry, key=texts, name=texts, country=texts, fields=fields.map(tuple))
    whole = Listing(
        id="",
        source_id="s",
        known_at=draw(times),
        entries=tuple(draw(st.lists(entries, max_size=3))),
        url=draw(texts),
    )
    return own_identity(whole)


@settings(max_examples=60, deadline=None)
@given(st.lists(items() | observations() | listings(), max_size=6), st.sampled_from(["", ".gz", ".zst"]))
def test_evidence_comes_back_from_a_file_as_it_was(tmp_path_factory, records, ending):
    path = tmp_path_factory.mktemp("x") / f"e.jsonl{ending}"
    assert write_evidence(path, records) == len(records)
    back = read(path)
    assert back == records
    assert [own_identity(record) for record in back] == records


# Into the store and out again


def test_importing_a_file_twice_stores_it_once(repository: Repository, tmp_path: Path):
    path = written(
        tmp_path / "e.jsonl", ITEM, without(ITEM, "known_at", "published_at") | {"url": "u"}, OBSERVATION
    )
    first = import_files(repository, [path], NOW)
    again = import_files(repository, [path, path], NOW + timedelta(days=1))
    assert (first.read, first.new) == (3, 3)
    assert (again.read, again.new, again.revised, again.unchanged) == (6, 0, 0, 6)


def test_line_marks_of_two_files_do_not_meet(repository: Repository, tmp_path: Path):
    one = written(tmp_path / "1.jsonl", ITEM | {"id": "1", "url": "u1"})
    two = written(tmp_path / "2.jsonl", ITEM | {"id": "1", "url": "u2", "title": "another"})
    assert import_files(repository, [one, two], NOW).new == 2


def test_notices_of_one_title_on_two_days_are_two_items(repository: Repository, tmp_path: Path):
    days = [without(ITEM, "id", "url") | {"published_at": f"2023-07-0{day}T00:00:00+00:00"} for day in (3, 4)]
    assert import_files(repository, [written(tmp_path / "e.jsonl", *days)], NOW).new == 2


def test_a_mistake_in_the_second_file_stores_nothing_of_the_first(repository: Repository, tmp_path: Path):
    good, bad = written(tmp_path / "1.jsonl", ITEM), written(tmp_path / "2.jsonl", ITEM, "{}")
    with pytest.raises(EvidenceError, match=r"2\.jsonl:2"):
        import_files(repository, [good, bad], NOW)
    assert repository.counts()["items"] == 0


def versions_of_a_list(path: Path) -> Path:
    """A list of ten that has two fewer a day later."""
    entries = [{"key": f"k{n}", "name": f"Works {n}"} for n in range(10)]
    later = LISTING | {"known_at": "2025-01-02T00:00:00+00:00", "entries": entries[:8]}
    return written(path, LISTING | {"known_at": "2025-01-01T00:00:00+00:00", "entries": entries}, later)


def test_an_imported_list_is_held_to_the_patience_of_its_own_source(
    repository: Repository, tmp_path: Path, empty_store
):
    path = versions_of_a_list(tmp_path / "list.jsonl")
    source = LISTING["source_id"]
    at_once = ListPatience(absent_days=0, shrunk_share=1)
    doubtful = ListPatience(absent_days=0, shrunk_share=0.1, shrunk_min=1)
    import_files(repository, [path], NOW, {source: at_once})
    import_files(empty_store, [path], NOW, {source: doubtful})
    assert [memory.shrunk for memory in repository.lists_waiting()] == [None]
    assert [memory.shrunk is not None for memory in empty_store.lists_waiting()] == [True]


def test_an_export_of_an_import_of_an_export_is_the_same_file(
    repository: Repository, tmp_path: Path, empty_store
):
    older = LISTING | {"known_at": "2024-01-01T00:00:00+00:00", "entries": []}
    vintage = OBSERVATION | {"value": 5.5, "known_at": "2023-10-20T00:00:00+00:00"}
    path = written(tmp_path / "e.jsonl", ITEM, OBSERVATION, vintage, older, LISTING)
    imported = import_files(repository, [path], NOW)
    assert (imported.new, imported.revised, imported.listing_changes) == (3, 2, 1)
    assert export_file(repository, tmp_path / "one.jsonl.zst") == 5
    import_files(empty_store, [tmp_path / "one.jsonl.zst"], NOW)
    export_file(empty_store, tmp_path / "two.jsonl.zst")
    assert (tmp_path / "one.jsonl.zst").read_bytes() == (tmp_path / "two.jsonl.zst").read_bytes()
    assert read(tmp_path / "two.jsonl.zst") == list(empty_store.export())
