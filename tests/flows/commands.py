"""Commands in the test's own process, as an installation of its own gives them."""

from collections.abc import Callable

from click.testing import CliRunner, Result

from warning.cli.main import cli


def commands_with(**environment: str) -> Callable[..., Result]:
    """Return what runs a command under these settings; a failure of it is raised."""

    def run(*words: str) -> Result:
        result = CliRunner().invoke(cli, words, env=environment, standalone_mode=False)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
