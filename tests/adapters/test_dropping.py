"""A drop folder: every file becomes evidence once, and lies afterwards where its fate says."""

import asyncio
import json
import os
from datetime import timedelta

import pytest

from tests.adapters.parse_samples import FETCHED_AT as NOW
from tests.adapters.pdf_samples import CJK, cjk_pdf
from warning.app import drop_files
from warning.app.collecting import collect_due
from warning.app.compose import open_repository
from warning.app.drop_files import claim
from warning.app.drop_reading import read_taken
from warning.catalog.sources import SourceSpec
from warning.core.vocabulary import Marking
from warning.settings import Settings

SPEC = SourceSpec.model_validate(
    {
        "id": "mission-jp-b", "title": "T", "url": "file:drop/jp", "kind": "mission", "country": "JP", "language": "ja",
        "publisher": "mission-jp", "publisher_title": "P", "official": False, "reliability": "B", "licence": "x",
        "marking": "AMBER", "release_to": ["JP", "KR"], "every": "2m", "parse": {"format": "file"}, "verified": "never",
    }
)  # fmt: skip
ITEM = {
    "type": "item",
    "source_id": "mission-jp-b",
    "kind": "mission",
    "country": "CN",
    "language": "en",
    "title": "Customs hold",
    "marking": "GREEN",
    "release_to": ["JP", "US"],
}


class NoNetwork:
    async def fetch(self, request):
        raise AssertionError(f"a folder asks nobody: {request.url}")


class Drop:
    def __init__(self, home):
        self.home, self.folder = home, home / "drop" / "jp"
        self.folder.mkdir(parents=True)
        self.repository = open_repository(Settings(home=home))

    def put(self, name: str, content: bytes | str, age: float = 60) -> None:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        when = (NOW - timedelta(seconds=age)).timestamp()
        os.utime(path, (when, when))

    def poll(self, **options):
        return asyncio.run(self.collect(**options))

    async def collect(self, specs=(SPEC,), **options):
        settings = Settings(home=self.home)
        report = await collect_due(
            specs, self.repository, NoNetwork(), lambda: NOW, settings=settings, only=["mission-jp-b"], force=True,
            **options,
        )  # fmt: skip
        (outcome,) = report.outcomes
        return outcome

    def items(self):
        return self.repository.items_between(NOW - timedelta(days=9_000), NOW + timedelta(days=1))

    def lying(self, where: str = "") -> list[str]:
        return sorted(p.name for p in (self.folder / where).iterdir() if p.is_file())


@pytest.fixture
def drop(tmp_path):
    ready = Drop(tmp_path)
    yield ready
    ready.repository.close()


def test_files_of_every_sort_become_evidence_and_lie_in_done(drop):
    drop.put("a.jsonl", json.dumps(ITEM))
    drop.put("b.eml", "Subject: From the mission\nMessage-ID: <1@x>\n\ntext\n")
    drop.put("c.pdf", cjk_pdf("GBK-EUC-H"))
    drop.put("d.txt", "通関が止まった\n二行目".encode("cp932"))
    outcome = drop.poll()
    assert (outcome.condition, outcome.cause, outcome.items_new) == ("ok", "", 4)
    assert {item.title for item in drop.items()} == {
        "Customs hold",
        "From the mission",
        CJK["GBK-EUC-H"][2],
        "通関が止まった",
    }
    assert drop.lying("done") == ["a.jsonl", "b.eml", "c.pdf", "d.txt"]
    assert drop.lying() == drop.lying("taking") == []


def test_the_folders_marking_and_release_bind_every_file(drop):
    drop.put("a.jsonl", json.dumps(ITEM))
    drop.put("b.txt", "A note")
    drop.poll()
    handled = {item.title: (item.marking, item.release_to) for item in drop.items()}
    assert handled["Customs hold"] == (Marking.AMBER, frozenset({"JP"}))
    assert handled["A note"] == (Marking.AMBER, frozenset({"JP", "KR"}))


def test_a_file_dropped_again_is_no_new_evidence_and_overwrites_nothing(drop):
    for _ in range(2):
        drop.put("a.jsonl", json.dumps(ITEM))
        drop.put("b.txt", "A note")
        outcome = drop.poll()
    assert (outcome.items_new, outcome.items_revised) == (0, 0)
    assert len(drop.items()) == 2
    assert drop.lying("done") == ["a (2).jsonl", "a.jsonl", "b (2).txt", "b.txt"]


def test_what_cannot_be_read_lies_in_failed_with_the_reason_and_stops_nothing(drop):
    drop.put("bad.jsonl", '{"type":"item","titel":"x"}')
    drop.put("odd.exe", b"MZ")
    drop.put("good.txt", "A note")
    outcome = drop.poll()
    assert (outcome.condition, outcome.items_new) == ("partial", 1)
    assert drop.lying("failed") == ["bad.jsonl", "bad.jsonl.why.txt", "odd.exe", "odd.exe.why.txt"]
    assert "bad.jsonl:1:" in (drop.folder / "failed" / "bad.jsonl.why.txt").read_text(encoding="utf-8")


def test_a_folder_is_partial_until_somebody_takes_what_failed_out_of_it(drop):
    """A change is told when it has lasted: one that ends with the next poll is told to nobody."""
    drop.put("odd.exe", b"MZ")
    drop.put("other.exe", b"MZ")
    assert drop.poll().condition == "partial"
    still = drop.poll()
    assert (still.answer, still.condition) == ("not_modified", "partial")
    assert (
        still.cause
        == "failed/ holds odd.exe and 1 more, the reason beside it: mend and put back, or take away"
    )
    drop.put("good.txt", "A note")
    assert (drop.poll().condition, len(drop.items())) == ("partial", 1)
    for name in ("odd.exe", "other.exe"):
        (drop.folder / "failed" / name).unlink()
    assert drop.poll().condition == "not_modified"


