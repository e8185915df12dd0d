"""The canary flies the whole way every day; each link is broken once, and its absence is told where it broke."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select

from warning import resources
from warning.app.auditing import audit_and_beat
from warning.app.canary_publisher import CanaryPublisher
from warning.app.compose import compose
from warning.app.live import assess_new, collect_round, deliver_round, open_fetcher
from warning.app.system import System
from warning.core.alerts import AlertChange
from warning.core.canary import CANARY, Flight, canary_desk, canary_rule, day_in, missing, title_of
from warning.core.evidence import Item
from warning.core.release import release_refusal
from warning.core.routing import route
from warning.errors import DeliveryError, StoreError
from warning.settings import Settings
from warning.store.canary import CanaryFlights
from warning.store.schema import alerts, item_labels, items, outbox, signals, source_reports, traces, withheld

NOW = datetime(2026, 2, 3, 6, 0, tzinfo=UTC)
DAY = NOW.date()
HOUR = timedelta(hours=1)
LEFT = (items, signals, alerts, outbox, withheld, traces, source_reports)


class Sky:
    """A composed system with the canary in the air, a watchdog that counts pings, and a clock moved by hand."""

    def __init__(self, system: System, publisher: CanaryPublisher, fetcher, pings: list[datetime]) -> None:
        self.system, self.publisher, self.fetcher, self.pings = system, publisher, fetcher, pings
        self.told: list[str] = []

    now = NOW

    async def collect(self):
        return await collect_round(self.system, self.fetcher, besides=(self.publisher.spec,))

    async def assess(self):
        return await asyncio.to_thread(assess_new, self.system)

    async def deliver(self):
        return await deliver_round(self.system)

    async def audit(self) -> tuple[str, ...]:
        return (await audit_and_beat(self.system)).faults

    def left(self) -> dict[str, int]:
        """How many rows of the canary each table holds."""
        found = {}
        with self.system.repository.engine.connect() as connection:
            for table in LEFT:
                names = {"source_id", "rule_id", "desk_id"} & set(table.c.keys())
                rows = connection.execute(select(table)).mappings().all()
                found[table.name] = sum(any(row[name] == CANARY for name in names) for row in rows)
        return found


@pytest.fixture
def fly(tmp_path):
    """Call an async test body with a sky."""

    def start(body):
        @asynccontextmanager
        async def sky():
            feeds = tmp_path / "feeds"
            for group in ("customs", "news", "regulatory", "prices"):
                (feeds / group).mkdir(parents=True)
            pings: list[datetime] = []

            async def ping(_request: web.Request) -> web.Response:
                pings.append(NOW)
                return web.Response()

            app = web.Application()
            app.router.add_get("/beat", ping)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/beat"
            rules = tmp_path / "rules"
            (rules / "signals").mkdir(parents=True)
            for name in ("policy.yaml", "desks/kr.yaml"):
                (rules / name).parent.mkdir(exist_ok=True)
                shutil.copy(resources.tree("rules") / name, rules / name)
            settings = Settings(
                home=tmp_path / "home", feeds_dir=feeds, rules_dir=rules, heartbeat_url=SecretStr(url)
            )
            holder: list[Sky] = []
            system = compose(settings, clock=lambda: holder[0].now if holder else NOW)
            system.canary.flies = True
            try:
                async with (
                    CanaryPublisher(system.flights, system.clock) as publisher,
                    open_fetcher(system, let_through=(publisher.host,)) as fetcher,
                ):
                    one = Sky(system, publisher, fetcher, pings)
                    holder.append(one)
                    yield one
            finally:
                system.close()
                await runner.cleanup()

        async def main():
            async with sky() as ready:
                return await body(ready)

        return asyncio.run(main())

    return start


async def whole_way(sky: Sky) -> None:
    await sky.collect()
    await sky.assess()
    await sky.deliver()


def test_a_flight_goes_the_whole_way_pings_the_watchdog_and_leaves_nothing_behind(fly):
    async def body(sky):
        await whole_way(sky)
        (flight,) = sky.system.flights.flights()
        assert (flight.day, flight.landed_at) == (DAY, NOW)
        assert len(sky.pings) == 1
        assert sky.left()["outbox"] == 1
        await sky.audit()
        assert set(sky.left().values()) == {0}

    fly(body)


def test_no_real_desk_is_owed_the_canary_and_each_is_refused_by_the_release_check(fly):
    async def body(sky):
        await sky.collect()
        await sky.assess()
        owed = sky.system.outbox.rows()
        assert {row.desk_id for row in owed} == {CANARY}
        (alert,) = sky.system.repository.alerts()
        for desk in sky.system.book().desks:
            assert release_refusal(alert, desk, desk.destinations[0])[0] == "not_released"
        kept = sky.system.repository.withheld_of(alert.key)
        assert {one.reason for one in kept} == {"not_released"}

    fly(body)


def test_a_second_day_flies_again_and_the_same_day_does_not(fly):
    async def body(sky):
        await whole_way(sky)
        sky.system.flights.sweep(sky.now)
        sky.now += HOUR
        await whole_way(sky)
        assert sky.left()["items"] == 0
        sky.now += timedelta(days=1)
        await whole_way(sky)
        assert [flight.day for flight in sky.system.flights.flights()] == [DAY + timedelta(days=1), DAY]
        assert len(sky.pings) == 2

    fly(body)


async def no_publisher(sky: Sky) -> None:
    sky.publisher.host = "127.0.0.1:9"  # nobody listens there
    await whole_way(sky)


async def nobody_collects(sky: Sky) -> None:
    await sky.assess()
    await sky.deliver()


async def nobody_assesses(sky: Sky) -> None:
    await sky.collect()
    await sky.deliver()


async def nobody_delivers(sky: Sky) -> None:
    await sky.collect()
    await sky.assess()


async def rule_is_lost(sky: Sky) -> None:
    await sky.collect()
    sky.system.canary.flies = False
    await sky.assess()
    sky.system.canary.flies = True
    await sky.deliver()


async def channel_is_down(sky: Sky) -> None:
    async def refuse(*_args, **_more):
        raise DeliveryError("the channel is down")

    sky.system.channels[CANARY.removeprefix("ews-")].send = refuse
    await whole_way(sky)


async def store_is_full(sky: Sky) -> None:
    def refuse(_works):
        raise StoreError("database or disk is full")

    sky.system.repository.together = refuse
    with pytest.raises(StoreError):
        await sky.collect()
    await sky.assess()
    await sky.deliver()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (no_publisher, "no canary of 2026-02-03 was asked for"),
        (nobody_collects, "no canary of 2026-02-03 was asked for"),
        (store_is_full, "not collected, or what was collected was not stored"),
        (nobody_assesses, "no assessment has seen it"),
        (rule_is_lost, "its rule did not fire"),
        (nobody_delivers, "its delivery is pending"),
        (channel_is_down, "its delivery is pending: the channel is down"),
    ],
)
def test_a_broken_link_is_told_once_by_name_and_keeps_the_heartbeat_away(fly, capsys, broken, words):
    async def body(sky):
        await sky.audit()
        before = len(sky.pings)
        await broken(sky)
        assert await sky.audit() == ()
        before = len(sky.pings)
        sky.now += HOUR + timedelta(minutes=1)
        faults = await sky.audit()
        assert any(words in fault for fault in faults), faults
        assert len(sky.pings) == before
        first = capsys.readouterr().err
        assert words.lower() in first.replace("\n", " ").lower()
        assert "The canary is missing" in first
        sky.now += timedelta(minutes=10)
        assert any(words in fault for fault in await sky.audit())
        assert "The canary is missing" not in capsys.readouterr().err
        assert len(sky.pings) == before

    fly(body)


def test_a_canary_that_lands_late_is_told_to_be_back(fly, capsys):
    async def body(sky):
        await sky.audit()
        await nobody_delivers(sky)
        sky.now += 2 * HOUR
        await sky.audit()
        assert "The canary is missing" in capsys.readouterr().err
        await sky.deliver()
        await sky.audit()
        assert "The canary is back" in capsys.readouterr().err
        await sky.audit()
        assert "The canary is back" not in capsys.readouterr().err
        assert set(sky.left().values()) == {0}

    fly(body)


def test_the_desk_of_the_canary_is_told_of_nothing_else(fly):
    async def body(sky):
        await sky.collect()
        await sky.assess()
        (alert,) = sky.system.repository.alerts()
        other = replace(alert, key="a-other", rule_id="another", release_to=None)
        owed, kept = route([AlertChange(kind="opened", alert=other)], sky.system.live_book().desks, {})
        assert CANARY not in {one.desk_id for one in (*owed, *kept)}

    fly(body)


def test_rehearsals_and_desks_know_nothing_of_the_canary(fly):
    async def body(sky):
        book = sky.system.book()
        assert CANARY not in {r.id for r in book.rules} | {d.id for d in book.desks} | set(book.sources)
        live = sky.system.live_book()
        assert CANARY in {r.id for r in live.rules}
        assert sky.system.live_book() is live
        assert CANARY not in {spec.id for spec in sky.system.sources}

    fly(body)


@pytest.mark.parametrize(
    ("flights", "watched", "now", "wrong"),
    [
        ([], NOW, NOW + HOUR, False),
        ([], NOW, NOW + HOUR + timedelta(seconds=1), True),
        ([Flight(day=DAY, started_at=NOW)], NOW, NOW + HOUR, False),
        ([Flight(day=DAY, started_at=NOW)], NOW, NOW + 2 * HOUR, True),
        ([Flight(day=DAY, started_at=NOW)], NOW + 2 * HOUR, NOW + 2 * HOUR, False),
        ([Flight(day=DAY, started_at=NOW, told_at=NOW)], NOW, NOW, True),
        ([Flight(day=DAY, started_at=NOW, landed_at=NOW)], NOW, NOW + 17 * HOUR, False),
        ([Flight(day=DAY, started_at=NOW, landed_at=NOW)], NOW, NOW + 18 * HOUR + timedelta(minutes=59), False),
        ([Flight(day=DAY, started_at=NOW, landed_at=NOW)], NOW, NOW + 19 * HOUR + timedelta(minutes=1), True),
    ],
)  # fmt: skip
def test_the_canary_has_an_hour_of_its_day_or_of_the_watch(flights, watched, now, wrong):
    assert bool(missing(flights, watched, now)) is wrong


def test_the_day_of_a_flight_stands_in_its_title():
    assert day_in(title_of(date(2026, 3, 4))) == date(2026, 3, 4)
    assert day_in("something else of 2026-03-04") is None
    assert canary_desk().country == "ZZ"
    assert canary_rule().interrupts


def test_a_flight_that_stands_under_other_labels_than_it_was_read_leaves_nothing_behind(repository):
    """Another release may give the canary other labels while it is under way."""
    flown = Item(
        id=f"{CANARY}-{DAY}", source_id=CANARY, kind="mission", country="ZZ", language="en", title=title_of(DAY),
        url="", published_at=NOW, known_at=NOW,
    )  # fmt: skip
    repository.add_items([flown])
    repository.add_items([replace(flown, language="ko", known_at=NOW + HOUR)])
    with repository.engine.connect() as connection:
        assert len(connection.execute(select(item_labels)).all()) == 1
    flights = CanaryFlights(repository.engine)
    flights.start(DAY, NOW)
    flights.land(DAY, NOW + HOUR)
    assert flights.sweep(NOW + HOUR) == 1
    with repository.engine.connect() as connection:
        for table in (items, item_labels):
            assert connection.execute(select(table)).all() == []
