"""The `warning` command. Each noun is a module of this package, imported when it is asked for."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

import click

from warning.errors import EwsError

# Modules, rules and words are made once and stay: looking through them for garbage is a fifth of a command's start.
_NEW_OBJECTS = 50_000
# Models have no plugins: to look for some among all that is installed is a fiftieth of a short command's time.
_NO_PLUGINS = ("PYDANTIC_DISABLE_PLUGINS", "__all__")
# No command solves equations: threads for it take a tenth of the time in which arrays are loaded.
_NO_SOLVERS = ("OPENBLAS_NUM_THREADS", "1")
EXIT_CODES = "Exit codes: 0 ok, 1 findings or failure, 2 usage or configuration, 130 interrupted."
NOUNS = {
    "demo": "The whole system on bundled real events, on this machine alone.",
    "run": "The service: collect, assess, deliver.",
    "init": "Make an operator's own directory.",
    "feeds": "Sources: list, check, poll, parse, status, why.",
    "coverage": "What is watched: material by country and kind, quiet told from blind.",
    "rules": "Rules: check, test, explain, eval, backtest, fmt, stats, schema.",
    "evidence": "Evidence in and out of the store.",
    "report": "What a desk was told informally: file, correct, withdraw, list.",
    "alerts": "Alerts: list, show, and what a desk does about them.",
    "deliveries": "The outbox: list, retry.",
    "silence": "What a desk asks not to be interrupted by, for a while: add, list, expire.",
    "audit": "What was decided, delivered and done, in a log that shows tampering: list, verify.",
    "desks": "Who is told what, and why or why not.",
    "measures": "The register of legal acts: list, show, calendar.",
    "digest": "A week for a desk.",
    "db": "Database schema: upgrade, current, check.",
    "doctor": "Every fault with its mend.",
}


class NounGroup(click.Group):
    """A group whose commands live in `warning.cli.<noun>` as an attribute `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in NOUNS:
            return None
        command = imported(f"warning.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return _with_exit_codes(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(NOUNS.items()))


def imported(name: str) -> ModuleType:
    """Import a module without looking for garbage among what it makes, then or later: modules stay."""
    if name in sys.modules:
        return sys.modules[name]
    with uncollected():
        try:
            return import_module(name)
        finally:
            gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: for what takes less than a second and is needed to its end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _with_exit_codes(command: click.Command) -> click.Command:
    """Say in the help of a command, and of those below it, how it ends, where it does not say so itself."""
    command.epilog = command.epilog or EXIT_CODES
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _with_exit_codes(below)
    return command


@click.group(
    cls=NounGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(package_name="allied-early-warning")
def cli() -> None:
    """Supply-chain early warning for allied desks.

    \b
    Examples:
      warning demo --exit          the whole system on bundled real events
      warning run --once           one round of due work on the real catalogue
    """


def main() -> None:
    """Run the command; a named failure prints its message on stderr and never a traceback."""
    gc.set_threshold(_NEW_OBJECTS)
    for name, value in (_NO_PLUGINS, _NO_SOLVERS):
        os.environ.setdefault(name, value)
    try:
        code = cli(standalone_mode=False)  # click hands an Exit's code back instead of raising it
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except EwsError as failure:
        click.echo(f"error: {failure}", err=True)
        sys.exit(failure.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    finally:
        gc.freeze()  # all goes with the process: to look through it for garbage first takes longer than many an answer
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
