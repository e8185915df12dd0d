"""How much one poll may bring in all its documents: pages, windows, sitemaps and annexes stand in memory together."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from warning.app.body_room import BodyRoom
from warning.collect.fetch_values import MEBIBYTE, Fetched, FetchRequest
from warning.errors import FetchError, FetchTooLarge

MOST_BYTES = 128 * MEBIBYTE


class PollRoom:
    """Asks for the documents of one poll, `MOST_BYTES` in all, or `max_bytes` when a single one may be larger.

    What came before stays; each document fails that no longer fits, as it does over its own limit. All of them take
    room beside those of other polls (`beside`) until `leave`.
    """

    def __init__(
        self, ask: Callable[[FetchRequest], Awaitable[Fetched]], max_bytes: int, beside: BodyRoom
    ) -> None:
        self._ask = ask
        self._beside = beside
        self._taken = 0
        self._large: list[tuple[str, int]] = []
        self._most = self._left = max(max_bytes, MOST_BYTES)

    async def fetch(self, request: FetchRequest) -> Fetched:
        """Raises FetchError as the fetcher does, and when this poll has brought all that it may."""
        if self._left <= 0:
            raise self._full()
        narrowed = self._left < request.max_bytes
        if narrowed:
            request = replace(request, max_bytes=self._left)
        try:
            fetched = await self._ask(request)
        except FetchTooLarge:
            if not narrowed:
                raise
            self._left = 0
            raise self._full() from None
        if fetched.document is not None:
            size = len(fetched.document.body)
            self._left -= size
            self._large.append((request.source_id, self._beside.large.keep(request.source_id, size)))
            self._taken += self._beside.take(size)
        return fetched

    def leave(self) -> None:
        """What came is stored, or dropped."""
        for source_id, kept in self._large:
            self._beside.large.let_go(source_id, kept)
        self._beside.give_back(self._taken)
        self._large.clear()
        self._taken = 0

    def _full(self) -> FetchError:
        return FetchError(f"all documents of this poll would be more than {self._most / MEBIBYTE:g} MiB")
