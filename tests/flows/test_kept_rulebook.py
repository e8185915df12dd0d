"""A kept rulebook is the one its files make, and is passed over as soon as anything differs or others could have written it."""

import os
import pickle
import shutil
from datetime import date
from hashlib import blake2b
from pathlib import Path

import pytest

from warning.app.kept_rulebook import kept_rulebook, kept_texts
from warning.catalog.load import load_rulebook
from warning.resources import tree

TODAY = date(2026, 6, 1)


def refused():
    pytest.fail("the rulebook was read anew")


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture(scope="module")
def book():
    return load_rulebook(tree("rules"), tree("feeds"), today=TODAY)


@pytest.fixture
def folders(tmp_path):
    for name in ("rules", "feeds"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.yaml").write_text("a: 1\n")
    return tmp_path / "rules", tmp_path / "feeds", None


class Reading:
    """Says how often the files were read."""

    def __init__(self, book):
        self.book, self.times = book, 0

    def __call__(self):
        self.times += 1
        return self.book


def test_a_kept_rulebook_is_the_one_that_was_read(home, folders, book):
    kept_rulebook(home, folders, TODAY, lambda: book)
    again = kept_rulebook(home, folders, TODAY, refused)
    assert again == book
    assert again.version == book.version
    assert again.versions == book.versions


def change_content(rules: Path) -> None:
    (rules / "one.yaml").write_text("a: 2\n")


def add_file(rules: Path) -> None:
    (rules / "signals").mkdir()
    (rules / "signals" / "two.yaml").write_text("")


def rename_file(rules: Path) -> None:
    (rules / "one.yaml").rename(rules / "other.yaml")


@pytest.mark.parametrize("change", [change_content, add_file, rename_file])
def test_a_rulebook_is_read_anew_when_a_file_changed(home, folders, book, change):
    kept_rulebook(home, folders, TODAY, lambda: book)
    change(folders[0])
    reading = Reading(book)
    kept_rulebook(home, folders, TODAY, reading)
    assert reading.times == 1


def test_a_rulebook_is_read_anew_on_another_day_and_for_other_folders(home, folders, book):
    kept_rulebook(home, folders, TODAY, lambda: book)
    reading = Reading(book)
    kept_rulebook(home, folders, date(2026, 6, 2), reading)
    kept_rulebook(home, (folders[1], folders[0], None), TODAY, reading)
    assert reading.times == 2


def let_others_write(file: Path) -> None:
    file.chmod(0o666)


def let_others_in(file: Path) -> None:
    file.parent.chmod(0o777)


def link(file: Path) -> None:
    other = file.with_name("other")
    file.rename(other)
    file.symlink_to(other)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("harm", [let_others_write, let_others_in, link, cut, damage])
def test_a_kept_file_that_somebody_else_could_have_written_is_passed_over(home, folders, book, harm):
    kept_rulebook(home, folders, TODAY, lambda: book)
    harm(home / "rulebook" / "last")
    reading = Reading(book)
    kept_rulebook(home, folders, TODAY, reading)
    assert reading.times == 1


class Caller:
    def __reduce__(self):
        return shutil.rmtree, ("/nowhere/at/all",)


class Walker:
    """Names what a module of the core imported."""

    def __reduce__(self):
        return getattr, (date, "today")


@pytest.mark.parametrize("value", [Caller(), Walker(), ["no", "rulebook"]])
def test_a_kept_file_that_names_anything_but_a_rulebook_is_not_read(home, folders, book, value):
    kept_rulebook(home, folders, TODAY, lambda: book)
    file = home / "rulebook" / "last"
    content = pickle.dumps(value)
    file.write_bytes(file.read_bytes()[:32] + blake2b(content, digest_size=32).digest() + content)
    reading = Reading(book)
    kept_rulebook(home, folders, TODAY, reading)
    assert reading.times == 1


def test_texts_kept_of_a_rulebook_are_its_terms_sources_and_one_rule(home, folders, book):
    rule = next(rule for rule in book.rules if rule.kind == "context")
    kept_texts(home, folders, TODAY, rule.id, lambda: book)
    again = kept_texts(home, folders, TODAY, rule.id, refused)
    assert (again.rules, again.terms, again.sources) == ((rule,), book.terms, book.sources)
    assert again.terms.digest == book.terms.model_copy().digest
    assert kept_texts(home, folders, TODAY, "no-such-rule", refused).rules == ()


def test_texts_are_kept_of_a_rulebook_that_is_kept_already(home, folders, book):
    kept_rulebook(home, folders, TODAY, lambda: book)
    kept_texts(home, folders, TODAY, "no-such-rule", refused)
    (home / "rulebook" / "last").unlink()
    assert kept_texts(home, folders, TODAY, "no-such-rule", refused).terms == book.terms


@pytest.mark.parametrize("harm", [let_others_write, let_others_in, link, cut, damage])
def test_kept_texts_that_somebody_else_could_have_written_are_passed_over(home, folders, book, harm):
    kept_texts(home, folders, TODAY, "no-such-rule", lambda: book)
    (home / "rulebook" / "last").unlink()
    harm(home / "rulebook" / "texts")
    reading = Reading(book)
    kept_texts(home, folders, TODAY, "no-such-rule", reading)
    assert reading.times == 1


def test_texts_are_read_anew_when_a_file_changed(home, folders, book):
    kept_texts(home, folders, TODAY, "no-such-rule", lambda: book)
    change_content(folders[0])
    reading = Reading(book)
    kept_texts(home, folders, TODAY, "no-such-rule", reading)
    assert reading.times == 1


def test_terms_that_were_changed_have_another_name(book):
    _, *others = book.terms.cues
    fewer = book.terms.model_copy(update={"cues": {key: book.terms.cues[key] for key in others}})
    assert book.terms.digest not in {fewer.digest, ""}


def test_nothing_is_kept_without_a_home(tmp_path, folders, book):
    home = tmp_path / "none"
    assert kept_rulebook(home, folders, TODAY, lambda: book) is book
    assert not home.exists()


def test_a_file_that_cannot_be_read_is_left_to_the_loader(home, folders, book):
    kept_rulebook(home, folders, TODAY, lambda: book)
    (folders[0] / ".#one.yaml").symlink_to("somebody@nowhere")
    reading = Reading(book)
    kept_rulebook(home, folders, TODAY, reading)
    kept_rulebook(home, folders, TODAY, reading)
    assert reading.times == 2


def test_a_pipe_among_the_files_stops_no_command(home, folders, book):
    os.mkfifo(folders[1] / "pipe.yaml")
    assert kept_rulebook(home, folders, TODAY, lambda: book) is book


def test_a_rulebook_of_files_that_changed_while_they_were_read_is_not_kept(home, folders, book):
    file = folders[0] / "one.yaml"

    def edited_meanwhile():
        file.write_text("a: 2\n")
        return book

    kept_rulebook(home, folders, TODAY, edited_meanwhile)
    file.write_text("a: 1\n")
    reading = Reading(book)
    kept_rulebook(home, folders, TODAY, reading)
    assert reading.times == 1


def test_a_place_that_cannot_be_written_costs_the_keeping_alone(home, folders, book):
    (home / "rulebook").write_text("a file where the directory would be")
    assert kept_rulebook(home, folders, TODAY, lambda: book) is book


def test_what_a_killed_command_left_half_written_is_written_over(home, folders, book):
    (home / "rulebook").mkdir(mode=0o700)
    (home / "rulebook" / "last.part").write_bytes(b"half")
    kept_rulebook(home, folders, TODAY, lambda: book)
    assert [file.name for file in (home / "rulebook").iterdir()] == ["last"]
