"""Sources edited under a running service: new ones are asked, removed ones no more, old entries of a changed one stay old."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.hostile_server import hostile_server
from tests.flows.refused_place import Place
from tests.flows.test_service import SOURCE, environment, light, publish, publisher, wait_for
from warning.app.alarming import owe_to_operators
from warning.app.compose import compose
from warning.app.live import full_round, open_fetcher
from warning.app.refused_catalogue import tell_refusals
from warning.settings import Settings

__all__ = ["environment", "light", "publisher"]
pytestmark = pytest.mark.timeout(600)
TITLE = "Carnival decree {n} on gallium"
TEXT = "The ministry has published decree number {n}, by which exports of gallium are licensed from the first day of March on."
OLD = """<item><guid>z</guid><title>Carnival decree 9 of the year before on germanium</title><link>http://x.example/z</link>
<pubDate>Mon, 01 Jan 2024 09:00:00 GMT</pubDate><description>A decree that was published long ago.</description></item>"""


def source(name: str, url: str, **given: str) -> str:
    """A source's file; `given` replaces what stands behind its keys."""
    told = {"id": name, "url": url, **given}
    lines = [line for line in SOURCE.strip().splitlines() if line.partition(":")[0] not in told]
    return (
        "\n".join([*lines, *(f"{key}: {value}" for key, value in told.items())])
        .replace("{{", "{")
        .replace("}}", "}")
    )


