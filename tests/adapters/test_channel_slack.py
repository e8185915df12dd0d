"""Slack against a real HTTP stub: what is posted, what is updated, and what each failure means."""

import asyncio

import pytest

from tests.adapters.alert_samples import control, message, row, updated
from tests.adapters.slack_stub import SlackStub, running
from warning.channels.channel import Missing, Sent
from warning.channels.slack import SlackChannel
from warning.errors import (
    DeliveryBarred,
    DeliveryError,
    DeliveryRateLimited,
    DeliveryRefused,
    DeliveryUnknown,
)

CHANNEL = "C0US"


def slack(stub: SlackStub) -> SlackChannel:
    return SlackChannel("xoxb-test", stub.url, timeout_seconds=1)


def with_stub(scenario):
    """Run one coroutine function with a stub and a channel that talks to it."""

    async def run():
        async with running() as stub:
            stub.hang_seconds = 1.5
            return await scenario(stub, slack(stub))

    return asyncio.run(run())


def test_slack_posts_the_first_version_with_text_blocks_and_the_deliverys_id():
    async def scenario(stub, channel):
        sent = await channel.send(message(), row=row(), root_ref=None)
        (posted,) = stub.channels[CHANNEL]
        assert sent == Sent(provider_ref=f"{CHANNEL}:{posted['ts']}")
        assert posted["text"].startswith("[TLP:CLEAR] HIGH · China · Gallium, germanium: Export control.")
        assert posted["blocks"][0]["text"]["text"] == message().title
        assert posted["metadata"]["event_payload"]["delivery_id"] == row().id
        assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)

    with_stub(scenario)


def test_slack_replaces_the_root_and_tells_the_thread_what_changed():
    async def scenario(stub, channel):
        first = await channel.send(message(), row=row(), root_ref=None)
        later = row(updated())
        again = await channel.send(message(updated()), row=later, root_ref=first.provider_ref)
        assert again == first
        (root,), (note,) = stub.roots(CHANNEL), stub.notes(CHANNEL)
        assert root["metadata"]["event_payload"]["delivery_id"] == later.id
        assert root["blocks"][0]["block_id"] == "title-v2"
        assert note["thread_ts"] == root["ts"]
        assert "In force from Sep 1, 2023 (before: Aug 1, 2023)." in note["text"]
        assert note["reply_broadcast"] is False

    with_stub(scenario)


def test_slack_shows_an_escalation_in_the_channel_too():
    async def scenario(stub, channel):
        first = await channel.send(message(), row=row(), root_ref=None)
        risen = row(updated(), reason="escalated")
        await channel.send(message(updated()), row=risen, root_ref=first.provider_ref)
        assert stub.notes(CHANNEL)[0]["reply_broadcast"] is True

    with_stub(scenario)


@pytest.mark.parametrize("root_ref", [f"{CHANNEL}:1.5", f"{CHANNEL}:d-file-name"])
def test_slack_starts_a_new_message_when_the_root_is_gone(root_ref):
    async def scenario(stub, channel):
        sent = await channel.send(message(updated()), row=row(updated()), root_ref=root_ref)
        (posted,) = stub.roots(CHANNEL)
        assert sent.provider_ref == f"{CHANNEL}:{posted['ts']}"

    with_stub(scenario)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("429", DeliveryRateLimited),
        ("429-bare", DeliveryRateLimited),
        ("500", DeliveryUnknown),
        ("500-after", DeliveryUnknown),
        ("503-text", DeliveryUnknown),
        ("reset-before", DeliveryUnknown),
        ("reset-after", DeliveryUnknown),
        ("timeout-after", DeliveryUnknown),
        ("not-json-after", DeliveryUnknown),
        ("internal_error", DeliveryUnknown),
        ("fatal_error", DeliveryUnknown),
        ("invalid_auth", DeliveryBarred),
        ("token_revoked", DeliveryBarred),
        ("channel_not_found", DeliveryRefused),
        ("is_archived", DeliveryRefused),
        ("not_in_channel", DeliveryRefused),
        ("invalid_arguments", DeliveryRefused),
        ("msg_too_long", DeliveryRefused),
        ("message_limit_exceeded", DeliveryError),
    ],
)
def test_slack_failure_is_classified(fault, expected):
    async def scenario(stub, channel):
        stub.faults.append(fault)
        with pytest.raises(DeliveryError) as caught:
            await channel.send(message(), row=row(), root_ref=None)
        assert type(caught.value) is expected
        return caught.value

    failure = with_stub(scenario)
    if fault == "429":
        assert failure.retry_after_seconds == 7
    if fault == "429-bare":
        assert failure.retry_after_seconds is None
    if expected is DeliveryRefused:
        assert failure.message == fault


