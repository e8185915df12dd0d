"""What a page that is gone says of where it went is a stranger's word: bounded, on one line, without the key, never a failure."""

import asyncio
from datetime import UTC, datetime
from imaplib import IMAP4

import pytest

from tests.adapters.hostile_server import hostile_server
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import FetchRequest
from warning.collect.mailbox_wire import said_of
from warning.collect.politeness import Politeness
from warning.errors import FetchGone

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KEY = "T0P-SECRET-KEY"
USUAL = "the server answered 404: not found: the address may have moved"


def gone(target: str, query: str = "", **options) -> FetchGone:
    """What a page that is not there and points to `target` is told as."""
    notice = f"<html><head><meta http-equiv=refresh content='3;url={target}'></head><body>404</body></html>"

    async def main():
        async with (
            hostile_server() as server,
            Fetcher(
                lambda: NOW, allow_private_hosts=(server.host,), politeness=Politeness(per_host=8)
            ) as fetcher,
        ):
            server.pages["/old"] = (404, notice.encode())
            request = FetchRequest(
                source_id="s", url=f"{server.base}/old{query}", spacing_seconds=0.0, **options
            )
            with pytest.raises(FetchGone) as caught:
                await fetcher.fetch(request)
            return caught.value

    return asyncio.run(main())


@pytest.mark.parametrize(
    "target",
    [
        "http://h:99999/x",
        "/a\x1b[2J\x1b]0;well\x07",
        "/a\u202eb",
        "/a\x9b31m",
        "/" + "a" * 30_000,
        "http://[::1",
        "http://[zz]/x",
    ],
    ids=["port", "terminal", "bidi", "c1", "long", "bracket", "v6"],
)
def test_a_notice_that_names_no_address_to_be_asked_or_shown_leaves_a_page_that_is_gone(target):
    found = gone(target)
    assert (found.status, found.target, str(found)) == (404, "", USUAL)


def test_a_long_target_is_shown_in_its_first_160_characters_and_kept_whole():
    found = gone("/" + "a" * 400)
    assert len(found.target) > 400
    assert len(str(found)) <= len(USUAL) + len("; its page points to ") + 160


def test_a_key_that_the_notice_echoes_stands_in_neither_words_nor_target_also_where_the_words_are_cut():
    for padding in range(90, 140, 4):
        found = gone(f"/new/{'x' * padding}?k={KEY}", f"?k={KEY}", secrets=(KEY,))
        assert found.target.endswith("?k=[key]")
        assert "T0P" not in str(found)


def test_the_words_of_a_mail_server_are_shown_without_what_moves_a_terminal():
    assert "\x1b" not in said_of(IMAP4.error(b"NO \x1b[2J\xe2\x80\xae damaged"))
