"""The labels read by hand: every row complete, no line on both sides, nothing held that the first labels hold."""

import csv
from hashlib import sha256
from pathlib import Path

import pytest

LABELS = Path(__file__).parents[2] / "bench" / "labels"
HALVES = ("tune", "held", "fresh_tune", "fresh_held", "recall_tune", "recall_held")
SCOPES = {"core", "coercion", "other", "denial", "foreign"}
DIRECTIONS = {"tightening", "easing", "neutral"}


def rows(half: str) -> list[tuple[str, dict[str, str]]]:
    found = []
    for path in sorted((LABELS / half).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as text:
            found += [(path.stem, row) for row in csv.DictReader(text)]
    return found


def keys(half: str) -> set[tuple[str, str]]:
    return {(file, row["line"]) for file, row in rows(half)}


@pytest.mark.parametrize("half", HALVES)
def test_an_event_names_scope_act_and_direction_and_a_quiet_document_none(half):
    incomplete = [
        (file, row["line"])
        for file, row in rows(half)
        if (row["verdict"] == "event")
        != (row["scope"] in SCOPES and bool(row["act"]) and row["direction"] in DIRECTIONS)
        or row["verdict"] not in ("event", "quiet")
        or row["sure"] not in ("yes", "no")
    ]
    assert incomplete == []


def test_no_line_is_labelled_twice():
    every = set().union(*(keys(half) for half in HALVES))
    assert len(every) == sum(len(rows(half)) for half in HALVES)


def test_the_fresh_halves_are_cut_by_the_hash_of_file_and_line():
    halves = {
        half: {sha256(f"{file}:{line}".encode()).digest()[0] % 2 for file, line in keys(half)}
        for half in ("fresh_tune", "fresh_held")
    }
    assert halves == {"fresh_tune": {0}, "fresh_held": {1}}


@pytest.mark.parametrize("file", ["asia", "cctv", "federal_register", "korea", "thucnews", "world"])
def test_a_held_line_is_none_of_the_first_labels(file):
    with (LABELS / "blind" / f"{file}.csv").open(encoding="utf-8", newline="") as text:
        first = {(file, row["line"]) for row in csv.DictReader(text)}
    assert first & (keys("held") | keys("fresh_held") | keys("recall_held")) == set()


@pytest.mark.parametrize("half", HALVES)
def test_every_weight_is_a_number_of_documents(half):
    assert all(float(row["weight"]) >= 0 for _, row in rows(half))
