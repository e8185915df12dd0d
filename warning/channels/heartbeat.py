"""A ping that says that all is well. A watchdog elsewhere alarms when it stays away, by a path of its own."""

import aiohttp

TIMEOUT_SECONDS = 10


async def beat(url: str) -> str:
    """Ask for `url`; return what went wrong, empty when the watchdog answered. The address may hold a secret."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            return "" if answer.ok else f"HTTP {answer.status}"
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as wrong:
        return type(wrong).__name__
