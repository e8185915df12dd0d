"""What a desk reads of every country's exposure: reasons by country, its own cover, allies' cover where released."""

from dataclasses import replace

import pytest

from tests.adapters.alert_samples import BOOK, DESKS, EXPOSURE, control
from warning.channels.figure_check import figure_refusal
from warning.channels.message import Labelled, Message
from warning.channels.render import render
from warning.channels.text_form import text_form
from warning.core.exposure import Cover, Firm, KeyUsers, Substitute, SupplierCount
from warning.core.exposure_release import Audience
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking

LANGUAGES = ("en", "ja", "ko")
CANARY = 70_707


def planted(owner: str = "KR", **cover: object) -> Rulebook:
    """Gallium in one country's file with a cover and a firm that stand nowhere else, and two suppliers."""
    limits = {"source": "the ministry", "verified": True, "year": 2026, **cover}
    known = EXPOSURE[owner].materials["gallium"].model_copy(
        update={
            "days_of_cover": Cover(days=CANARY, **limits),
            "users": KeyUsers(sectors=({"en": "chips"},), firms=(Firm(name="Canary Works", **limits),)),
            "suppliers": SupplierCount(
                year=2024, source="trade statistics", verified=True, shares={"CN": 0.8, "JP": 0.12},
                capacity={"JP": {"en": "could double"}},
            ),
            "substitutes": (Substitute(label={"en": "silicon"}, source="s", verified=False),),
        }
    )  # fmt: skip
    materials = {**EXPOSURE[owner].materials, "gallium": known}
    changed = EXPOSURE[owner].model_copy(update={"materials": materials})
    return replace(BOOK, exposure={**EXPOSURE, owner: changed})


def read(language: str, book: Rulebook, ceiling: Marking = Marking.AMBER) -> Message:
    desk = DESKS[language]
    return render(control(), desk, book, audience=Audience(country=desk.country, ceiling=ceiling))


def row(message: Message, label: str) -> str:
    return next((r.value for r in message.fields if r.label == label), "")


def test_each_other_country_has_a_line_with_its_level_share_year_and_source():
    message = read("en", BOOK)
    said = row(message, "Severity for South Korea")
    assert said.startswith("CRITICAL (gallium: grade A")
    assert "98% from China, figures of 2024 from national statistics, not verified" in said
    assert row(message, "Severity for Japan").startswith("HIGH")
    assert not row(message, "Severity for the United States")


def test_own_cover_is_shown_as_hidden_from_others_and_raises_the_marking():
    message = read("ko", planted())
    text = text_form(message)
    assert f"{CANARY}일분" in text
    assert "다른 나라에 비공개" in row(message, "의존 현황")
    assert (message.marking, message.release_to) == (Marking.AMBER, frozenset({"KR"}))
    assert message.title.startswith("[TLP:AMBER]")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_cover_and_firms_of_another_country_stand_nowhere(language):
    text = text_form(read(language, planted(), Marking.RED))
    assert str(CANARY) not in text
    assert "Canary Works" not in text


def test_own_cover_stays_out_of_a_way_that_may_not_carry_it_and_the_alert_goes_out():
    message = read("ko", planted(), Marking.GREEN)
    assert str(CANARY) not in text_form(message)
    assert message.marking is control().marking


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            f"Japan has reported {CANARY} days of cover of gallium to South Korea and the United States (2026)",
        ),
        ("ko", f"일본은 갈륨 비축·재고 {CANARY}일분을 한국, 미국에 보고(2026년)"),
    ],
)
def test_ally_that_releases_its_cover_is_named_with_whom_it_told(language, said):
    book = planted("JP", marking="GREEN", release_to=("KR", "US"))
    message = read(language, book)
    assert said in [r.value for r in message.assistance]
    assert (
        figure_refusal(message, book, Audience(country=DESKS[language].country, ceiling=Marking.AMBER))
        is None
    )


def test_assistance_has_at_most_three_lines_and_leaves_out_who_acts():
    rows = read("ko", planted()).assistance
    assert [r.label for r in rows] == ["다른 공급국", "대체 수단"]
    assert rows[0].value.startswith("일본 12%(could double)")
    assert "중국" not in rows[0].value
    assert len(rows) <= 3


def test_rendered_message_with_a_hidden_figure_is_refused():
    """The second check is worth something only when it sees what the first let through."""
    book = planted()
    leaky = read("en", book)
    leaky = replace(
        leaky, fields=(*leaky.fields, Labelled(label="South Korea", value=f"{CANARY} days of cover"))
    )
    reader = Audience(country="US", ceiling=Marking.AMBER)
    assert figure_refusal(read("en", book), book, reader) is None
    assert figure_refusal(leaky, book, reader) == (
        "figure_not_released", "days of cover of KR (gallium) stands in the message"
    )  # fmt: skip
    named = replace(read("en", book), next_step="Call Canary Works.")
    assert figure_refusal(named, book, reader) is not None


@pytest.mark.parametrize(
    ("language", "said"), [("en", "imports more than 100%"), ("ja", "100%超"), ("ko", "100% 초과")]
)
def test_reliance_published_as_a_lower_bound_is_told_as_one(language, said):
    us = BOOK.exposure["US"]
    gallium = us.materials["gallium"].model_copy(update={"reliance_is": "more_than"})
    book = replace(
        BOOK,
        exposure={
            **BOOK.exposure,
            "US": us.model_copy(update={"materials": {**us.materials, "gallium": gallium}}),
        },
    )
    desk = DESKS["en"].model_copy(update={"language": language})
    assert said in render(control(), desk, book).lead
