"""What comes in beside the sources: people's acts in Slack by either way, and readers of the desks' out-feeds."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from warning.app.out_feed import StoredFeeds
from warning.app.slack_acting import SlackActing
from warning.app.system import System
from warning.channels.receiver import Doors, serving
from warning.channels.slack_answers import SlackAnswers
from warning.channels.slack_socket import listen
from warning.errors import SettingsError

log = logging.getLogger(__name__)
GRACE_SECONDS = 5.0


@asynccontextmanager
async def receiving(system: System) -> AsyncIterator[tuple[str, ...]]:
    """Listen as the settings say until the block ends; yield where, in words. What was accepted is done before it ends.

    Raises SettingsError when the settings cannot be met.
    """
    settings = system.settings
    async with AsyncExitStack() as stack:
        acting = _acting(system)
        if acting is not None:
            stack.push_async_callback(acting.drain, GRACE_SECONDS)
        said: list[str] = []
        if settings.slack_app_token is not None and acting is not None:
            await stack.enter_async_context(_socket(system, acting))
            said.append("Slack by Socket Mode")
        if settings.listen:
            doors = _doors(system, acting)
            address = await stack.enter_async_context(serving(settings.listen, doors))
            said.append(f"{address} for {_purposes(doors)}")
        yield tuple(said)


def _acting(system: System) -> SlackActing | None:
    settings = system.settings
    if not settings.can_act_in_slack:
        return None
    if settings.slack_bot_token is None:
        raise SettingsError(
            "WARNING_SLACK_BOT_TOKEN: buttons are answered with it; set it beside the app token"
        )
    base_url = settings.slack_base_url.rstrip("/") + "/"
    return SlackActing(system, SlackAnswers(settings.slack_bot_token.get_secret_value(), base_url))


@asynccontextmanager
async def _socket(system: System, acting: SlackActing) -> AsyncIterator[None]:
    assert system.settings.slack_app_token is not None
    stop = asyncio.Event()
    base_url = system.settings.slack_base_url.rstrip("/") + "/"
    listening = asyncio.create_task(
        listen(system.settings.slack_app_token.get_secret_value(), base_url, acting.accept, stop)
    )
    listening.add_done_callback(_ended)
    try:
        yield
    finally:
        stop.set()
        _, late = await asyncio.wait([listening], timeout=GRACE_SECONDS)
        for task in late:
            task.cancel()


def _ended(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("Socket Mode ended: %s", task.exception())


def _doors(system: System, acting: SlackActing | None) -> Doors:
    secret = system.settings.slack_signing_secret
    return Doors(
        clock=system.clock,
        signing_secret=secret.get_secret_value() if secret else "",
        accept=acting.accept if acting else None,
        feeds=StoredFeeds(system),
        feed_tokens=system.settings.desk_keys("feed"),
    )


def _purposes(doors: Doors) -> str:
    purposes = ["Slack's signed requests"] if doors.signing_secret and doors.accept else []
    purposes += [f"the feeds of {', '.join(sorted(doors.feed_tokens))}"] if doors.feed_tokens else []
    return " and ".join(purposes) or "nothing: set WARNING_SLACK_SIGNING_SECRET or WARNING_KEY_FEED_<DESK>"
