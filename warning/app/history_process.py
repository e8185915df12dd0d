"""The kept history brought up to date once a day beside the service, by a process of its own that gives way to it."""

import asyncio
import logging
import os
import sys
from datetime import datetime
from pathlib import Path

from warning.app.kept_history import is_due

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "warning.cli.main", "evidence", "index")
NICENESS = 19


async def bring_up_to_date(
    directory: Path, now: datetime, stop: asyncio.Event, command: tuple[str, ...] = COMMAND
) -> bool:
    """Run the command where a history is kept and a day old; return whether it came to a good end.

    A service that is told to stop does not wait for it: what was kept before is still in force.
    """
    if not is_due(directory, now):
        return False
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    ended, stopped = asyncio.ensure_future(process.communicate()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        if process.returncode is None:
            process.kill()
        _, said = await ended
    if process.returncode and not stop.is_set():
        words = said.decode(errors="replace").strip().splitlines()
        log.error(
            "the history could not be brought up to date: %s", words[-1] if words else "no reason given"
        )
    return process.returncode == 0
