"""What the guides print works as printed: their rules, tuning, register and tests load beside the shipped ones and hold."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from warning.cli.main import cli

ROOT = Path(__file__).parents[2]
GUIDES = ("rules", "series-rules", "composed-rules")
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
RULE = re.compile(r"\Aid: (\S+).*^examples:", re.MULTILINE | re.DOTALL)
FILES = {"overlays:": "tuning.yaml", "measures:": "measures/own.yaml", "tests:": "tests/own.yaml"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operator's own directory that holds every whole file of the guides."""
    directory = tmp_path_factory.mktemp("own")
    for text in (
        block for guide in GUIDES for block in BLOCK.findall((ROOT / f"docs/{guide}.md").read_text())
    ):
        rule, first = RULE.match(text), text.split("\n", 1)[0]
        name = f"signals/{rule[1]}.yaml" if rule else FILES.get(first)
        if name:
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return directory


def test_guides_print_a_whole_file_of_every_kind(own: Path):
    kinds = {re.search(r"^kind: (\w+)", p.read_text(), re.MULTILINE)[1] for p in own.glob("signals/*.yaml")}
    assert kinds == {"text", "series", "listing", "deadline", "sequence", "absence"}
    assert {p.name for p in own.rglob("*.yaml")} >= {"tuning.yaml", "own.yaml"}
    assert all((own / name).exists() for name in FILES.values())


def test_examples_of_the_guides_load_without_a_word_and_hold(own: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path))
    checked = CliRunner().invoke(cli, ["rules", "check", "--overlays", str(own)])
    assert [line for line in checked.stdout.splitlines() if " EW" in line] == []
    names = [
        *(path.stem for path in own.glob("signals/*.yaml")),
        "flow-gallium-germanium",
    ]  # of the test file
    tested = CliRunner().invoke(cli, ["rules", "test", *names, "--overlays", str(own)])
    assert (tested.exit_code, tested.stdout) == (0, "")
