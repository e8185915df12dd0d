"""The proof of sources that are down: it finds nothing on a sound system, and finds what was broken on purpose."""

from dataclasses import replace

from tests.core.build import book, desk
from warning.app.proof import Proof
from warning.app.proving_sources import prove_sources
from warning.core.desks import Destination
from warning.core.vocabulary import Marking
from warning.report import build
from warning.report.named_sources import NamedSources


def proved() -> Proof:
    wide = Destination(channel="mail", to=("kr@example.org",), ceiling=Marking.AMBER)
    narrow = Destination(channel="mail", to=("us@example.org",), ceiling=Marking.GREEN)
    kr = desk("kr", "KR", clearance=Marking.AMBER, digest_to=(wide,))
    us = desk("us", "US", clearance=Marking.AMBER, digest_to=(wide, narrow))
    proof = Proof()
    prove_sources(replace(book(), desks=(kr, us)), proof)
    return proof


def test_no_name_of_a_source_comes_out_where_it_may_not():
    proof = proved()
    assert proof.breaches == []
    assert (proof.sources, proof.digests) == (5 * 5 * 2, 5 * 5 * 2 * 2)
    # Three of five release lists name each country; Korea's digest carries AMBER, that of the US no more than GREEN.
    assert proof.canaries_read == 3 * 2 * (3 + 2)


def test_the_proof_finds_a_digest_that_names_every_source(monkeypatch):
    monkeypatch.setattr(NamedSources, "may_name", lambda _self, _name: True)
    found = {(b.desk_id, b.path, b.detail) for b in proved().breaches}
    path = "digest (html, text, json), of a source that is down"
    assert {(desk, path, "the canary stands in it") for desk in ("kr", "us")} <= found


def test_the_proof_finds_gaps_that_tell_the_cause(monkeypatch):
    monkeypatch.setattr(build, "_as_released", lambda gaps, _: tuple(gaps))
    assert {b.desk_id for b in proved().breaches} == {"kr", "us"}


def test_the_proof_finds_a_marking_that_is_not_shown(monkeypatch):
    monkeypatch.setattr(NamedSources, "marking", lambda _self, _ids: Marking.CLEAR)
    assert {b.detail for b in proved().breaches} == {"the source has not raised the marking"}
