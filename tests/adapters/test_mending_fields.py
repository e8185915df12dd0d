"""Mends of what is read: wrong encodings, dates, paths and columns that are somewhere else, expectations that no longer hold."""

import io
import json
import random
import re

import pytest
import yaml

from tests.adapters.challenge_pages import page
from tests.adapters.collected_specs import LIST, spec_of
from tests.adapters.parse_samples import shared, unpacked
from tests.adapters.test_mending import NOW, tried
from warning.app.mend_ideas import Candidate
from warning.app.mending import Mend
from warning.app.source_judgement import Verdict
from warning.app.source_preview import Preview
from warning.catalog.source_overlays import SourceOverlay
from warning.catalog.yaml_edit import scalar
from warning.cli.feeds_check import _overlay
from warning.collect.decode import decode
from warning.collect.json_api_guess import guess_json

TEXTS = {
    "gb18030": "商务部关于对镓、锗相关物项实施出口管制的公告第{n}号，经国务院批准，决定对有关物项实施出口管制",
    "cp949": "산업통상자원부는 희토류와 갈륨 수급 상황을 점검하고 기업의 의견을 들었다고 밝혔다 제{n}호",
    "cp932": "経済産業省はレアアースの輸出規制について会議を開催し、関係する企業の対応を発表しました 第{n}号",
}


def board(text: str, encoding: str, declared: str, rows: int = 9) -> bytes:
    entries = "".join(
        f"<li><a href='/n/{n}'>{text.format(n=n)}</a><span>2026-01-{n:02}</span></li>"
        for n in range(1, rows + 1)
    )
    head = f"<meta charset='{declared}'>" if declared else ""
    html = f"<html><head>{head}</head><body><ul class=list>{entries}</ul></body></html>"
    return html.encode(encoding)


def listed(base: str, **more):
    return spec_of(f"{base}/board", parse=LIST, **more)


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "euc-kr", "shift_jis", "iso-8859-1"])
def test_a_wrong_declaration_is_found_out_and_the_right_encoding_proposed(encoding, declared):
    body = board(TEXTS[encoding], encoding, declared)
    said = decode(body, "text/html")
    if not said.problem:
        assert said.encoding == encoding, "declared rightly"
        return
    found, _ = tried(listed, {"/board": (200, body)})
    assert (found.before.verdict.condition, found.before.parsed.records) == ("ok", 9)
    assert found.before.verdict.cause.startswith("encoding: ")
    assert found.proposal.changes == {"encoding": encoding}
    assert (found.after.verdict.condition, found.after.parsed.records) == ("ok", 9)
    assert found.after.parsed.items[0].title == TEXTS[encoding].format(n=1)


def test_an_encoding_nobody_declares_is_proposed():
    found, _ = tried(listed, {"/board": (200, board(TEXTS["cp949"], "cp949", ""))})
    assert found.proposal.changes == {"encoding": "cp949"}


def figures(header: str, encoding: str = "utf-8") -> bytes:
    rows = "".join(f"2026-0{n},일본,갈륨,{n}00\r\n" for n in range(1, 7))
    return (header + "\r\n" + rows).encode(encoding)


def table_at(base: str, **more):
    layout = {
        "format": "table", "period": "월", "frequency": "M", "reporter": "KR", "partner": "column:국가",
        "material": "column:품목", "materials": {"갈륨": "gallium"}, "values": {"중량(kg)": {"measure": "export_quantity", "unit": "kg"}},
    }  # fmt: skip
    return spec_of(f"{base}/t.csv", kind="customs", country="KR", parse={**layout, **more})


def test_a_wrong_encoding_of_the_catalogue_is_corrected_where_it_stands():
    body = figures("월,국가,품목,중량(kg)", "cp949")
    found, _ = tried(lambda base: table_at(base, encoding="utf-8"), {"/t.csv": (200, body)})
    assert found.proposal.changes == {"parse.encoding": "cp949"}
    assert (found.after.verdict.condition, found.after.parsed.records) == ("ok", 6)


