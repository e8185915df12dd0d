"""The weekly digest from values: what stands in it for one desk, in three languages, and what never does."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest

from tests.adapters.digest_samples import (
    COUNTRIES,
    SEEN,
    WEEK,
    alert,
    digest,
    easing,
    flow,
    week,
)
from warning.core.alerts import ChangeCode, Difference
from warning.core.desks import Destination
from warning.core.vocabulary import Marking
from warning.core.watches import Watch
from warning.report.render import as_html, as_json, as_text
from warning.report.words import LANGUAGES, digest_words

GOLDENS = Path(__file__).parent / "digest_goldens"


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_text_reads_as_agreed(language):
    golden = GOLDENS / f"{WEEK}-{language}.txt"
    assert as_text(digest(language)) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_of_an_empty_week_is_short_and_says_what_was_watched(language):
    empty = week(versions=(), standing=(), observations=(), items=3, figures=0)
    document = digest(language, empty)
    text = as_text(document)
    assert document.quiet
    assert digest_words(language).say("summary.quiet") in text
    assert digest_words(language).say("summary.watched", read=1, sources=3, items=3, figures=0) in text
    assert digest_words(language).say("heading.changes") not in as_html(document)
    assert len(text.splitlines()) < 25


def test_digest_summary_has_at_most_five_lines_and_comes_first():
    document = digest()
    assert 3 <= len(document.summary) <= 5
    text = as_text(document)
    assert text.index(document.summary[-1]) < text.index("WHAT CHANGED")


def test_digest_puts_the_most_severe_first_and_easing_after_it():
    assert [(c.key, c.kind, c.version) for c in digest().changes] == [
        ("a-0001", "new", 2),
        ("a-0002", "easing", 1),
    ]


def test_digest_tells_a_desk_its_own_rise_in_severity_only():
    updated = week().versions[-1]
    (line,) = digest("ko", week(versions=(updated,))).changes
    assert line.kind == "updated"
    assert line.was == ("시행일: 2023년 8월 1일", "심각도 상향: 매우 높음")


def test_digest_does_not_repeat_the_changes_of_an_alert_opened_in_the_week():
    (line, _) = digest().changes
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
    (line,) = digest(language, week(versions=(alert(version=2, differences=told),))).changes
    assert len(line.was) == len(codes)
    assert digest_words(language).say("change.certainty_lower") in line.was
    assert digest_words(language).say("change.certainty") not in line.was


def test_digest_tells_an_alert_opened_and_cancelled_in_the_week_as_over():
    cancelled = alert(
        version=2, whole=alert(), evidence_total=0, differences=(Difference(code="cancelled", before="1"),)
    )
    (line,) = digest("en", week(versions=(alert(), cancelled))).changes
    assert (line.kind, line.was) == ("closed", ("cancelled: nothing stands any more of what it rested on",))


def test_digest_leaves_out_what_is_marked_above_the_clearance_everywhere():
    secret = alert(
        key="a-0003", marking=Marking.RED, facts=replace(alert().facts, instrument="SECRET 1/2023")
    )
    found = week(versions=(secret,), standing=(secret,))
    document = digest("en", found)
    whole = as_html(document) + as_text(document) + json.dumps(as_json(document))
    assert "SECRET" not in whole
    assert document.marking is Marking.CLEAR
    assert document.quiet
    assert document.coming == ()
    assert document.materials[0].alerts == 0


def test_digest_leaves_out_what_one_of_its_addresses_may_not_carry():
    amber = alert(marking=Marking.AMBER)
    found = week(versions=(amber,), standing=(amber,))
    narrow = (Destination(channel="mail", to=("wide@example.org",), ceiling=Marking.GREEN),)
    assert digest("en", found).changes[0].marking is Marking.AMBER
    assert digest("en", found, digest_to=narrow).quiet


def test_digest_leaves_out_what_is_not_released_to_the_country():
    kept = alert(release_to=frozenset({"JP"}))
    found = week(versions=(kept,), standing=(kept,))
    assert digest("ko", found).quiet
    assert not digest("ja", found).quiet


def test_digest_marking_is_the_most_restrictive_of_what_is_inside():
    green = easing(marking=Marking.GREEN)
    document = digest("en", week(versions=(alert(), green), standing=(green,)))
    assert document.marking is Marking.GREEN
    assert as_text(document).startswith("TLP:GREEN")


def test_digest_tells_dates_within_sixty_days_and_no_later():
    late = alert(key="a-9", facts=replace(alert().facts, instrument=None, effective=date(2023, 9, 9)))
    document = digest("en", week(standing=(alert(), late, easing())))
    assert [(c.kind, c.on.isoformat(), c.days) for c in document.coming] == [
        ("effective", "2023-08-01", 22),
        ("expires", "2023-08-27", 48),
    ]


def test_digest_says_of_a_date_ahead_that_a_later_act_eased_it():
    facts = replace(alert().facts, act="suspension", direction="easing", instrument="MOFCOM 2023/99")
    eased = easing(opened_at=SEEN + timedelta(days=3))
    eased = replace(eased, facts=replace(facts, effective=None))
    document = digest("en", week(standing=(alert(), eased)))
    (date_ahead,) = document.coming
    assert date_ahead.eased_by == "MOFCOM 2023/99"
    assert digest_words("en").say("summary.only_eased") in document.summary
    assert "takes effect (eased since: MOFCOM 2023/99)" in as_text(document)
    assert "takes effect (eased since: MOFCOM 2023/99)" in as_html(document)


def test_digest_does_not_call_a_date_eased_by_an_act_on_another_material():
    assert [c.eased_by for c in digest().coming] == ["", ""]


def test_digest_ignores_figures_that_came_out_after_the_week():
    revised = flow("2023-06", 0.0, "2023-07-20")
    document = digest("en", week(observations=(*week().observations, revised)))
    (gallium, *_) = document.materials
    assert gallium.flow is not None
    assert (gallium.flow.period, gallium.flow.value) == ("2023-05", 5600.0)


def test_digest_tells_the_price_change_in_four_weeks():
    (gallium, *_) = digest().materials
    assert gallium.price is not None
    assert gallium.price.change_ratio == pytest.approx(305 / 240 - 1)


def test_digest_names_sources_that_were_down_and_never_reached():
    coverage = digest().coverage
    assert [gap.source_id for gap in coverage.down] == ["wire"]
    assert [gap.source_id for gap in coverage.never] == ["never-seen"]


def test_digest_tells_when_the_watch_for_an_answer_ends_to_desks_that_may_see_the_act():
    watch = Watch(
        rule_id="r", rule_title="R", title="t", opened_on=date(2023, 7, 3), until=date(2023, 7, 20),
        days_left=10, instrument=None, materials=(), alert_key=alert().key, evidence_id="i", actors=("CN",),
        sources=(),
    )  # fmt: skip
    unseen = replace(watch, alert_key="a-of-nobody")
    document = digest("en", replace(week(standing=(alert(),)), watches=(watch, unseen)))
    assert [(c.kind, c.on.isoformat()) for c in document.coming if c.kind == "watch"] == [
        ("watch", "2023-07-20")
    ]
    assert "the watch for an answer ends" in as_text(document)
    assert "2023-07-20" not in "".join(document.summary)
