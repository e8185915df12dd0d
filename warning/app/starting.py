"""`init`: an operator's own directory, which no upgrade ever overwrites."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from warning import resources
from warning.errors import ConfigError

SETTINGS = """\
# Settings of this installation. Each can be given in the environment instead, as WARNING_ and the name in
# capitals; the environment wins. Secrets belong into files: set WARNING_SLACK_BOT_TOKEN_FILE to a path.

# Your own desks, rules, words and tuning, laid on top of the shipped ones.
overlay_dir = {overlay_dir}

# The database. Without this line: SQLite in this directory.
# database_url = "postgresql+psycopg://user:password@host/name"

# Channels. Without them messages go to the console and to .eml files in outbox/ of this directory.
# slack_bot_token = "xoxb-..."
# slack_app_token = "xapp-..."     # buttons in Slack, by Socket Mode
# smtp_url = "smtp://user:password@mail.example.org:587?starttls=1"
# mail_from = "Early Warning <early-warning@example.org>"

# An address of a watchdog of yours (by another path than this network's) that is asked for every minute while all is well.
# It alarms when that stays away; without it nobody hears that this machine, service or network has stopped.
# heartbeat_url = "https://watchdog.example.org/ping/..."

# Publishers ask robots to say whom to write to.
# user_agent_contact = "desk@example.org"

# log_level = "INFO"
"""

TUNING = """\
# Tuning of shipped rules, each with a reason, an author and, where it fits, a day on which it ends.
# `warning rules check` says what is wrong with file, line and column; `warning rules test` what it changes.
overlays: []

# overlays:
#   # Switch a rule off.
#   - rule: the-id-of-a-rule
#     enabled: false
#     reason: covered by our own monitoring until the next review
#     author: a.analyst
#     expires: 2027-03-31
#
#   # Change a level or a threshold; a dotted name reaches deeper into the rule.
#   - rule: the-id-of-a-series-rule
#     set: {severity: moderate, tests.0.threshold: 6}
#     reason: this series jumps every January
#     author: a.analyst
#
#   # Keep a rule quiet on phrases of your own, and away from a source.
#   - rule: the-id-of-a-text-rule
#     exclude:
#       phrases: {en: [job fair], ko: [채용 박람회]}
#       sources: [the-id-of-a-source]
#     reason: recruiting pages repeat the ministry's name
#     author: a.analyst
"""

OWN_RULES = """\
Rules of your own, one file a rule, named for its id: signals/<id>.yaml.
They are added to the shipped ones. `warning rules schema rule` prints the JSON Schema for your editor.
"""


def start_directory(directory: Path) -> tuple[Path, ...]:
    """Make the directory and return the files written. Raises ConfigError when one of them is there already."""
    overlay = directory / "overlay"
    texts = {
        directory / "warning.toml": SETTINGS.format(overlay_dir=_toml(overlay.resolve())),
        overlay / "tuning.yaml": TUNING,
        overlay / "signals" / "README.txt": OWN_RULES,
    }
    desks = {overlay / "desks" / path.name: path for path in _shipped_desks()}
    there = sorted(path for path in (*texts, *desks) if path.exists())
    if there:
        raise ConfigError(f"{there[0]} is there already; nothing was written")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path, shipped in desks.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped, path)
    return tuple(sorted((*texts, *desks)))


def _shipped_desks() -> Iterator[Path]:
    yield from sorted((resources.tree("rules") / "desks").glob("*.yaml"))


def _toml(path: Path) -> str:
    """A path as a TOML string."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
