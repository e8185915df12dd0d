"""`warning feeds` as a user runs it, against a real server."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.adapters.hostile_server import hostile_server
from warning.app.collecting import collect_due
from warning.app.compose import open_repository, system_clock
from warning.catalog.sources import load_sources
from warning.cli.main import cli
from warning.collect.fetch import Fetcher
from warning.settings import Settings

SOURCE = """\
id: {id}
title: {id}
url: {url}
kind: news
country: KR
language: ko
publisher: example
publisher_title: Example
official: no
reliability: B
licence: none
every: 15m
timeout: 2s
spacing: 0s
idle_timeout: 2s
parse: {{format: {format}}}
verified: never
"""
SITES = {
    "good": ("/feed", "rss"),
    "gone": ("/status/410", "rss"),
    "page": ("/page/7", "json"),
    "keyed": ("/feed?k={key}", "rss"),
}


@pytest.fixture
def feeds(tmp_path: Path):
    """Run a command line with a catalogue of four sources on a server; returns (exit code, standard output)."""

    async def serve(body):
        async with hostile_server() as server:
            home = tmp_path / "home"
            for name, (path, format_) in SITES.items():
                text = SOURCE.format(id=name, url=server.base + path, format=format_)
                text += "needs_key: acme\n" if name == "keyed" else ""
                place = tmp_path / "feeds" / "news" / f"{name}.yaml"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
            environment = {
                "WARNING_HOME": str(home),
                "WARNING_FEEDS_DIR": str(tmp_path / "feeds"),
                "WARNING_ALLOW_PRIVATE_HOSTS": server.host,
            }

            async def command(*words: str):
                runner = CliRunner(env=environment)
                result = await asyncio.to_thread(runner.invoke, cli, ["feeds", *words])
                return result.exit_code, result.stdout

            return await body(command, environment)

    return lambda body: asyncio.run(serve(body))


def test_poll_shows_what_would_be_stored_and_stores_nothing(feeds, tmp_path):
    async def body(command, environment):
        code, out = await command("poll", "good", "--json")
        (told,) = json.loads(out)["polled"]
        assert (code, told["condition"], told["items"]) == (0, "ok", 1)
        assert told["sample"][0]["title"] == "Export control on gallium"

    feeds(body)
    assert not (tmp_path / "home").exists()


def test_poll_names_the_cause_of_each_source_that_is_not_healthy_and_fails(feeds):
    async def body(command, environment):
        code, out = await command("poll")
        assert code == 1
        assert "gone: failing (the server answered 410: gone for good" in out
        assert "page: drifted (" in out
        assert "keyed: unconfigured (WARNING_KEY_ACME is not set)" in out
        assert "good: ok" in out

    feeds(body)


def test_poll_of_an_unknown_source_is_a_usage_error(feeds):
    async def body(command, environment):
        assert (await command("poll", "goood"))[0] == 2

    feeds(body)


def test_status_is_a_board_with_condition_since_cause_and_next_poll(feeds):
    async def body(command, environment):
        code, out = await command("status", "--json")
        assert {row["id"]: row["condition"] for row in json.loads(out)["sources"]} == {
            "good": "new", "gone": "new", "page": "new", "keyed": "unconfigured"
        }  # fmt: skip
        assert code == 0
        settings = Settings(home=Path(environment["WARNING_HOME"]), allow_private_hosts=("127.0.0.1",))
        repository = open_repository(settings)
        async with Fetcher(system_clock, allow_private_hosts=settings.allow_private_hosts) as fetcher:
            sources = load_sources(Path(environment["WARNING_FEEDS_DIR"]))
            await collect_due(sources, repository, fetcher, system_clock, settings=settings)
        repository.engine.dispose()
        code, out = await command("status")
        lines = out.splitlines()
        assert code == 1
        groups = [line.split()[0] for line in lines if line and not line.startswith(" ")]
        assert [g for g in groups if g.isupper()] == ["FAILING", "DRIFTED", "UNCONFIGURED", "OK"]
        rows = [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("   ")]
        assert rows == ["gone", "page", "keyed", "good"]
        assert "the server answered 410" in out
        assert max(map(len, lines)) <= 100
        code, out = await command("status", "gone", "--history")
        assert code == 1
        assert out.splitlines()[0].startswith("gone: failing since ")
        assert "lasts" in out.splitlines()[-1]
        _, out = await command("status", "good", "--history", "--json")
        assert [spell["condition"] for spell in json.loads(out)["history"]] == ["ok"]
        _, out = await command("status", "--troubled", "--json")
        assert [row["id"] for row in json.loads(out)["sources"]] == ["gone", "page"]

    feeds(body)


def test_check_tells_every_mistake_and_list_shows_the_catalogue(feeds, tmp_path):
    async def body(command, environment):
        assert (await command("check"))[0] == 0
        code, out = await command("list", "--country", "kr", "--json")
        assert (code, len(json.loads(out)["sources"])) == (0, 4)
        shutil.copy(tmp_path / "feeds/news/good.yaml", tmp_path / "feeds/news/bad.yaml")
        code, out = await command("check")
        assert code == 1
        assert "bad.yaml:1:" in out

    feeds(body)
