"""aiohttp alone: bodies read and dropped, ETags kept. Nothing built on it can be faster."""

import asyncio

import aiohttp
from measured import CONCURRENCY, asked, rounds


def main() -> None:
    _, urls = asked()
    tags: dict[str, str] = {}

    async def ask(session: aiohttp.ClientSession, gate: asyncio.Semaphore, url: str) -> None:
        async with gate, session.get(url, headers={"If-None-Match": tags.get(url, "-")}) as answer:
            await answer.read()
            tags[url] = answer.headers.get("ETag", "-")

    async def everything() -> None:
        gate = asyncio.Semaphore(CONCURRENCY)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(ask(session, gate, url) for url in urls))

    rounds(lambda: asyncio.run(everything()))


if __name__ == "__main__":
    main()
