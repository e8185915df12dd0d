"""What goes between two processes comes in order, and what is large stands in memory but once while it waits."""

import asyncio
import socket

from warning.app.asking_line import Line

SIZE = 200_000


async def line_on(end, heard, ended=lambda: None):
    line = Line(heard, ended)
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
