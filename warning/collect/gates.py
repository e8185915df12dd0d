"""Room for so many at once, as every request passes some: asyncio's own semaphore takes three times as long."""

import asyncio
from collections import deque


class Gate:
    """Belongs to one event loop, and has `free` places. Who waits is let in in order: a place that is left goes to the next at once."""

    __slots__ = ("_waiting", "free")

    def __init__(self, places: int) -> None:
        self.free = places
        self._waiting: deque[asyncio.Future[None]] = deque()

    def enter_now(self) -> bool:
        """Take a place if one is free; say whether it was."""
        if not self.free:
            return False
        self.free -= 1
        return True

    async def enter(self) -> None:
        """Return with a place taken. Who is cancelled has none."""
        if self.enter_now():
            return
        let_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(let_in)
        try:
            await let_in
        except asyncio.CancelledError:
            if not let_in.cancelled():  # it was let in and cancelled in the same moment
                self.leave()
            raise

    def leave(self) -> None:
        while self._waiting:
            let_in = self._waiting.popleft()
            if not let_in.done():  # its caller was cancelled
                let_in.set_result(None)
                return
        self.free += 1
