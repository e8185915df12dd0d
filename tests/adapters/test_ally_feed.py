"""An ally's out-feed over HTTP: each alert is read before it is stored, with the feed's token, and keeps its restriction."""

import asyncio
from dataclasses import replace

import pytest

from tests.adapters.alert_samples import BOOK, DESKS, SAMPLES, control
from tests.adapters.hostile_server import hostile_server
from tests.adapters.parse_samples import FETCHED_AT as NOW
from tests.adapters.pdf_samples import CJK, cjk_pdf
from tests.adapters.test_asking import spec_of
from warning.app.collecting import collect_due
from warning.app.compose import open_repository
from warning.app.feed_messages import cap_documents, feed_sender
from warning.channels.atom import atom_feed
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.core.desks import OutFeed
from warning.core.vocabulary import Marking
from warning.settings import Settings

WIDE = {"clearance": Marking.RED, "out_feed": OutFeed(ceiling=Marking.AMBER)}


def served(*alerts, feed=True) -> dict:
    desk = DESKS["en"].model_copy(update=WIDE)
    messages = list(cap_documents(alerts, desk, BOOK, feed_sender("A <ally@example.org>")))
    atom = atom_feed(
        [m.entry for m in messages], feed_id="urn:a", title="a", author="a", base_url="", empty_at=NOW
    )
    return {"/alerts.atom": (200, atom)} | {f"/{m.name}.xml": (200, m.body) for m in messages}


def poll(tmp_path, pages: dict, **more):
    async def main():
        async with (
            hostile_server() as server,
            Fetcher(
                lambda: NOW, allow_private_hosts=(server.host,), politeness=Politeness(per_host=8)
            ) as fetcher,
        ):
            server.pages = pages
            path = more.pop("path", "/alerts.atom")
            spec = spec_of(server.base + path, more.pop("layout", {"format": "cap"}), **more)
            repository = open_repository(Settings(home=tmp_path))
            settings = Settings(source_keys={"ally": "token-1"})
            report = await collect_due([spec], repository, fetcher, lambda: NOW, settings=settings)
            items = repository.items_between(NOW.replace(year=2000), NOW.replace(year=2100))
            repository.close()
            return report.outcomes[0], items, server

    return asyncio.run(main())


KEYED = {"needs_key": "ally", "headers": {"Authorization": "Bearer {key}"}}


def test_alerts_of_an_ally_come_through_with_marking_release_and_facts(tmp_path):
    amber = replace(control(), marking=Marking.AMBER, release_to=frozenset({"US", "KR"}))
    outcome, items, server = poll(tmp_path, served(amber, SAMPLES["flow"]()), **KEYED)
    assert (outcome.condition, outcome.items_new) == ("ok", 2)
    (shared,) = [item for item in items if item.marking is Marking.AMBER]
    assert shared.release_to == frozenset({"US", "KR"})
    assert "material: gallium" in shared.body
    asked = [headers["Authorization"] for path, headers in server.seen.items()]
    assert set(asked) == {"Bearer token-1"}


def test_an_entry_whose_alert_cannot_be_read_is_not_stored(tmp_path):
    pages = served(replace(control(), marking=Marking.AMBER))
    pages = {path: page if path.endswith(".atom") else (500, b"") for path, page in pages.items()}
    outcome, items, _ = poll(tmp_path, pages, **KEYED)
    assert (outcome.condition, len(items)) == ("partial", 0)


@pytest.mark.parametrize("is_there", [True, False])
def test_annexes_of_a_notice_join_its_text(tmp_path, is_there):
    annex = (200, cjk_pdf("UniGB-UCS2-H")) if is_there else (404, b"")
    pages = {
        "/list": (200, b"<ul><li><a href='/notice.html'>Notice 23 of 2023</a> 2023-07-03</li></ul>"),
        "/notice.html": (200, "<div id=t>正文 见附件</div><a href='/annex.pdf'>附件</a>".encode()),
        "/annex.pdf": annex,
    }
    layout = {"format": "html_list", "item": "li", "detail": "#t", "annexes": "a[href$='.pdf']"}
    _, (item,), _ = poll(tmp_path, pages, path="/list", layout=layout)
    assert item.body.startswith("正文 见附件\n[annex annex.pdf")
    assert (CJK["UniGB-UCS2-H"][2] in item.body) == is_there
