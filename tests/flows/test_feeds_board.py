"""`warning feeds status` and `feeds list` as an operator reads them before and after the first round."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from warning.app.compose import open_repository, system_clock
from warning.cli.main import cli
from warning.core.health import SourceState
from warning.settings import Settings

KEYED, SETTING = "fred-uranium", "WARNING_KEY_FRED"


@pytest.fixture
def ask(tmp_path):
    def run(*words: str, **environment: str):
        result = CliRunner(env={"WARNING_HOME": str(tmp_path), **environment}).invoke(cli, ["feeds", *words])
        assert result.exit_code in {0, 1}, result.output
        return result.stdout

    return run


def row_of(board: str, source_id: str) -> tuple[str, str]:
    """The group and the line of a source; the board cuts long names."""
    group = ""
    for line in board.splitlines():
        if line[:1].isupper():
            group = line.split()[0]
        if line.startswith(f"  {source_id[:30]}"):
            return group, line
    raise AssertionError(source_id)


def test_a_source_that_never_brought_anything_has_no_newest_item(ask, tmp_path):
    now = system_clock()
    repository = open_repository(Settings(home=tmp_path))
    for name, seen in (("cn-mofcom-policy", 0), ("us-entity-list", 3_000)):
        repository.save_source_state(
            SourceState(
                source_id=name, condition="ok" if seen else "empty", since=now, last_success_at=now, last_attempt_at=now,
                last_new_at=now - timedelta(hours=5), items_seen=seen,
            )
        )  # fmt: skip
    repository.close()
    board = ask("status")
    assert "newest   -" in row_of(board, "cn-mofcom-policy")[1]
    assert "newest  5h" in row_of(board, "us-entity-list")[1]


def test_a_source_without_its_key_stands_as_unconfigured_with_the_key_before_the_first_round(ask):
    group, line = row_of(ask("status"), KEYED)
    assert group == "UNCONFIGURED"
    assert f"set {SETTING}" in line
    assert row_of(ask("status", **{SETTING: "x"}), KEYED)[0] == "NEW"


def test_sources_of_every_kind_of_the_catalogue_can_be_listed(ask):
    every = {source["kind"] for source in json.loads(ask("list", "--json"))["sources"]}
    assert "mission" in every
    for kind in sorted(every):
        found = json.loads(ask("list", "--kind", kind, "--json"))["sources"]
        assert {source["kind"] for source in found} == {kind}
