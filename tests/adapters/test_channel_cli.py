"""The commands that read alerts and mend the outbox, and the list of channels that everything agrees on."""

import json
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from tests.adapters.alert_samples import BOOK, NOON, control, updated
from warning.channels.build import CHANNELS, build_channels
from warning.channels.mail import MailChannel
from warning.channels.slack import SlackChannel
from warning.cli.main import cli
from warning.core.alerts import AlertChange
from warning.core.assess import Assessment
from warning.core.desks import ChannelName
from warning.core.evidence import Window
from warning.core.routing import route
from warning.errors import EwsError
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"


@pytest.fixture
def warning(sqlite_url, tmp_path):
    """Run `warning` on a store that holds one alert in two versions, one delivery of which is dead."""
    engine = open_engine(sqlite_url)
    repository, outbox = Repository(engine), Outbox(engine)
    secret = control(key="a-secret", release_to=frozenset({"US"}))
    changes = (
        AlertChange(kind="opened", alert=control()),
        AlertChange(kind="updated", alert=updated(), previous=control()),
        AlertChange(kind="opened", alert=secret),
    )
    for second, change in enumerate(changes):
        owed, withheld = route([change], BOOK.desks, {})
        assessment = Assessment(
            as_of=NOON + timedelta(seconds=second),
            signals=(),
            changes=(change,),
            deliveries=owed,
            withheld=withheld,
            traces=(),
        )
        repository.commit_assessment(assessment, Window(), book_version="b-1")
    dead, lost, *_ = outbox.claim(NOON + timedelta(minutes=1), limit=100, lease_seconds=60)
    outbox.dead(dead.id, now=NOON, error="is_archived")
    outbox.unknown(lost.id, at=NOON, error="timed out")
    engine.dispose()
    environment = {"WARNING_HOME": str(tmp_path / "home"), "WARNING_DATABASE_URL": sqlite_url}

    def run(*arguments: str):
        result = CliRunner().invoke(cli, arguments, env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_alerts_list_shows_each_country_and_hides_nothing_in_json(warning):
    text = warning("alerts", "list").stdout
    assert "China · gallium, germanium: export control" in text
    document = json.loads(warning("alerts", "list", "--json").stdout)
    assert document["schema"] == "alerts/1"
    assert {alert["key"]: alert["version"] for alert in document["alerts"]} == {
        control().key: 2,
        "a-secret": 1,
    }
    assert document["alerts"][0]["severity"]["KR"] == "extreme"


def test_alerts_show_answers_why_a_desk_did_or_did_not_get_it(warning):
    text = warning("alerts", "show", "a-secret").stdout
    assert "v1 to us by mail desk-us@example.org" in text
    assert "v1 to kr by slack C0KR: not_released, releasable to US" in text


def test_alerts_show_speaks_the_desks_language_and_takes_a_short_key(warning):
    text = warning("alerts", "show", "a-0123", "--desk", "kr").stdout
    assert "수출통제" in text
    assert "2: 2023-07-05 10:40:00Z effective: 2023-08-01 -> 2023-09-01" in text


def test_alerts_show_names_what_it_cannot_find(warning):
    with pytest.raises(EwsError, match="no alert has the key 'nope'"):
        warning("alerts", "show", "nope")
    with pytest.raises(EwsError, match="short for a-0123456789abcdef, a-secret"):
        warning("alerts", "show", "a-")
    with pytest.raises(EwsError, match="no desk is called 'xx'"):
        warning("alerts", "show", "a-secret", "--desk", "xx")


def test_alerts_show_in_json_holds_versions_and_deliveries(warning):
    alert = json.loads(warning("alerts", "show", "a-secret", "--json").stdout)["alert"]
    assert {one["desk"] for one in alert["deliveries"]} == {"us"}
    assert {one["desk"] for one in alert["withheld"]} == {"jp", "kr"}
    assert [version["version"] for version in alert["versions"]] == [1]
    assert alert["exhibits"][0]["official"] is True


def test_deliveries_list_filters_and_counts(warning):
    document = json.loads(warning("deliveries", "list", "--state", "dead", "--json").stdout)
    assert document["schema"] == "deliveries/1"
    assert [(one["state"], one["error"]) for one in document["deliveries"]] == [("dead", "is_archived")]
    assert "is_archived" in warning("deliveries", "list").stdout


def test_deliveries_retry_gives_dead_letters_another_chance(warning):
    assert json.loads(warning("deliveries", "retry", "--dead", "--json").stdout)["left"] == []
    assert json.loads(warning("deliveries", "list", "--state", "dead", "--json").stdout)["deliveries"] == []
    with pytest.raises(EwsError, match="d-none"):
        warning("deliveries", "retry", "d-none")
    assert warning("deliveries", "retry").exit_code == 2


def test_deliveries_retry_keeps_who_asked(warning):
    (dead,) = json.loads(warning("deliveries", "list", "--state", "dead", "--json").stdout)["deliveries"]
    assert warning("deliveries", "retry", dead["id"], "--by", "J. Kim").exit_code == 0
    log = json.loads(warning("audit", "list", "--json").stdout)
    asked = [one for one in log["entries"] if one["actor"] == "J. Kim"]
    assert [one["subject"] for one in asked] == [dead["id"]]


def test_deliveries_reconcile_says_what_was_found(warning):
    document = json.loads(warning("deliveries", "reconcile", "--json").stdout)
    assert document["counts"] == {"absent": 1}


def test_channels_in_code_desks_and_documentation_are_the_same():
    assert set(CHANNELS) == set(get_args(ChannelName))
    table = DOCS.read_text(encoding="utf-8").split("## ")[0]
    assert all(f"| `{name}` |" in table for name in CHANNELS)


def test_channels_are_real_when_accounts_are_set_up_and_files_when_not(tmp_path):
    files = build_channels(outbox_dir=tmp_path)
    real = build_channels(outbox_dir=tmp_path, slack_token="xoxb-1", smtp_url="smtp://localhost")
    assert not isinstance(files["slack"], SlackChannel)
    assert not isinstance(files["mail"], MailChannel)
    assert isinstance(real["slack"], SlackChannel)
    assert isinstance(real["mail"], MailChannel)
