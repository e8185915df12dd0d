"""What `warning run` holds before its first round: nothing that only a digest, a picture, an account or a door needs."""

import json
import os
import subprocess
import sys

NEEDED_LATER = {"reportlab", "PIL", "slack_sdk", "jinja2", "lxml", "feedparser", "openpyxl"}
START = """
import json, sys
from pathlib import Path
import warning.cli.run
from warning.channels.build import build_channels
build_channels(outbox_dir=Path("outbox"))
print(json.dumps(sorted(sys.modules)))
"""


def test_a_service_without_accounts_starts_without_what_later_work_is_done_with():
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WARNING_")}
    told = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, check=True, text=True, env=plain
    )
    assert not NEEDED_LATER.intersection(json.loads(told.stdout))
