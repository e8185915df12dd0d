"""Signed webhooks against a real HTTP server: what is sent, what each answer means, and whom it never asks."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from pydantic import ValidationError

from tests.adapters.alert_samples import BOOK, DESKS, NOON, SAMPLES, control, message, row
from warning.channels.channel import Missing, Sent
from warning.channels.render import render
from warning.channels.webhook import WebhookChannel, WebhookFiles, judge, signed_headers
from warning.channels.webhook_form import webhook_body
from warning.channels.words import LANGUAGES
from warning.collect.guard import AddressGuard, GuardedWeb
from warning.core.desks import Destination
from warning.errors import DeliveryError, DeliveryRateLimited, DeliveryRefused, DeliveryUnknown

SECRET = "whsec_" + base64.b64encode(b"a secret of the desk").decode()


class Hook:
    """A receiver that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.headers, self.fault = 204, {}, ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.fault == "reset-before":
            request.transport.abort()
        self.got.append(({k.lower(): v for k, v in request.headers.items()}, await request.read()))
        if self.fault == "reset":
            request.transport.abort()
        if self.fault == "slow":
            await asyncio.sleep(1.5)
        return web.Response(status=self.status, headers=self.headers)


def with_hook(scenario, *, allowed: bool = True, secrets=None):
    """Run a coroutine function with a receiver, a channel and the receiver's address."""

    async def run():
        hook = Hook()
        application = web.Application()
        application.router.add_post("/hook", hook.handle)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        opened = [f"127.0.0.1:{port}", f"localhost:{port}"] if allowed else []
        guarded = GuardedWeb(AddressGuard.opened_for(opened))
        known = {"us": SECRET} if secrets is None else secrets
        channel = WebhookChannel(known, guarded, lambda: NOON, timeout_seconds=1)
        try:
            return await scenario(hook, channel, f"http://127.0.0.1:{port}/hook")
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def owed(address: str, **changes):
    return replace(row(), channel="webhook", address=address, **changes)


def test_webhook_sends_the_alert_signed_under_the_deliverys_id():
    async def scenario(hook, channel, address):
        wanted = owed(address)
        assert await channel.send(message(), row=wanted, root_ref=None) == Sent(provider_ref=wanted.id)
        ((headers, body),) = hook.got
        assert headers["webhook-id"] == wanted.id
        assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
        signed = f"{wanted.id}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(b"a secret of the desk", signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
        said = json.loads(body)
        assert (said["schema"], said["type"]) == ("alert/1", "alert.version")
        assert said["data"]["alert"]["instrument"] == "MOFCOM-GACC 2023/23"
        assert said["data"]["alert"]["marking"] == "TLP:CLEAR"
        assert said["data"]["delivery"]["desk"] == "us"

    with_hook(scenario)


def test_signature_is_the_one_the_standards_own_example_gives():
    """The worked example of the Standard Webhooks specification."""
    at = datetime.fromtimestamp(1614265330, UTC)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', secret, at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, DeliveryRefused), (400, DeliveryRefused), (401, DeliveryRefused), (404, DeliveryRefused),
        (408, DeliveryError), (410, DeliveryRefused), (422, DeliveryRefused), (425, DeliveryError),
        (429, DeliveryRateLimited), (500, DeliveryUnknown), (502, DeliveryUnknown), (503, DeliveryUnknown),
    ],
)  # fmt: skip
def test_webhook_tells_answers_apart(status, error):
    async def scenario(hook, channel, address):
        hook.status, hook.headers = status, {"Location": "http://169.254.169.254/"}
        with pytest.raises(error) as raised:
            await channel.send(message(), row=owed(address), root_ref=None)
        assert type(raised.value) is error
        assert len(hook.got) == 1

    with_hook(scenario)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("Mon, 03 Jul 2023 10:41:00 GMT", 60.0), ("soon", None), ("inf", None), ("-5", 0.0)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_webhook_obeys_how_long_it_is_asked_to_wait(status, said, seconds):
    with pytest.raises(DeliveryRateLimited) as raised:
        judge(status, said, NOON)
    assert raised.value.retry_after_seconds == seconds


