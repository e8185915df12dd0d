"""The weekly digest from values: what stands in it for one desk, in three languages, and what never does."""

import json
import string
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LTChar
from reportlab.pdfbase import pdfmetrics

from tests.core.build import TABLE
from warning import report
from warning.core.alerts import Alert, ChangeCode, Difference
from warning.core.desks import Desk, Destination
from warning.core.evidence import Observation
from warning.core.exposure import CountryExposure, Dependence
from warning.core.health import SourceState
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.severity_table import Grading
from warning.core.signals import Exhibit, Facts
from warning.core.sources import SourceProfile
from warning.core.terms import Act, Actor, Material, Terms
from warning.core.vocabulary import Certainty, Marking, Severity
from warning.core.watches import Watch
from warning.errors import ConfigError
from warning.report import pdf
from warning.report.build import WeekInput, build_digest
from warning.report.document import DigestDocument
from warning.report.mail import digest_mail
from warning.report.render import as_html, as_json, as_text
from warning.report.week import last_full_week, week_bounds
from warning.report.words import LANGUAGES, digest_words
from warning.resources import tree

GOLDENS = Path(__file__).parent / "digest_goldens"
WEEK = "2023-W27"
ZONES = {"en": "America/New_York", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}
COUNTRIES = {"en": "US", "ja": "JP", "ko": "KR"}
SEEN = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)
WRITTEN = datetime(2023, 7, 10, 14, 0, tzinfo=UTC)
MAIL_LIMIT_BYTES = 80 * 1024

TERMS = Terms(
    materials={
        "gallium": Material(
            names={"en": ("gallium",)},
            label={"en": "Gallium", "ja": "ガリウム", "ko": "갈륨", "zh": "镓"},
        ),
        "antimony": Material(
            names={"en": ("antimony",)},
            label={"en": "Antimony", "ja": "アンチモン", "ko": "안티모니", "zh": "锑"},
        ),
    },
    acts={
        "export_control": Act(
            label={"en": "export control", "ja": "輸出規制", "ko": "수출통제", "zh": "出口管制"},
            direction="tightening",
            phrases={"en": ("export control",)},
        ),
        "suspension": Act(
            label={"en": "suspension", "ja": "停止", "ko": "유예", "zh": "暂停"},
            direction="easing",
            phrases={"en": ("suspends",)},
        ),
    },
    actors={
        "CN": Actor(
            label={"en": "China", "ja": "中国", "ko": "중국", "zh": "中国"}, names={"en": ("China",)}
        ),
        "EU": Actor(
            label={"en": "Europe", "ja": "欧州", "ko": "유럽", "zh": "欧洲"}, names={"en": ("Europe",)}
        ),
        "US": Actor(
            label={"en": "United States", "ja": "米国", "ko": "미국", "zh": "美国"}, names={"en": ("US",)}
        ),
        "JP": Actor(
            label={"en": "Japan", "ja": "日本", "ko": "일본", "zh": "日本"}, names={"en": ("Japan",)}
        ),
        "KR": Actor(
            label={"en": "Korea", "ja": "韓国", "ko": "한국", "zh": "韩国"}, names={"en": ("Korea",)}
        ),
    },
)


def _exposure(country: str) -> CountryExposure:
    return CountryExposure(
        country=country,
        label={"en": country},
        materials={"gallium": Dependence(grade="A", source="a published table", verified=True)},
    )


def _book() -> Rulebook:
    profile = SourceProfile(
        id="board", title="Announcement board", publisher="board", kind="regulatory", country="CN",
        language="zh", reliability="A", official=True, marking=Marking.CLEAR,
    )  # fmt: skip
    table = TABLE
    return Rulebook(
        terms=TERMS,
        exposure={c: _exposure(c) for c in COUNTRIES.values()},
        policy=Policy(severity=table),
        sources={
            "board": profile,
            "wire": replace(profile, id="wire", title="Wire <service>"),
            "never-seen": replace(profile, id="never-seen", title="never-seen"),
            "prices": replace(profile, id="prices", title="Prices"),
            "trade": replace(profile, id="trade", title="Trade"),
        },
    )


