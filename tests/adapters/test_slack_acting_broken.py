"""People act in Slack while an operator's file is broken: real files, a composed service, a stub of Slack."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.adapters.alert_samples import NOON, control
from tests.adapters.slack_people import fill, press
from tests.adapters.slack_stub import running
from warning.app.compose import compose
from warning.app.delivering import deliver_due
from warning.app.slack_acting import SlackActing
from warning.channels.slack_answers import SlackAnswers
from warning.core.alerts import AlertChange
from warning.core.assess import Assessment
from warning.core.evidence import Window
from warning.core.routing import route
from warning.resources import tree
from warning.settings import Settings

ROOM = "C0KR"
FILES = (
    "signals/list-any-removal.yaml",
    "desks/kr.yaml",
    "desks/us.yaml",
    "policy.yaml",
    "terms/acts.yaml",
    "measures/china.yaml",
)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The shipped rules, the Korean desk's room where the stub listens."""
    copied = tmp_path / "rules"
    shutil.copytree(tree("rules"), copied)
    desk = copied / "desks" / "kr.yaml"
    desk.write_text(desk.read_text(encoding="utf-8").replace("C0KREARLYWARNING", ROOM), encoding="utf-8")
    return copied


class Service:
    """A composed service with one alert delivered to the desk's room, and the handler of its buttons."""

    def __init__(self, home: Path, rules: Path, stub) -> None:
        self.now, self.stub = NOON, stub
        settings = Settings(
            home=home, rules_dir=rules, slack_bot_token="xoxb-1", slack_app_token="xapp-1", slack_base_url=stub.url
        )  # fmt: skip
        self.system = compose(settings, clock=lambda: self.now)
        self.acting = SlackActing(self.system, SlackAnswers("xoxb-1", stub.url))

    async def told(self):
        book = self.system.book()
        desk = next(one for one in book.desks if one.id == "kr")
        slack = tuple(one for one in desk.destinations if one.channel == "slack")
        change = AlertChange(kind="opened", alert=control())
        owed, withheld = route([change], [desk.model_copy(update={"destinations": slack})], {})
        done = Assessment(
            as_of=self.now, signals=(), changes=(change,), deliveries=owed, withheld=withheld, traces=()
        )
        assert self.system.repository.commit_assessment(done, Window(), book_version="b-1")
        self.now += timedelta(seconds=1)
        await deliver_due(
            self.system.outbox, self.system.repository, self.system.channels, book, self.system.clock
        )
        return self.stub.roots(ROOM)[0]

    async def send(self, payload):
        answer = self.acting.accept(payload)
        await self.acting.drain(20)
        return answer

    def review(self):
        return [(e.action, e.assignee) for e in self.system.repository.review_events()]


@pytest.mark.parametrize("file", FILES)
def test_every_button_works_by_the_last_good_files_while_one_is_broken(tmp_path, rules, file):
    async def run():
        async with running() as stub:
            service = Service(tmp_path / "home", rules, stub)
            root = await service.told()
            (rules / file).write_text("id: [broken", encoding="utf-8")
            await service.send(press(root, "ack"))
            await service.send(press(root, "assign"))
            await service.send(fill(stub.views[-1]["view"], person="U0PARK"))
            await service.send(press(root, "false_positive"))
            await service.send(fill(stub.views[-1]["view"], reason="박람회 공고"))
            assert service.review() == [("ack", ""), ("assign", "slack:U0PARK"), ("close", "")]
            assert len(stub.notes(ROOM)) == 3
            service.system.close()

    asyncio.run(run())


def test_desk_whose_file_is_gone_acts_no_more_and_the_person_is_told(tmp_path, rules):
    async def run():
        async with running() as stub:
            service = Service(tmp_path / "home", rules, stub)
            root = await service.told()
            (rules / "desks" / "kr.yaml").unlink()
            await service.send(press(root, "ack"))
            assert service.review() == []
            assert len(stub.private) == 1
            service.system.close()

    asyncio.run(run())
