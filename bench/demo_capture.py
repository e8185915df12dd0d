"""Draw docs/images/demo.svg anew: the head, the middle and the end of what `warning demo --exit` prints."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 118
TARGET = Path(__file__).parents[1] / "docs" / "images" / "demo.svg"
TIMELINE_LINES = 26
MESSAGE_LINES = 8


def printed() -> list[str]:
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "CI": "1"}
    environment.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "warning.cli.main", "demo", "--exit"]
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, check=True
        )
    return done.stdout.splitlines()


def chosen(lines: list[str]) -> list[str]:
    plain = [Text.from_ansi(line).plain for line in lines]
    quiet, message, places, live = (
        next(n for n, line in enumerate(plain) if line.startswith(start))
        for start in ("What stayed quiet", "One of them", "Where to look", "To go live")
    )
    return [
        "\x1b[1m$ warning demo --exit\x1b[0m",
        *lines[:TIMELINE_LINES],
        "\x1b[2m           ... and so on\x1b[0m",
        "",
        *lines[quiet:message],
        *lines[message : message + MESSAGE_LINES],
        "  \x1b[2m...\x1b[0m",
        "",
        *lines[places:live],
    ]


def main() -> None:
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        for line in chosen(printed()):
            console.print(Text.from_ansi(line), no_wrap=True, overflow="crop")
    svg = console.export_svg(title="warning demo --exit")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    fonts = '"DejaVu Sans Mono", "Noto Sans Mono CJK KR", monospace'
    TARGET.write_text(
        svg.replace("font-family: Fira Code, monospace", f"font-family: {fonts}"), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
