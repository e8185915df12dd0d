"""The proof that nothing leaves beyond its marking: it passes on the shipped desks, and sees a path that leaks."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from tests.core.build import book, desk, text_rule
from warning.app import feed_messages, proving
from warning.app.proof import may_pass
from warning.app.proving import prove
from warning.cli.main import cli
from warning.core.desks import Budget, Destination
from warning.core.routing import route
from warning.core.vocabulary import Marking


def small():
    """One rule, and a desk whose console carries less than the desk itself may see."""
    narrow = Destination(channel="console", to=("here",), ceiling=Marking.GREEN)
    wide = Destination(channel="mail", to=("kr@example.org",), ceiling=Marking.AMBER)
    kr = desk("kr", "KR", clearance=Marking.AMBER, destinations=(narrow, wide), digest_to=(wide,))
    us = desk("us", "US", clearance=Marking.CLEAR)
    return replace(book(), rules=(text_rule(),), desks=(kr, us))


@pytest.mark.timeout(600)  # the whole proof, on a machine that is busy
def test_shipped_desks_let_nothing_out_beyond_its_marking(tmp_path):
    environment = {"WARNING_HOME": str(tmp_path)}
    result = CliRunner().invoke(cli, ["desks", "prove", "--json"], env=environment)
    proof = json.loads(result.stdout)["proof"]
    assert (result.exit_code, proof["breaches"]) == (0, [])
    assert proof["paths"] > 5_000
    assert proof["canaries_read"] > 1_000


def test_proof_passes_what_may_pass_and_nothing_else():
    proof = prove(small())
    assert proof.breaches == []
    # 5 markings x 5 release lists x 3 ways and 2 feeds. What a desk may not see leaves a tear-line of the open report. Only where
    # Korea may see an AMBER report (it is on 3 lists) the console may not carry the whole, nor the feed: nothing goes
    # those ways.
    assert (proof.paths, proof.passed) == (5 * 5 * 5, 5 * 5 * 5 - 3 - 3)


def test_router_that_forgets_the_ceiling_is_found_out(monkeypatch: pytest.MonkeyPatch):
    """The proof is only worth what it notices: here routing is broken on purpose."""

    def careless(changes, desks, told):
        blind = tuple(
            one.model_copy(
                update={
                    "destinations": tuple(
                        d.model_copy(update={"ceiling": Marking.RED}) for d in one.destinations
                    )
                }
            )
            for one in desks
        )
        return route(changes, blind, told)

    monkeypatch.setattr(proving, "route", careless)
    found = {(b.desk_id, b.path, b.marking, b.detail) for b in prove(small()).breaches}
    assert ("kr", "console here (text)", Marking.AMBER, "the canary stands in it") in found
    assert ("kr", "console here", Marking.AMBER, "routing and the look at the payload disagree") in found


def test_digest_that_shows_what_it_may_not_is_found_out(monkeypatch: pytest.MonkeyPatch):
    build = proving.build_digest

    def careless(week, one, of, found, written_at):
        cleared = one.model_copy(update={"clearance": Marking.RED, "digest_to": ()})
        whole = [replace(alert, tearlines=(), release_to=None) for alert in found.versions]
        return build(week, cleared, of, replace(found, versions=whole, standing=whole), written_at)

    monkeypatch.setattr(proving, "build_digest", careless)
    leaked = [b for b in prove(small()).breaches if b.path.startswith("digest")]
    assert {b.marking for b in leaked if b.desk_id == "us"} >= {Marking.GREEN, Marking.RED}


def test_second_opinion_needs_the_country_on_the_list_and_both_levels():
    kr = desk("kr", "KR", clearance=Marking.AMBER)
    assert may_pass(Marking.AMBER, frozenset({"KR"}), kr, Marking.RED)
    assert not may_pass(Marking.AMBER, frozenset(), kr, Marking.RED)
    assert not may_pass(Marking.AMBER, None, kr, Marking.GREEN)
    assert not may_pass(Marking.RED, None, kr, Marking.RED)


def test_feed_that_forgets_its_ceiling_is_found_out(monkeypatch: pytest.MonkeyPatch):
    """Here the check of the way out is broken on purpose, and the look at the payload with it."""
    monkeypatch.setattr(feed_messages, "release_refusal", lambda *_: None)
    monkeypatch.setattr(feed_messages, "payload_refusal", lambda *_: None)
    found = {(b.desk_id, b.path, b.marking) for b in prove(small()).breaches}
    assert ("kr", "feed (CAP)", Marking.AMBER) in found


def test_webhook_and_roll_up_are_ways_out_too():
    hook = Destination(channel="webhook", to=("https://example.org/hook",), ceiling=Marking.AMBER)
    mail = Destination(channel="mail", to=("kr@example.org",), ceiling=Marking.GREEN)
    kr = desk("kr", "KR", destinations=(hook, mail), weekly_budget=Budget(alerts=1))
    proof = prove(replace(small(), desks=(kr,)))
    assert proof.breaches == []
    assert proof.canaries_read > 0