def test_columns_that_are_called_otherwise_are_found_again_together():
    body = figures("기준월,국가명,품목,중량 (kg)")
    found, _ = tried(table_at, {"/t.csv": (200, body)})
    assert found.before.verdict.condition == "drifted"
    assert found.proposal.changes["parse.period"] == "기준월"
    assert found.proposal.changes["parse.partner"] == "column:국가명"
    assert found.proposal.changes["parse.values"]["중량(kg)"]["column"] == "중량 (kg)"
    series = {o.series_id for o in found.after.parsed.observations}
    before, _ = tried(table_at, {"/t.csv": (200, figures("월,국가,품목,중량(kg)"))})
    assert series == {o.series_id for o in before.before.parsed.observations}, "a mend starts no new series"


def test_a_column_that_is_gone_has_no_mend():
    found, _ = tried(table_at, {"/t.csv": (200, figures("a,b,c,d"))})
    assert found.proposal is None


DATED = {"expect": {"required_fields": ["title", "published_at"]}}


def cards(date: str) -> str:
    return "".join(
        f"<li><a href='/n/{n}'>Notice of the ministry number {n}</a>{date.format(n=n)}</li>"
        for n in range(1, 10)
    )


@pytest.mark.parametrize(
    ("date", "selector"),
    [
        ("<em class=day>2026-01-0{n}</em><span>Trade</span>", "em.day"),
        ("<span>News</span><time datetime='2026-01-0{n}T09:00:00Z'>{n} days ago</time>", "time@datetime"),
    ],
)
def test_dates_that_stand_elsewhere_are_found_again(date, selector):
    board_page = page(f"<ul class=list>{cards(date)}</ul>", "Notices")
    layout = {"format": "html_list", "item": "ul.list li", "title": "a", "date": "b.when"}
    found, _ = tried(
        lambda base: spec_of(f"{base}/board", parse=layout, **DATED), {"/board": (200, board_page)}
    )
    assert found.before.verdict.condition == "drifted"
    assert found.proposal.changes == {"parse.date": selector}
    assert found.after.verdict.condition == "ok"


def test_what_entries_no_longer_hold_is_asked_to_be_expected_no_more():
    board_page = page(f"<ul class=list>{cards('')}</ul>", "Notices")
    found, _ = tried(
        lambda base: spec_of(f"{base}/board", parse=LIST, **DATED), {"/board": (200, board_page)}
    )
    assert found.proposal.changes == {"expect.required_fields": ["title"]}
    assert "nothing on the page was found to hold published_at: expect it no more?" in found.proposal.because


def test_paths_of_an_answer_that_was_rebuilt_are_found_again():
    rows = [
        {"docId": n, "headline": f"Notice number {n} of the ministry", "publishedAt": f"2026-01-0{n}", "link": f"/n/{n}"}
        for n in range(1, 8)
    ]  # fmt: skip
    body = json.dumps({"result": {"rows": rows}}).encode()
    layout = {"format": "json", "entries": "data.list", "id": "id", "title": "title", "date": "date"}
    found, _ = tried(lambda base: spec_of(f"{base}/api", parse=layout), {"/api": (200, body)})
    assert found.before.verdict.condition == "drifted"
    assert found.proposal.changes["parse.entries"] == "result.rows"
    assert (found.after.verdict.condition, found.after.parsed.records) == ("ok", 7)
    assert found.after.parsed.items[0].published_at is not None


def test_addresses_and_days_are_found_by_what_they_hold_where_their_names_tell_nothing():
    rows = [
        {"no": n, "headline": f"Notice number {n} of the ministry", "day": f"2026-01-0{n}", "addr": f"https://m.example/n/{n}", "pic": f"https://m.example/p/{n}.jpg"}
        for n in range(1, 8)
    ]  # fmt: skip
    body = json.dumps({"result": {"rows": rows}}).encode()
    layout = {"format": "json", "entries": "data.list", "title": "title", "date": "date", "url": "link"}
    found, _ = tried(lambda base: spec_of(f"{base}/api", parse=layout), {"/api": (200, body)})
    assert (found.proposal.changes["parse.url"], found.proposal.changes["parse.date"]) == ("addr", "day")
    assert found.after.parsed.items[2].url == "https://m.example/n/3"
    assert found.after.parsed.items[2].published_at is not None


def test_a_picture_or_one_address_for_all_entries_is_not_where_an_entry_stands():
    rows = [
        {"headline": f"Notice number {n} of the ministry", "pic": f"https://m.example/p/{n}.jpg?w=1", "home": "https://m.example/"}
        for n in range(1, 8)
    ]  # fmt: skip
    assert guess_json({"rows": rows}).url is None


