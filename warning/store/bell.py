"""A bell in this process: whoever waits for new work in the store hears at once that there is some."""

import asyncio
from threading import Lock


class Bell:
    """Rung from any thread after a commit; heard in the event loop that waits. Unheard rings count as one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._rung = False

    def ring(self) -> None:
        with self._lock:
            self._rung = True
            if self._waiting is not None:
                loop, event = self._waiting
                if not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    async def heard(self) -> None:
        """Return when the bell was rung since the last time; one waits at a time."""
        event = asyncio.Event()
        with self._lock:
            if not self._rung:
                self._waiting = (asyncio.get_running_loop(), event)
        try:
            if self._waiting is not None:
                await event.wait()
        finally:
            with self._lock:
                self._waiting = None
        with self._lock:
            self._rung = False
