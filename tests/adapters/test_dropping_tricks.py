"""A drop folder is written by people, or by whoever got hold of their share: what lies in it may be a trick."""

import asyncio
import gzip
import json
import os
from pathlib import Path

import pytest

from tests.adapters.parse_samples import FETCHED_AT as NOW
from tests.adapters.test_dropping import ITEM, SPEC, Drop
from warning.app import drop_files, drop_speaking
from warning.app.parse_pool import ParsePool
from warning.app.round_memory import Memory
from warning.errors import FetchError, ParseError


@pytest.fixture
def drop(tmp_path):
    ready = Drop(tmp_path)
    yield ready
    ready.repository.close()


def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("the key of the store", encoding="utf-8")
    return path


def test_a_pipe_and_a_folder_keep_nobody_waiting(drop):
    os.mkfifo(drop.folder / "a-pipe.txt")
    (drop.folder / "b-folder.txt").mkdir()
    drop.put("note.txt", "A note")
    assert drop.poll().items_new == 1


def test_a_link_put_where_claimed_files_lie_is_not_followed(drop, tmp_path):
    drop.poll()
    (drop.folder / "taking" / "link.txt").symlink_to(secret(tmp_path))
    assert drop.poll().items_new == 0
    assert not drop.items()


@pytest.mark.parametrize("name", ["taking", "done", "failed"])
def test_a_folder_of_the_folder_that_is_a_link_is_refused(drop, tmp_path, name):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "private.txt").write_text("not for evidence", encoding="utf-8")
    (drop.folder / name).symlink_to(elsewhere)
    drop.put("note.txt", "A note")
    outcome = drop.poll()
    assert outcome.condition == "failing"
    assert "is a link" in outcome.cause
    assert (elsewhere / "private.txt").exists()


@pytest.mark.parametrize(
    "name",
    ["x" * 251 + ".exe", "y" * 250 + ".txt", "名" * 84 + ".md", "line\nbreak.exe", "\x1b[2J.exe", "n" * 255],
    ids=["long and unreadable", "long", "wide", "line break", "escape", "no ending"],
)
def test_an_odd_name_costs_nothing_but_itself(drop, name):
    for _ in range(2):
        drop.put(name, "MZ")
        drop.put("note.txt", "A note")
        outcome = drop.poll()
        assert outcome.condition in {"ok", "partial"}
        assert outcome.cause.isprintable()
    assert drop.lying("taking") == drop.lying() == []
    assert "note.txt" in drop.lying("done")


def test_a_name_that_is_no_text_costs_nothing_but_itself(drop):
    with open(os.fsencode(drop.folder) + b"/caf\xe9.exe", "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(b"MZ")
    os.utime(os.fsencode(drop.folder) + b"/caf\xe9.exe", (0, 0))
    drop.put("note.txt", "A note")
    assert (drop.poll().condition, drop.lying("taking")) == ("partial", [])
    assert drop.repository.source_states()["mission-jp-b"].cause.startswith("caf?.exe")


def test_a_packed_file_with_the_same_name_stays_readable(drop):
    drop.put("a.jsonl.gz", gzip.compress(json.dumps(ITEM).encode()))
    drop_files.claim(SPEC, drop.home, NOW)
    drop.put("a.jsonl.gz", gzip.compress(json.dumps(ITEM | {"title": "Another"}).encode()))
    assert drop.poll().items_new == 2
    assert drop.lying("done") == ["a (2).jsonl.gz", "a.jsonl.gz"]


def test_files_that_are_never_ready_do_not_hide_those_that_are(drop):
    few = SPEC.model_copy(update={"parse": SPEC.parse.model_copy(update={"most": 2})})
    for number in range(40):
        drop.put(f"0-{number:02}.part", "half")
    drop.put("note.txt", "A note")
    assert [path.name for path in drop_files.claim(few, drop.home, NOW)] == ["note.txt"]


def test_a_small_file_of_endless_records_is_refused(drop, monkeypatch):
    monkeypatch.setattr(drop_speaking, "MOST_RECORDS", 100)
    lines = "".join(json.dumps(ITEM | {"title": f"T{n}"}) + "\n" for n in range(101))
    drop.put("flood.jsonl.gz", gzip.compress(lines.encode()))
    drop.put("note.txt", "A note")
    outcome = drop.poll()
    assert (outcome.items_new, outcome.condition) == (1, "partial")
    assert "more than 100 records" in outcome.cause


def test_a_file_that_ends_its_reader_fails_alone(drop):
    """In the process that collects it would have been the end of everything."""
    drop.put("a-bomb.txt", "boom")
    drop.put("b-fault.txt", "a fault of ours")
    drop.put("note.txt", "A note")

    async def elsewhere(function, path, *rest, spending):
        if path.name == "a-bomb.txt":
            raise ParseError("the document ended the process that read it")
        if path.name == "b-fault.txt":
            raise RuntimeError("KeyError('x')")
        return function(path, *rest)

    outcome = drop.poll(memory=Memory(elsewhere=elsewhere))
    assert (outcome.items_new, outcome.condition) == (1, "partial")
    assert drop.lying("failed") == ["a-bomb.txt", "a-bomb.txt.why.txt", "b-fault.txt", "b-fault.txt.why.txt"]


def test_files_are_read_in_the_processes_that_read_documents(drop):
    drop.put("note.txt", "A note")

    async def poll():
        async with ParsePool(workers=1) as pool:
            return await drop.collect(memory=Memory(parser=pool.parse, elsewhere=pool.run))

    assert asyncio.run(poll()).items_new == 1


def test_a_file_that_cannot_be_moved_on_does_not_end_the_round(drop, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drop_files, "settle", full)
    drop.put("note.txt", "A note")
    assert drop.poll().items_new == 1
    monkeypatch.undo()
    assert drop.poll().items_new == 0
    assert drop.lying("done") == ["note.txt"]


def test_a_folder_that_may_not_be_read_is_a_failure_in_words(drop):
    drop.folder.rename(drop.folder.with_name("gone"))
    drop.folder.write_text("a file where the folder was", encoding="utf-8")
    with pytest.raises(FetchError, match="cannot be used"):
        drop_files.claim(SPEC, drop.home, NOW)
