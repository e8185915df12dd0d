"""Make `.venv` beside this file and install the early-warning system into it, from pinned, hashed packages.

Needs Python 3.11 or newer and pip, nothing else: also Debian's externally managed Python without
python3-venv, because the environment is made without a pip of its own and filled by the system's.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main() -> int:
    """Return 0 when the environment is ready, 2 with a sentence on stderr when this machine cannot make one."""
    wanted = argparse.ArgumentParser(description="Make .venv here and install the system into it.")
    wanted.add_argument("--dev", action="store_true", help="and what its tests need")
    pins = HERE / ("constraints-dev.txt" if wanted.parse_args().dev else "constraints.txt")
    if sys.version_info < (3, 11):
        return _refuse(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        return _refuse("this Python has no pip; on Debian: apt-get install python3-pip")
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check"]
    # Twice quiet: pip shows what fails, not what it only warns of.
    install = [*pip, "-qq", "install"]
    packages = pins.read_text(encoding="utf-8").count("==")
    venv = [sys.executable, "-m", "venv", "--without-pip", *_clear_when_of_another_python(), str(VENV)]
    steps = {
        f"making {VENV.name} with Python {sys.version.split()[0]}": venv,
        f"installing {packages} hash-checked packages, a minute the first time": [
            *install,
            *("--require-hashes", "-r", str(pins)),
        ],
        "installing this checkout": [*install, "--no-deps", "--no-build-isolation", "-e", str(HERE)],
    }
    for what, step in steps.items():
        print(f"{what} ...", file=sys.stderr)
        if subprocess.run(step).returncode:
            return _refuse(f"that failed, see above; the command was: {' '.join(step)}")
    print("ready; everything else: .venv/bin/warning --help", file=sys.stderr)
    return 0


def _clear_when_of_another_python() -> list[str]:
    """An environment keeps the Python that made it: after an upgrade of this machine's it is made anew."""
    if not VENV.exists():
        return []
    try:
        said = subprocess.run([str(PYTHON), "--version"], capture_output=True, text=True).stdout
    except OSError:
        said = ""
    return [] if said.strip() == f"Python {sys.version.split()[0]}" else ["--clear"]


def _refuse(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