def put(path: Path, text: str) -> Path:
    """Write a file as an editor does: it is there whole or not."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    return new.replace(path)


@contextmanager
def collecting(environment: dict[str, str]) -> Iterator[list[str]]:
    """A process that collects and does nothing else; what it logs."""
    command = [sys.executable, "-m", "warning.cli.main", "run", "--role", "collect"]
    quiet = {**environment, "WARNING_LOG_LEVEL": "INFO"}
    process = subprocess.Popen(
        command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stderr))
    reader.start()
    try:
        yield lines
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stderr.close()


def test_a_collector_takes_up_a_new_source_and_logs_that_files_are_refused_until_they_are_mended(
    light, publisher
):
    handler, port = publisher
    publish(handler, 18)
    asked: list[str] = []
    usual = handler.do_GET
    handler.do_GET = lambda self: (asked.append(self.path), usual(self))
    feeds = Path(light["WARNING_FEEDS_DIR"], "regulatory")
    with collecting(light) as lines:
        wait_for(lambda: "/feed" in asked)
        broken = put(feeds / "bad.yaml", source("bad", f"http://127.0.0.1:{port}/bad", kind="nonsense"))
        wait_for(lambda: any("last good rulebook stays in force" in line for line in lines))
        assert any("bad.yaml:" in line and "EW" in line for line in lines)
        put(feeds / "added.yaml", source("added", f"http://127.0.0.1:{port}/added"))
        broken.unlink()
        wait_for(lambda: "/added" in asked)
    assert "/bad" not in asked
    assert any("sources new: added" in line for line in lines)


class Served(Place):
    """An installation before a real server, with a rule that fires on carnivals."""

    def compose(self, host: str):
        where = {"feeds_dir": self.feeds, "rules_dir": self.rules, "overlay_dir": self.own}
        settings = Settings(home=self.home, allow_private_hosts=(host,), **where)
        return compose(settings, clock=lambda: self.now, serves=True)

    def source(self, name: str, url: str, **given: str) -> Path:
        folder = self.feeds / "regulatory"
        folder.mkdir(exist_ok=True)
        return put(folder / f"{name}.yaml", source(name, url, language="en", **given))


def feed(at: str, *numbers: int, old: str = "") -> tuple[int, bytes]:
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><link>http://x.example/{at}/{n}</link><title>{TITLE.format(n=n)}</title>"
        f"<pubDate>Mon, 02 Feb 2026 0{n}:00:00 GMT</pubDate><description>{TEXT.format(n=n)}</description></item>"
        for n in numbers
    )
    return 200, f"<rss version='2.0'><channel><title>t</title>{items}{old}</channel></rss>".encode()


def on_a_service(tmp_path: Path, body) -> None:
    async def main() -> None:
        async with hostile_server() as server:
            place = Served(tmp_path)
            await body(place, server)

    asyncio.run(main())


async def turn(place: Place, system, fetcher):
    """What a running service does within a minute: a look at the files, then a round."""
    place.now += timedelta(minutes=2)
    await tell_refusals(system, partial(owe_to_operators, system))
    return await full_round(system, fetcher)


def test_a_changed_address_brings_new_entries_alone_and_a_removed_source_is_asked_no_more(tmp_path):
    async def body(place, server):
        server.pages = {"/old": feed("a", 1, 2), "/new": feed("b", 1, 2, 3, old=OLD), "/other": feed("o")}
        place.source("s", f"{server.base}/old")
        other = place.source("other", f"{server.base}/other")
        system = place.compose(server.host)
        async with open_fetcher(system) as fetcher:
            assert (await turn(place, system, fetcher)).collected.polled == 3
            place.source("s", f"{server.base}/new")
            other.unlink()
            report = await turn(place, system, fetcher)
            new = {o.source_id: o.items_new for o in report.collected.outcomes}
            assert new == {"dropped": 0, "s": 2}, "the entry of 2024 and the third one"
            done = report.assessed
            assert (done.opened, done.updated + done.joined) == (0, 1), "the third one alone is told of"
            assert server.hits["/other"] == 1
        system.close()

    on_a_service(tmp_path, body)


def lines(*names: str, program: str) -> tuple[int, bytes]:
    return 200, "\n".join(["id,name,program,kind", *(f"{n},Firm {n},{program},corp" for n in names)]).encode()


@pytest.mark.parametrize(
    "mended",
    [("/list", "key: id", "kind"), ("/list", "key: name", "program"), ("/moved", "key: id", "program")],
    ids=["fields", "key", "address"],
)
def test_a_list_read_otherwise_tells_none_of_its_entries(tmp_path, mended):
    async def body(place, server):
        names = [f"n{number}" for number in range(30)]
        server.pages = {
            "/list": lines(*names, program="EAR"),
            "/moved": lines(*map(str.upper, names), program="EAR"),
        }
        parse = "{format: listing, key: id, name: name, fields: [%s]}"
        place.source("s", f"{server.base}/list", parse=parse % "program")
        system = place.compose(server.host)
        async with open_fetcher(system) as fetcher:
            await turn(place, system, fetcher)
            at, new = mended[0], parse.replace("key: id", mended[1]) % mended[2]
            place.source("s", f"{server.base}{at}", parse=new)
            report = await turn(place, system, fetcher)
            assert [o.listing_changes for o in report.collected.outcomes if o.source_id == "s"] == [0]
            server.pages[at] = 200, server.pages[at][1] + b"\nlast,Firm last,EAR,corp"
            report = await turn(place, system, fetcher)
            assert [o.listing_changes for o in report.collected.outcomes if o.source_id == "s"] == [1]
        system.close()

    on_a_service(tmp_path, body)


@pytest.mark.parametrize("rows", [0, 1, 12])
@pytest.mark.parametrize(
    "mended",
    [("/list", "key: id", "kind"), ("/list", "key: name", "program"), ("/moved", "key: id", "program")],
    ids=["fields", "key", "address"],
)
def test_a_cut_page_of_a_list_read_otherwise_waits_and_the_next_full_one_tells_nothing(
    tmp_path, mended, rows
):
    async def body(place, server):
        names = [f"n{number}" for number in range(30)]
        server.pages = {"/list": lines(*names, program="EAR")}
        parse = "{format: listing, key: id, name: name, fields: [%s]}"
        place.source("s", f"{server.base}/list", parse=parse % "program")
        system = place.compose(server.host)
        async with open_fetcher(system) as fetcher:
            await turn(place, system, fetcher)
            at, new = mended[0], parse.replace("key: id", mended[1]) % mended[2]
            place.source("s", f"{server.base}{at}", parse=new)
            shown = [*map(str.upper, names)] if at == "/moved" else names
            server.pages[at] = lines(*shown[:rows], program="EAR")
            report = await turn(place, system, fetcher)
            [cut] = [o for o in report.collected.outcomes if o.source_id == "s"]
            assert cut.condition == ("ok" if rows else "empty")
            server.pages[at] = lines(*shown, program="EAR")
            place.now += timedelta(hours=8)
            report = await turn(place, system, fetcher)
            assert [o.listing_changes for o in report.collected.outcomes if o.source_id == "s"] == [0]
        system.close()

    on_a_service(tmp_path, body)


def test_operators_are_told_once_of_a_broken_source_and_the_last_good_ones_are_asked(tmp_path, capsys):
    async def body(place, server):
        server.pages = {"/old": feed("a", 1)}
        path = place.source("s", f"{server.base}/old")
        system = place.compose(server.host)
        async with open_fetcher(system) as fetcher:
            await turn(place, system, fetcher)
            put(path, path.read_text(encoding="utf-8").replace("kind: regulatory", "kind: nonsense"))
            for _ in range(4):
                report = await turn(place, system, fetcher)
                assert [o.condition for o in report.collected.outcomes if o.source_id == "s"] == [
                    "not_modified"
                ]
            assert (
                capsys.readouterr().err.count("The files of rules and sources are refused (1 mistake)") == 1
            )
        system.close()

    on_a_service(tmp_path, body)
