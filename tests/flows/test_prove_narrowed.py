"""The proof of narrowed markings: it finds nothing on a sound system, and finds what was broken on purpose."""

from dataclasses import replace

from tests.core.build import book, desk, text_rule
from warning.app import proving_narrowed
from warning.app.proof import Proof
from warning.app.proving_narrowed import prove_narrowed
from warning.core.desks import Destination
from warning.core.vocabulary import Marking, Severity


def small():
    ways = tuple(
        Destination(channel=channel, to=("x1",), ceiling=ceiling)
        for channel, ceiling in (("mail", Marking.AMBER), ("slack", Marking.GREEN))
    )
    desks = tuple(
        desk(name, name.upper(), clearance=Marking.AMBER, threshold=Severity.MINOR, destinations=ways)
        for name in ("jp", "kr", "us")
    )
    return replace(book(), desks=desks, rules=tuple(text_rule(f"rule-{n}") for n in range(5)))


def proved():
    proof = Proof()
    prove_narrowed(small(), proof)
    return proof


def test_no_canary_comes_out_where_it_may_not_after_a_narrowing_and_everybody_is_told():
    proof = proved()
    assert proof.breaches == []
    assert (proof.paths, proof.passed) == (5 * 2 * 3 * 2, 5 * 2 * 3 * 2)
    assert proof.canaries_read > 0


def test_proof_finds_a_desk_that_keeps_reading_the_wider_version(monkeypatch):
    monkeypatch.setattr(proving_narrowed, "as_seen_by", lambda alert, _: replace(alert, tearlines=()))
    assert {b.detail for b in proved().breaches} >= {"the canary stands in it"}


def test_proof_finds_who_had_it_and_is_told_nothing(monkeypatch):
    monkeypatch.setattr(proving_narrowed, "route", lambda *_, **__: ((), ()))
    assert {b.detail for b in proved().breaches} == {"who had it is told nothing"}
