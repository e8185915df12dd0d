"""A bad day, whole: hostile publishers, a Slack and a mail server that fail, kill -9, broken YAML, a locked store."""

import asyncio
import json
import os
import random
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import mail_server, slack_stub
from tests.adapters.hostile_server import Hostile, hostile_server
from warning import resources

TOKEN = "xoxb-a-secret-of-this-test"
TITLE = "商务部 海关总署公告2026年第{n}号 公布对镓、锗相关物项实施出口管制的决定"
TEXT = "经国务院批准，决定对镓、锗相关物项实施出口管制。本公告自发布之日起正式实施。"
SOURCE = """
id: {id}
title: {id}
url: {url}
kind: regulatory
country: CN
language: zh
publisher: {id}
publisher_title: {id}
official: true
reliability: A
licence: test
every: 1m
jitter: 0s
spacing: 0s
timeout: {timeout}
idle_timeout: {idle_timeout}
parse: {{format: rss}}
verified: never
"""
# What each publisher does by a path of the hostile server, and a word of the failure that is recorded.
MISBEHAVIOUR = {
    "endless": "larger than",
    "silent": "said nothing",
    "drip": "not complete after",
    "loop": "redirects",
    "cut-gzip": "ends in the middle",
    "garbage": "not a feed",
    "status/500": "500",
    "challenge": "anti-bot",
    "busy?wait=99999999999": "us to wait",
    "redirect?to=http://169.254.169.254/": "not a public address",
    "redirect?to=file:///etc/passwd": "only http and https",
    "redirect?to={inside}": "not a public address",
    "echo": "empty",
}
# How long a source may take and be silent: only where that is what its publisher is about does it end a poll early.
PATIENCE = {"timeout": "240s", "idle_timeout": "240s"}
IMPATIENCE = {"drip": {"timeout": "4s", "idle_timeout": "4s"}, "silent": {"idle_timeout": "2s"}}
# Notices that have to come through, by their number, whatever stands around them.
HOSTILE_NOTICES = {
    18: "{t}",
    19: "&lt;script&gt;alert(1)&lt;/script&gt; &lt;!channel&gt; &lt;@U123&gt; {t}",
    20: "{t}&#13;&#10;Bcc: victim@example.org&#13;&#10;",
    21: "\u202e\u2066{t}\u202c",
    22: "{t}\x00\x01 &#0; &#xD800;",
    23: "{t}" + "长" * 500_000,
}


WAITING = "SELECT channel, state, error FROM outbox WHERE state NOT IN ('sent', 'dead')"
# What make_due() put in the past is due; what was tried since has a time of today.
DUE = f"{WAITING} AND (next_attempt_at < '2021' OR state = 'sending')"


def feed(*entries: str) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title>'
    return f"{head}{''.join(entries)}</channel></rss>".encode()


def entry(guid: str, title: str, link: str) -> str:
    when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - 60))
    dated = f"<pubDate>{when}</pubDate><description>{TEXT}</description>"
    return f"<item><guid>{guid}</guid><title>{title}</title><link>{link}</link>{dated}</item>"


def notices() -> bytes:
    """Every notice under three addresses and one of them under one id: still one event each."""
    numbered = [(n, form.format(t=TITLE.format(n=n))) for n, form in HOSTILE_NOTICES.items()]
    return feed(*(entry(f"{n}", title, f"javascript:{n}") for n, title in numbered), *(
        entry(f"again-{n}-{copy}", TITLE.format(n=n), f"http://127.0.0.1/{n}/{copy}")
        for n, _ in numbered
        for copy in range(2)
    ))  # fmt: skip


