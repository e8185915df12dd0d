"""Raw documents in less room, and old ones forgotten: nothing that is needed is lost, on both databases."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from warning.app import tidying as tidying_steps
from warning.app.tidying import Tidying
from warning.core.page_checks import PageCheck
from warning.errors import EvidenceMissing
from warning.store.engine import reading, writing
from warning.store.forgetting import find_leaving, forget_documents
from warning.store.packing import pack_documents, plan_packing
from warning.store.schema import assessments, documents, fetches, signals, traces

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEEP_DAYS = 730


def polls(count: int, entries: int = 40, seed: int = 1) -> list[bytes]:
    """A feed polled often: every poll has one entry more and one less."""
    rng = random.Random(seed)
    written = [
        f"<item><title>{rng.random()} {rng.random()} notice</title></item>" for _ in range(count + entries)
    ]
    return [("<rss>" + "".join(written[n : n + entries]) + "</rss>").encode() for n in range(count)]


def archived(repository, bodies, *, days_ago: float, source_id: str = "feed") -> list[str]:
    at = NOW - timedelta(days=days_ago)
    return [
        repository.archive(
            body, source_id=source_id, url="https://a.example", content_type="text/xml",
            fetched_at=at + timedelta(minutes=number),
        )
        for number, body in enumerate(bodies)
    ]  # fmt: skip


def stored_bytes(repository) -> int:
    with reading(repository.engine) as connection:
        return connection.execute(select(func.sum(func.length(documents.c.content)))).scalar_one()


def test_polls_of_one_feed_take_a_fraction_of_the_room_and_are_read_back_to_the_byte(repository):
    bodies = polls(60)
    digests = archived(repository, bodies, days_ago=3)
    before = stored_bytes(repository)
    done = Tidying(repository, 0).all(NOW)
    assert done.packed.documents == 60
    assert stored_bytes(repository) == done.packed.bytes_after < before / 2
    assert [repository.archived(digest) for digest in digests] == bodies


def test_packing_goes_on_where_it_stopped_and_looks_at_nothing_twice(repository):
    bodies = polls(30)
    digests = archived(repository, bodies[:15], days_ago=3)
    tidying = Tidying(repository, 0)
    assert tidying.all(NOW).packed.documents == 15
    digests += archived(repository, bodies[15:], days_ago=2)
    done = tidying.all(NOW).packed
    assert done.documents == 15
    assert done.bytes_after < done.bytes_before / 3, "the later polls are written against the earlier base"
    assert tidying.all(NOW).packed.documents == 0
    assert [repository.archived(digest) for digest in digests] == bodies


def test_documents_of_today_and_documents_that_share_nothing_stay_as_they_are(repository):
    archived(repository, polls(5), days_ago=0.5)
    unlike = [random.Random(seed).randbytes(4000) for seed in range(5)]
    digests = archived(repository, unlike, days_ago=3, source_id="other")
    assert Tidying(repository, 0).all(NOW).packed.documents == 5
    assert [repository.archived(digest) for digest in digests] == unlike


def test_a_damaged_document_is_left_for_whoever_looks_into_it_and_is_no_base(repository):
    bodies = polls(3)
    digests = archived(repository, bodies, days_ago=3)
    with writing(repository.engine) as connection:
        damaged = connection.execute(
            select(documents.c.content).where(documents.c.digest == digests[1])
        ).scalar_one()
        connection.execute(update(documents).where(documents.c.digest == digests[0]).values(content=damaged))
    Tidying(repository, 0).all(NOW)
    with pytest.raises(EvidenceMissing, match="damaged"):
        repository.archived(digests[0])
    assert [repository.archived(digest) for digest in digests[1:]] == bodies[1:]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_document_that_cannot_even_be_unpacked_holds_nothing_up(repository, place):
    bodies = polls(6)
    digests = archived(repository, bodies[:3], days_ago=3)
    with writing(repository.engine) as connection:
        broken = update(documents).where(documents.c.digest == digests[place])
        connection.execute(broken.values(content=b"no archive at all"))
    tidying = Tidying(repository, 0)
    tidying.all(NOW)
    digests += archived(repository, bodies[3:], days_ago=2)
    assert tidying.all(NOW).packed.documents == 3
    sound = [n for n in range(6) if n != place]
    assert [repository.archived(digests[n]) for n in sound] == [bodies[n] for n in sound]


def test_a_base_that_is_damaged_later_holds_nothing_up(repository):
    bodies = polls(6)
    digests = archived(repository, bodies[:3], days_ago=3)
    tidying = Tidying(repository, 0)
    tidying.all(NOW)
    with writing(repository.engine) as connection:
        broken = update(documents).where(documents.c.digest == digests[0])
        connection.execute(broken.values(content=b"no archive at all"))
    digests += archived(repository, bodies[3:], days_ago=2)
    assert tidying.all(NOW).packed.documents == 3
    assert [repository.archived(digest) for digest in digests[3:]] == bodies[3:]


def signal_at(repository, at: datetime, source_id: str = "feed") -> None:
    row = {
        "id": f"s-{at.isoformat()}", "rule_id": "r", "evidence_id": "e", "source_id": source_id,
        "alert_key": None, "known_at": at, "content": "{}",
    }  # fmt: skip
    with writing(repository.engine) as connection:
        connection.execute(insert(signals).values(row))


def test_old_documents_go_and_those_behind_a_signal_or_under_another_stay(repository):
    old, recent = KEEP_DAYS + 5, KEEP_DAYS - 5
    bodies = polls(8)
    digests = archived(repository, bodies[:4], days_ago=old)
    digests += archived(repository, bodies[4:6], days_ago=old - 2)
    digests += archived(repository, bodies[6:], days_ago=recent)
    signal_at(repository, NOW - timedelta(days=old - 2) + timedelta(minutes=20))
    done = Tidying(repository, KEEP_DAYS).all(NOW)
    kept = {n for n, digest in enumerate(digests) if _is_there(repository, digest)}
    assert kept >= {4, 5, 6, 7}, "behind a signal, or young"
    assert 0 in kept, "the base of those that stay"
    assert kept == {0, 4, 5, 6, 7}
    assert done.forgotten.documents == 3
    assert [repository.archived(digests[n]) for n in sorted(kept)] == [bodies[n] for n in sorted(kept)]


def test_a_document_given_again_lately_is_not_old(repository):
    (digest,) = archived(repository, polls(1), days_ago=KEEP_DAYS + 5)
    assert archived(repository, polls(1), days_ago=3) == [digest]
    Tidying(repository, KEEP_DAYS).all(NOW)
    assert _is_there(repository, digest)


def test_nothing_is_taken_out_in_a_dry_run_or_where_all_is_kept(repository):
    digests = archived(repository, polls(4), days_ago=4000)
    told = Tidying(repository, KEEP_DAYS, dry_run=True).all(NOW).forgotten
    assert told.documents == 4
    Tidying(repository, 0).all(NOW)
    assert all(_is_there(repository, digest) for digest in digests)


def test_a_document_whose_fetches_are_gone_is_passed_over(repository):
    digests = archived(repository, polls(2), days_ago=3)
    with writing(repository.engine) as connection:
        connection.execute(delete(fetches))
    Tidying(repository, KEEP_DAYS).all(NOW)
    assert all(_is_there(repository, digest) for digest in digests)


def test_others_may_write_between_any_two_steps(repository, monkeypatch):
    monkeypatch.setattr(tidying_steps, "MOST_AT_ONCE", 2)
    archived(repository, polls(6), days_ago=3)
    rests = []

    def rest(seconds):
        rests.append(seconds)
        archived(repository, [b"poll %d" % len(rests)], days_ago=0, source_id="another")

    assert Tidying(repository, 0).all(NOW, rest).packed.documents == 6
    assert rests == [tidying_steps.REST_SECONDS] * 3


def test_a_document_is_not_written_against_one_that_was_taken_away_meanwhile(repository):
    bodies = polls(3)
    digests = archived(repository, bodies, days_ago=3)
    with reading(repository.engine) as connection:
        plans = plan_packing(connection, before=NOW, most=10)
    assert [plan.base for plan in plans] == ["", digests[0], digests[0]]
    with writing(repository.engine) as connection:
        connection.execute(delete(fetches).where(fetches.c.digest == digests[0]))
        connection.execute(delete(documents).where(documents.c.digest == digests[0]))
    with writing(repository.engine) as connection:
        assert pack_documents(connection, plans, NOW).documents == 0
    assert [repository.archived(digest) for digest in digests[1:]] == bodies[1:]


def test_what_two_processes_pack_at_once_is_packed_by_one(repository):
    bodies = polls(3)
    digests = archived(repository, bodies, days_ago=3)
    with reading(repository.engine) as connection:
        plans = plan_packing(connection, before=NOW, most=10)
    for packed in (3, 0):
        with writing(repository.engine) as connection:
            assert pack_documents(connection, plans, NOW).documents == packed
    assert [repository.archived(digest) for digest in digests] == bodies


def test_a_document_that_comes_again_while_it_is_forgotten_stays(repository):
    old = archived(repository, polls(2), days_ago=KEEP_DAYS + 5)
    before = NOW - timedelta(days=KEEP_DAYS)
    with reading(repository.engine) as connection:
        leaving = find_leaving(connection, before=before, most=10)
    assert set(leaving.sizes) == set(old)
    archived(repository, polls(1), days_ago=0)
    with writing(repository.engine) as connection:
        assert forget_documents(connection, leaving, before).documents == 1
    assert [_is_there(repository, digest) for digest in old] == [True, False]


def test_looks_at_pages_nobody_asks_for_any_more_are_forgotten(repository):
    for name, days in (("old", 121), ("young", 119)):
        look = PageCheck(
            url=f"https://example.org/{name}",
            source_id="s",
            answer="there",
            checked_at=NOW - timedelta(days=days),
        )
        repository.keep_page_check(look, ())
    Tidying(repository, 0, dry_run=True).step(NOW)
    assert len(repository.page_checks()) == 2
    Tidying(repository, 0).step(NOW)
    assert [look.url for look in repository.page_checks()] == ["https://example.org/young"]


def _is_there(repository, digest: str) -> bool:
    try:
        repository.archived(digest)
    except EvidenceMissing:
        return False
    return True


def assessed(repository, *, days_ago: float, rules: int = 5) -> str:
    name = f"as-{days_ago}"
    as_of = NOW - timedelta(days=days_ago)
    record = {"id": name, "as_of": as_of, "book_version": "b", "evidence": 1, "signals": 0, "changes": 0}
    seen = {"assessment_id": name, "rule_version": "1", "outcome": "quiet"}
    seen |= {"considered": 1, "fired": 0, "detail": ""}
    with writing(repository.engine) as connection:
        connection.execute(insert(assessments), record)
        connection.execute(insert(traces), [{**seen, "rule_id": f"r-{n}"} for n in range(rules)])
    return name


def traced(repository) -> set[str]:
    with reading(repository.engine) as connection:
        return set(connection.execute(select(traces.c.assessment_id)).scalars())


def test_what_rules_did_is_forgotten_after_as_many_days_as_raw_documents(repository, monkeypatch):
    monkeypatch.setattr(tidying_steps, "MOST_TRACES", 7)
    for days_ago in (900, 800, 731):
        assessed(repository, days_ago=days_ago)
    kept = {assessed(repository, days_ago=days_ago) for days_ago in (729, 1)}
    assert Tidying(repository, KEEP_DAYS).all(NOW, lambda _: None).traces == 15
    assert traced(repository) == kept
    with reading(repository.engine) as connection:
        assert connection.execute(select(func.count()).select_from(assessments)).scalar_one() == 5


def test_what_rules_did_stays_for_ever_where_raw_documents_do_and_in_a_dry_run(repository):
    old = assessed(repository, days_ago=5_000)
    assert Tidying(repository, 0).all(NOW).traces == 0
    assert Tidying(repository, KEEP_DAYS, dry_run=True).all(NOW).traces == 0
    assert traced(repository) == {old}
