"""A day on which one source flaps, one fails for hours and one never comes back: what operators get by Slack and mail."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.adapters import mail_server, slack_stub
from tests.adapters.collected_specs import spec_of
from tests.adapters.hostile_server import hostile_server
from warning import resources
from warning.app.alarming import owe_to_operators
from warning.app.compose import compose
from warning.app.live import collect_round, deliver_round, open_fetcher
from warning.app.source_telling import tell_source_changes
from warning.settings import Settings

NOW = datetime(2026, 2, 3, 0, 0, tzinfo=UTC)
OPERATORS = """
id: operators
kind: operator
title: Operators
country: US
language: en
timezone: UTC
destinations:
  - {channel: slack, to: [C0OPS]}
  - {channel: mail, to: [ops@desk.example]}
"""
FEED = b"<rss version='2.0'><channel><title>t</title><item><title>a</title><guid>%d</guid></item></channel></rss>"
STEP = timedelta(minutes=10)


def is_up(name: str, minute: int) -> bool:
    """`flaps` is away every other hour; `hours` from 02:00 to 08:00; `gone` from 03:00 on; `well` never."""
    if name == "flaps":
        return (minute // 60) % 2 == 0
    if name == "hours":
        return not 120 <= minute < 480
    return name == "well" or minute < 180


def a_day(tmp_path) -> tuple[list[str], list[str]]:
    """Rounds of collecting, telling and delivering every ten minutes; return what came by Slack and by mail."""

    async def main(mailbox: mail_server.Mailbox) -> list[str]:
        now = [NOW]
        async with slack_stub.running(NOW.timestamp()) as stub, hostile_server() as server:
            rules = tmp_path / "rules"
            (rules / "signals").mkdir(parents=True)
            (rules / "desks").mkdir()
            shutil.copy(resources.tree("rules") / "policy.yaml", rules)
            (rules / "desks" / "operators.yaml").write_text(OPERATORS)
            for group in ("customs", "news", "regulatory", "prices"):
                (tmp_path / "feeds" / group).mkdir(parents=True)
            settings = Settings(
                home=tmp_path / "home", feeds_dir=tmp_path / "feeds", rules_dir=rules, slack_bot_token="xoxb-1",
                slack_base_url=stub.url, smtp_url=f"smtp://localhost:{mailbox.port}?starttls=0", mail_from="ews@desk.example",
                allow_private_hosts=server.host,
            )  # fmt: skip
            system = compose(settings, clock=lambda: now[0])
            names = ("flaps", "hours", "gone", "well")
            specs = tuple(spec_of(f"{server.base}/{name}", name, every="10m", jitter="0s") for name in names)
            object.__setattr__(system, "sources_at_start", specs)
            async with open_fetcher(system) as fetcher:
                for minute in range(0, 24 * 60, 10):
                    now[0] = NOW + timedelta(minutes=minute)
                    body = FEED % minute
                    server.pages = {f"/{n}": (200, body) if is_up(n, minute) else (503, b"") for n in names}
                    await collect_round(system, fetcher)
                    await tell_source_changes(system, partial(owe_to_operators, system))
                    await deliver_round(system)
            said = [str(message) for message in stub.channels["C0OPS"]]
            system.close()
            return said

    with mail_server.running() as mailbox:
        slack = asyncio.run(main(mailbox))
        mails = [str(mail.get_body(("plain",)).get_content()) for mail in mailbox.mails]
    return slack, mails


def test_each_change_of_a_day_is_told_once_by_each_channel_and_a_flapping_source_once(tmp_path):
    slack, mails = a_day(tmp_path)
    for told in (slack, mails):
        text = "\n".join(told)
        assert len(told) <= 6, told
        assert text.count("hours: failing") == 1
        assert text.count("hours: read again after") == 1
        assert text.count("gone: failing") == 1
        assert "well" not in text
        assert text.count("unsteady") == 1
    assert len(slack) == len(mails)
