"""What a desk reads: the same facts in three languages, within their limits, whatever the sources wrote."""

import string
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.adapters.alert_samples import (
    BOOK,
    DESKS,
    NOTICE,
    SAMPLES,
    control,
    listing,
    marked,
    message,
    updated,
    with_severity,
)
from tests.core.build import at, exhibit, press, signal
from warning.channels.plain import plain, safe_link, shorten
from warning.channels.render import render
from warning.channels.text_form import _PIECES, WIDTH, _wrapped, text_form
from warning.channels.when import day, moment
from warning.channels.words import LANGUAGES, words_for
from warning.core.joining import open_alert
from warning.core.signals import Reason
from warning.core.vocabulary import Marking, Severity

HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&*_`~|!@#\r\n\t\u202e\u2066\u200b\u0000م👩‍💻🇰🇷é")),
    max_size=400,
)


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_catalogues_hold_the_same_keys_with_the_same_placeholders():
    english = {key: _placeholders(text) for key, text in words_for("en").templates.items()}
    for language in ("ja", "ko"):
        other = {key: _placeholders(text) for key, text in words_for(language).templates.items()}
        assert other == english


def test_catalogues_leave_no_sentence_in_english():
    english = words_for("en").templates
    shared = {key for key in english if key.startswith("title.")}
    shared |= {"case.join", "case.stage", "context.marking", "join.list", "reason.listing.field"}
    shared |= {"assistance.supplier", "value.level_because", "join.colon", "join.quoted", "join.stop"}
    for language in ("ja", "ko"):
        same = {key for key, text in words_for(language).templates.items() if text == english[key]}
        assert same <= shared


def test_chinese_desk_reads_english():
    assert words_for("zh") is not None
    assert words_for("zh").language == "en"


def test_korean_particles_follow_the_sound_before_them():
    say = words_for("ko").say
    assert say("lead.export_control", who="중국", what="갈륨").startswith("중국이 갈륨을 ")
    assert say("lead.export_control", who="유럽", what="희토류").startswith("유럽이 희토류를 ")
    assert say("lead.export_control", who="일본 정부", what="HS 2504").startswith("일본 정부가 HS 2504를 ")
    assert say("lead.export_control", who="EU", what="Harbour").startswith("EU가 Harbour을(를) ")


def test_values_are_never_read_as_templates():
    said = words_for("en").say("lead.export_control", who="{what} %s {0}", what="{who}")
    assert said == "{what} %s {0} has put {who} under export control."


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Nov 22, 2026"), ("ja", "2026年11月22日"), ("ko", "2026년 11월 22일")],
)
def test_days_are_written_as_each_language_writes_them(language, expected):
    assert day(date(2026, 11, 22), language) == expected


def test_moments_show_utc_and_the_desks_own_time():
    at = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert moment(at, "en", "America/New_York") == "Nov 22, 2026 18:30 UTC (13:30 EST)"
    assert moment(at, "ja", "Asia/Tokyo") == "2026年11月22日 18:30 UTC（11月23日 03:30 JST）"
    assert moment(at, "ko", "Asia/Seoul") == "2026년 11월 22일 18:30 UTC (11월 23일 03:30 KST)"
    assert moment(at, "en", "UTC") == "Nov 22, 2026 18:30 UTC"


def test_lead_says_what_happened_when_and_what_it_means_for_this_desk():
    assert message(language="en").lead == (
        "China has put gallium and germanium under export control. In force from Tue, Aug 1, 2023. "
        "The United States imports 100% of its gallium (2024)."
    )
    assert message(language="ja").lead == (
        "中国が、ガリウム、ゲルマニウムを輸出管理の対象としました。施行日は2023年8月1日（火）です。"
        "日本のガリウム輸入の60%を中国が占めています（2024年）。"
    )
    assert message(language="ko").lead == (
        "중국이 갈륨, 게르마늄을 수출통제 대상으로 지정했습니다. 시행일은 2023년 8월 1일(화)입니다. "
        "한국은 갈륨의 100%를 수입에 의존하며, 수입의 98%를 중국이 공급합니다(2024년)."
    )


def test_update_opens_with_what_changed_and_hides_other_countries_levels():
    seoul, tokyo = message(updated(), "ko"), message(updated(), "ja")
    assert seoul.changes == (
        "시행일: 2023년 9월 1일(변경 전: 2023년 8월 1일)",
        "한국 기준 심각도: 매우 높음(변경 전: 높음)",
    )
    assert seoul.lead.startswith(f"{seoul.changes[0]}. {seoul.changes[1]}. ")
    assert tokyo.changes == ("施行日：2023年9月1日（変更前：2023年8月1日）",)


def test_subject_stays_the_same_over_versions_and_never_understates_the_marking():
    first, later = control(), replace(updated(), marking=Marking.AMBER)
    later = replace(later, facts=replace(later.facts, materials=("gallium", "germanium", "graphite")))
    subject = render(first, DESKS["en"], BOOK).subject
    assert subject == "[TLP:CLEAR] China · Gallium, germanium: Export control (MOFCOM-GACC 2023/23)"
    after = render(later, DESKS["en"], BOOK, root=first).subject
    assert after == "[TLP:AMBER] China · Gallium, germanium: Export control (MOFCOM-GACC 2023/23)"


def test_original_titles_stay_in_their_own_language():
    for language in LANGUAGES:
        assert message(language=language).sources[0].title == NOTICE


def test_links_that_are_not_web_addresses_are_dropped_and_said_so():
    source = message(SAMPLES["bare"]()).sources[0]
    assert source.link == ""
    assert "no usable link" in source.notes


def test_long_lists_of_names_end_in_how_many_more_there_are():
    names = next(f.value for f in message(listing()).fields if f.label == "Names")
    assert names.endswith("Example Semiconductor 6 Co., Ltd. and 2 more")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.AMBER_STRICT])
def test_title_line_stays_under_80_characters_and_shows_marking_and_level(
    sample, language, severity, marking
):
    alert = replace(with_severity(SAMPLES[sample](), severity), marking=marking)
    said = message(alert, language)
    assert len(said.title) < 80
    assert said.title.startswith(f"[TLP:{marking.value}] {said.level} ")
    assert len(said.subject) < 80


def test_context_names_marking_release_version_rule_and_owner():
    said = message(marked(Marking.AMBER, release_to=frozenset({"JP", "US"}))).context
    assert said == (
        "TLP:AMBER",
        "Release: Japan and United States",
        "Rated for the United States",
        "Alert a-0123456789abcdef, version 1",
        "Detected by rule prc-controls, version v1",
        "Rule kept by: analysts",
    )


@settings(deadline=None)
@given(title=HOSTILE, publisher=HOSTILE, name=HOSTILE, url=HOSTILE)
def test_whatever_sources_write_every_text_stays_one_clean_line(title, publisher, name, url):
    shown = press("i5", title=title, source_title=publisher, url=url)
    facts = {"act": "entity_listing", "materials": (), "names": (name,), "instrument": name}
    alert = open_alert("a-h", [signal("i5", facts=facts, exhibit=shown, rule_title=title)], BOOK)
    for language in LANGUAGES:
        said = render(alert, DESKS[language], BOOK)
        texts = [
            said.title,
            said.subject,
            said.lead,
            said.preheader,
            *said.why,
            *(f.value for f in said.fields),
        ]
        texts += [t for s in said.sources for t in (s.title, s.publisher)]
        for text in texts:
            assert not set(text) & set("\r\n\t\0\u202e\u202a\u2066\u2067")
            assert text.encode().decode() == text
        assert said.sources[0].link in {"", url}
        assert text_form(said).startswith(said.title)


@given(text=st.text(max_size=60), limit=st.integers(0, 40))
def test_shortening_never_exceeds_its_limit(text, limit):
    assert len(shorten(text, limit)) <= max(limit, 0) or len(text) <= limit
    assert len(plain(text, limit)) <= limit


@pytest.mark.parametrize("block", [range(0x3100), range(0xD700, 0x10000), range(0xE0000, 0xE0100)])
def test_plain_text_holds_nothing_unseen_and_no_space_but_a_blank(block):
    """Joiners and soft hyphens stay: letters and emoji are made with them. Direction marks go."""
    for letter in map(chr, block):
        said = plain(f"a{letter}b", 10)
        kept = said[1:-1]
        unseen = unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} and not letter.isspace()
        turns = unicodedata.bidirectional(letter) in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }
        expected = (
            " " if letter.isspace() else "" if unseen or turns or letter in "\u061c\u200e\u200f" else letter
        )
        assert kept == expected, hex(ord(letter))


@given(st.text(alphabet="ab 年、。「」한é ", max_size=400))
@example("年月" * 100)
@example("ab 年。 " * 60)
def test_lines_of_plain_text_are_of_the_width_and_lose_no_letter(text):
    lines = _wrapped(text, "- ", "  ")
    assert "".join("".join(lines).split()) == "-" + "".join(text.split())
    for line in lines:
        assert cells(line) <= WIDTH or len(_PIECES.findall(line[2:].strip())) == 1
    short = "".join(text[:80].split()) or "a"
    assert _wrapped(short, "- ") == ["- " + short] or cells("- " + short) > WIDTH


def cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def test_shortening_does_not_part_what_belongs_together():
    assert shorten("abc👩‍💻xyz", 6) == "abc…"
    assert shorten("ab🇰🇷🇯🇵", 4) == "ab…"
    assert shorten("abe\u0301x", 4) == "ab…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://a/b",
        "http://",
        "https://a b",
        "https://a/\u202e",
        "https://a/<x>",
        "http://[::1",
    ],
)
def test_unsafe_links_are_refused(url):
    assert safe_link(url) == ""


def test_web_addresses_pass_as_they_are():
    assert safe_link("https://例え.jp/a?b=c&d=%20") == "https://例え.jp/a?b=c&d=%20"


def _why(code: str, language: str, **params: str) -> str:
    reason = Reason(code=code, text="as the detector wrote it", params=tuple(params.items()))
    return message(replace(control(), why=(reason,)), language).why[1]


def test_reasons_about_figures_are_told_in_the_desks_language():
    params = {"observed": "20 t", "baseline": "8,517 t", "move": "99.8 % under", "window": "12 months"}
    params |= {"threshold": "60 % under", "period": "2023-12"}
    assert _why("series.drop", "en", **params) == (
        "Dec 2023: 20 t, 99.8% below the median of the 12 months before, 8,517 t (the rule asks for 60% below)."
    )
    assert _why("series.drop", "ja", **params) == (
        "2023年12月：20 t、直前12か月の中央値8,517 tに対して99.8%低い水準（検知基準：60%減）"
    )
    assert _why("series.drop", "ko", **params) == (
        "2023년 12월: 20 t, 직전 12개월 중앙값 8,517 t 대비 99.8% 낮은 수준(탐지 기준: 60% 감소)"
    )


def test_reasons_from_text_quote_the_original_words():
    said = _why(
        "text.sentence", "ko", field="title", words="镓 + 出口管制", sentence="关于对镓实施出口管制的公告"
    )
    assert said == "제목에 ‘镓’, ‘出口管制’ 언급: “关于对镓实施出口管制的公告”"


def test_reason_the_catalogue_does_not_know_or_cannot_fill_stays_as_written():
    assert _why("unheard.of", "ja") == "as the detector wrote it"
    assert _why("series.drop", "ja", observed="20 t") == "as the detector wrote it"


def test_sentence_that_met_a_rule_twice_is_quoted_once_with_all_its_words():
    found = [("镓 + 管制", "关于镓的公告"), ("公告 + 镓", "关于镓的公告"), ("锗", "关于锗的公告")]
    why = tuple(
        Reason(
            code="text.sentence",
            text=words,
            params=(("field", "title"), ("words", words), ("sentence", said)),
        )
        for words, said in found
    )
    assert message(replace(control(), why=why)).why[1:] == (
        "The title says “镓”, “管制”, “公告”: “关于镓的公告”",
        "The title says “锗”: “关于锗的公告”",
    )


def test_title_names_a_material_that_fits_and_how_many_more_there_are():
    facts = replace(
        control().facts,
        materials=("a_very_long_name_of_a_material_that_does_not_fit_a_title_line", "gallium"),
    )
    assert (
        message(replace(control(), facts=facts)).title
        == "[TLP:CLEAR] HIGH · China · Gallium +1: Export control"
    )


def test_lead_says_who_an_act_is_aimed_at_unless_it_is_the_reader():
    facts = replace(control().facts, targets=("US",))
    alert = replace(control(), facts=facts)
    assert "It is aimed at" not in message(alert).lead
    assert message(alert).lead.endswith("The United States is named as a target.")
    assert "対象は米国です。" in message(alert, "ja").lead


def test_exposure_gives_each_figure_with_its_year_and_source():
    fields = {field.label: field.value for field in message(language="en").fields}
    assert (
        fields["Exposure"]
        == "gallium: grade B, imports 100%, figures of 2024 from national statistics, not verified"
    )
    linked = (
        BOOK.exposure["US"].materials["gallium"].model_copy(update={"source": "https://www.example.org/a"})
    )
    exposure = BOOK.exposure["US"].model_copy(update={"materials": {"gallium": linked}})
    book = replace(BOOK, exposure={"US": exposure})
    said = render(control(), DESKS["en"], book)
    assert any("figures of 2024 from example.org" in field.value for field in said.fields)


def test_reminder_stands_before_everything_else_in_the_text():
    said = text_form(render(updated(), DESKS["en"], BOOK, reminder=1))
    lines = [line for line in said.splitlines() if line]
    assert lines[3].startswith("! Reminder 1: nobody at the desk")


def test_date_that_was_replaced_is_shown_with_both_sayers_and_not_as_a_contradiction():
    first = signal("o1", facts={"effective": date(2023, 8, 1)})
    later = exhibit("o2", title="更正：公告", known_at=at(1))
    second = signal("o2", days=1, exhibit=later, facts={"effective": date(2023, 9, 1)})
    alert = open_alert("a-1", [first, second], BOOK)
    for desk, wanted in (("en", "now Sep 1, 2023"), ("ja", "差し替え"), ("ko", "대체")):
        text = text_form(render(alert, DESKS[desk], BOOK))
        assert wanted in text
        assert "Sources disagree" not in text