@pytest.mark.parametrize("fault", ["reset", "slow"])
def test_webhook_without_an_answer_may_have_arrived_and_keeps_its_id(fault):
    async def scenario(hook, channel, address):
        hook.fault = fault
        with pytest.raises(DeliveryUnknown):
            await channel.send(message(), row=owed(address), root_ref=None)
        assert await channel.reconcile(owed(address), root_ref=None) is Missing.UNKNOWABLE
        hook.fault = ""
        await channel.send(message(), row=owed(address, attempts=2), root_ref=None)
        (first, body), (again, same) = hook.got[0], hook.got[-1]
        assert (first["webhook-id"], body) == (again["webhook-id"], same)

    with_hook(scenario)


def test_webhook_that_nobody_serves_is_tried_again():
    async def scenario(hook, channel, address):
        gone = address.replace("/hook", "")
        closed = f"http://127.0.0.1:1{gone[-1]}/hook"
        channel._web = GuardedWeb(AddressGuard.opened_for(["127.0.0.1"]))
        with pytest.raises(DeliveryError) as raised:
            await channel.send(message(), row=owed(closed), root_ref=None)
        assert type(raised.value) is DeliveryError

    with_hook(scenario)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "169.254.169.254"])
def test_webhook_to_a_private_host_is_refused_unless_it_was_allowed(host):
    async def scenario(hook, channel, address):
        private = address.replace("127.0.0.1", host)
        with pytest.raises(DeliveryRefused, match="WARNING_ALLOW_PRIVATE_HOSTS"):
            await channel.send(message(), row=owed(private), root_ref=None)
        assert hook.got == []

    with_hook(scenario, allowed=False)


def test_webhook_of_a_desk_without_a_secret_says_which_setting_is_missing():
    async def scenario(hook, channel, address):
        with pytest.raises(DeliveryRefused, match="WARNING_KEY_WEBHOOK_US"):
            await channel.send(message(), row=owed(address), root_ref=None)

    with_hook(scenario, secrets={"kr": SECRET})


def test_webhook_without_any_secret_is_left_as_a_file(tmp_path):
    files = WebhookFiles(tmp_path)
    asyncio.run(files.send(message(), row=owed("https://example.org/hook"), root_ref=None))
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(".webhook.json")
    assert json.loads(path.read_text())["data"]["alert"]["key"] == control().key


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_webhook_body_is_whole_json_that_shows_the_marking_for_every_sort_of_alert(sample, language):
    alert = SAMPLES[sample]()
    body = webhook_body(render(alert, DESKS[language], BOOK), row(alert, language))
    said = json.loads(body)
    assert said["data"]["alert"]["marking"] == f"TLP:{alert.marking.value}"
    assert said["data"]["alert"]["severity"] == alert.severity_for(DESKS[language].country).value
    assert len(body) < 64_000
    assert body == webhook_body(render(alert, DESKS[language], BOOK), row(alert, language))


def test_webhook_gives_each_source_its_admiralty_code_and_says_what_is_doubtful():
    alert = control()
    graded = tuple(replace(e, kind="mission", reliability="E", credibility=5) for e in alert.exhibits)
    (source, *_) = json.loads(
        webhook_body(render(replace(alert, exhibits=graded), DESKS["en"], BOOK), row(alert, "en"))
    )["data"]["alert"]["sources"]
    assert (source["admiralty"], source["doubtful"]) == ("E5", True)
    alone = tuple(replace(e, reliability="B", credibility=None) for e in alert.exhibits)
    (source, *_) = json.loads(
        webhook_body(render(replace(alert, exhibits=alone), DESKS["en"], BOOK), row(alert, "en"))
    )["data"]["alert"]["sources"]
    assert (source["admiralty"], source["doubtful"]) == ("B", False)


@pytest.mark.parametrize("address", ["http://example.org/hook", "ftp://example.org", "example.org/hook", ""])
def test_webhook_address_in_the_clear_or_of_another_kind_is_refused_in_the_desks_file(address):
    with pytest.raises(ValidationError, match="https"):
        Destination(channel="webhook", to=(address,))


def test_mentions_belong_to_slack_alone():
    with pytest.raises(ValidationError, match="Slack"):
        Destination(channel="mail", to=("a@example.org",), mention=("U0123",))
    with pytest.raises(ValidationError):
        Destination(channel="slack", to=("C0KR",), mention=("@channel",))
