"""`warning demo`: the whole system on the bundled reconstruction, with a summary worth reading."""

import asyncio
import os
import sys
import time
from pathlib import Path

import click
from rich.console import Console

from warning.app.demo import Step, fresh_home, run_demo
from warning.app.demo_page import known_files, serve_pages
from warning.app.demo_report import DemoReport
from warning.cli.demo_summary import demo_document, print_summary
from warning.cli.output import print_json
from warning.core.phrases import counted


@click.command(
    "demo",
    epilog="Exit codes: 0 ok, 1 failure, 2 usage (the directory was not made by a demo), 130 interrupted.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Serve the results here. Default: any free port."
)
@click.option("--no-web", is_flag=True, help="Serve no page; the results still lie in the home as files.")
@click.option("--exit", "exit_", is_flag=True, help="End when everything has been delivered.")
@click.option("--json", "as_json", is_flag=True, help="Print demo/1 on stdout and end.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("ews-demo"),
    show_default=True,
    help="Where everything goes; replaced when an earlier demo made it, refused otherwise.",
)
def command(*, port: int, no_web: bool, exit_: bool, as_json: bool, home: Path) -> None:
    """Show the whole system on a bundled reconstruction of real events, 2023 to 2026.

    Real collectors, rules, alerts, messages and digests, on a small server of its own on this machine: no
    account, no key, no internet. On a terminal it ends by serving a read-only page until Ctrl-C; when the
    output goes elsewhere, or CI is set, it ends by itself.

    \b
    Examples:
      warning demo                   watch it, then open the page it names
      warning demo --exit --json     counts, alerts and deliveries for a script
    """
    stderr = Console(stderr=True, highlight=False)
    fresh_home(home)
    started = time.perf_counter()
    report = _run(home, stderr)
    seconds = time.perf_counter() - started
    if as_json:
        print_json("demo/1", demo_document(report, seconds))
    else:
        print_summary(report, Console(highlight=False), seconds)
    if not (exit_ or no_web or as_json) and sys.stdout.isatty() and not os.environ.get("CI"):
        asyncio.run(_serve(report.home / "page", port, stderr))


def _run(home: Path, console: Console) -> DemoReport:
    """Run it with a progress line on a terminal, and a line for every fifty stops anywhere else."""
    if not console.is_terminal:
        return asyncio.run(run_demo(home, _PlainProgress(console)))
    with console.status("the publishers are opening ...") as status:

        def show(step: Step) -> None:
            opened = f"  [bold]{step.opened} new[/bold]" if step.opened else ""
            status.update(
                f"{step.at:%Y-%m-%d}  {counted(step.items, 'document')} read, stop {step.number} of {step.of}{opened}"
            )

        return asyncio.run(run_demo(home, show))


class _PlainProgress:
    """One line now and then: no animation where nobody sees it move."""

    EVERY = 50

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, step: Step) -> None:
        if step.number % self.EVERY == 0 or step.number == step.of:
            self._console.print(
                f"{step.at:%Y-%m-%d}  {counted(step.items, 'document')} read, stop {step.number} of {step.of}"
            )


async def _serve(directory: Path, port: int, console: Console) -> None:
    runner = await serve_pages(known_files(directory), port)
    try:
        host, taken = runner.addresses[0][:2]
        console.print(f"\nThe results: [bold]http://{host}:{taken}/[/bold]   (Ctrl-C ends)")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
