"""The proof over exposure figures: nothing hidden comes out on the shipped desks, and a careless check is found out."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warning.app.desk_exercise import exercise
from warning.app.proving_figures import prove_figures
from warning.catalog.load import load_rulebook
from warning.channels import figure_check, render_exposure

ROOT = Path(__file__).parents[2]
ALERT = exercise(datetime(2025, 1, 8, tzinfo=UTC))


@pytest.fixture(scope="module")
def book():
    return load_rulebook(ROOT / "rules", ROOT / "feeds")


def few(book):
    """Two materials a country: the markings and release lists all take their turn."""
    exposure = {
        c: e.model_copy(update={"materials": dict(sorted(e.materials.items())[:2])})
        for c, e in book.exposure.items()
    }
    return replace(book, exposure=exposure)


def test_no_hidden_figure_comes_out_of_the_shipped_desks(book):
    proof = prove_figures(book, ALERT)
    assert proof.breaches == []
    planted = sum(len(e.materials) for e in book.exposure.values())
    assert proof.figures >= 2 * planted
    assert proof.seen > 100


def test_check_that_forgets_the_release_list_is_found_out(book, monkeypatch: pytest.MonkeyPatch):
    def careless(figure, owner, audience):
        return figure.marking <= audience.ceiling

    for module in (render_exposure, figure_check):
        monkeypatch.setattr(module, "may_see", careless)
    proof = prove_figures(few(book), ALERT)
    assert {detail for _, _, detail in proof.breaches} == {"the canary stands in it"}


def test_rendering_that_shows_more_than_the_check_allows_is_found_out(book, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(render_exposure, "may_see", lambda figure, owner, audience: True)
    details = {detail for _, _, detail in prove_figures(few(book), ALERT).breaches}
    assert "the check of the rendered message and the rendering disagree" in details
