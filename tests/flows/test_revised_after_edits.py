"""A figure that is revised after the rule that told it was edited, disabled or removed: the desk that was told hears of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.core.series_samples import DROP, rule
from tests.flows.test_late_revisions import (
    ANNUAL,
    BOOK,
    FELL,
    PUBLISHED,
    SOON,
    SUPPRESSED,
    Outcome,
    figure,
    lived,
)
from warning.core.rulebook import Rulebook
from warning.core.signals import UNJUDGED
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking
from warning.store.resident import Resident

FALL = replace(BOOK, rules=(rule(DROP, id="fall", severity="minor"),))
ELSEWHERE = {"materials": ["antimony"]}

AFTER = {
    "removed": replace(BOOK, rules=()),
    "renamed": replace(BOOK, rules=(rule(DROP, id="other", severity="minor"),)),
    "disabled": replace(BOOK, rules=(rule(DROP, id="fall", severity="minor", enabled=False),)),
    "of other series": replace(BOOK, rules=(rule(DROP, id="fall", severity="minor", select=ELSEWHERE),)),
}
EDITED = pytest.mark.parametrize("after", AFTER.values(), ids=AFTER)
HELD = pytest.mark.parametrize("holds", ["nothing", "memory", "file"])
AT = pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])


def edited(after: Rulebook, *revisions, url: str, holds: str, folder: Path) -> Outcome:
    """What the service comes to whose rulebook is another from the first revision on."""
    resident: dict[str, Resident | Path | None] = {"nothing": None, "memory": Resident(), "file": folder}
    lived(url=url, resident=resident[holds], book=FALL)
    return lived(*revisions, url=url, resident=resident[holds], book=after, published=())


@EDITED
@HELD
@AT
def test_desks_are_told_that_a_figure_was_revised_whose_rule_reads_it_no_more(
    after: Rulebook, holds: str, at: datetime, sqlite_url: str, tmp_path: Path
):
    found = edited(after, figure(FELL, 95.0, at), url=sqlite_url, holds=holds, folder=tmp_path)
    (alert,) = found.alerts
    assert found.told == [("corrected", "2022-08: 22 kg", "2022-08: 95 kg")]
    assert [reason.code for reason in alert.why][-1] == UNJUDGED
    assert (alert.state, alert.last_evidence_at) == ("open", PUBLISHED[7].known_at)
    assert found.owed == [(2, "jp", "update")]


@EDITED
def test_a_revision_of_a_tenth_or_less_tells_nobody_and_one_that_hides_the_figure_does(
    after: Rulebook, sqlite_url: str, tmp_path: Path
):
    little, hidden = figure(FELL, 23.0, ANNUAL), replace(SUPPRESSED, known_at=ANNUAL + timedelta(days=1))
    found = edited(after, little, hidden, url=sqlite_url, holds="memory", folder=tmp_path)
    assert found.told == [("corrected", "2022-08: 23 kg", "2022-08: a suppressed cell")]
    assert [version for version, _, _ in found.owed] == [2]


@EDITED
def test_revisions_of_figures_that_nothing_was_told_of_are_silent_after_an_edit(
    after: Rulebook, sqlite_url: str, tmp_path: Path
):
    other = [figure(period, 300.0, ANNUAL) for period in ("2022-05", "2022-11")]
    found = edited(after, *other, url=sqlite_url, holds="memory", folder=tmp_path)
    assert not found.owed


@AT
def test_a_retuned_rule_takes_back_what_it_would_not_tell_of_the_revised_figure(
    at: datetime, sqlite_url: str, tmp_path: Path
):
    retuned = replace(BOOK, rules=(rule({**DROP, "fall_ratio": 0.9}, id="fall", severity="minor"),))
    found = edited(retuned, figure(FELL, 23.0, at), url=sqlite_url, holds="memory", folder=tmp_path)
    assert [alert.state for alert in found.alerts] == ["cancelled"]
    assert found.owed == [(2, "jp", "update")]


def test_a_rule_that_is_back_takes_back_what_was_told_while_it_was_gone(sqlite_url: str, tmp_path: Path):
    edited(AFTER["removed"], figure(FELL, 30.0, ANNUAL), url=sqlite_url, holds="memory", folder=tmp_path)
    back = figure(FELL, 95.0, ANNUAL + timedelta(days=9))
    found = lived(back, url=sqlite_url, resident=Resident(), book=FALL, published=())
    assert [alert.state for alert in found.alerts] == ["cancelled"]
    assert found.told == [("corrected", "2022-08: 30 kg", "2022-08: 95 kg")]


def test_a_correction_is_no_wider_than_its_source_is_by_then(sqlite_url: str, tmp_path: Path):
    narrowed = {"gacc": narrow(FALL.source("gacc", "customs", "CN", "en"))}
    after = replace(FALL, sources=narrowed)
    found = edited(after, figure(FELL, 95.0, ANNUAL), url=sqlite_url, holds="memory", folder=tmp_path)
    assert [alert.marking for alert in found.alerts] == [Marking.RED]


@EDITED
def test_what_nobody_judges_anew_is_no_wider_than_its_source_is_by_then(
    after: Rulebook, sqlite_url: str, tmp_path: Path
):
    narrowed = replace(after, sources={"gacc": narrow(FALL.source("gacc", "customs", "CN", "en"))})
    found = edited(narrowed, figure(FELL, 95.0, ANNUAL), url=sqlite_url, holds="memory", folder=tmp_path)
    assert [alert.marking for alert in found.alerts] == [Marking.RED]


def narrow(source: SourceProfile) -> SourceProfile:
    return replace(source, marking=Marking.RED)
