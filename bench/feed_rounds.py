"""Whole rounds over many real-size feeds: ours, `reader`, `newsboat` and the bare client on the same local server.

    python bench/feed_rounds.py [--feeds 2000] [--unchanged 5] [--only ours,reader] [--reader-python /path/to/python]

2,000 feeds of 50 to 110 KB with 20 to 50 entries in four languages (sentences of EWS_SHARED_DATA), served by nginx
with ETags. Every client does a first round, five unchanged ones (all answered 304) and one in which every feed has one
new entry, all stored in its own SQLite file. The clients take turns at every round, in the order of `--only`: a
pair compares a client's round with ours of the same turn, and the rounds of those named between the two lie between
them. Printed: feeds a second, CPU seconds for 1,000 feeds (client only; medians) and the peak of the client's
processes together (PSS). nginx and newsboat come from the system's packages; `reader` may live in an environment of
its own. A client that is not installed is named and left out.
"""

import argparse
import html
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from statistics import median

from feed_clients.measured import Peak
from mixed_corpus import sentences

CLIENTS = ("ours", "reader", "newsboat", "aiohttp")
HERE = Path(__file__).parent
START = datetime(2026, 11, 1, tzinfo=UTC)


# The feeds


def write_feeds(folder: Path, count: int, *, newest: int = 0) -> None:
    """Write `count` feeds; with `newest`, each has so many entries more than before (and drops as many old ones)."""
    pools = {language: sentences(language) for language in ("en", "zh", "ja", "ko")}
    for number in range(count):
        rng = random.Random(number)
        language = rng.choices(("en", "zh", "ja", "ko"), (40, 28, 16, 16))[0]
        entries = rng.randint(20, 50)
        size = rng.randint(50_000, 110_000)
        body = "".join(
            entry(number, serial, pools[language], size // entries)
            for serial in range(newest + entries - 1, newest - 1, -1)
        )
        (folder / f"{number}.xml").write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Feed {number}</title>'
            f"<link>https://p{number}.example/</link><description>d</description><language>{language}</language>{body}</channel></rss>",
            encoding="utf-8",
        )


def entry(feed: int, serial: int, pool: tuple[str, ...], size: int) -> str:
    rng = random.Random(feed * 100_003 + serial)

    def some() -> str:
        return pool[int(rng.random() * len(pool))]

    paragraphs, length = [], 0
    while length < size - 900:
        text = f'<p>{html.escape(some())} <a href="/about/{rng.randint(1, 999)}?a=1&amp;b=2">{html.escape(some()[:30])}</a></p>\n'
        paragraphs.append(text)
        length += len(text.encode())
    content = "".join(paragraphs).replace("]]>", "")
    categories = "".join(f"<category>{html.escape(some()[:12])}</category>" for _ in range(3))
    when = format_datetime(START + timedelta(hours=serial, minutes=feed % 60))
    return (
        f"<item><title>{html.escape(some()[:110])} {serial}</title><link>https://p{feed}.example/n/{serial}?utm=rss&amp;x={serial}</link>"
        f'<guid isPermaLink="false">p{feed}-{serial}</guid><pubDate>{when}</pubDate><dc:creator>{html.escape(some()[:16])}</dc:creator>{categories}'
        f"<description>{html.escape(html.escape(some()))}</description><content:encoded><![CDATA[{content}]]></content:encoded></item>\n"
    )


def url_of(number: int, port: int) -> str:
    """Two hundred hosts, as a real catalogue has many publishers."""
    return f"http://127.0.1.{number % 200 + 1}:{port}/{number}.xml"


# The server