def _desk(language: str, **changes: object) -> Desk:
    values = {
        "id": COUNTRIES[language].lower(),
        "title": f"{COUNTRIES[language]} desk",
        "country": COUNTRIES[language],
        "language": language,
        "timezone": ZONES[language],
        "destinations": (Destination(channel="mail", to=("desk@example.org",)),),
        "digest_to": (Destination(channel="mail", to=("desk@example.org",)),),
    }
    return Desk.model_validate({**values, **changes})


def _exhibit(**changes: object) -> Exhibit:
    exhibit = Exhibit(
        evidence_id="i-1", source_id="board", source_title="Announcement board", publisher="board",
        kind="regulatory", country="CN", language="zh", official=True, reliability="A", marking=Marking.CLEAR,
        release_to=None, title="关于对镓、锗相关物项实施出口管制的公告", url="https://board.example/1",
        published_at=SEEN - timedelta(minutes=10), known_at=SEEN,
    )  # fmt: skip
    return replace(exhibit, **changes)


def _alert(**changes: object) -> Alert:
    alert = Alert(
        key="a-0001", version=1, rule_id="controls", rule_version="1", rule_title="Controls",
        title="China · gallium: export control",
        facts=Facts(
            act="export_control", direction="tightening", materials=("gallium",), actors=("CN",),
            instrument="MOFCOM-GACC 2023/23", announced=date(2023, 7, 3), effective=date(2023, 8, 1),
        ),
        severity=Severity.SEVERE, certainty=Certainty.OBSERVED, interrupts=True, marking=Marking.CLEAR,
        release_to=None, opened_at=SEEN, updated_at=SEEN, last_evidence_at=SEEN, publishers=("board", "wire"),
        exhibits=(_exhibit(),), evidence_total=3, signal_ids=("s-1",), why=(),
        gradings=tuple(
            Grading(country=c, severity=Severity.EXTREME, grade="A", because="grade A")
            for c in ("JP", "KR", "US")
        ),
        differences=(Difference(code="opened", after="export_control"),),
    )  # fmt: skip
    return replace(alert, **changes)


def _easing(**changes: object) -> Alert:
    facts = Facts(
        act="suspension", direction="easing", materials=("antimony",), actors=("CN",), targets=("US",),
        expires=date(2023, 8, 27),
    )  # fmt: skip
    gradings = tuple(
        Grading(country=c, severity=Severity.MODERATE, grade="B", because="") for c in ("JP", "KR", "US")
    )
    return _alert(
        key="a-0002", facts=facts, gradings=gradings, exhibits=(_exhibit(title="暂停实施"),), **changes
    )


def _price(period: str, value: float) -> Observation:
    return Observation(
        id=f"o-{period}", source_id="prices", series_id="ga-eu", material="gallium", measure="price",
        reporter="EU", unit="kg", currency="USD", frequency="W", period=period, value=value,
        known_at=datetime.fromisoformat(f"{period}T12:00:00+00:00"),
    )  # fmt: skip


def _flow(period: str, value: float, known: str) -> Observation:
    return Observation(
        id=f"o-{period}-f", source_id="trade", series_id="ga-wld", material="gallium",
        measure="export_quantity", reporter="CN", unit="kg", frequency="M", period=period, value=value,
        known_at=datetime.fromisoformat(f"{known}T00:00:00+00:00"),
    )  # fmt: skip


def _week(**changes: object) -> WeekInput:
    read = SourceState(source_id="board", condition="ok", last_success_at=SEEN)
    down = SourceState(
        source_id="wire", condition="failing", cause="the server answered 503",
        last_success_at=datetime(2023, 6, 20, tzinfo=UTC),
    )  # fmt: skip
    updated = _alert(
        version=2,
        updated_at=SEEN + timedelta(hours=2),
        differences=(
            Difference(code="effective", before="", after="2023-08-01"),
            Difference(code="severity", before="JP:severe", after="JP:extreme"),
            Difference(code="severity", before="KR:severe", after="KR:extreme"),
            Difference(code="severity", before="US:severe", after="US:extreme"),
        ),
    )
    found = WeekInput(
        versions=(_alert(), _easing(), updated),
        standing=(updated, _easing()),
        observations=(
            _price("2023-06-09", 240.0), _price("2023-07-07", 305.0),
            _flow("2022-05", 7000.0, "2022-06-20"), _flow("2023-05", 5600.0, "2023-06-20"),
        ),
        sources={"board": read, "wire": down},
        enabled=frozenset({"board", "wire", "never-seen"}),
        items=41,
        figures=12,
    )  # fmt: skip
    return replace(found, **changes)


