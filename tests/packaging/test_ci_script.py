"""The script that runs everything says what it does, and begins nothing when it is asked wrongly."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "run"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(SCRIPT), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_ci_script_tells_what_it_does_and_ends(asked):
    done = run(asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: bash .ci/run")
    assert "== tests" not in done.stdout


def test_ci_script_refuses_an_unknown_argument_before_it_begins():
    done = run("--hlep")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown argument: --hlep" in done.stderr