def serve(folder: Path, home: Path) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (home / name).mkdir()
    temporary = f"client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi; uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;"
    (home / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log; events {{ worker_connections 2000; }}\n"
        f"http {{ access_log off; types {{ application/rss+xml xml; }} sendfile on; keepalive_requests 1000000; keepalive_timeout 600s; etag on; {temporary}\n"
        f"server {{ listen 0.0.0.0:{port} backlog=4096; root {folder}; }} }}\n"
    )
    server = subprocess.Popen(
        ["nginx", "-p", str(home), "-c", str(home / "nginx.conf")], stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
        time.sleep(0.05)
    raise SystemExit("nginx did not start")


# The comparison


class Feeds:
    """What is served: a link to one of two folders, as the feeds are before and after their new entry."""

    def __init__(self, root: Path, count: int) -> None:
        self.count = count
        self.now = root / "now"
        self._folders = [root / "before", root / "after"]
        for newest, folder in enumerate(self._folders):
            folder.mkdir()
            write_feeds(folder, count, newest=newest)
            changed_at = START.timestamp() + newest * 3600
            for path in folder.iterdir():
                os.utime(path, (changed_at, changed_at))
        self.show(0)

    def show(self, newest: int) -> None:
        self.now.unlink(missing_ok=True)
        self.now.symlink_to(self._folders[newest])

    def sizes_kb(self) -> list[float]:
        return [path.stat().st_size / 1000 for path in self._folders[0].iterdir()]


class Client:
    """One client's process, which waits between its rounds, and what it told of each."""

    def __init__(self, name: str, python: str, home: Path, addresses: list[str]) -> None:
        self.name = name
        home.mkdir()
        (home / "addresses").write_text("\n".join(addresses))
        self._process = subprocess.Popen(
            [python, HERE / "feed_clients" / f"with_{name}.py", home, home / "addresses"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._peak = Peak(self._process.pid)
        self.told: dict[str, list[dict[str, float]]] = {}

    def round(self, name: str) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with self._peak:
            process.stdin.write("go\n")
            process.stdin.flush()
            line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended in its round {name!r}")
        self.told.setdefault(name, []).append(json.loads(line))

    def end(self) -> None:
        self._process.communicate()

    def peak_mb(self) -> float:
        return self._peak.bytes / 1e6

    def seconds(self, name: str) -> list[float]:
        return [one["seconds"] for one in self.told[name]]


def missing(client: str, python: str) -> str:
    """What a client lacks on this machine, in words; empty when it can run."""
    if client == "newsboat" and shutil.which("newsboat") is None:
        return "newsboat is not installed (a package of the system)"
    found = subprocess.run([python, "-c", "import reader"], capture_output=True, check=False)
    if client == "reader" and found.returncode:
        return f"{python} has no package `reader`"
    return ""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--feeds", type=int, default=2000)
    asked.add_argument("--only", default=",".join(CLIENTS))
    asked.add_argument(
        "--unchanged", type=int, default=5, help="how many unchanged rounds, in turn with the peers'"
    )
    asked.add_argument("--reader-python", default=sys.executable, help="a Python that has the package reader")
    options = asked.parse_args()
    if shutil.which("nginx") is None:
        raise SystemExit("nginx is not installed (a package of the system); it serves the feeds")
    clients: list[Client] = []
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        root.chmod(0o755)
        (root / "nginx").mkdir()
        feeds = Feeds(root, options.feeds)
        sizes = feeds.sizes_kb()
        print(
            f"{len(sizes)} feeds of {min(sizes):.0f} to {max(sizes):.0f} KB, {sum(sizes) / len(sizes):.0f} on average"
        )
        server, port = serve(feeds.now, root / "nginx")
        addresses = [url_of(number, port) for number in range(options.feeds)]
        try:
            for name in options.only.split(","):
                python = options.reader_python if name == "reader" else sys.executable
                if lack := missing(name, python):
                    print(f"{name} is left out: {lack}")
                    continue
                clients.append(Client(name, python, root / name, addresses))
            for name in ("first", *["unchanged"] * options.unchanged, "one new"):
                feeds.show(int(name == "one new"))
                for client in clients:
                    client.round(name)
        finally:
            for client in clients:
                client.end()
            server.send_signal(signal.SIGTERM)
            server.wait()
    for client in clients:
        tell_client(client, options.feeds)
    tell_ratios(clients)


def tell_client(client: Client, feeds: int) -> None:
    print(f"\n{client.name}, peak memory {client.peak_mb():.0f} MB")
    for name, told in client.told.items():
        rates = sorted(feeds / seconds for seconds in client.seconds(name))
        cpu = median(one["cpu"] for one in told) / feeds * 1000
        spread = f"  ({rates[0]:.0f} to {rates[-1]:.0f} in {len(rates)})" if len(rates) > 1 else ""
        print(
            f"  {name:<10}{median(rates):>8.0f} feeds/s{cpu:>9.2f} CPU s/1,000"
            f"{told[-1]['stored']:>9.0f} entries stored{spread}",
            flush=True,
        )


def tell_ratios(clients: list[Client]) -> None:
    """How many times faster ours is: the median of the pairs, each a round of the other and ours of the same turn."""
    ours = next((client for client in clients if client.name == "ours"), None)
    for other in (client for client in clients if ours and client is not ours):
        print(f"\nours / {other.name}, feeds a second")
        for name in ours.told:
            pairs = zip(other.seconds(name), ours.seconds(name), strict=True)
            ratios = sorted(theirs / mine for theirs, mine in pairs)
            spread = (
                f"  ({ratios[0]:.1f} to {ratios[-1]:.1f} in {len(ratios)} pairs)" if len(ratios) > 1 else ""
            )
            print(f"  {name:<10}{median(ratios):>7.1f}x{spread}")


if __name__ == "__main__":
    main()
