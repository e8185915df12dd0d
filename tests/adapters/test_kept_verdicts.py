"""Verdicts kept beside an index: found under their own names alone, and never more than two sets of them."""

import sqlite3

import zstandard
from pyroaring import BitMap

from warning.collect.kept_verdicts import FILE, KeptVerdicts


def said(*numbers):
    return zstandard.compress(b"\n".join(b'%d {"rule": "one"}' % number for number in numbers))


def test_verdicts_are_found_under_their_segment_basis_and_rule(tmp_path):
    kept = KeptVerdicts(tmp_path)
    kept.keep(3, "sources", {"one": said(1), "two": said()})
    assert kept.of(3, "sources", ["one", "two", "three"]) == {"one": said(1), "two": said()}
    assert kept.of(3, "other sources", ["one"]) == kept.of(4, "sources", ["one"]) == {}


def test_verdicts_on_another_basis_take_the_place_of_those_before(tmp_path):
    kept = KeptVerdicts(tmp_path)
    kept.keep(0, "before", {"one": said(1)})
    kept.keep(0, "after", {"one": said(2)})
    assert kept.of(0, "before", ["one"]) == {}
    assert kept.of(0, "after", ["one"]) == {"one": said(2)}
    assert kept.fired("one") == {0: ("after", BitMap([2]))}


def test_numbers_of_the_items_on_which_a_rule_fired_are_known_by_segment(tmp_path):
    kept = KeptVerdicts(tmp_path)
    kept.keep(0, "sources", {"one": said(4, 9, 9, 65_535), "two": said()})
    kept.keep(7, "others", {"one": said(), "two": said(0)})
    assert kept.fired("one") == {0: ("sources", BitMap([4, 9, 65_535])), 7: ("others", BitMap())}
    assert kept.fired("two") == {0: ("sources", BitMap()), 7: ("others", BitMap([0]))}
    assert kept.fired("three") == {}


def test_numbers_that_an_earlier_version_did_not_keep_are_found_in_what_it_kept(tmp_path):
    kept = KeptVerdicts(tmp_path)
    kept.keep(0, "sources", {"one": said(4)})
    kept.keep(1, "sources", {"one": said(5)})
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("delete from fired where segment = 0")
        base.execute("update fired set basis = 'other sources' where segment = 1")
    base.close()
    assert kept.fired("one") == {0: ("sources", BitMap([4])), 1: ("sources", BitMap([5]))}


def test_a_file_of_an_earlier_version_is_read_and_written(tmp_path):
    KeptVerdicts(tmp_path).keep(0, "sources", {"one": said(4)})
    with sqlite3.connect(tmp_path / FILE) as base:
        base.executescript("drop table fired; pragma user_version=0")
    base.close()
    kept = KeptVerdicts(tmp_path)
    kept.keep(1, "sources", {"one": said(5)})
    assert kept.fired("one") == {0: ("sources", BitMap([4])), 1: ("sources", BitMap([5]))}
    assert kept.of(0, "sources", ["one"]) == {"one": said(4)}


def test_rules_of_the_longest_unused_are_dropped_beyond_two_sets(tmp_path):
    kept = KeptVerdicts(tmp_path)
    for draft in range(9):
        kept.keep(0, "", {"running": said(1), f"draft{draft}": said(2)})
        kept.finish(["running", f"draft{draft}"], running=2)
    drafts = [f"draft{n}" for n in range(9)]
    assert set(kept.of(0, "", ["running", *drafts])) == {"running", "draft6", "draft7", "draft8"}
    with sqlite3.connect(tmp_path / FILE) as base:
        held = {rule for (rule,) in base.execute("select rule from fired")}
    base.close()
    assert held == {"running", "draft6", "draft7", "draft8"}


def test_a_directory_that_cannot_be_written_keeps_nothing_and_stops_nobody(tmp_path):
    kept = KeptVerdicts(tmp_path / "missing")
    kept.keep(0, "", {"one": said(1)})
    kept.finish(["one"], running=1)
    assert kept.of(0, "", ["one"]) == {}
    assert kept.fired("one") == {}
