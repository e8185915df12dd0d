"""`warning db` and `warning evidence` from the first use on, on both databases."""

import json
import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warning.cli.main import cli
from warning.errors import EvidenceError, SchemaBehind, StoreError
from warning.store.schema import HEAD

RECORD = {
    "type": "item", "source_id": "s", "kind": "news", "country": "KR", "language": "ko", "title": "수출 통제",
    "url": "https://example.org/1", "known_at": "2026-11-01T00:00:00+00:00",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "made" / "on-first-use"


@pytest.fixture
def run(home: Path, empty_database_url: str):
    """Run a command in a home of its own; a named failure is raised."""
    environment = {name: None for name in os.environ if name.startswith("WARNING_")}
    environment |= {"WARNING_HOME": str(home)}
    if empty_database_url.startswith("postgresql"):
        environment["WARNING_DATABASE_URL"] = empty_database_url

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, words, env=environment, catch_exceptions=False, standalone_mode=False)

    return invoke


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "e.jsonl"
    path.write_text(json.dumps(RECORD), encoding="utf-8")
    return path


def answer(result: Result) -> dict:
    return json.loads(result.stdout)


def test_upgrade_makes_the_home_and_tells_what_it_did(run, home: Path):
    first = answer(run("db", "upgrade", "--json"))
    assert (first["schema"], first["before"], first["revision"]) == ("db/1", None, HEAD)
    assert f"is at {HEAD} already" in run("db", "upgrade").stdout
    assert answer(run("db", "current", "--json"))["revision"] == HEAD
    assert (home / "warning.sqlite3").exists() == first["database"].startswith("sqlite")


def test_current_creates_nothing(run, home: Path):
    assert "empty" in run("db", "current").stdout
    assert not home.exists()


def test_check_of_an_empty_database_says_the_mend(run):
    with pytest.raises(SchemaBehind, match="warning db upgrade"):
        run("db", "check")


def test_import_on_first_use_and_export_give_the_record_back(run, records: Path, tmp_path: Path):
    assert "1 record read: 1 new" in run("evidence", "import", str(records)).stdout
    again = answer(run("evidence", "import", str(records), "--json"))
    assert (again["schema"], again["read"], again["new"], again["unchanged"]) == ("evidence/1", 1, 0, 1)
    out = tmp_path / "out.jsonl"
    assert answer(run("evidence", "export", str(out), "--json"))["written"] == 1
    record = json.loads(out.read_text(encoding="utf-8"))
    assert {name: record[name] for name in RECORD} == RECORD
    assert answer(run("db", "check", "--json"))["counts"]["items"] == 1


def test_export_since_leaves_out_what_was_known_before(run, records: Path, tmp_path: Path):
    run("evidence", "import", str(records))
    out = str(tmp_path / "out.jsonl")
    said = run("evidence", "export", out, "--since", "2026-11-01T00:00:01+00:00").stdout
    assert said.startswith("0 records written")


def test_a_since_without_offset_is_a_usage_error(run, tmp_path: Path):
    from click import UsageError  # noqa: PLC0415 - beside its only use

    with pytest.raises(UsageError, match="a time with its offset"):
        run("evidence", "export", str(tmp_path / "out.jsonl"), "--since", "2026-11-01")


def test_a_mistake_in_a_file_is_told_with_its_line(run, tmp_path: Path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"bad\.jsonl:1"):
        run("evidence", "import", str(bad))


def test_a_backup_holds_what_the_database_holds(run, records: Path, tmp_path: Path):
    run("evidence", "import", str(records))
    target = tmp_path / "safe" / "copy"
    assert answer(run("db", "backup", str(target), "--json"))["bytes"] == target.stat().st_size > 0
    with pytest.raises(StoreError, match="never replaces"):
        run("db", "backup", str(target))
    if target.read_bytes().startswith(b"SQLite format 3"):
        copy = sqlite3.connect(target)
        assert copy.execute("SELECT title FROM items").fetchall() == [(RECORD["title"],)]
        copy.close()
    else:
        assert target.read_bytes().startswith(b"PGDMP")


def test_a_backup_without_a_name_goes_into_the_home(run, home: Path):
    run("db", "upgrade")
    run("db", "backup")
    assert [path.name[:8] for path in (home / "backups").iterdir()] == ["warning-"]


@pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)
def test_a_damaged_file_is_told(run, home: Path, records: Path):
    run("evidence", "import", str(records))
    path = home / "warning.sqlite3"
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA foreign_keys = OFF")
    writer.execute(
        "INSERT INTO item_revisions VALUES (1, 99, 'c', 't', 's', 'b', '', '2026-01-01 00:00:00.000000')"
    )
    writer.commit()
    writer.close()
    with pytest.raises(StoreError, match="damaged"):
        run("db", "check")


def test_no_answer_shows_the_password():
    environment = {"WARNING_DATABASE_URL": "postgresql+psycopg://ews:geheim@127.0.0.1:1/x"}
    result = CliRunner().invoke(cli, ["db", "current"], env=environment, standalone_mode=False)
    assert isinstance(result.exception, StoreError)
    assert "geheim" not in f"{result.output}{result.exception}"
