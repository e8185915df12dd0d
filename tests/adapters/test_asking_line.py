"""What goes between two processes comes in order, and what is large stands in memory but once while it waits."""

import asyncio
import pickle
import socket
from dataclasses import fields, replace

from warning.app.asking_line import LENGTH_BYTES, Line, standing, stands
from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.core.documents import LeftOut

SIZE = 200_000


async def line_on(end, heard, ended=lambda: None, unsaid=print):
    line = Line(heard, ended, unsaid)
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: line, sock=end)
    return line, transport


def test_messages_come_in_order_whatever_their_size():
    async def body():
        ours, theirs = socket.socketpair()
        heard, last = [], asyncio.Event()
        told = [(number, b"x" * (SIZE if number % 3 else 1)) for number in range(30)]

        def hear(message):
            heard.append(message)
            if len(heard) == len(told):
                last.set()

        line, _ = await line_on(ours, print)
        for message in told:
            line.say(message, is_large=len(message[1]) == SIZE)
        await asyncio.sleep(0.05)  # nobody reads yet: what goes out fills the way
        other, _ = await line_on(theirs, hear)
        await asyncio.wait_for(last.wait(), 20)
        assert heard == told
        line.close()
        other.close()

    asyncio.run(body())


def test_what_waits_for_room_on_the_way_is_not_packed_yet():
    async def body():
        ours, theirs = socket.socketpair()
        line, transport = await line_on(ours, print)
        for _ in range(30):
            line.say(b"x" * SIZE, is_large=True)
        await asyncio.sleep(0.05)
        assert 0 < transport.get_write_buffer_size() < 2 * SIZE
        transport.abort()
        theirs.close()

    asyncio.run(body())


def test_what_is_said_after_the_other_end_has_gone_is_kept_by_nobody():
    async def body():
        ours, theirs = socket.socketpair()
        gone = asyncio.Event()
        line, _ = await line_on(ours, print, gone.set)
        line.say(b"x" * 10 * SIZE, is_large=True)
        await asyncio.sleep(0.01)
        theirs.close()
        await asyncio.wait_for(gone.wait(), 20)
        for _ in range(3):
            line.say(b"late", is_large=True)
            await asyncio.sleep(0.01)
        assert not line.is_open
        assert not line._to_say

    asyncio.run(body())


def test_a_message_that_cannot_be_packed_is_told_and_those_around_it_are_sent():
    async def body():
        ours, theirs = socket.socketpair()
        heard, unsaid, last = [], [], asyncio.Event()

        def hear(message):
            heard.append(message)
            if message == "last":
                last.set()

        line, _ = await line_on(ours, print, unsaid=lambda *told: unsaid.append(told))
        other, _ = await line_on(theirs, hear)
        unpackable = ("answer", lambda: None)
        for message in ("first", unpackable, "second"):
            line.say(message)
        line.say(unpackable, is_large=True)
        await asyncio.sleep(0.05)
        line.say("last")
        await asyncio.wait_for(last.wait(), 20)
        line.close()
        other.close()
        assert heard == ["first", "second", "last"]
        assert [message for message, _ in unsaid] == [unpackable, unpackable]
        assert all(isinstance(wrong, Exception) for _, wrong in unsaid)

    asyncio.run(body())


def test_what_waits_when_the_other_end_goes_is_kept_by_nobody():
    async def body():
        ours, theirs = socket.socketpair()
        gone = asyncio.Event()
        line, transport = await line_on(ours, print, gone.set)
        for _ in range(30):
            line.say(b"x" * SIZE, is_large=True)
        await asyncio.sleep(0.05)
        assert line._to_say, "the way is full"
        transport.abort()
        await asyncio.wait_for(gone.wait(), 20)
        theirs.close()
        assert not line._to_say

    asyncio.run(body())


def test_a_large_message_goes_alone():
    async def body():
        ours, theirs = socket.socketpair()
        line, transport = await line_on(ours, print)
        line.say("before")
        line.say("large", is_large=True)
        line.say("after")
        line.say("and after")
        await asyncio.sleep(0.05)
        transport.abort()
        came = theirs.recv(SIZE)
        theirs.close()
        packings = []
        while came:
            end = LENGTH_BYTES + int.from_bytes(came[:LENGTH_BYTES], "big")
            packings.append(pickle.loads(came[LENGTH_BYTES:end]))
            came = came[end:]
        assert packings == [["before"], ["large"], ["after", "and after"]]

    asyncio.run(body())


UNCHANGED = Fetched(
    status="not_modified",
    document=None,
    validators=Validators(url="https://a.example/", etag='"1"', last_modified="a day", body_hash="ab"),
    max_age_seconds=600.0,
    retry_after_seconds=30.0,
    notes=("it answered without encryption",),
    moved_to="https://b.example/",
    left_out=(LeftOut(name="a mail", reason="refused"),),
)
REQUEST = FetchRequest(source_id="s", url="https://a.example/", validators=UNCHANGED.validators)


def test_what_an_unchanged_answer_says_beside_that_comes_whole_on_the_other_side():
    assert stands(REQUEST, pickle.loads(pickle.dumps(standing(UNCHANGED)))) == UNCHANGED


def test_every_field_of_an_answer_is_tried_so_that_a_new_one_is_not_forgotten_on_the_way():
    empty = Fetched(status="fresh", document=None, validators=Validators())
    alike = {one.name for one in fields(Fetched) if getattr(UNCHANGED, one.name) == getattr(empty, one.name)}
    assert alike == {"document"}, (
        "an unchanged answer has no document; every other field stands for itself here"
    )
    for name in {one.name for one in fields(Fetched)} - {"status", "document", "validators"}:
        without = replace(UNCHANGED, **{name: getattr(empty, name)})
        assert stands(REQUEST, standing(without)) == without != UNCHANGED
