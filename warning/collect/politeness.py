"""How often one host may be asked: a few at a time, some time apart, and not at all after "wait".

What is slow at a host has a gate of its own there: its neighbours are not kept waiting.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from warning.collect.gates import Gate
from warning.errors import FetchRateLimited

LONGEST_HOLD_SECONDS = 3600.0


@dataclass(slots=True)
class _Host:
    gate: Gate
    slow_gate: Gate = field(default_factory=lambda: Gate(1))
    is_lent: bool = False
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
        self._monotonic = monotonic or time.monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    def turn(self, host: str, spacing_seconds: float, *, is_slow: bool = False) -> "Turn":
        """Wait for this request's turn at `host`, as `async with politeness.turn(...)`.

        `is_slow` is a request that took long the last time. Raises FetchRateLimited without waiting while the host's
        own Retry-After has not passed.
        """
        return Turn(self, host, spacing_seconds, is_slow=is_slow)

    async def enter(self, host: str, spacing_seconds: float, *, is_slow: bool) -> _Host:
        """Return the host when it is this request's turn, one of its gates taken."""
        state = self._host(host)
        self._refuse_while_held(host, state)
        gate = state.slow_gate if is_slow else state.gate
        if not gate.enter_now():
            await gate.enter()
        try:
            await self._wait(host, state, spacing_seconds)
        except BaseException:
            gate.leave()
            raise
        return state

    async def _wait(self, host: str, state: _Host, spacing_seconds: float) -> None:
        if not state.order.locked() and state.next_start <= (now := self._monotonic()):
            self._refuse_while_held(host, state)
            state.next_start = now + spacing_seconds
            return
        async with state.order:
            wait = state.next_start - self._monotonic()
            if wait > 0:
                await self._sleep(wait)  # type: ignore[misc]  # asyncio.sleep or a test's own
            self._refuse_while_held(host, state)
            state.next_start = self._monotonic() + spacing_seconds

    def hold(self, host: str, seconds: float) -> None:
        """Remember that `host` asked to be left alone for `seconds`, an hour at most.

        The source that was told may wait longer (app/source_timing.py); it must not silence its neighbours for days.
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
            self._hosts[host] = _Host(gate=Gate(self._per_host))
        return self._hosts[host]


class Turn:
    """A request's turn at a host: the gate is given back at the end. A class, as this is done for every request."""

    __slots__ = ("_host", "_is_out", "_is_slow", "_lends", "_politeness", "_spacing_seconds", "_state")

    def __init__(self, politeness: Politeness, host: str, spacing_seconds: float, *, is_slow: bool) -> None:
        self._politeness = politeness
        self._host = host
        self._spacing_seconds = spacing_seconds
        self._is_slow = is_slow
        self._lends = False
        self._is_out = False
        self._state: _Host | None = None

    async def __aenter__(self) -> Self:
        self._state = await self._politeness.enter(self._host, self._spacing_seconds, is_slow=self._is_slow)
        return self

    def lend(self) -> None:
        """Let the next request in although this one goes on; one at a time and host."""
        state = self._state
        if state is not None and not (self._is_slow or self._is_out or self._lends or state.is_lent):
            self._lends = state.is_lent = True
            state.gate.leave()

    def step_out(self) -> None:
        """Let the next request in for good: what this one waits for is ours, and who holds it may stand behind."""
        if self._state is not None and not (self._is_out or self._lends):
            self._is_out = True
            self._release(self._state)

    def _release(self, state: _Host) -> None:
        (state.slow_gate if self._is_slow else state.gate).leave()

    async def __aexit__(self, *_: object) -> None:
        state = self._state
        assert state is not None, "left after it was entered"
        if self._lends:
            state.is_lent = False
        elif not self._is_out:
            self._release(state)