def _digest(language: str = "en", found: WeekInput | None = None, **desk: object) -> DigestDocument:
    return build_digest(WEEK, _desk(language, **desk), _book(), found or _week(), WRITTEN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_text_reads_as_agreed(language):
    golden = GOLDENS / f"{WEEK}-{language}.txt"
    assert as_text(_digest(language)) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_of_an_empty_week_is_short_and_says_what_was_watched(language):
    empty = _week(versions=(), standing=(), observations=(), items=3, figures=0)
    document = _digest(language, empty)
    text = as_text(document)
    assert document.quiet
    assert digest_words(language).say("summary.quiet") in text
    assert digest_words(language).say("summary.watched", read=1, sources=3, items=3, figures=0) in text
    assert digest_words(language).say("heading.changes") not in as_html(document)
    assert len(text.splitlines()) < 25


def test_digest_summary_has_at_most_five_lines_and_comes_first():
    document = _digest()
    assert 3 <= len(document.summary) <= 5
    text = as_text(document)
    assert text.index(document.summary[-1]) < text.index("WHAT CHANGED")


def test_digest_puts_the_most_severe_first_and_easing_after_it():
    assert [(c.key, c.kind, c.version) for c in _digest().changes] == [
        ("a-0001", "new", 2),
        ("a-0002", "easing", 1),
    ]


def test_digest_tells_a_desk_its_own_rise_in_severity_only():
    updated = _week().versions[-1]
    (line,) = _digest("ko", _week(versions=(updated,))).changes
    assert line.kind == "updated"
    assert line.was == ("시행일: 2023년 8월 1일", "심각도 상향: 매우 높음")


def test_digest_does_not_repeat_the_changes_of_an_alert_opened_in_the_week():
    (line, _) = _digest().changes
    assert (line.kind, line.version, line.was) == ("new", 2, ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_has_a_sentence_for_every_change_that_an_alert_can_tell(language):
    said = {"late": ("in_effect", "2023-08-01"), "suspended": ("MOFCOM 2023/70", "2023-08-01")}
    said |= {
        "disputed": ("effective", "2023-08-01 / 2023-09-01"),
        "settled": ("effective: 1 / 2", "effective"),
    }
    said |= {"severity": (f"{COUNTRIES[language]}:severe", f"{COUNTRIES[language]}:extreme")}
    said |= {"certainty": ("observed", "possible"), "deadline": ("7", "2023-08-01")}
    codes = [code for code in get_args(ChangeCode) if code != "opened"]
    told = tuple(
        Difference(code=c, before=said.get(c, ("",))[0], after=said.get(c, ("", ""))[1]) for c in codes
    )
    (line,) = _digest(language, _week(versions=(_alert(version=2, differences=told),))).changes
    assert len(line.was) == len(codes)
    assert digest_words(language).say("change.certainty_lower") in line.was
    assert digest_words(language).say("change.certainty") not in line.was


def test_digest_tells_an_alert_opened_and_cancelled_in_the_week_as_over():
    cancelled = _alert(
        version=2, whole=_alert(), evidence_total=0, differences=(Difference(code="cancelled", before="1"),)
    )
    (line,) = _digest("en", _week(versions=(_alert(), cancelled))).changes
    assert (line.kind, line.was) == ("closed", ("cancelled: nothing stands any more of what it rested on",))


def test_digest_leaves_out_what_is_marked_above_the_clearance_everywhere():
    secret = _alert(
        key="a-0003", marking=Marking.RED, facts=replace(_alert().facts, instrument="SECRET 1/2023")
    )
    found = _week(versions=(secret,), standing=(secret,))
    document = _digest("en", found)
    whole = as_html(document) + as_text(document) + json.dumps(as_json(document))
    assert "SECRET" not in whole
    assert document.marking is Marking.CLEAR
    assert document.quiet
    assert document.coming == ()
    assert document.materials[0].alerts == 0


def test_digest_leaves_out_what_one_of_its_addresses_may_not_carry():
    amber = _alert(marking=Marking.AMBER)
    found = _week(versions=(amber,), standing=(amber,))
    narrow = (Destination(channel="mail", to=("wide@example.org",), ceiling=Marking.GREEN),)
    assert _digest("en", found).changes[0].marking is Marking.AMBER
    assert _digest("en", found, digest_to=narrow).quiet


def test_digest_leaves_out_what_is_not_released_to_the_country():
    kept = _alert(release_to=frozenset({"JP"}))
    found = _week(versions=(kept,), standing=(kept,))
    assert _digest("ko", found).quiet
    assert not _digest("ja", found).quiet


def test_digest_marking_is_the_most_restrictive_of_what_is_inside():
    green = _easing(marking=Marking.GREEN)
    document = _digest("en", _week(versions=(_alert(), green), standing=(green,)))
    assert document.marking is Marking.GREEN
    assert as_text(document).startswith("TLP:GREEN")


def test_digest_tells_dates_within_sixty_days_and_no_later():
    late = _alert(key="a-9", facts=replace(_alert().facts, instrument=None, effective=date(2023, 9, 9)))
    document = _digest("en", _week(standing=(_alert(), late, _easing())))
    assert [(c.kind, c.on.isoformat(), c.days) for c in document.coming] == [
        ("effective", "2023-08-01", 22),
        ("expires", "2023-08-27", 48),
    ]


def test_digest_says_of_a_date_ahead_that_a_later_act_eased_it():
    facts = replace(_alert().facts, act="suspension", direction="easing", instrument="MOFCOM 2023/99")
    eased = _easing(opened_at=SEEN + timedelta(days=3))
    eased = replace(eased, facts=replace(facts, effective=None))
    document = _digest("en", _week(standing=(_alert(), eased)))
    (date_ahead,) = document.coming
    assert date_ahead.eased_by == "MOFCOM 2023/99"
    assert digest_words("en").say("summary.only_eased") in document.summary
    assert "takes effect (eased since: MOFCOM 2023/99)" in as_text(document)
    assert "takes effect (eased since: MOFCOM 2023/99)" in as_html(document)


def test_digest_does_not_call_a_date_eased_by_an_act_on_another_material():
    assert [c.eased_by for c in _digest().coming] == ["", ""]


def test_digest_ignores_figures_that_came_out_after_the_week():
    revised = _flow("2023-06", 0.0, "2023-07-20")
    document = _digest("en", _week(observations=(*_week().observations, revised)))
    (gallium, *_) = document.materials
    assert gallium.flow is not None
    assert (gallium.flow.period, gallium.flow.value) == ("2023-05", 5600.0)


def test_digest_tells_the_price_change_in_four_weeks():
    (gallium, *_) = _digest().materials
    assert gallium.price is not None
    assert gallium.price.change_ratio == pytest.approx(305 / 240 - 1)


def test_digest_names_sources_that_were_down_and_never_reached():
    coverage = _digest().coverage
    assert [gap.source_id for gap in coverage.down] == ["wire"]
    assert [gap.source_id for gap in coverage.never] == ["never-seen"]


def test_digest_html_escapes_what_publishers_wrote_and_needs_nothing_from_outside():
    hostile = _alert(exhibits=(_exhibit(title='<script>alert("x")</script> & more'),))
    html = as_html(_digest("en", _week(versions=(hostile,))))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "Wire &lt;service&gt;" in html
    assert "http" not in html.replace("http-equiv", "")
    assert len(html.encode()) < MAIL_LIMIT_BYTES


def test_digest_html_stays_under_the_clipping_limit_in_a_very_busy_week():
    versions = tuple(_alert(key=f"a-{n:04d}") for n in range(120))
    html = as_html(_digest("ko", _week(versions=versions, standing=versions)))
    assert len(html.encode()) <= MAIL_LIMIT_BYTES
    shown = html.count("MOFCOM-GACC 2023/23 ·")
    assert 20 < shown < 120
    assert digest_words("ko").say("line.more", count=120 - shown) in html


def test_digest_mail_is_text_then_html_and_the_same_twice():
    once, again = (
        digest_mail(_digest("ja"), sender="Warning <w@example.org>", recipient="d@example.org")
        for _ in range(2)
    )
    assert once == again
    assert once.index(b"text/plain") < once.index(b"text/html")
    assert b"Auto-Submitted: auto-generated" in once


def test_digest_catalogues_hold_the_same_keys_and_places():
    catalogues = {language: digest_words(language).templates for language in LANGUAGES}
    english = catalogues["en"]
    for language, templates in catalogues.items():
        assert templates.keys() == english.keys(), language
        for key, sentence in templates.items():
            assert _places(sentence) == _places(english[key]), f"{language} {key}"


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_week_bounds_follow_the_desks_clock_change():
    since, until = week_bounds("2025-W10", "America/New_York")
    assert until - since == timedelta(days=7, hours=-1)
    assert since == datetime(2025, 3, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-47", "2026-W60", "2025-W53", "W47"])
def test_week_bounds_refuse_what_is_no_week(written):
    with pytest.raises(ConfigError, match="W"):
        week_bounds(written, "UTC")


def test_last_full_week_depends_on_the_desks_zone():
    monday_in_seoul = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert last_full_week(monday_in_seoul, "Asia/Seoul") == "2026-W47"
    assert last_full_week(monday_in_seoul, "America/New_York") == "2026-W46"


def test_digest_tells_when_the_watch_for_an_answer_ends_to_desks_that_may_see_the_act():
    watch = Watch(
        rule_id="r", rule_title="R", title="t", opened_on=date(2023, 7, 3), until=date(2023, 7, 20),
        days_left=10, instrument=None, materials=(), alert_key=_alert().key, evidence_id="i", actors=("CN",),
        sources=(),
    )  # fmt: skip
    unseen = replace(watch, alert_key="a-of-nobody")
    document = _digest("en", replace(_week(standing=(_alert(),)), watches=(watch, unseen)))
    assert [(c.kind, c.on.isoformat()) for c in document.coming if c.kind == "watch"] == [
        ("watch", "2023-07-20")
    ]
    assert "the watch for an answer ends" in as_text(document)
    assert "2023-07-20" not in "".join(document.summary)


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_pdf_carries_its_letters_and_reads_as_the_text_does(language):
    content = pdf.as_pdf(_digest(language))
    assert content == pdf.as_pdf(_digest(language))
    read = "".join(extract_text(BytesIO(content)).split())
    for line in as_text(_digest(language)).splitlines():
        assert "".join(line.replace("\u301c", "\uff5e").split()) in read
    assert b"/FontFile2" in content
    drawn = {letter.fontname for letter in _letters(extract_pages(BytesIO(content)))}
    assert drawn
    assert all(name.endswith(f"+{pdf.FONT}-0") for name in drawn), "every letter is of a font inside the file"


def test_digest_pdf_has_every_letter_of_the_shipped_words():
    pdf.as_pdf(_digest())
    known = pdfmetrics.getFont(pdf.FONT).face.charToGlyph
    shipped = [*tree("rules").glob("terms/*.yaml"), *Path(report.__file__).parent.glob("messages/*.toml")]
    letters = {letter for path in shipped for letter in path.read_text(encoding="utf-8") if letter > " "}
    assert len(letters) > 500
    assert {letter for letter in letters if ord(letter) not in known} <= {pdf.WAVE_DASH}


def _letters(part):
    if isinstance(part, LTChar):
        yield part
    elif isinstance(part, Iterable):
        for smaller in part:
            yield from _letters(smaller)


def test_digest_pdf_links_addresses_and_obeys_no_markup_of_a_headline():
    pdf.as_pdf(_digest())
    said = pdf._paragraph("<b>see</b> https://example.org/a?b=1&c=2 now", "line")
    assert said.getPlainText() == "<b>see</b> https://example.org/a?b=1&c=2 now"
    linked = [address for part in said.frags for _, address in getattr(part, "link", ())]
    assert set(linked) == {"https://example.org/a?b=1&c=2"}