def test_slack_that_cannot_be_connected_to_was_certainly_not_told():
    async def scenario():
        channel = SlackChannel("xoxb-test", "http://127.0.0.1:9/api/", timeout_seconds=1)
        with pytest.raises(DeliveryError) as caught:
            await channel.send(message(), row=row(), root_ref=None)
        assert type(caught.value) is DeliveryError

    asyncio.run(scenario())


def test_slack_posts_nothing_twice_by_itself_when_an_answer_is_lost():
    async def scenario(stub, channel):
        stub.faults.append("reset-after")
        with pytest.raises(DeliveryUnknown):
            await channel.send(message(), row=row(), root_ref=None)
        assert len(stub.channels[CHANNEL]) == 1

    with_stub(scenario)


def test_slack_finds_a_message_whose_answer_was_lost_among_many_others():
    async def scenario(stub, channel):
        stub.faults.append("reset-after")
        with pytest.raises(DeliveryUnknown):
            await channel.send(message(), row=row(), root_ref=None)
        for number in range(450):
            stub.channels[CHANNEL].append({"ts": f"{1_688_390_000 + number}.0", "text": "chatter"})
        found = await channel.reconcile(row(), root_ref=None)
        assert found == Sent(provider_ref=f"{CHANNEL}:{stub.channels[CHANNEL][0]['ts']}")
        assert await channel.reconcile(row(id="d-another"), root_ref=None) is Missing.ABSENT

    with_stub(scenario)


def test_slack_finds_a_message_posted_anew_for_a_lost_one_and_takes_no_replaced_one_for_it():
    async def scenario(stub, channel):
        later = row(updated())
        stub.faults.extend(["", "reset-after"])
        with pytest.raises(DeliveryUnknown):
            await channel.send(message(updated()), row=later, root_ref=f"{CHANNEL}:1.5")
        found = await channel.reconcile(later, root_ref=f"{CHANNEL}:1.5")
        assert found == Sent(provider_ref=f"{CHANNEL}:{stub.roots(CHANNEL)[0]['ts']}")
        assert await channel.reconcile(later, root_ref=found.provider_ref) is Missing.ABSENT

    with_stub(scenario)


def test_slack_that_may_not_read_history_cannot_say():
    async def scenario(stub, channel):
        stub.read_faults.append("missing_scope")
        assert await channel.reconcile(row(), root_ref=None) is Missing.UNKNOWABLE

    with_stub(scenario)


@pytest.mark.parametrize("fault", ["500", "reset-before", "internal_error", "429"])
def test_slack_that_cannot_be_read_now_is_asked_again_later(fault):
    async def scenario(stub, channel):
        stub.read_faults.extend([fault, fault])  # a lost answer to a GET is asked for once more by aiohttp
        with pytest.raises(DeliveryError) as caught:
            await channel.reconcile(row(), root_ref=None)
        assert not isinstance(caught.value, DeliveryUnknown | DeliveryRefused)

    with_stub(scenario)


@pytest.mark.parametrize("fault", ["reset-before", "reset-after", "429"])
def test_slack_update_that_was_cut_short_leaves_one_note(fault):
    """The first call updates the root; the fault strikes the note in the thread."""

    async def scenario(stub, channel):
        first = await channel.send(message(control()), row=row(), root_ref=None)
        later = row(updated())
        stub.faults.extend(["", fault])
        with pytest.raises(DeliveryError):
            await channel.send(message(updated()), row=later, root_ref=first.provider_ref)
        found = await channel.reconcile(later, root_ref=first.provider_ref)
        assert (found is Missing.ABSENT) == (fault != "reset-after")
        await channel.send(message(updated()), row=row(updated(), attempts=2), root_ref=first.provider_ref)
        assert len(stub.notes(CHANNEL)) == 1
        assert len(stub.roots(CHANNEL)) == 1

    with_stub(scenario)


def test_slack_token_never_stands_in_an_error():
    async def scenario(stub, channel):
        stub.faults.append("invalid_auth")
        with pytest.raises(DeliveryBarred) as caught:
            await channel.send(message(), row=row(), root_ref=None)
        assert "xoxb" not in repr(caught.value)

    with_stub(scenario)


@pytest.mark.parametrize("strikes", ["first version", "update", "note"])
def test_slack_message_whose_form_is_refused_goes_out_as_plain_text(strikes):
    async def scenario(stub, channel):
        if strikes == "first version":
            stub.faults.append("invalid_blocks")
        first = await channel.send(message(control()), row=row(), root_ref=None)
        if strikes != "first version":
            stub.faults.extend(["", "invalid_blocks"] if strikes == "note" else ["invalid_blocks"])
        await channel.send(message(updated()), row=row(updated()), root_ref=first.provider_ref)
        (root,), (note,) = stub.roots(CHANNEL), stub.notes(CHANNEL)
        assert "TLP:" in root["text"]
        assert bool(root["blocks"]) == (strikes != "update")
        assert bool(note["blocks"]) == (strikes != "note")

    with_stub(scenario)
