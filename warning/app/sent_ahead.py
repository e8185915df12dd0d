"""Messages sent by a thread of their own, so that whoever makes them need not wait until they are asked for."""

from collections import deque
from multiprocessing.connection import Connection
from threading import Condition, Thread


class SentAhead:
    """Sends by one end of a pipe. Beyond `most_bytes` that wait, `send` waits too; one message is taken in any case."""

    def __init__(self, sending: Connection, most_bytes: int) -> None:
        self._sending, self._most = sending, most_bytes
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._gone = self._last = False
        self._change = Condition()
        # As a daemon it keeps no process alive that was interrupted while nobody asks.
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, message: bytes) -> None:
        """Have a message sent after those before it. BrokenPipeError when nobody reads any more."""
        with self._change:
            self._change.wait_for(
                lambda: self._gone or self._size + len(message) <= self._most or not self._size
            )
            if self._gone:
                raise BrokenPipeError
            self._waiting.append(message)
            self._size += len(message)
            self._change.notify_all()

    def finish(self) -> None:
        """Return when all was sent, or nobody reads any more."""
        with self._change:
            self._last = True
            self._change.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._sending.send_bytes(message)
            except OSError:
                with self._change:
                    self._gone = True
                    self._change.notify_all()
                return
            with self._change:
                self._size -= len(message)
                self._change.notify_all()

    def _next(self) -> bytes | None:
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._last)
            return self._waiting.popleft() if self._waiting else None
