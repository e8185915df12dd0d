"""Where the shipped trees (feeds, rules, alembic, demo) lie: in an installed package or in a checkout."""

from importlib.resources import files
from pathlib import Path

from warning.errors import SettingsError


def tree(name: str) -> Path:
    """Return the directory of a shipped tree.

    An installed package carries it as `warning/_data/<name>`; a checkout has it beside pyproject.toml.
    Raises SettingsError when there is neither: the installation is damaged.
    """
    package = Path(str(files("warning")))
    installed = package / "_data" / name
    if installed.is_dir():
        return installed
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise SettingsError(
        f"the shipped directory {name!r} is missing: neither {installed} nor {checkout / name} exists"
    )
