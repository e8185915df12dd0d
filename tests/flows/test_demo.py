"""`warning demo` from outside: the whole system on the reconstruction, as a stranger would run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from warning.app.demo import VirtualClock, fresh_home, plan_stops
from warning.app.demo_data import load_publishers
from warning.app.demo_render import render
from warning.errors import EvidenceError, SettingsError
from warning.resources import tree

# The whole demonstration runs once for this module; on a busy machine it takes its time.
pytestmark = pytest.mark.timeout(300)

# Instrument: (first seen, effective date, days from the alert to the effect).
INSTRUMENTS = {
    "MOFCOM-GACC 2023/23": ("2023-07-03", "2023-08-01", 29),
    "MOFCOM-GACC 2024/33": ("2024-08-15", "2024-09-15", 31),
    "MOFCOM 2024/46": ("2024-12-03", "2024-12-03", 0),
    "MOFCOM-GACC 2025/10": ("2025-02-04", "2025-02-04", 0),
    "MOFCOM-GACC 2025/18": ("2025-04-04", "2025-04-04", 0),
    "MOFCOM-GACC 2025/55": ("2025-10-09", "2025-11-08", 30),
    "MOFCOM-GACC 2025/56": ("2025-10-09", "2025-11-08", 30),
    "MOFCOM-GACC 2025/57": ("2025-10-09", "2025-11-08", 30),
    "MOFCOM-GACC 2025/58": ("2025-10-09", "2025-11-08", 30),
    "MOFCOM 2025/61": ("2025-10-09", "2025-12-01", 53),
    "MOFCOM 2025/62": ("2025-10-09", "2025-10-09", 0),
    "MOFCOM 2026/1": ("2026-01-06", "2026-01-06", 0),
    "MOFCOM 2026/11": ("2026-02-24", "2026-02-24", 0),
    "MOFCOM 2026/12": ("2026-02-24", "2026-02-24", 0),
    "MOFCOM 2026/23": ("2026-06-22", "2026-06-22", 0),
    "MOFCOM 2026/27": ("2026-06-29", "2026-06-29", 0),
    "MOFCOM 2026/28": ("2026-06-29", "2026-06-29", 0),
    "MOFCOM-GACC 2026/29": ("2026-07-10", "2026-07-10", 0),
}
SUSPENSIONS = {"MOFCOM-GACC 2025/70": "2026-11-10", "MOFCOM 2025/72": "2026-11-27"}
# Material: the month in which the collapse stood in the customs figures.
COLLAPSES = {
    "graphite": ("2024-01",),
    "antimony": ("2024-11",),
    "rare_earth_magnets": ("2025-06",),
    "gallium": ("2023-09", "2023-10"),
}
LEVELS = ["unknown", "minor", "moderate", "severe", "extreme"]
DESK_OF = {"US": "us", "JP": "jp", "KR": "kr"}


def _warning(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WARNING_")}
    return subprocess.run(
        [sys.executable, "-m", "warning.cli.main", *arguments],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "ews-demo"


@pytest.fixture(scope="module")
def demo(home):
    done = _warning("demo", "--exit", "--json", "--home", str(home), cwd=home.parent)
    assert done.returncode == 0, done.stderr[-2000:]
    document = json.loads(done.stdout)
    assert document["schema"] == "demo/1"
    return document


DEADLINES = {"entry_into_force", "suspension_end", "expiry"}


def _alerts(demo, **wanted):
    return [a for a in demo["alerts"] if all(a[name] == value for name, value in wanted.items())]


def _told(demo, **wanted):
    """The alerts that documents opened: the register's countdowns are alerts of their own."""
    return [a for a in _alerts(demo, **wanted) if a["act"] not in DEADLINES]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_demo_opens_exactly_one_alert_for_an_instrument_within_minutes(demo, instrument):
    first_seen, effective, lead_days = INSTRUMENTS[instrument]
    (alert,) = _told(demo, instrument=instrument, direction="tightening")
    assert alert["opened_at"].startswith(first_seen)
    assert (alert["effective"], alert["lead_days"]) == (effective, lead_days)
    assert alert["minutes_to_alert"] <= 15
    assert alert["desks_told"]


@pytest.mark.parametrize("instrument", SUSPENSIONS)
def test_demo_tells_a_suspension_as_easing_with_its_end(demo, instrument):
    (alert,) = _told(demo, instrument=instrument)
    assert alert["direction"] == "easing"
    assert alert["expires"] == SUSPENSIONS[instrument]
    assert all(LEVELS.index(level) <= LEVELS.index("moderate") for level in alert["severity"].values())


@pytest.mark.parametrize("material", COLLAPSES)
def test_demo_tells_a_collapse_of_exports_when_the_figures_come_out(demo, material):
    """As an alert of its own, or as the confirmation of the control it follows from."""
    found = [a for a in demo["alerts"] if material in a["materials"]]
    told = [
        change["at"]
        for alert in found
        for change in alert["changes"]
        if alert["act"] in {"export_fall", "supply_stop"} or "confirmation" in change["codes"]
    ]
    assert any(at.startswith(COLLAPSES[material]) for at in told), told


def test_demo_takes_no_lookalike_for_an_event(demo):
    assert demo["counts"]["lookalikes"] > 40
    fooled = [a["title"] for a in demo["alerts"] if "lookalike" in a["events"]]
    assert fooled == []


def test_demo_leaves_most_documents_in_no_alert(demo):
    counts = demo["counts"]
    assert counts["published"] >= 300
    assert counts["quiet_documents"] > counts["published"] / 2


