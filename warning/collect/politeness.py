"""How often one host may be asked: a few at a time, some time apart, and not at all after "wait"."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from warning.errors import FetchRateLimited

LONGEST_HOLD_SECONDS = 3600.0


@dataclass(slots=True)
class _Host:
    gate: asyncio.Semaphore
    waiting: int = 0
    next_start: float = 0.0
    held_until: float = 0.0
    order: asyncio.Lock = field(default_factory=asyncio.Lock)


class Politeness:
    """Gates by host. `monotonic` counts seconds; it and `sleep` are arguments so that tests need not wait.

    Two requests to one host start at least the longer of the two sources' spacings apart.
    """

    def __init__(
        self,
        *,
        per_host: int = 2,
        monotonic: Callable[[], float] | None = None,
        sleep: Callable[[float], "asyncio.Future[None]"] | Callable[..., object] = asyncio.sleep,
    ) -> None:
        self._per_host = per_host
        self._monotonic = monotonic or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, spacing_seconds: float) -> AsyncIterator[None]:
        """Wait for this request's turn at `host`.

        Raises FetchRateLimited without waiting while the host's own Retry-After has not passed.
        """
        state = self._host(host)
        self._refuse_while_held(host, state)
        async with state.gate:
            async with state.order:
                wait = state.next_start - self._monotonic()
                if wait > 0:
                    await self._sleep(wait)  # type: ignore[misc]  # asyncio.sleep or a test's own
                self._refuse_while_held(host, state)
                state.next_start = self._monotonic() + spacing_seconds
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Remember that `host` asked to be left alone for `seconds`, an hour at most.

        The source that was told to wait waits as long as it was told; it must not silence its neighbours for days.
        """
        state = self._host(host)
        seconds = min(seconds, LONGEST_HOLD_SECONDS)
        state.held_until = max(state.held_until, self._monotonic() + seconds)

    def _refuse_while_held(self, host: str, state: _Host) -> None:
        left = state.held_until - self._monotonic()
        if left > 0:
            raise FetchRateLimited(f"{host} asked us to wait", retry_after_seconds=left)

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host(gate=asyncio.Semaphore(self._per_host))
        return self._hosts[host]
