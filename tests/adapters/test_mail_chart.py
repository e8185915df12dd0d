"""The chart of an alert about figures: drawn from the series its evidence belongs to, in the mail and nowhere else."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.adapters.alert_samples import BOOK, DESKS, SAMPLES, control, flow, message, row
from warning.app.charting import chart_of
from warning.channels.chart_png import amount, chart_png
from warning.channels.mail_mime import MailIdentity, mime
from warning.channels.message import Chart
from warning.channels.render import render
from warning.channels.words import LANGUAGES
from warning.core.evidence import Observation

SENDER = MailIdentity(sender="Early Warning <ews@example.org>")
VALUES = (8000, 8600, 8517, 7900, 8300, 9100, 8800, 8517, 8400, 8700, 8550, 20)


def figure(month: int, value: float | None, **changes) -> Observation:
    values = {
        "id": "o1" if month == 12 else f"p{month}",
        "source_id": "customs",
        "series_id": "cn-exp-250410-jp-qty",
        "material": "graphite",
        "measure": "export_quantity",
        "reporter": "CN",
        "partner": "JP",
        "hs_code": "250410",
        "unit": "t",
        "frequency": "M",
        "period": f"2023-{month:02d}",
        "value": value,
        "known_at": datetime(2023, 1, 20, tzinfo=UTC),
        **changes,
    }
    return Observation(**values)


class Figures:
    """Stored figures, whatever period is asked for."""

    def __init__(self, *found: Observation) -> None:
        self.found = found

    def observations_between(self, since, until, *, materials=()):
        return tuple(o for o in self.found if o.material in materials)


LINE = tuple(figure(month, value) for month, value in enumerate(VALUES, start=1))


def chart(*found: Observation, language: str = "en", alert=None) -> Chart | None:
    said = render(alert or flow(), DESKS[language], BOOK)
    return chart_of(said, BOOK, Figures(*found))


def test_chart_shows_the_series_of_the_evidence_oldest_first():
    drawn = chart(*LINE)
    assert [value for _, value in drawn.points] == list(VALUES)
    assert [day for day, _ in drawn.points] == sorted(day for day, _ in drawn.points)
    assert (drawn.points[0][0], drawn.points[-1][0]) == (date(2023, 1, 31), date(2023, 12, 31))
    assert "Jan 31, 2023 to Dec 31, 2023: lowest 20, highest 9,100, latest 20" in drawn.alt


def test_chart_leaves_out_other_series_and_what_was_known_later_or_never():
    later = figure(11, 1.0, id="late", known_at=datetime(2030, 1, 1, tzinfo=UTC))
    other = figure(11, 5.0, id="x", series_id="another")
    blank = figure(1, None, id="none")
    assert chart(*LINE, later, other, blank).points == chart(*LINE).points


@pytest.mark.parametrize(
    "found", [(), LINE[-3:], LINE[:-1]], ids=["nothing", "too few", "not the figure told"]
)
def test_chart_is_left_out_when_there_is_nothing_to_draw(found):
    assert chart(*found) is None


def test_alert_about_an_act_has_no_chart():
    assert chart(*LINE, alert=control()) is None


def parts(raw: bytes):
    mail = message_from_bytes(raw, policy=policy.default)
    return mail, {part.get_content_type(): part for part in mail.walk()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_carries_the_chart_beside_its_page_and_says_it_in_words(language):
    said = replace(message(flow(), language), chart=chart(*LINE, language=language))
    raw = mime(said, row(flow(), language, "mail"), SENDER, root_ref=None)
    mail, found = parts(raw)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "multipart/related"]
    page, picture = found["text/html"].get_content(), found["image/png"]
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in page
    assert said.chart.alt in page
    assert Image.open(io.BytesIO(picture.get_content())).size == (1104, 400)
    assert len(picture.get_content()) < 30_000
    assert raw == mime(said, row(flow(), language, "mail"), SENDER, root_ref=None)


@pytest.mark.parametrize("sample", SAMPLES)
def test_mail_without_a_chart_has_no_image(sample):
    _, found = parts(
        mime(message(SAMPLES[sample]()), row(SAMPLES[sample](), "en", "mail"), SENDER, root_ref=None)
    )
    assert "image/png" not in found
    assert "<img" not in found["text/html"].get_content()


FIGURE = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@given(values=st.lists(FIGURE, min_size=1, max_size=40))
def test_any_line_can_be_drawn(values):
    points = tuple((date(2020 + n // 12, n % 12 + 1, 1), value) for n, value in enumerate(values))
    drawn = chart_png(Chart(title="t", alt="a", points=points))
    assert drawn.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (99.8, "99.8"), (8517.0, "8,517"), (1.2e6, "1.2M"), (3.4e9, "3.4G"), (0.015, "0.015")],
)
def test_amounts_are_short(value, said):
    assert amount(value) == said