def test_of_a_failed_folder_that_has_filled_up_only_so_many_files_are_counted(drop, monkeypatch):
    """It is looked at with every poll: a system that fills it for years makes no poll of this one slow."""
    monkeypatch.setattr(drop_files, "MOST_COUNTED", 3)
    drop.put("odd.exe", b"MZ")
    drop.poll()
    for number in range(10):
        (drop.folder / "failed" / f"odd {number}.exe").write_bytes(b"MZ")
    (drop.folder / "failed" / "odd.exe.why.txt").unlink()
    assert " and 2 more, " in drop.poll().cause


def test_what_a_system_leaves_in_failed_is_no_file_that_failed(drop):
    drop.put("good.txt", "A note")
    drop.poll()
    for name in (".DS_Store", ".gitkeep", "Thumbs.db", "desktop.ini"):
        (drop.folder / "failed" / name).write_bytes(b"x")
    (drop.folder / "failed" / "looked at").mkdir()
    (drop.folder / "failed" / "link.txt").symlink_to(drop.folder / "done" / "good.txt")
    assert drop.poll().condition == "not_modified"


def test_a_dropped_file_under_the_name_of_a_reason_counts_as_failed_and_a_reason_left_behind_does_not(drop):
    drop.put("odd.exe.why.txt", b"")
    assert drop.poll().condition == "partial"
    assert drop.lying("failed") == ["odd.exe.why.txt", "odd.exe.why.txt.why.txt"]
    assert drop.poll().cause.startswith("failed/ holds odd.exe.why.txt, the reason beside it")
    (drop.folder / "failed" / "odd.exe.why.txt").unlink()
    assert drop.poll().condition == "not_modified"


def test_a_file_of_which_a_part_could_not_be_read_waits_in_failed_with_what_was_read_stored(drop):
    entries = "".join(f"<item><title>Notice {n}</title><guid>{n}</guid></item>" for n in range(3))
    drop.put("cut.xml", f"<rss version='2.0'><channel>{entries}<item><title>Noti")
    outcome = drop.poll()
    assert (outcome.condition, outcome.items_new) == ("partial", 3)
    assert (drop.lying("done"), drop.lying("failed")) == ([], ["cut.xml", "cut.xml.why.txt"])
    why = (drop.folder / "failed" / "cut.xml.why.txt").read_text(encoding="utf-8")
    assert why.startswith("read in part, and that part is stored; what is not:\nnot well-formed (")
    assert drop.poll().condition == "partial"
    drop.put(
        "cut.xml",
        f"<rss version='2.0'><channel>{entries}<item><title>Notice 3</title></item></channel></rss>",
    )
    (drop.folder / "failed" / "cut.xml").unlink()
    outcome = drop.poll()
    assert (outcome.condition, outcome.items_new, drop.lying("done")) == ("ok", 1, ["cut.xml"])


def test_a_mailbox_with_two_mails_of_one_message_id_is_read_whole_and_lies_in_done(drop):
    mails = (
        f"From a@x.example Sat Jan  3 01:00:00 2026\nSubject: {name}\nMessage-ID: <1@x>\n\ntext\n\n"
        for name in ("one", "two")
    )
    drop.put("b.mbox", "".join(mails))
    outcome = drop.poll()
    assert (outcome.condition, outcome.items_new) == ("ok", 2)
    assert (drop.lying("done"), drop.lying("failed")) == (["b.mbox"], [])


def test_files_still_being_written_hidden_or_linked_are_left_alone(drop, tmp_path):
    drop.put("young.txt", "x", age=1)
    drop.put("half.txt.part", "x")
    drop.put(".hidden.txt", "x")
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    (drop.folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    assert drop.poll().items_new == 0
    assert drop.lying() == [".hidden.txt", "half.txt.part", "link.txt", "young.txt"]


def test_a_file_claimed_by_a_process_that_died_is_read_by_the_next(drop):
    drop.put("a.jsonl", json.dumps(ITEM))
    (path,) = claim(SPEC, drop.home, NOW)
    assert read_taken(path, SPEC, NOW).failure == ""  # and then the process dies, its evidence stored or not
    assert drop.poll().items_new == 1
    assert drop.lying("taking") == []


def test_a_folder_is_made_at_the_first_poll(drop):
    for path in drop.folder.iterdir():
        path.rmdir()
    drop.folder.rmdir()
    assert drop.poll().condition == "not_modified"
    assert (drop.folder / "done").is_dir()


@pytest.mark.parametrize(("said", "marking"), [("TLP:RED", Marking.RED), ("TLP:CLEAR", Marking.AMBER)])
def test_a_feed_that_is_dropped_is_bound_by_the_narrowest_marking_of_its_entries(tmp_path, said, marking):
    drop = Drop(tmp_path)
    entry = "<entry><id>{id}</id><title>Hold {id}</title>{category}</entry>"
    categories = {"a": f'<category term="{said}"/>', "b": '<category term="trade"/>'}
    entries = "".join(entry.format(id=name, category=term) for name, term in categories.items())
    drop.put("ally.xml", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{entries}</feed>')
    drop.poll()
    found = drop.repository.items_between(NOW - timedelta(days=9999), NOW + timedelta(days=9))
    assert {item.title: item.marking for item in found} == {"Hold a": marking, "Hold b": marking}
