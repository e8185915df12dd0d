"""The kept history brought up to date beside the service, once a day and when rules change, by a process that gives way to it."""

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from warning.app.kept_history import is_due

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "warning.cli.main", "evidence", "index")
NICENESS = 19


async def bring_up_to_date(
    directory: Path, now: datetime, rules: str, stop: asyncio.Event, command: tuple[str, ...] = COMMAND
) -> bool:
    """Run the command where a history is kept that is a day old, or knows not the `rules` of this name; return whether it
    came to a good end.

    A service that is told to stop does not wait for it: what was kept before is still in force.
    """
    if not is_due(directory, now, rules):
        return False
    with TemporaryFile() as said:  # no pipe: a process left over would hold its end open
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=said, start_new_session=True
        )
        with suppress(ProcessLookupError):  # it may have ended before this
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        ended, stopped = asyncio.ensure_future(process.wait()), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            _end_with_its_workers(process.pid)
            await ended
        said.seek(0)
        words = said.read().decode(errors="replace").strip().splitlines()
    if process.returncode and not stop.is_set():
        log.error(
            "the history could not be brought up to date: %s", words[-1] if words else "no reason given"
        )
    return process.returncode == 0


def _end_with_its_workers(session: int) -> None:
    """End whatever is left of the session that the process leads: processes of its own do not end with it."""
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)
