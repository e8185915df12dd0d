"""The ways in: Slack's signed requests, Socket Mode, and readers of the out-feeds, over real connections."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.adapters.alert_samples import NOON
from tests.adapters.slack_stub import running
from warning.channels.receiver import Doors, Served, listen_address, serving
from warning.channels.slack_socket import listen
from warning.errors import SettingsError

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
PAYLOAD = {"type": "block_actions", "user": {"id": "U1"}}


def signed(body: str, at=NOON, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def posted(body: str, headers: dict[str, str], answer=None):
    """Post one request to a receiver; return its status, its JSON if any, and what was accepted."""
    accepted = []

    def accept(payload):
        accepted.append(payload)
        return answer or {}

    async def run():
        doors = Doors(clock=lambda: NOON, signing_secret=SECRET, accept=accept)
        async with (
            serving("127.0.0.1:0", doors) as url,
            aiohttp.ClientSession() as session,
            session.post(f"{url}/slack/interactions", data=body.encode(), headers=headers) as got,
        ):
            text = await got.text()
            return got.status, json.loads(text) if text and got.status == 200 else None

    return (*asyncio.run(run()), accepted)


BODY = urlencode({"payload": json.dumps(PAYLOAD)})


def test_signed_request_is_accepted_and_answered():
    assert posted(BODY, signed(BODY)) == (200, None, [PAYLOAD])
    errors = {"response_action": "errors", "errors": {"reason": "x"}}
    assert posted(BODY, signed(BODY), errors) == (200, errors, [PAYLOAD])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(BODY, secret="another"),
        signed(BODY + "x"),
        signed(BODY, NOON - timedelta(minutes=6)),
        signed(BODY, NOON + timedelta(minutes=6)),
        {**signed(BODY), "X-Slack-Request-Timestamp": "soon"},
        {**signed(BODY), "X-Slack-Signature": ""},
    ],
    ids=["none", "other secret", "other body", "replayed", "from the future", "no time", "no signature"],
)
def test_request_that_is_not_slacks_or_is_replayed_is_refused(headers):
    assert posted(BODY, headers) == (401, None, [])


@pytest.mark.parametrize("body", ["", "payload=%7B", "other=1", "payload=%ff%fe"])
def test_signed_request_without_a_payload_is_refused(body):
    status, _, accepted = posted(body, signed(body))
    assert (status, accepted) == (400, [])


def test_without_a_signing_secret_nothing_is_taken_from_slack():
    async def run():
        async with (
            serving("127.0.0.1:0", Doors(clock=lambda: NOON)) as url,
            aiohttp.ClientSession() as session,
            session.post(f"{url}/slack/interactions", data=BODY, headers=signed(BODY)) as got,
        ):
            return got.status

    assert asyncio.run(run()) == 404


class Feeds:
    def feed(self, desk_id, base_url):
        return Served(
            body=f"<feed>{desk_id} {base_url}</feed>".encode(), content_type="application/atom+xml", etag="e1"
        )

    def archive(self, desk_id, day, base_url):
        found = Served(body=day.encode(), content_type="application/atom+xml", etag="e3")
        return found if day == "2026-11-21" else None

    def message(self, desk_id, name):
        known = Served(body=b"<alert/>", content_type="application/cap+xml", etag="e2")
        return known if name == "a-1-v1-kr" else None


def asked(path: str, headers: dict[str, str] | None = None):
    doors = Doors(clock=lambda: NOON, feeds=Feeds(), feed_tokens={"kr": "t-kr", "jp": "t-jp"})

    async def run():
        async with (
            serving("127.0.0.1:0", doors) as url,
            aiohttp.ClientSession() as session,
            session.get(f"{url}{path}", headers=headers) as got,
        ):
            return got.status, got.content_type, await got.text()

    return asyncio.run(run())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_feed_is_given_to_who_has_the_desks_own_token():
    status, content_type, text = asked("/feeds/kr/alerts.atom", bearer("t-kr"))
    assert (status, content_type) == (200, "application/atom+xml")
    assert "/feeds/kr/" in text
    basic = base64.b64encode(b"reader:t-kr").decode()
    assert asked("/feeds/kr/a-1-v1-kr.xml", {"Authorization": f"Basic {basic}"})[0] == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/feeds/kr/alerts.atom", None),
        ("/feeds/kr/alerts.atom", bearer("t-jp")),
        ("/feeds/kr/alerts.atom", bearer("")),
        ("/feeds/us/alerts.atom", bearer("")),
        ("/feeds/us/alerts.atom", bearer("t-kr")),
        ("/feeds/kr/a-1-v1-kr.xml", bearer("t-jp")),
        ("/feeds/kr/alerts.atom", {"Authorization": "Basic !!!"}),
    ],
)
def test_feed_is_refused_to_anybody_else(path, headers):
    assert asked(path, headers)[0] == 401


def test_feed_that_has_not_changed_is_not_sent_again_and_an_unknown_message_is_not_found():
    assert asked("/feeds/kr/alerts.atom", {**bearer("t-kr"), "If-None-Match": '"e1"'})[0] == 304
    assert asked("/feeds/kr/a-2-v1-kr.xml", bearer("t-kr"))[0] == 404


@pytest.mark.parametrize(
    ("listen_on", "expected"),
    [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:80", ("::1", 80)), ("localhost", ("localhost", 8780))],
)
def test_listen_address_is_read(listen_on, expected):
    assert listen_address(listen_on) == expected


@pytest.mark.parametrize("listen_on", [":80", "host:port", "host:99999"])
def test_listen_address_that_is_none_is_refused_in_words(listen_on):
    with pytest.raises(SettingsError, match="host:port"):
        listen_address(listen_on)


def socket(scenario):
    """Run the listener against a stub; `scenario` gets the stub and what was accepted."""
    accepted = []

    def accept(payload):
        accepted.append(payload)
        return {"response_action": "clear"} if payload.get("wants") else {}

    async def run():
        stop = asyncio.Event()
        async with running() as stub:
            task = asyncio.create_task(listen("xapp-1", stub.url, accept, stop))
            try:
                await asyncio.wait_for(scenario(stub, accepted), 20)
            finally:
                stop.set()
                await asyncio.wait_for(task, 10)

    asyncio.run(run())


async def until(condition) -> None:
    while not condition():  # noqa: ASYNC110 - what is waited for happens in a server that knows no events
        await asyncio.sleep(0.02)


def test_socket_mode_acknowledges_what_is_pressed_and_hands_it_on():
    async def scenario(stub, accepted):
        await until(lambda: stub.sockets)
        await stub.press("e-1", PAYLOAD)
        await stub.press("e-2", {"wants": True})
        await until(lambda: len(stub.acknowledged) == 2)
        assert accepted == [PAYLOAD, {"wants": True}]
        assert stub.acknowledged["e-2"] == {"response_action": "clear"}

    socket(scenario)


def test_socket_mode_comes_back_when_slack_closes_the_connection():
    async def scenario(stub, accepted):
        await until(lambda: stub.sockets)
        await stub.sockets[0].send_json({"type": "disconnect", "reason": "refresh_requested"})
        await until(lambda: len(stub.sockets) > 1)
        await stub.press("e-3", PAYLOAD)
        await until(lambda: "e-3" in stub.acknowledged)
        assert accepted == [PAYLOAD]

    socket(scenario)


def test_socket_mode_tries_again_while_slack_cannot_be_reached():
    async def run():
        stop = asyncio.Event()
        async with running() as gone:
            address = gone.url
        task = asyncio.create_task(listen("xapp-1", address, lambda _: {}, stop))
        await asyncio.sleep(0.3)
        assert not task.done()
        stop.set()
        await asyncio.wait_for(task, 10)

    asyncio.run(run())
