"""`rules fmt` over files and directories, as an operator runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warning.cli.main import cli

TIDY = "overlays: []\n"
UNTIDY = "overlays:   []\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "home"))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["rules", "fmt", *arguments])

    return invoke


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own" / "signals" / "deep").mkdir(parents=True)
    for name, text in {"tidy.yaml": TIDY, "a.yaml": UNTIDY, "signals/deep/b.yaml": UNTIDY}.items():
        (tmp_path / "own" / name).write_text(text, encoding="utf-8")
    return tmp_path / "own"


def test_directories_and_files_are_laid_out_each_once_and_counted(run, own: Path):
    result = run(str(own), str(own / "a.yaml"))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, "2 of 3 files changed")
    assert {path.read_text(encoding="utf-8") for path in own.rglob("*.yaml")} == {TIDY}
    again = run(str(own))
    assert (again.exit_code, again.stderr) == (0, "3 files: every file is laid out already\n")


@pytest.mark.parametrize(("option", "code"), [("--check", 1), ("--diff", 0)])
def test_a_look_changes_nothing_and_says_how_many_would_be(run, own: Path, option: str, code: int):
    result = run(str(own), option)
    assert result.exit_code == code
    assert result.stderr.endswith("2 of 3 files would be changed\n")
    assert (own / "signals" / "deep" / "b.yaml").read_text(encoding="utf-8") == UNTIDY
    told = json.loads(run(str(own), option, "--json").stdout)
    assert (told["files"], len(told["changed"]), told["written"]) == (3, 2, False)


def test_a_file_that_is_passed_over_for_its_name_is_told(run, own: Path):
    (own / "signals" / "c.yml").write_text(TIDY, encoding="utf-8")
    result = run(str(own), "--check")
    assert "EW140" in result.stdout
    assert run(str(own / "nowhere")).exit_code == 2


def test_a_directory_without_a_file_says_so(run, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    assert run(str(tmp_path / "empty")).stderr == "there is no YAML file\n"
