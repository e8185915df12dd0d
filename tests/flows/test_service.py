"""The service as its operators run it: a process, a publisher on loopback, files in the outbox, and kill -9."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

# What never comes is ended by this; no test has a clock of its own besides, as a busy machine takes its time.
pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).parents[2]
NOTICE = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Announcements</title><link>http://127.0.0.1/</link><description/>
{items}
</channel></rss>"""
ITEM = """<item><guid>{n}</guid><title>商务部 海关总署公告2026年第{n}号 公布对镓、锗相关物项实施出口管制的决定</title>
<link>http://127.0.0.1/{n}</link><pubDate>{when}</pubDate>
<description>经国务院批准，决定对镓、锗相关物项实施出口管制。本公告自发布之日起正式实施。</description></item>"""
ORDINARY = "<item><guid>w{n}</guid><title>Spring festival draws crowds, day {n}</title><pubDate>{when}</pubDate></item>"
SOURCE = """
id: cn-notices
title: Notices
url: http://127.0.0.1:{port}/feed
kind: regulatory
country: CN
language: zh
publisher: cn-notices
publisher_title: Notices
official: true
reliability: A
licence: test
every: 1m
jitter: 0s
spacing: 0s
parse: {{format: rss}}
verified: never
"""

SETTLED = "SELECT count(*) FROM outbox WHERE desk_id IN ('us', 'jp', 'kr') AND state IN ('sent', 'sending', 'unknown')"


class Publisher(BaseHTTPRequestHandler):
    document = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(type(self).document)))
        self.end_headers()
        self.wfile.write(type(self).document)

    def log_message(self, *_):
        pass


@pytest.fixture
def publisher():
    handler = type("Here", (Publisher,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler, server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def environment(tmp_path, publisher):
    _, port = publisher
    feeds = tmp_path / "feeds" / "regulatory"
    feeds.mkdir(parents=True)
    (feeds / "cn-notices.yaml").write_text(SOURCE.format(port=port), encoding="utf-8")
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    shutil.rmtree(rules / "measures")  # deadlines of the register come due by the real clock
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WARNING_")}
    return {
        **kept,
        "WARNING_HOME": str(tmp_path / "home"),
        "WARNING_FEEDS_DIR": str(tmp_path / "feeds"),
        "WARNING_RULES_DIR": str(rules),
        "WARNING_ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{port}",
    }


@pytest.fixture
def light(environment):
    """The same with the one rule that the notices are for: a service is up in a moment, so that what it does is met."""
    rules = Path(environment["WARNING_RULES_DIR"])
    for path in (*rules.glob("signals/*.yaml"), *rules.glob("tests/*.yaml")):
        if path.name != "prc-export-control-notice.yaml":
            path.unlink()
    return environment


def now() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - 60))


def publish(handler, *numbers: int) -> None:
    items = [ITEM.format(n=n, when=now()) for n in numbers]
    items += [ORDINARY.format(n=n, when=now()) for n in range(5)]
    handler.document = NOTICE.format(items="\n".join(items)).encode()


def warning(environment, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "warning.cli.main", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def mails(environment) -> list[Path]:
    return sorted(Path(environment["WARNING_HOME"], "outbox").glob("*.eml"))


def deliveries(environment) -> list[dict]:
    """What the countries' desks are owed; the operators' notices and the canary are others' business."""
    listed = warning(environment, "deliveries", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return [d for d in json.loads(listed.stdout)["deliveries"] if d["desk"] in {"us", "jp", "kr"}]


def test_one_round_takes_a_notice_from_the_feed_to_every_desk(environment, publisher):
    publish(publisher[0], 18)
    first = warning(environment, "run", "--once", "--json")
    assert first.returncode == 0, first.stderr
    counts = json.loads(first.stdout)
    assert counts["schema"] == "run/1"
    assert counts["collected"]["items_new"] == 6
    assert counts["assessed"]["opened"] == 1
    owed = deliveries(environment)
    assert {d["desk"] for d in owed} == {"us", "jp", "kr"}
    assert {d["state"] for d in owed} == {"sent"}
    assert len(mails(environment)) == 3

    second = json.loads(warning(environment, "run", "--once", "--json").stdout)
    assert second["collected"]["items_new"] == 0
    assert second["assessed"]["opened"] == 0
    assert second["delivered"]["sent"] == 0
    assert len(mails(environment)) == 3


def test_service_stops_cleanly_on_sigterm_and_resumes_where_it_was(light, publisher):
    publish(publisher[0], 18)
    for turn in (1, 2):
        with start(light) as process:
            assert "running" in process.stderr.readline()
            wait_for(lambda: len(mails(light)) == 3)
            process.send_signal(signal.SIGTERM)
            assert process.wait() == 0, turn
            assert "stopped" in process.stderr.read()
    assert len(mails(light)) == 3
    assert {d["state"] for d in deliveries(light)} == {"sent"}


def test_killed_service_loses_no_alert_and_no_owed_delivery(light, publisher):
    """Kill -9 at twelve moments drawn at random from the first seconds, then one quiet run to the end."""
    publish(publisher[0], 18, 61, 62)
    moments = random.Random(20231018)
    for _ in range(12):
        with start(light) as process:
            time.sleep(moments.uniform(0.7, 2.2))
            process.kill()
            process.wait()
    with start(light) as process:
        wait_for(lambda: settled(light) == 18)
        process.send_signal(signal.SIGTERM)
        process.wait()
    owed = deliveries(light)
    assert len(owed) == 18, "three instruments, three desks, two channels each"
    assert len({(d["alert"], d["desk"], d["channel"]) for d in owed}) == 18
    alerts = json.loads(warning(light, "alerts", "list", "--json").stdout)["alerts"]
    assert len([a for a in alerts if a["interrupts"]]) == 3


def settled(environment) -> int:
    """How many are sent, or held by the lease of a killed sender, which ends by the clock and is looked for then."""
    store = Path(environment["WARNING_HOME"], "warning.sqlite3")
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database,
    ):
        return database.execute(SETTLED).fetchone()[0]
    return 0  # it is not made yet


@contextmanager
def start(environment):
    """The service as a process; whatever the test finds, it does not outlive it."""
    command = [sys.executable, "-m", "warning.cli.main", "run"]
    quiet = {**environment, "WARNING_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(condition) -> None:
    """Wait as long as it takes: what never comes is ended, and said, by the test's own timeout."""
    while not condition():
        time.sleep(0.2)


def test_service_listens_where_it_is_told_and_stops_cleanly(environment, publisher):
    publish(publisher[0])
    asked = {
        **environment,
        "WARNING_LISTEN": "127.0.0.1:0",
        "WARNING_SLACK_SIGNING_SECRET": "s",
        "WARNING_SLACK_BOT_TOKEN": "xoxb-1",
        "WARNING_SLACK_APP_TOKEN": "xapp-1",
        "WARNING_SLACK_BASE_URL": "http://127.0.0.1:9/api/",
        "WARNING_KEY_FEED_KR": "t",
    }
    with start(asked) as process:
        assert "running" in process.stderr.readline()
        heard = process.stderr.readline() + process.stderr.readline()
        assert "Slack by Socket Mode" in heard
        assert "Slack's signed requests and the feeds of kr" in heard
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
        assert "stopped" in process.stderr.read()


def test_service_that_cannot_answer_buttons_says_which_setting_is_missing(environment, publisher):
    publish(publisher[0])
    refused = warning({**environment, "WARNING_SLACK_APP_TOKEN": "xapp-1"}, "run", "--role", "deliver")
    assert refused.returncode == 2
    assert "WARNING_SLACK_BOT_TOKEN" in refused.stderr
