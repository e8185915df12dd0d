"""Which sources a round looks at: those whose time has come by the store's index, and those never polled."""

import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from warning.app.due_sources import READ_TOGETHER, DueSources
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def spec(name: str) -> SourceSpec:
    fields = {
        "id": name, "title": name, "url": f"https://{name}.example/", "kind": "news", "country": "CN",
        "language": "zh", "publisher": "p", "publisher_title": "P", "official": False, "reliability": "C",
        "licence": "none", "every": "15m", "verified": "never", "parse": {"format": "rss"},
    }  # fmt: skip
    return SourceSpec.model_validate(fields)


@pytest.fixture
def looked(repository):
    """Four sources, three of them polled before; the first look, at everything, is over."""
    catalogue = tuple(map(spec, ("due", "later", "far", "fresh")))
    for name, hours in (("due", -1), ("later", 1), ("far", 24 * 300)):
        repository.save_source_state(
            SourceState(source_id=name, condition="ok", next_due_at=NOW + timedelta(hours=hours))
        )
    due = DueSources()
    assert len(names(due.at(NOW, (), catalogue, repository))) == 4
    return due, catalogue, repository


def names(found):
    return sorted(spec.id for part in found for spec, _ in part)


def test_a_round_looks_at_what_is_due_what_a_wrong_clock_put_off_and_what_was_never_polled(looked):
    due, catalogue, repository = looked
    assert names(due.at(NOW, (), (*catalogue,), repository)) == ["due", "far", "fresh"]


def test_a_source_polled_once_waits_for_its_time_like_the_others(looked):
    due, catalogue, repository = looked
    repository.save_source_state(SourceState(source_id="fresh", next_due_at=NOW + timedelta(hours=1)))
    due.polled("fresh")
    assert names(due.at(NOW, (), catalogue, repository)) == ["due", "far"]
    assert names(due.at(NOW + timedelta(hours=2), (), catalogue, repository)) == [
        "due",
        "far",
        "fresh",
        "later",
    ]


def test_a_source_in_a_burst_is_looked_at_before_its_time(looked):
    due, catalogue, repository = looked
    assert "later" in names(due.at(NOW, {"later"}, catalogue, repository))


def test_an_edited_catalogue_is_looked_through_whole(looked):
    due, catalogue, repository = looked
    edited = (spec("later"), *catalogue[2:])
    assert names(due.at(NOW, (), edited, repository)) == ["far", "fresh", "later"]


def test_a_source_no_longer_in_the_catalogue_is_left_alone(looked):
    due, catalogue, repository = looked
    names(due.at(NOW, (), catalogue[1:], repository))
    assert names(due.at(NOW, (), catalogue[1:], repository)) == ["far", "fresh"]


class Nothing:
    """A store in which no source was polled yet."""

    def source_states_of(self, source_ids):
        return {}

    def due_source_states(self, now, also=()):
        return {}


def test_sources_are_looked_up_while_polls_of_others_end():
    one = spec("s")
    catalogue = [one.model_copy(update={"id": f"s{n}"}) for n in range(5_000)]
    due = DueSources()
    names(due.all(catalogue, Nothing()))
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        ending = threading.Thread(target=lambda: [due.polled(source.id) for source in catalogue])
        ending.start()
        while ending.is_alive():
            names(due.at(NOW, (), catalogue, Nothing()))
        ending.join()
    finally:
        sys.setswitchinterval(usual)
    assert names(due.at(NOW, (), catalogue, Nothing())) == []


def test_a_look_that_broke_off_is_no_look_at_everything():
    """The sources it did not come to were never polled either, and are asked in the next round."""
    one = spec("s")
    catalogue = tuple(one.model_copy(update={"id": f"s{n}"}) for n in range(2 * READ_TOGETHER))
    due = DueSources()
    assert len(next(due.at(NOW, (), catalogue, Nothing()))) == READ_TOGETHER
    assert len(names(due.at(NOW, (), catalogue, Nothing()))) == len(catalogue)