def test_a_pace_that_has_changed_is_proposed_as_another_bound():
    board_page = page(f"<ul class=list>{cards('<span>2026-01-2{n}</span>')}</ul>", "Notices")
    found, _ = tried(
        lambda base: spec_of(f"{base}/board", parse=LIST, expect={"items_per_week": {"min": 50}}), {"/board": (200, board_page)}
    )  # fmt: skip
    assert list(found.proposal.changes) == ["expect.items_per_week.min"]
    assert found.after.verdict.condition == "ok"


def test_more_entries_are_no_mend_of_a_source_that_is_read_in_part():
    """An entry without title and address makes it partial; selectors that catch the menu as well would not make it better."""
    menu = "<ul class=menu>" + "".join(f"<li><a href='/m/{n}'>Ministry menu entry {n}</a></li>" for n in range(40)) + "</ul>"  # fmt: skip
    bad = "<li><b>Notice without an address at all</b><span>2026-01-09</span></li>"
    board_page = page(menu + f"<ul class=list>{cards('<span>2026-01-0{n}</span>')}{bad}</ul>", "Notices")
    found, _ = tried(listed, {"/board": (200, board_page)})
    assert found.before.verdict.condition == "partial"
    assert found.proposal is None


def test_keys_of_a_mapping_are_quoted_where_yaml_would_read_them_otherwise():
    assert scalar({"Urea: total, t": {"unit": "kg"}}) == '{"Urea: total, t": {unit: kg}}'


@pytest.mark.shared_data
@pytest.mark.parametrize(("language", "encoding"), [("zh", "gb18030"), ("ko", "cp949"), ("ja", "cp932")])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "euc-kr", "shift_jis", "euc-jp", "iso-8859-1"])
def test_real_texts_under_any_wrong_declaration_are_read_right(language, encoding, declared):
    chooser = random.Random(declared + language)
    for _ in range(5):
        texts = chooser.sample(real_texts(language), 30)
        body = board("{n}", "ascii", declared, 0) + "".join(f"<p>{text}</p>" for text in texts).encode(
            encoding, "ignore"
        )
        assert decode(body, "text/html").text == body.decode(encoding)


def real_texts(language: str) -> list[str]:
    if language == "ja":
        text = decode((shared("feeds/jp_ministries") / "meti.html").read_bytes()).text
        found = [line.strip() for line in re.sub(r"<[^>]+>", "\n", text).split("\n")]
        return [line for line in found if len(re.findall("[ぁ-ヿ一-鿿]", line)) > 8]
    name = {"zh": "news/cctv_news_zh.jsonl.zst", "ko": "news/asia_news_items.jsonl.zst"}[language]
    lines = io.TextIOWrapper(io.BytesIO(unpacked(name)), encoding="utf-8")
    rows = [json.loads(line) for _, line in zip(range(3_000), lines, strict=False)]
    texts = [f"{row['title']} {row.get('text', row.get('summary'))}"[:300] for row in rows]
    return [text for text in texts if language == "zh" or re.search("[가-힣]{3}", text)]


def test_applying_a_mend_keeps_what_an_operator_set_before_however_it_was_written():
    spec = spec_of("https://a.example/board", parse=LIST)
    candidate = Candidate(changes={"encoding": "cp949"}, because="encoding: declared utf-8, is cp949")
    seen = Preview(source_id="s", verdict=Verdict(condition="ok"), url=spec.url)
    found = Mend(source_id="s", before=seen, proposal=candidate, after=seen)
    before = "# asked the ministry by phone\nsource: s\nreason: moved\nauthor: A. Sato\nset: {every: 5m, expect: {rows: {min: 2}}}\n"
    existing = SourceOverlay.model_validate(
        {
            "source": "s",
            "reason": "moved",
            "author": "A. Sato",
            "set": {"every": "5m", "expect": {"rows": {"min": "2"}}},
        }
    )
    written = yaml.safe_load(_overlay(spec, found, before, existing, NOW))
    assert written["set"] == {"every": "5m", "expect": {"rows": {"min": 2}}, "encoding": "cp949"}
    assert (written["author"], written["reason"]) == ("A. Sato", "moved; encoding: declared utf-8, is cp949")
    assert "# asked the ministry by phone" in _overlay(spec, found, before, existing, NOW)
