"""A digest names the sources its reader may know of: of another it says that there is one that is not released, no more."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.core.build import book, desk
from warning.core.blind_stretches import DarkSpan, blind_stretches
from warning.core.blindness import Dark
from warning.core.coverage import Cell
from warning.core.desks import Destination
from warning.core.evidence import Observation
from warning.core.health import SourceState
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking
from warning.report.build import WeekInput, build_digest
from warning.report.render import as_html, as_json, as_text

WEEK, MONDAY = "2026-W06", datetime(2026, 2, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRETS = ("secret-liaison", "Secret line", "secret.example", "secret-mute", "Secret mute")
NOT_RELEASED = {
    "en": "a source not released to you",
    "ja": "貴部署に開示されていない情報源",
    "ko": "귀 부서에 공개되지 않은 출처",
}
SEVERAL = {
    "en": "sources not released to you (2)",
    "ja": "貴部署に開示されていない情報源2件",
    "ko": "귀 부서에 공개되지 않은 출처 2곳",
}


def profile(source_id: str, title: str, **handling) -> SourceProfile:
    values = {"marking": Marking.AMBER, "release_to": frozenset({"JP"}), **handling}
    return SourceProfile(
        id=source_id, title=title, publisher=source_id, kind="mission", country="JP", language="ja", reliability="A",
        official=True, **values,
    )  # fmt: skip


def found() -> WeekInput:
    """A restricted source that is down, one that was never reached, and an open one beside them."""
    cause = "post@secret.example refused the password"
    dark = Dark(source_id="secret-liaison", condition="failing", cause=cause, since=MONDAY + 100 * HOUR)
    open_one = replace(dark, source_id="open-page", cause="503")
    spans = {
        "secret-liaison": [DarkSpan(since=MONDAY, until=MONDAY + 9 * HOUR, condition="failing", cause=cause)],
        "open-page": [DarkSpan(since=MONDAY, until=MONDAY + 9 * HOUR, condition="failing", cause="503")],
    }
    cell = Cell(
        material="gallium", country="JP", kind="mission", state="blind", sources=tuple(spans), dark=(dark, open_one),
        since=MONDAY + 100 * HOUR,
    )  # fmt: skip
    down = SourceState(
        source_id="secret-liaison", condition="failing", cause=cause, last_success_at=MONDAY - 99 * HOUR
    )
    never = SourceState(source_id="secret-mute", condition="failing", cause="secret.example is not known")
    return WeekInput(
        versions=(), standing=(), observations=(), items=0, figures=0, cells=(cell,), stretches=blind_stretches([cell], spans),
        sources={s.source_id: s for s in (down, never)}, enabled=frozenset({"secret-liaison", "secret-mute", "open-page"}),
    )  # fmt: skip


def digest(country: str, language: str = "en", week: WeekInput | None = None, **changes):
    sources = {
        "secret-liaison": profile("secret-liaison", "Secret line"),
        "secret-mute": profile("secret-mute", "Secret mute"),
        "open-page": profile("open-page", "Open page", marking=Marking.CLEAR, release_to=None),
    }
    reader = desk(country.lower(), country, language=language, **{"clearance": Marking.AMBER, **changes})
    return build_digest(WEEK, reader, book(sources=sources), week or found(), MONDAY + 180 * HOUR)


def forms(document) -> list[str]:
    return [as_text(document), as_html(document), json.dumps(as_json(document), ensure_ascii=False)]


@pytest.mark.parametrize("language", list(NOT_RELEASED))
def test_a_desk_reads_nothing_of_a_source_that_is_not_released_to_it(language):
    document = digest("US", language)
    for said in forms(document):
        assert [secret for secret in SECRETS if secret in said] == []
        assert NOT_RELEASED[language] in said
        assert "open-page (failing: 503)" in said
    assert (document.coverage.sources, document.marking) == (3, Marking.CLEAR)
    (place,), (stretch,) = document.coverage.blind, document.coverage.stretches
    assert NOT_RELEASED[language] in place.cause
    assert NOT_RELEASED[language] in stretch.cause


def test_a_desk_it_is_released_to_reads_all_of_it_under_its_marking():
    document = digest("JP")
    assert all(secret in as_text(document) for secret in ("Secret line", "secret-liaison", "secret.example"))
    assert document.marking is Marking.AMBER


@pytest.mark.parametrize(
    "changes",
    [
        {"clearance": Marking.GREEN},
        {"digest_to": (Destination(channel="mail", to=("jp@example.org",), ceiling=Marking.GREEN),)},
    ],
)
def test_a_marking_above_the_desk_or_a_way_out_of_the_digest_hides_a_source_too(changes):
    assert all(secret not in said for said in forms(digest("JP", **changes)) for secret in SECRETS)


@pytest.mark.parametrize("language", list(SEVERAL))
def test_several_such_sources_are_counted_and_not_listed(language):
    states = {
        n: SourceState(source_id=n, condition="failing", cause="secret.example")
        for n in ("secret-liaison", "secret-mute")
    }
    document = digest("US", language, replace(found(), sources=states))
    assert SEVERAL[language] in as_text(document)
    assert len(document.coverage.never) == 3
    assert [gap.source_id for gap in document.coverage.never] == ["open-page", "", ""]


def test_a_source_the_catalogue_does_not_hold_is_not_named():
    week = replace(found(), enabled=frozenset({"gone-from-the-files"}), cells=(), stretches=())
    assert "gone-from-the-files" not in as_text(digest("US", week=week))


def prices(source_id: str) -> tuple[Observation, ...]:
    """A price that the digest shows: last week's 777 and one of the month before."""
    return tuple(
        Observation(
            id=f"o-{day}", source_id=source_id, series_id="ga", material="gallium", measure="price", reporter="CN", unit="kg",
            currency="USD", frequency="D", period=day, value=value, known_at=datetime.fromisoformat(f"{day}T12:00+00:00"),
        )
        for day, value in (("2026-01-05", 700.0), ("2026-02-04", 777.0))
    )  # fmt: skip


def test_figures_of_a_source_that_is_not_released_stand_in_no_table_of_materials():
    week = replace(found(), observations=prices("secret-liaison"), sources={}, cells=(), stretches=())
    document = digest("US", week=week)
    assert all("777" not in said for said in forms(document))
    assert document.marking is Marking.CLEAR


def test_figures_that_a_desk_may_read_raise_its_digest_to_their_marking():
    week = replace(found(), observations=prices("secret-liaison"), sources={}, cells=(), stretches=())
    document = digest("JP", week=week)
    assert "777" in as_text(document)
    assert document.marking is Marking.AMBER
