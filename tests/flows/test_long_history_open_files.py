"""A history of years has more arrays than a process may have open files; it is asked all the same."""

import os
import subprocess
import sys
from pathlib import Path

from tests.flows.long_history_asked import SEGMENT_ITEMS, SEGMENTS

ROOT = Path(__file__).resolve().parents[2]


def test_long_history_is_indexed_previewed_and_replayed_with_fewer_open_files_than_it_has_segments(tmp_path):
    program = [sys.executable, str(ROOT / "tests" / "flows" / "long_history_asked.py"), str(tmp_path), "128"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(2 * SEGMENT_ITEMS * SEGMENTS)] * 3
