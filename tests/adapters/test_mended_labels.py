"""A mended kind, country or language holds for what a source's document does not show again: mails, pages, alerts."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.adapters.alert_samples import SAMPLES
from tests.adapters.collected_specs import DETAIL, spec_of
from tests.adapters.mail_desk import EVER, mail
from tests.adapters.test_ally_feed import served
from tests.adapters.test_same_documents import EXAMPLES, POLLS, polls_of, said, settled_items, shows
from tests.core.build import at
from warning.app.reading_basis import as_now_read, basis_of
from warning.core.health import SourceState
from warning.core.relabelling import labels_of
from warning.errors import StoreError
from warning.store import relabelled_items
from warning.store.evidence_tables import items
from warning.store.relabelled_items import MOST_RELABELLED
from warning.store.repository import Repository

MENDED = [{"language": "fr"}, {"kind": "news"}, {"country": "KR"}]


def assess_all(repository) -> None:
    with repository.engine.begin() as connection:
        connection.execute(update(items).values(assessed_at=at(0)))


def waiting(repository) -> int:
    with repository.engine.begin() as connection:
        return len(connection.execute(select(items.c.seq).where(items.c.assessed_at.is_(None))).all())


@pytest.mark.parametrize("mended", MENDED)
def test_a_mailbox_keeps_its_place_and_its_stored_mails_stand_under_the_mended_label(desk, mended):
    """Mail that lay before the first days and came after the last poll would have been lost, new mail come late."""
    for number in range(4):
        desk.box.add(mail(number))
    desk.poll()
    place, before = desk.state.etag, list(desk.repository.items_between(*EVER))
    assess_all(desk.repository)
    desk.spec = desk.spec.model_copy(update=mended)
    outcome = desk.poll()
    assert (outcome.answer, outcome.items_revised, desk.state.etag) == ("not_modified", 4, place)
    assert list(desk.repository.items_between(*EVER)) == [replace(item, **mended) for item in before]
    assert waiting(desk.repository) == 4
    assert desk.state.read_as == basis_of(desk.spec)
    assess_all(desk.repository)
    desk.box.add(mail(9))
    outcome = desk.poll()
    assert (outcome.seen, outcome.items_new, outcome.items_revised) == (1, 1, 0)
    assert {labels_of(item) for item in desk.repository.items_between(*EVER)} == {
        (desk.spec.kind, desk.spec.country, desk.spec.language)
    }
    assert waiting(desk.repository) == 1


@pytest.mark.parametrize("mended", MENDED[:2])
def test_entries_whose_pages_are_read_stand_under_the_mended_label_and_no_page_is_asked_for(run, mended):
    async def body(bench):
        given = {"parse": DETAIL}
        await bench.collect(spec_of(bench.url("/list?n=3"), **given))
        before, asked = bench.items(), Counter(bench.server.hits)
        assess_all(bench.repository)
        bench.now += timedelta(days=400)
        report = await bench.collect(spec_of(bench.url("/list?n=3"), **given, **mended), force=True)
        assert report.outcomes[0].items_revised == 3
        assert bench.items() == [replace(item, **mended) for item in before]
        assert waiting(bench.repository) == 3
        assert set(Counter(bench.server.hits) - asked) == {"/list"}
        bench.now += timedelta(hours=1)
        report = await bench.collect(spec_of(bench.url("/list?n=3"), **given, **mended), force=True)
        assert report.outcomes[0].items_revised == 0

    run(body)


@pytest.mark.parametrize("mended", MENDED[:2])
def test_alerts_behind_a_feed_stand_under_the_mended_label_and_none_is_asked_for(run, mended):
    async def body(bench):
        bench.server.pages = served(SAMPLES["flow"]())
        given = {"parse": {"format": "cap"}}
        await bench.collect(spec_of(bench.url("/alerts.atom"), **given))
        before, asked = bench.items(), Counter(bench.server.hits)
        assert len(before) == 1
        bench.now += timedelta(days=400)
        report = await bench.collect(spec_of(bench.url("/alerts.atom"), **given, **mended), force=True)
        assert report.outcomes[0].items_revised == 1
        assert bench.items() == [replace(item, **mended) for item in before]
        assert set(Counter(bench.server.hits) - asked) == {"/alerts.atom"}

    run(body)


class CutShort(Repository):
    """A store that is gone after the first few relabelled items."""

    def relabel_items(self, *mend):
        steps = super().relabel_items(*mend)
        yield next(steps)
        raise StoreError("gone")


def test_relabelling_that_was_cut_short_loses_nothing_of_the_poll_and_the_next_one_goes_on(desk, monkeypatch):
    monkeypatch.setattr(relabelled_items, "BATCH", 2)
    for number in range(5):
        desk.box.add(mail(number))
    desk.poll()
    assess_all(desk.repository)
    desk.box.add(mail(9))
    desk.spec = desk.spec.model_copy(update={"language": "fr"})
    outcome = desk.poll(CutShort(desk.repository.engine))
    assert (outcome.answer, outcome.items_new, outcome.items_revised) == ("fresh", 1, 0)
    languages = [item.language for item in desk.repository.items_between(*EVER)]
    assert (sorted(languages), waiting(desk.repository)) == (["en"] * 3 + ["fr"] * 3, 3)
    outcome = desk.poll()
    assert (outcome.answer, outcome.items_revised) == ("not_modified", 3)
    assert {item.language for item in desk.repository.items_between(*EVER)} == {"fr"}
    assert desk.poll().items_revised == 0


def test_others_write_between_two_steps_of_relabelling_and_the_latest_stand_first(repository, monkeypatch):
    monkeypatch.setattr(relabelled_items, "BATCH", 2)
    source = f"wire-{next(EXAMPLES)}"
    (item,) = next(polls_of(source, [(1, [ENTRY])]))
    many = [replace(item, id=f"{item.id}-{n}", url="", title=f"Report {n}", body="") for n in range(6)]
    repository.add_items(many[:5])
    steps = repository.relabel_items(source, (("news", "CN", "en"), ("news", "CN", "fr")), at(-1), [])
    assert next(steps) == 2
    assert len(repository.add_items(many[5:]).new) == 1
    languages = {one.id: one.language for one in repository.items_between(at(-1), at(400), source_id=source)}
    assert [languages[one.id] for one in many] == ["en", "en", "en", "fr", "fr", "en"]
    assert list(steps) == [2, 1]


def test_what_came_within_a_day_is_judged_before_older_evidence_that_waits_again(repository):
    source = f"wire-{next(EXAMPLES)}"
    (item,) = next(polls_of(source, [(1, [ENTRY])]))
    days = [0, 1, 2, 3, 30, 30.1, 30.2, 30.3]
    repository.add_items(
        [
            replace(item, id=f"{source}-{day}", url="", title=f"{day}", body="", known_at=at(day))
            for day in days
        ]
    )

    def next_of(limit):
        found = [item.title for item in repository.unassessed((), at(30.5), limit).items]
        return [title for title in found if title in map(str, days)]

    assert next_of(100) == [str(day) for day in days]
    assert next_of(4) == ["0", "30", "30.1", "30.2"]
    assert len(repository.unassessed((), at(30.5), 100, most_items=3).items) == 3
    assert next_of(6) == ["0", "1", "30", "30.1", "30.2", "30.3"]


@pytest.mark.parametrize("labels", ["", ".0f0f0f0f0f0f"])
@pytest.mark.parametrize("mended", [*MENDED, {"country": "EU", "language": "fr"}])
def test_an_upgrade_that_mends_a_label_of_a_mailbox_keeps_its_place(desk, mended, labels):
    """Earlier releases remembered by what country mails were read, as part of a short name, and no label in clear."""
    desk.box.add(mail(0))
    desk.poll()
    place, before = desk.state.etag, list(desk.repository.items_between(*EVER))
    earlier = ".".join(basis_of(desk.spec).split(".")[:2]) + f".0a0a0a0a0a0a{labels}"
    desk.repository.save_source_state(replace(desk.state, read_as=earlier))
    desk.restart()
    desk.spec = desk.spec.model_copy(update=mended)
    desk.box.add(mail(1))
    outcome = desk.poll()
    assert (outcome.seen, outcome.items_new, desk.state.read_as) == (1, 1, basis_of(desk.spec))
    assert (place, desk.state.etag) == ("1:101", "1:102")
    first = next(item for item in desk.repository.items_between(*EVER) if item.id == before[0].id)
    assert first.country == desk.spec.country


def test_another_country_alone_keeps_the_place_of_a_mailbox_and_another_reading_beside_it_does_not():
    url, parse = "imaps://u@x.example/INBOX", {"format": "mail"}
    state = SourceState(
        source_id="s", condition="ok", read_as=basis_of(spec_of(url, parse=parse)), etag='"v"'
    )
    assert as_now_read(spec_of(url, parse=parse, country="KR"), state).etag == '"v"'
    other = spec_of(url, parse={**parse, "attachments": 1}, country="KR")
    assert as_now_read(other, state).etag == ""


def relabel(repository, source, before, after, since, named=()):
    return sum(repository.relabel_items(source, (before, after), since, named))


def test_recent_items_and_those_named_are_relabelled_and_others_stand(repository):
    source, other = f"wire-{next(EXAMPLES)}", f"wire-{next(EXAMPLES)}"
    for name in (source, other):
        repository.add_items(
            [
                replace(item, id=f"{item.id}-{days}", known_at=at(days), url="", title=f"Report of day {days}", body="")
                for days in (0, 5, 20)
                for item in next(polls_of(name, [(1, [ENTRY])]))
            ]
        )  # fmt: skip
    named = [f"i-{source}-a-0", f"i-{other}-a-5", "i-unknown"]
    mend = ("news", "CN", "en"), ("news", "CN", "fr")
    assert relabel(repository, source, *mend, at(10), named) == 2
    kept = repository.items_between(at(-1), at(400), source_id=source)
    assert [item.language for item in kept] == ["fr", "en", "fr"]
    assert {item.language for item in repository.items_between(at(-1), at(400), source_id=other)} == {"en"}
    assert relabel(repository, source, *mend, at(10), named) == 0
    assert MOST_RELABELLED > 1_000


ENTRY = {
    "name": "a", "title": "Report", "text": "", "page": 0, "published": True, "time_assumed": False, "summary": "",
    "kind": "news", "language": "en", "marking": None,
}  # fmt: skip


def differs(held, again):
    return labels_of(held) != labels_of(again)


def test_a_label_that_was_not_mended_or_is_not_the_catalogues_stays(repository):
    """Records taken from a folder or another installation have labels of their own."""
    source = f"wire-{next(EXAMPLES)}"
    (item,) = next(polls_of(source, [(1, [ENTRY])]))
    own = replace(
        item, id=f"{item.id}-own", country="KR", language="ko", url="", title="Told in Seoul", body=""
    )
    repository.add_items([item, own])
    assert relabel(repository, source, ("news", "JP", "en"), ("news", "US", "fr"), at(-1)) == 1
    kept = {one.id: labels_of(one) for one in repository.items_between(at(-1), at(400), source_id=source)}
    assert kept == {item.id: ("news", item.country, "fr"), own.id: ("news", "KR", "ko")}


def test_entries_that_are_shown_are_relabelled_beside_the_most_of_the_latest(repository, monkeypatch):
    monkeypatch.setattr(relabelled_items, "MOST_RELABELLED", 2)
    source = f"wire-{next(EXAMPLES)}"
    (item,) = next(polls_of(source, [(1, [ENTRY])]))
    many = [replace(item, id=f"{item.id}-{n}", url="", title=f"Report {n}", body="") for n in range(5)]
    repository.add_items(many)
    mend = ("news", "CN", "en"), ("news", "CN", "fr")
    assert relabel(repository, source, *mend, at(-1), [many[0].id]) == 3
    languages = {one.id: one.language for one in repository.items_between(at(-1), at(400), source_id=source)}
    assert [languages[one.id] for one in many] == ["fr", "en", "en", "fr", "fr"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=POLLS, after=POLLS, kind=st.sampled_from(("news", "regulatory")))
@example(before=[(1, [shows("a", "")])], after=[(1, [shows("b", "", page=1)])], kind="regulatory")
@example(
    before=[(1, [shows("a", "", kind="regulatory")])], after=[(1, [shows("b", "", page=1)])], kind="news"
)
def test_a_replay_in_which_the_same_words_come_under_mended_labels_holds_what_the_store_holds(
    repository, before, after, kind
):
    source = f"wire-{next(EXAMPLES)}"
    told = [*before, *after]
    polls = list(polls_of(source, told))
    for poll in polls[: len(before)]:
        repository.add_items(poll)
    mended = sum(apart for apart, _ in before)
    kept = repository.items_between(at(-1), at(400), source_id=source)
    was = {"news": "regulatory", "regulatory": "news"}[kind]
    again = [
        replace(
            item,
            kind=kind if item.kind == was else item.kind,
            language="fr" if item.language == "en" else item.language,
            known_at=at(mended) + timedelta(hours=1),
        )
        for item in kept
    ]
    count = relabel(repository, source, (was, "CN", "en"), (kind, "CN", "fr"), at(-1))
    assert count == sum(map(differs, kept, again))
    for poll in polls[len(before) :]:
        repository.add_items(poll)
    stands = {item.id: said(item) for item in repository.items_between(at(-1), at(400), source_id=source)}
    replayed = settled_items([*polls[: len(before)], again, *polls[len(before) :]])
    assert stands == {name: said(item) for name, item in replayed.items()}
