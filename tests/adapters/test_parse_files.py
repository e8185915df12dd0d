"""`warning feeds parse`: one JSON line a file, whatever the file holds."""

import gzip
import json
import os
import signal
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner, Result

from tests.adapters.parse_samples import FETCHED_AT, profile, shared
from warning.cli.feeds_parse import parse_command
from warning.collect.interchange import read_evidence
from warning.collect.parse_files import Reading, read_files

FEED = b"<rss><channel><item><title>one</title><link>/1</link></item></channel></rss>"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(parse_command, [str(argument) for argument in arguments])


def answers(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_file_gets_one_line_in_order_and_the_exit_code_is_0(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(FEED)
    (tmp_path / "b.xml").write_bytes(b"<html>")
    told = answers(
        run(tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "none.xml", tmp_path, "--as", "rss")
    )
    assert [(line["ok"], line["records"]) for line in told] == [(True, 1), (False, 0), (False, 0), (False, 0)]
    assert list(told[0]) == ["file", "ok", "records", "problems"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_files_are_unpacked_by_content(tmp_path: Path, pack: object) -> None:
    (tmp_path / "feed").write_bytes(pack(FEED))  # type: ignore[operator] - either packer
    assert answers(run(tmp_path / "feed", "--as", "rss"))[0]["records"] == 1


def test_a_packed_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(65_000_000)))
    (tmp_path / "torn.zst").write_bytes(zstandard.ZstdCompressor().compress(FEED)[:12] + b"\xff" * 9)
    bomb, torn = answers(run(tmp_path / "bomb.gz", tmp_path / "torn.zst", "--as", "rss"))
    assert "bytes" in str(bomb["problems"])
    assert not bomb["ok"]
    assert not torn["ok"]


def test_records_are_interchange_lines_that_can_be_read_back(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(FEED)
    (tmp_path / "table.csv").write_text("month,Exports\n2023-08,5\n2023-09,6\n", encoding="utf-8")
    (tmp_path / "list.csv").write_text("id,name\n1,A\n2,B\n", encoding="utf-8")
    for name, family, count in (
        ("feed.xml", "rss", 1),
        ("table.csv", "table", 2),
        ("list.csv", "listing", 1),
    ):
        result = run(tmp_path / name, "--as", family, "--records")
        lines = tmp_path / f"{family}.jsonl"
        lines.write_text(result.stdout, encoding="utf-8")
        assert len(list(read_evidence(lines))) == count


def test_the_schema_is_on_each_line_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(FEED)
    assert answers(run(tmp_path / "a.xml", "--as", "rss", "--json"))[0]["schema"] == "parse/1"


@pytest.mark.parametrize("arguments", [(), ("--as", "docx"), ("--source", "no-such-source")])
def test_a_call_that_does_not_say_what_the_files_are_is_a_usage_error(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "a.xml").write_bytes(FEED)
    assert run(tmp_path / "a.xml", *arguments).exit_code == 2


class Deadly(Path().__class__):  # type: ignore[misc] - the concrete path class of this system
    """A path whose reading kills the process: what a fault in a parser written in C does."""

    def read_bytes(self) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""


def test_a_document_that_kills_its_reader_costs_its_own_answer_only(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(FEED)
    reading = Reading(
        family="rss", format=None, profile=profile(), url="https://x.example/", fetched_at=FETCHED_AT
    )
    dead, alive = read_files([Deadly(tmp_path / "a.xml"), tmp_path / "a.xml"], reading)
    assert (dead.ok, alive.ok, alive.records) == (False, True, 1)
    assert "ended with code" in dead.problems[0]


@pytest.mark.shared_data
def test_real_json_feeds_are_counted_right_as_rss_and_as_json() -> None:
    files = sorted(shared("feeds/json_feeds").glob("*.json"))
    truth = [len(json.loads(file.read_bytes())["items"]) for file in files]
    for family in ("rss", "json"):
        assert [line["records"] for line in answers(run(*files, "--as", family))] == truth
