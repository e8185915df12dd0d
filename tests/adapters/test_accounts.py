"""The auditor: every alert version ends sent, withheld, waiting, unknown or dead at every destination, or it says so."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import delete

from tests.adapters.judged import commit, document, fired, judge, waiting
from tests.core.build import START, at
from warning.channels.heartbeat import beat
from warning.core.canary import CANARY
from warning.core.notices import Notice, NoticePlace
from warning.core.vocabulary import Marking
from warning.store.accounts import Gap
from warning.store.engine import writing
from warning.store.notices import Notices
from warning.store.outbox import Outbox
from warning.store.repository import Repository
from warning.store.schema import outbox as outbox_table

PATIENCE = timedelta(minutes=30)


@pytest.fixture
def told(repository: Repository) -> Repository:
    repository.add_items([document(), document("i2", days=1.0)])
    commit(repository, fired())
    commit(repository, fired("i2", days=1.0, materials=("germanium",)), as_of=at(1))
    return repository


def accounts(repository: Repository, minutes: float = 0.0):
    now = at(1) + timedelta(minutes=minutes)
    return repository.accounts(START, now, patience=PATIENCE)


def test_every_version_is_accounted_for_when_it_was_committed(told: Repository):
    found = accounts(told)
    assert (found.versions, found.gaps) == (2, ())
    assert found.states["pending"] + found.withheld == 4


def test_delivery_that_vanished_is_a_gap_that_names_the_desk(told: Repository):
    key = told.alerts()[0].key
    (row, *_) = [r for r in told.deliveries_of(key) if r.desk_id == "kr"]
    with writing(told.engine) as connection:
        connection.execute(delete(outbox_table).where(outbox_table.c.id == row.id))
    assert accounts(told).gaps == (
        Gap(
            alert_key=key,
            alert_version=row.alert_version,
            desk_id="kr",
            channel=row.channel,
            address=row.address,
        ),
    )


def test_places_that_get_notices_and_no_alerts_count_for_no_version(repository: Repository):
    notice = Notice(
        id="n-1", kind="operator", desk_id="operator", topic="sources", marking=Marking.GREEN, content="{}",
        created_at=START - timedelta(hours=1),
    )  # fmt: skip
    Notices(repository.engine).owe(notice, [NoticePlace(channel="mail", address="ops@desk.example")])
    repository.add_items([document()])
    commit(repository, fired())
    found = accounts(repository)
    assert (found.versions, found.gaps) == (1, ())


def test_the_canary_under_way_leaves_no_gap_in_the_alerts_after_it(repository: Repository):
    repository.add_items([document(), document("i2", days=1.0)])
    flown = judge([fired()], repository.state())
    nobody = replace(flown.deliveries[0], desk_id=CANARY, channel="canary", address=CANARY)
    flying = replace(flown, deliveries=(*flown.deliveries, nobody))
    repository.commit_assessment(flying, waiting(repository), book_version="b1")
    commit(repository, fired("i2", days=1.0, materials=("germanium",)), as_of=at(1))
    found = accounts(repository)
    assert (found.versions, found.gaps) == (2, ())


def test_delivery_that_does_not_end_is_overdue_after_a_while(told: Repository):
    out = Outbox(told.engine)
    for row in out.rows():
        if row.created_at < at(1):
            out.sent(row.id, now=at(1))
    assert (accounts(told, 29).overdue, accounts(told, 31).overdue > 0) == (0, True)
    for row in out.rows("pending"):
        out.dead(row.id, now=at(1), error="gone")
    found = accounts(told, 31)
    assert (found.overdue, found.states["dead"] > 0) == (0, True)


def test_held_delivery_is_not_overdue_before_its_time(repository: Repository):
    repository.add_items([document()])
    found = judge([fired()], repository.state())
    held = tuple(replace(d, hold_until=at(2), hold_reason="quiet_hours") for d in found.deliveries)
    repository.commit_assessment(replace(found, deliveries=held), waiting(repository), book_version="b1")
    now = repository.accounts(START, at(1), patience=PATIENCE)
    assert (now.held, now.overdue) == (len(held), 0)
    later = repository.accounts(START, at(3), patience=PATIENCE)
    assert (later.held, later.overdue) == (0, len(held))


@pytest.mark.parametrize(("status", "said"), [(200, ""), (503, "HTTP 503")])
def test_heartbeat_says_what_the_watchdog_answered(status: int, said: str):
    async def asked() -> str:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status)

        app = web.Application()
        app.router.add_get("/ping/secret", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        try:
            return await beat(f"http://127.0.0.1:{port}/ping/secret")
        finally:
            await runner.cleanup()

    assert asyncio.run(asked()) == said


def test_heartbeat_that_nobody_answers_names_the_failure_and_not_the_address():
    said = asyncio.run(beat("http://127.0.0.1:9/ping/secret"))
    assert said
    assert "secret" not in said
