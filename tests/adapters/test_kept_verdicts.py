"""Verdicts kept beside an index: found under their own names alone, and never more than two sets of them."""

from warning.collect.kept_verdicts import KeptVerdicts


def test_verdicts_are_found_under_their_segment_basis_and_rule(tmp_path):
    kept = KeptVerdicts(tmp_path)
    kept.keep(3, "sources", {"one": b"1", "two": b""})
    assert kept.of(3, "sources", ["one", "two", "three"]) == {"one": b"1", "two": b""}
    assert kept.of(3, "other sources", ["one"]) == kept.of(4, "sources", ["one"]) == {}


def test_verdicts_on_another_basis_take_the_place_of_those_before(tmp_path):
    kept = KeptVerdicts(tmp_path)
    kept.keep(0, "before", {"one": b"1"})
    kept.keep(0, "after", {"one": b"2"})
    assert kept.of(0, "before", ["one"]) == {}
    assert kept.of(0, "after", ["one"]) == {"one": b"2"}


def test_rules_of_the_longest_unused_are_dropped_beyond_two_sets(tmp_path):
    kept = KeptVerdicts(tmp_path)
    for draft in range(9):
        kept.keep(0, "", {"running": b"r", f"draft{draft}": b"d"})
        kept.finish(["running", f"draft{draft}"], running=2)
    assert set(kept.of(0, "", ["running", *(f"draft{n}" for n in range(9))])) == {
        "running", "draft6", "draft7", "draft8",
    }  # fmt: skip


def test_a_directory_that_cannot_be_written_keeps_nothing_and_stops_nobody(tmp_path):
    kept = KeptVerdicts(tmp_path / "missing")
    kept.keep(0, "", {"one": b"1"})
    kept.finish(["one"], running=1)
    assert kept.of(0, "", ["one"]) == {}
