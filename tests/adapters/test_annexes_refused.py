"""Annexes that are not to be had: their notices are read all the same, and they are asked for a few times only."""

from tests.adapters.pdf_samples import CJK, cjk_pdf
from tests.adapters.test_annexes import NOTICE, pages_of, polls
from warning.app.page_marks import MOST_TRIES
from warning.core.health import blinds

LISTED = "<li><a href='/n{0}.html'>Notice {0} of 2023</a> 2023-07-03</li>"


def list_of(failing: int, others: int) -> dict:
    """Notices whose annex is refused, and behind them as many that have none."""
    numbers = range(failing + others)
    pages = {"/list": (200, f"<ul>{''.join(map(LISTED.format, numbers))}</ul>".encode())}
    for n in numbers:
        text = NOTICE.format("annex.pdf") if n < failing else f"<div id=t>body {n}</div>"
        pages[f"/n{n}.html"] = (200, text.encode())
    return pages | {"/annex.pdf": (403, b"no")}


def test_a_refused_annex_never_blinds_its_source_and_is_set_aside_after_a_few_polls(tmp_path):
    rounds = [pages_of("annex.pdf", (403, b"no"))] * (MOST_TRIES + 1)
    outcomes, (item,), state = polls(tmp_path, *rounds)
    assert {outcome.condition for outcome in outcomes} == {"partial"}
    assert not any(blinds(outcome.condition, outcome.cause) for outcome in outcomes)
    assert [outcome.answer for outcome in outcomes] == ["fresh"] * MOST_TRIES + ["unchanged"]
    (line,) = state.left_out
    assert ("403" in line, "annex.pdf" in line, "Notice 23" in line) == (True, True, True)
    assert item.body.startswith("正文")


def test_pages_are_read_behind_others_whose_annex_is_refused(tmp_path):
    outcomes, items, _ = polls(tmp_path, *[list_of(15, 5)] * 2)
    assert "5 pages unread" in outcomes[0].cause
    assert [item.title for item in items if not item.body] == []
    assert outcomes[1].items_revised == 5


def test_pages_are_read_behind_others_that_fail(tmp_path):
    failing = {f"/n{n}.html": (503, b"") for n in range(15)}
    _, items, state = polls(tmp_path, *[list_of(15, 5) | failing] * 2)
    assert len([item for item in items if item.body]) == 5
    assert state.is_blind, "fifteen pages are unread"


def test_an_annex_that_fails_otherwise_at_each_poll_is_no_edit_of_its_notice(tmp_path):
    rounds = [pages_of("annex.pdf", (code, b"no")) for code in (503, 500, 403, 502, 503)]
    outcomes, (item,), _ = polls(tmp_path, *rounds)
    assert sum(outcome.items_revised for outcome in outcomes) == 0
    assert "503" not in item.body


def test_a_notice_keeps_its_text_when_its_page_fails_while_an_annex_is_owed(tmp_path):
    owed = pages_of("annex.pdf", (503, b""))
    there = pages_of("annex.pdf", (200, cjk_pdf("UniGB-UCS2-H")))
    outcomes, items, state = polls(tmp_path, owed, owed | {"/notice.html": (503, b"")}, there)
    assert [outcome.items_revised for outcome in outcomes] == [0, 0, 1]
    assert CJK["UniGB-UCS2-H"][2] in items[-1].body
    assert (state.condition, state.read_pages[0].count("~")) == ("ok", 0)


def test_a_host_that_asks_to_wait_for_an_annex_leaves_the_notice_read(tmp_path):
    (outcome,), (item,), _ = polls(tmp_path, pages_of("annex.pdf", (429, b"")))
    assert item.body.startswith("正文")
    assert not blinds(outcome.condition, outcome.cause)
