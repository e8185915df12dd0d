"""Make `.venv` beside this file and install the early-warning system into it, from pinned, hashed packages.

    python3 bootstrap.py          what running it needs
    python3 bootstrap.py --dev    and what its tests need

Needs Python 3.11 or newer and pip, nothing else: also Debian's externally managed Python without
python3-venv, because the environment is made without a pip of its own and filled by the system's.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main() -> int:
    """Return 0 when the environment is ready, 2 with a sentence on stderr when this Python cannot make one."""
    if sys.version_info < (3, 11):
        print(f"error: Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check"]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        print("error: this Python has no pip; on Debian: apt-get install python3-pip", file=sys.stderr)
        return 2
    pins = "constraints-dev.txt" if "--dev" in sys.argv[1:] else "constraints.txt"
    steps = [
        [sys.executable, "-m", "venv", "--without-pip", str(VENV)],
        [*pip, "install", "--quiet", "--require-hashes", "-r", str(HERE / pins)],
        [*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", str(HERE)],
    ]
    for step in steps:
        print("+ " + " ".join(Path(word).name if "/" in word else word for word in step), file=sys.stderr)
        done = subprocess.run(step).returncode
        if done:
            return done
    print(f"ready: {VENV.name}/bin/warning --help", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
