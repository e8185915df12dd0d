"""What a command does before it answers, and after."""

import subprocess
import sys

PROGRAM = "from warning.cli.main import main"


def _said(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_command_leaves_nothing_to_be_looked_through_for_garbage_at_its_end():
    program = f"import gc\n{PROGRAM}\ntry: main()\nfinally: print(len(gc.get_objects()))"
    assert int(_said(program, "rules", "preview", "--help").splitlines()[-1]) < 5_000


def test_modules_of_a_command_are_imported_without_a_search_for_garbage():
    program = (
        f"import gc\n{PROGRAM}\nsearched = []\ngc.callbacks.append(lambda phase, _: searched.append(phase))\n"
        "try: main()\nfinally: print(searched)"
    )
    assert _said(program, "rules", "preview", "--help").splitlines()[-1] == "[]"


def test_command_looks_for_no_plugins_among_what_is_installed():
    program = (
        f"import importlib.metadata\n{PROGRAM}\n"
        "def refuse(**_): raise AssertionError('looked through what is installed')\n"
        "importlib.metadata.distributions = refuse\nmain()"
    )
    assert "Usage" in _said(program, "rules", "preview", "--help")


def test_preview_loads_nothing_of_a_rulebook_but_what_texts_are_judged_by():
    program = f"import sys\n{PROGRAM}\ntry: main()\nfinally: print(*sys.modules)"
    loaded = set(_said(program, "rules", "preview", "--help").splitlines()[-1].split())
    assert "warning.app.quick_preview" in loaded
    assert not loaded & {
        "warning.catalog.trees", "warning.app.indexed_history", "warning.collect.history_figures", "sqlalchemy", "asyncio",
        "ruamel.yaml", "jinja2", "aiohttp", "pydantic_settings", "warning.core.rulebook",
        "warning.core.exposure", "warning.core.alerts", "numpy.ma", "warning.core.rules",
    }  # fmt: skip