def test_demo_tells_every_desk_whose_threshold_an_alert_reaches(demo):
    for alert in demo["alerts"]:
        for country, level in alert["severity"].items():
            if LEVELS.index(level) >= LEVELS.index("moderate"):
                assert DESK_OF[country] in alert["desks_told"], alert["title"]


def test_demo_delivers_everything_it_owes(demo):
    assert {row["state"] for row in demo["deliveries"]} == {"sent"}
    assert {(row["desk"], row["channel"]) for row in demo["deliveries"]} == {
        (desk, channel) for desk in DESK_OF.values() for channel in ("mail", "slack")
    }
    assert sum(row["count"] for row in demo["deliveries"]) == demo["counts"]["messages_sent"]


def test_demo_stores_nothing_new_and_fetches_nothing_whole_in_a_second_round(demo):
    assert demo["counts"]["second_round"] == {"new": 0, "fetched_whole": 0}


def test_demo_meets_a_publisher_that_is_down_and_documents_that_did_not_change(demo):
    assert demo["counts"]["polls_failed"] >= 1
    assert demo["counts"]["http_answers"]["503"] >= 1
    assert demo["counts"]["http_answers"]["304"] > demo["counts"]["http_answers"]["200"]


def test_demo_leaves_messages_digests_and_a_page_without_scripts(demo, home):
    suffixes = {path.suffix for path in Path(demo["outbox"]).iterdir()}
    assert suffixes == {".json", ".eml"}
    assert len(list(Path(demo["digests"]).glob("*.html"))) == 18
    pages = list(Path(demo["page"]).parent.glob("*.html"))
    assert len(pages) == len(demo["alerts"]) + 1
    assert not any("<script" in page.read_text(encoding="utf-8") for page in pages)
    assert (home / "warning.sqlite3").exists()


def test_digest_command_reads_what_the_demo_left(demo, home):
    done = _warning(
        "digest", "--desk", "kr", "--week", "2025-W14", "--json", cwd=home.parent, WARNING_HOME=str(home)
    )
    assert done.returncode == 0, done.stderr
    digest = json.loads(done.stdout)
    assert digest["schema"] == "digest/1"
    assert digest["language"] == "ko"
    assert "MOFCOM-GACC 2025/18" in [change["instrument"] for change in digest["changes"]]
    assert digest["coverage"]["sources"] == 14
    assert digest["marking"] == "CLEAR"


def test_digest_command_sends_through_the_mail_channel(demo, home):
    done = _warning(
        "digest", "--desk", "us", "--week", "2023-W28", "--send", cwd=home.parent, WARNING_HOME=str(home)
    )
    assert done.returncode == 0, done.stderr
    assert "us 2023-W28 by mail to desk-us@example.org: sent" in done.stderr
    (mail,) = (home / "outbox").glob("*2023-W28-us*")
    assert b"multipart/alternative" in mail.read_bytes()


def test_digest_command_names_the_desks_there_are_when_asked_for_another(demo, home):
    done = _warning("digest", "--desk", "mars", cwd=home.parent, WARNING_HOME=str(home))
    assert done.returncode == 2
    assert "there is no desk 'mars'; the rulebook has jp, kr, us" in done.stderr


def test_demo_refuses_a_directory_it_did_not_make(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = _warning("demo", "--exit", "--home", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert "was not made by" in done.stderr
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_fresh_home_replaces_what_an_earlier_demo_made(tmp_path):
    home = tmp_path / "ews-demo"
    fresh_home(home)
    (home / "old").write_text("x")
    fresh_home(home)
    assert not (home / "old").exists()
    (home / ".made-by-warning-demo").unlink()
    (home / "other").write_text("x")
    with pytest.raises(SettingsError, match="was not made by"):
        fresh_home(home)


def test_publishers_serve_nothing_from_the_future():
    publishers = load_publishers(tree("demo"))
    for stop in plan_stops(publishers)[::20]:
        for publisher in publishers:
            page = render(publisher, "/", stop)
            later = [s.title for s in publisher.stories if s.at > stop]
            body = page.body.decode() if page else ""
            assert not any(f"{title}<" in body for title in later)
            assert page is None or page.modified_at <= stop


def test_detail_page_is_not_found_before_it_is_published():
    (mofcom,) = [p for p in load_publishers(tree("demo")) if p.host.startswith("mofcom")]
    story = next(s for s in mofcom.stories if s.tag == "ga-ge-2023")
    path = f"/art/{story.at.year}/{story.number:04d}.html"
    before = VirtualClock(story.at)
    assert render(mofcom, path, before()) is not None
    assert render(mofcom, path, story.at.replace(year=2022)) is None


def test_plan_stops_reads_every_event_within_minutes_and_leaves_no_long_gap():
    publishers = load_publishers(tree("demo"))
    stops = plan_stops(publishers)
    assert stops == sorted(set(stops))
    for publisher in publishers:
        for story in publisher.stories:
            following = next(stop for stop in stops if stop >= story.at)
            limit_days = 13 if story.tag in {"-", "lookalike"} else 0.05
            assert (following - story.at).total_seconds() <= limit_days * 86_400


def test_load_publishers_names_the_line_of_a_bad_document(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "x.txt").write_text("# head\n2023-07-03 18:30 | - | no text\n")
    declared = [{"host": "h", "style": "rss", "title": "t", "documents": "x.txt", "offset": "+08:00"}]
    (tmp_path / "publishers.json").write_text(json.dumps(declared))
    with pytest.raises(EvidenceError, match=r"x\.txt:2"):
        load_publishers(tmp_path)
