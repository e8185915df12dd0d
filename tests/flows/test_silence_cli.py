"""A desk asks for silence from the command line, and what it gets withheld says so."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.adapters.judged import BOOK, document, waiting
from tests.core.build import START, signal
from tests.flows.commands import commands_with
from warning.core.assess import Assessment
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.routing import route
from warning.errors import ConfigError, ReviewRefused
from warning.store.repository import Repository


@pytest.fixture
def store(repository: Repository) -> Repository:
    return repository


@pytest.fixture
def warning(database_url: str, tmp_path: Path):
    return commands_with(WARNING_HOME=str(tmp_path / "home"), WARNING_DATABASE_URL=database_url)


ASKED = ("--desk", "kr", "--by", "Kim", "--reason", "박람회", "--until", "3d", "--json")


def add(warning, *words: str) -> dict:
    return json.loads(warning("silence", "add", *ASKED, *words).stdout)["silence"]


def assess_one(store: Repository) -> str:
    """Route one alert as the live path does, with the silences of the store."""
    store.add_items([document()])
    state, now = store.state(), datetime.now(UTC)
    changes, _ = correlate([signal()], state.open_alerts, BOOK, START)
    graded = tuple(grade(change, BOOK) for change in changes)
    active = [silence for silence in state.silences if silence.is_active(now)]
    owed, withheld = route(graded, BOOK.desks, state.told, active)
    found = Assessment(as_of=now, signals=(), changes=graded, deliveries=owed, withheld=withheld, traces=())
    store.commit_assessment(found, waiting(store), book_version="b1")
    return graded[0].alert.key


def test_a_silence_withholds_from_its_desk_alone_and_the_case_names_it(warning, store: Repository):
    made = add(warning, "--match", "material=gallium", "--severity", "extreme")
    key = assess_one(store)
    assert [row.desk_id for row in store.deliveries_of(key)] == ["us"]
    assert f"silenced, {made['id']} by Kim" in warning("alerts", "show", key).stdout


def test_a_silence_is_listed_until_it_is_ended_and_audited(warning, store: Repository):
    made = add(warning, "--match", "act=export_control")
    assert (made["match"], made["severity"], made["active"]) == (["act=export_control"], "moderate", True)
    assert "up to moderate with act=export_control" in warning("silence", "list", "--desk", "kr").stdout
    warning("silence", "expire", made["id"], "--by", "Park")
    assert json.loads(warning("silence", "list", "--json").stdout)["silences"] == []
    (over,) = json.loads(warning("silence", "list", "--all", "--json").stdout)["silences"]
    assert (over["expired_by"], over["active"]) == ("Park", False)
    assert store.state().silences == ()
    with pytest.raises(ReviewRefused, match="no silence in force"):
        warning("silence", "expire", made["id"], "--by", "Park")
    told = [json.loads(entry.content)["action"] for entry in store.audit(subject=made["id"])]
    assert told == ["expire silence", "silence"]
    assert store.verify_audit().holds


def test_a_silence_is_made_for_the_level_that_stands_at_the_desk(warning, store: Repository):
    key = assess_one(store)
    (alert,) = store.alerts()
    assert add(warning, "--match", f"key={key}")["severity"] == alert.severity_for("KR").value


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ("material=galium", "did you mean gallium"),
        ("materials=gallium", "is no match"),
        ("rule=none-such", "there is no rule"),
        ("country=ZZ", "there is no country"),
    ],
)
def test_a_slip_of_the_pen_silences_nothing(warning, store: Repository, match: str, said: str):
    with pytest.raises(ConfigError, match=said):
        add(warning, "--match", match)
    assert store.silences() == ()