@dataclass
class Day:
    """The installation of one bad day: its directories, its servers, and what it said."""

    home: Path
    publisher: Hostile
    slack: slack_stub.SlackStub
    mailbox: mail_server.Mailbox
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.home / "home" / "warning.sqlite3"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("WARNING_")}
        hosts = [f"127.1.0.{n}:{self.publisher.base.rpartition(':')[2]}" for n in range(20)]
        return {
            **kept,
            "WARNING_HOME": str(self.home / "home"),
            "WARNING_FEEDS_DIR": str(self.home / "feeds"),
            "WARNING_RULES_DIR": str(self.home / "rules"),
            "WARNING_ALLOW_PRIVATE_HOSTS": ",".join(hosts),
            "WARNING_SLACK_BOT_TOKEN": TOKEN,
            "WARNING_SLACK_BASE_URL": self.slack.url,
            "WARNING_SMTP_URL": f"smtp://localhost:{self.mailbox.port}?starttls=0",
        }

    def write_catalogue(self) -> None:
        """Each source has an address of its own, so that none waits in another's queue."""
        port = self.publisher.base.rpartition(":")[2]
        shutil.copytree(resources.tree("rules"), self.home / "rules")
        shutil.rmtree(self.home / "rules" / "measures")  # deadlines come due by the real clock
        directory = self.home / "feeds" / "regulatory"
        directory.mkdir(parents=True)
        paths = ["feed", *MISBEHAVIOUR]
        for number, path in enumerate(paths):
            url = f"http://127.1.0.{number}:{port}/{path}".replace("{inside}", self.publisher.raw_base)
            times = PATIENCE | IMPATIENCE.get(path, {})
            text = SOURCE.format(id=f"s-{number:02d}", url=json.dumps(url), **times)
            (directory / f"s-{number:02d}.yaml").write_text(text, encoding="utf-8")

    async def started(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "warning.cli.main", "run", env=self.environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    async def leave_nothing_running(self) -> None:
        """Whatever the test finds, no service outlives it."""
        for process in self.processes:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    async def running(self) -> asyncio.subprocess.Process:
        """Start the service and wait until it says that it runs."""
        before = self.log.read_text(encoding="utf-8").count("running collect")
        process = await self.started()
        await until(lambda: self.log.read_text(encoding="utf-8").count("running collect") > before)
        return process

    def is_open(self) -> bool:
        """Whether the first process has got as far as a source's state: the schema stands by then."""
        try:
            return bool(self.causes())
        except sqlite3.OperationalError:
            return False

    def make_due(self) -> None:
        """What five minutes do to leases and waiting times, at once. The process is dead while this is done."""
        connection = sqlite3.connect(self.database, timeout=10)
        long_ago = "2020-01-01 00:00:00.000000"
        with connection:
            connection.execute("UPDATE outbox SET lease_until = ? WHERE state = 'sending'", (long_ago,))
            connection.execute(
                "UPDATE outbox SET next_attempt_at = ? WHERE state IN ('pending', 'unknown')", (long_ago,)
            )
        connection.close()

    def causes(self) -> Mapping[str, str]:
        found = self.rows("SELECT source_id, content FROM source_states")
        return {source: json.loads(content)["cause"] for source, content in found}


async def until(condition) -> None:
    """Wait as long as it takes: what never comes is ended, and said, by the test's own timeout."""
    while not condition():  # noqa: ASYNC110 - processes tell nobody
        await asyncio.sleep(0.2)


async def kill_at_random(day: Day, times: int) -> None:
    dice = random.Random(20231201)
    for _ in range(times):
        process = await day.started()
        await until(day.is_open)
        await asyncio.sleep(dice.uniform(1.0, 2.5))
        process.kill()
        await process.wait()
        day.make_due()


async def vandalise(day: Day, process: asyncio.subprocess.Process) -> None:
    """Break a rule file in two ways, then hold the database for a while."""
    rule = min((day.home / "rules" / "signals").glob("*.yaml"))
    good = rule.read_bytes()
    misspelt = good.replace(b"severity:", b"sevrity:")
    for broken, said in ((b"\xff\xfe\x00", "EW121"), (misspelt, "unknown key 'sevrity'")):
        rule.write_bytes(broken)
        await until(lambda said=said: said in day.log.read_text(encoding="utf-8"))
    rule.write_bytes(good)
    connection = sqlite3.connect(day.database, timeout=10, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    await asyncio.sleep(2)
    connection.close()
    assert process.returncode is None


async def live_through(day: Day) -> None:
    day.write_catalogue()
    day.publisher.feed = notices()
    day.slack.retry_after = "1"
    day.slack.faults.extend(["429", "500-after", "invalid_blocks", "", "reset-after", "503-text"])
    day.mailbox.faults.extend(["450", "drop-unread", "drop", "554"])
    await kill_at_random(day, 4)
    process = await day.running()
    sources = {f"s-{number:02d}" for number in range(len(MISBEHAVIOUR) + 1)}
    await until(lambda: sources <= day.causes().keys())
    await vandalise(day, process)
    for _ in range(5):
        await until(lambda: not day.rows(WAITING) or not day.rows(DUE))
        process.terminate()
        assert await process.wait() == 0
        if not day.rows(WAITING):
            return
        day.make_due()
        process = await day.running()
    raise AssertionError(day.rows(WAITING))


def assert_failures_are_recorded(day: Day) -> None:
    causes = day.causes()
    for number, word in enumerate(MISBEHAVIOUR.values(), start=1):
        assert word in causes[f"s-{number:02d}"]
    assert not day.publisher.hits["/"], "somebody inside was asked"


def assert_one_alert_a_notice_and_nothing_owed(day: Day) -> None:
    instruments = Counter(day.rows("SELECT instrument FROM alerts WHERE interrupts"))
    assert sorted(instruments.values()) == [1] * len(HOSTILE_NOTICES)
    assert day.rows("SELECT count(*), count(DISTINCT id), count(assessed_at) FROM items") == [(18, 18, 18)]
    (dead,) = day.rows(
        "SELECT channel, error FROM outbox WHERE state = 'dead'"
    )  # killed while it went out, it says that too
    assert (dead[0], dead[1].partition(";")[0]) == ("mail", "end of data: 554 as asked")


def assert_messages_are_whole_and_once(day: Day) -> None:
    for room, said in day.slack.channels.items():
        ids = [message["metadata"]["event_payload"]["delivery_id"] for message in said]
        assert len(ids) == len(set(ids)) == len(HOSTILE_NOTICES), room
        for message in said:
            assert "<" not in message["text"]
            assert not set("\u202e\u2066\x00") & set(json.dumps(message, ensure_ascii=False))
    copies = Counter(mail["Message-ID"] for mail in day.mailbox.mails)
    assert len(copies) == 3 * len(HOSTILE_NOTICES) - 1
    # One answer was dropped after the mail was taken; each kill may cut one more such answer short.
    assert copies.total() - len(copies) <= 5
    for mail in day.mailbox.mails:
        assert_mail_is_clean(mail)


def assert_mail_is_clean(mail: EmailMessage) -> None:
    assert mail["Bcc"] is None
    assert "victim" not in mail["To"]
    page = mail.get_body(("html",))
    assert page is not None
    assert not {"<script", "javascript:", "\u202e"} & {
        w for w in ("<script", "javascript:", "\u202e") if w in page.get_content()
    }


@pytest.mark.skipif(sys.platform != "linux", reason="it needs a loopback address for each publisher")
@pytest.mark.timeout(600)
def test_bad_day_loses_nothing_doubles_nothing_and_tells_no_secret(tmp_path):
    async def scenario() -> Day:
        async with hostile_server("0.0.0.0") as publisher, slack_stub.running(time.time()) as slack:
            slack.hang_seconds = 0.5
            with mail_server.running() as mailbox:
                day = Day(home=tmp_path, publisher=publisher, slack=slack, mailbox=mailbox)
                try:
                    await live_through(day)
                finally:
                    await day.leave_nothing_running()
                return day

    day = asyncio.run(scenario())
    assert_failures_are_recorded(day)
    assert_one_alert_a_notice_and_nothing_owed(day)
    assert_messages_are_whole_and_once(day)
    assert TOKEN not in day.log.read_text(encoding="utf-8")
    assert day.rows("PRAGMA integrity_check") == [("ok",)]
