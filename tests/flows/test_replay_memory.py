"""What a replay remembers in arrays and files is what it would remember with everything before it in memory."""

import random
import resource
import signal as signal_module
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from tempfile import gettempdir

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.build import at, book, press, signal
from warning.app.alert_shelf import AlertShelf
from warning.app.backtesting import carry, paced
from warning.app.band_keys import BandKeys
from warning.app.growing_keys import GrowingKeys
from warning.app.item_shelf import ItemShelf
from warning.app.put_by import PutBy
from warning.app.replayed_alerts import ReplayedAlerts
from warning.app.replayed_stories import ReplayedStories
from warning.core.assess import Assessment, Sensed, State, decide
from warning.core.evidence import Item
from warning.core.identity import Identities
from warning.core.joinable import joinable
from warning.core.narrowing import Bound, narrowed_signals
from warning.core.signals import Signal, signal_ids_of
from warning.core.stories import Stories, first_told, story_told, tell, tellings_of
from warning.core.vocabulary import Marking
from warning.core.withdrawals import Withdrawal, withdrawal_id
from warning.errors import PutByError

BOOK = book()
RULES = frozenset({"prc-controls"})
WORDS = (
    "China",
    "puts",
    "gallium",
    "under",
    "export",
    "control",
    "from",
    "May",
    "5",
    "Japan",
    "fears",
    "germanium",
    "cuts",
)
ACTS = (("export_control", "tightening"), ("entity_listing", "tightening"), ("suspension", "easing"))  # fmt: skip


def reported(dice: random.Random, days: float) -> Signal:
    """A report on one day; some evidence and headlines come again."""
    number = dice.randrange(60)
    shown = press(
        f"i-{number:016x}" if number % 5 else f"paper-{number}",
        dice.choice(("wire", "metals", "daily")),
        title=" ".join(dice.choices(WORDS, k=dice.randint(6, 9))),
        known_at=at(days),
        published_at=at(days),
    )
    act, direction = dice.choice(ACTS)
    facts = {
        "act": act, "direction": direction, "materials": dice.choice((("gallium",), ("germanium",), ())),
        "instrument": dice.choice((None, None, "MOFCOM 2023/1", "MOFCOM 2023/2")),
        "effective": dice.choice((None, None, at(days + dice.randint(-20, 200)).date())),
    }  # fmt: skip
    rests_on = dice.choice(((), (), (f"i-{dice.randrange(60):016x}",)))
    return signal(
        shown.evidence_id, days=days, exhibit=shown, facts=facts, occurred_at=at(days), rests_on=rests_on
    )


def on_a_day(dice: random.Random, day: int) -> Sensed:
    signals = {one.id: one for one in (reported(dice, day) for _ in range(dice.randint(0, 4)))}
    back = f"i-{dice.randrange(60):016x}"
    act = Withdrawal(
        id=withdrawal_id(back, "withdrawn", at(day)), evidence_id=back, action="withdrawn", reason="wrong",
        actor="desk", known_at=at(day), source_id="register",
    )  # fmt: skip
    narrow = f"i-{dice.randrange(60):016x}"
    bound = Bound(
        evidence_id=narrow, marking=Marking.AMBER, release_to=None, signal_ids=signal_ids_of(BOOK.rule_ids, narrow)
    )  # fmt: skip
    return Sensed(
        signals=tuple(sorted(signals.values(), key=lambda s: (s.known_at, s.id))),
        traces=(),
        withdrawals=(act,) if dice.random() < 0.15 else (),
        bounds=(bound,) if dice.random() < 0.15 else (),
    )


def told(sensed: Sensed, known: object) -> Sensed:
    signals, tellings = tell(sensed.signals, known, RULES)  # type: ignore[arg-type]  # either kind of memory
    return replace(sensed, signals=signals, tellings=tellings)


def whole_grounds(state: State, sensed: Sensed, kept: dict[str, Signal], day: int) -> tuple[Signal, ...]:
    wanted = joinable(BOOK, sensed.signals, at(day), sensed.withdrawals, sensed.bounds)
    names = {n for a in state.open_alerts if wanted.may_narrow(a) for n in (a.whole or a).signal_ids}
    return tuple(kept[name] for name in sorted(names) if name in kept)


@pytest.mark.parametrize("seed", range(12))
def test_replay_decides_the_same_from_its_indexes_as_from_all_alerts_and_stories(seed):
    dice = random.Random(seed)
    alerts, stories = ReplayedAlerts(BOOK), ReplayedStories()
    alerts.shelf = AlertShelf(most_held=4)  # nearly all of them wait in the file
    mine, whole = State(), State()
    kept: dict[str, Signal] = {}
    day = 0
    for _ in range(60):
        day += dice.choice((1, 1, 2, 5, 40))
        sensed = on_a_day(dice, day)
        texts = tellings_of(sensed.signals, RULES)
        own = told(sensed, stories.near(texts))
        assert own == told(sensed, whole.stories)
        before = alerts.reached(mine, own, at(day))
        wanted = joinable(BOOK, own.signals, at(day), own.withdrawals, own.bounds)
        assert {a.key for a in before.open_alerts} >= {a.key for a in whole.open_alerts if wanted.takes(a)}
        done = decide(BOOK, own, before, at(day))
        from_all = decide(BOOK, own, replace(whole, grounds=whole_grounds(whole, own, kept, day)), at(day))
        assert done == from_all
        kept = {**{s.id: s for s in done.signals}, **kept}
        kept |= {s.id: s for s in narrowed(kept, done)}
        mine, whole = paced(mine, done), carry(whole, done)
        alerts.keep(done)
        stories.keep(done)


def narrowed(kept: dict[str, Signal], done: Assessment) -> list[Signal]:
    return list(narrowed_signals(kept.values(), done.bounds))


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 90)), max_size=12), max_size=12),
    st.integers(0, 90),
    st.sampled_from([4, 20, 1_000]),
)
def test_keys_have_every_number_ever_added_and_none_that_was_let_go(batches, least, together):
    keys, plain = GrowingKeys(together), []
    for batch in batches:
        keys.add([key for key, _ in batch], [number for _, number in batch])
        plain += batch
    keys.let_go(least)
    asked = [3, -5, 0, 99, 3]
    places, numbers = keys.of(asked)
    found = sorted(zip(places.tolist(), numbers.tolist(), strict=True))
    assert found == sorted((p, n) for p, key in enumerate(asked) for k, n in plain if k == key and n >= least)


def test_keys_let_go_leave_no_room_behind_and_no_layer_grows_beyond_its_room():
    keys = GrowingKeys(100)
    for first in range(0, 3_000, 30):
        keys.add(range(first, first + 30), range(first, first + 30))
        keys.let_go(first - 500)
    assert len(keys) < 800


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 90)), max_size=12), max_size=12
    ),
    st.integers(0, 90),
    st.sampled_from([4, 20, 1_000]),
)
def test_bands_have_every_number_ever_added_and_none_that_was_let_go(batches, least, together):
    keys, plain = BandKeys(together), []
    for batch in batches:
        keys.add([key for key, _ in batch], [number for _, number in batch])
        plain += batch
    keys.let_go(least)
    asked = [key for key, _ in plain[::2]] + [7]
    found = sorted(zip(*(part.tolist() for part in keys.of(asked)), strict=True))
    told = sorted((p, n) for p, key in enumerate(asked) for k, n in plain if k == key and n >= least)
    assert not (Counter(told) - Counter(found))  # half a key may find more
    assert {number for _, number in found} <= {n for _, n in plain if n >= least}


def test_headline_whose_bands_agree_by_half_alone_is_not_near():
    factor = pow(0x9E37_79B9_7F4A_7C15, -1, 2**64)

    def alike(band, rest):
        key = ((band << 32) | rest) * factor % 2**64
        return key - 2**64 if key >= 2**63 else key

    (telling,) = tellings_of(one_report("China puts gallium under control").signals, RULES)
    one, other = (replace(telling, bands=tuple(alike(band, rest) for band in range(21))) for rest in (1, 2))
    stories = ReplayedStories()
    stories.remember(telling.known_at, (), [one])
    new = replace(other, evidence_id="i-2")
    assert stories.near([new]).near == {}
    assert stories.near([replace(new, bands=one.bands)]).near == {"i-2": [one]}


def test_pieces_put_by_come_back_as_they_were_in_whatever_order_they_are_asked_for():
    file, pieces = (
        PutBy(),
        [b"", b"\n" * 5, bytes(range(256)) * 40, "gallium 镓".encode(), *(b"%d" % n for n in range(40))],
    )
    numbers = [*file.put(pieces[:2]), *file.put([]), *file.put(pieces[2:])]
    assert [file.get(number) for number in reversed(numbers)] == pieces[::-1]
    assert len(file) == len(pieces)


def test_disk_that_fills_in_the_middle_of_a_piece_is_told_when_it_is_put_by():
    """A limit on the size of files stands for the full disk: it too takes the first part and refuses the rest."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    file, dice = PutBy(), random.Random(7)
    first = file.put([dice.randbytes(3_000)])
    heard = signal_module.signal(signal_module.SIGXFSZ, signal_module.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(PutByError) as told:
            file.put([dice.randbytes(9_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal_module.signal(signal_module.SIGXFSZ, heard)
    assert str(told.value).startswith(
        f"{gettempdir()}: this directory for temporary files took 10,000 of the 12,0"
    )
    assert "TMPDIR" in str(told.value)
    assert len(file.get(first[0])) == 3_000


def kept_after(*steps: Sensed) -> ReplayedStories:
    stories = ReplayedStories()
    for day, sensed in enumerate(steps):
        stories.keep(decide(BOOK, sensed, State(), at(day)))
    return stories


def one_report(title: str, story: str = "") -> Sensed:
    shown = replace(press("i-00000000000000aa", "wire", title=title), story=story)
    return Sensed(signals=(signal(shown.evidence_id, exhibit=shown),), traces=())


def test_text_narrowed_since_is_near_to_later_ones_under_its_last_marking_alone():
    first = told(one_report("China puts gallium under export control from May"), Stories())
    narrow = Bound(
        evidence_id="i-00000000000000aa", marking=Marking.RED, release_to=frozenset({"KR"}), signal_ids=frozenset()
    )  # fmt: skip
    stories = kept_after(first, Sensed(signals=(), traces=(), bounds=(narrow,)))
    (near,) = stories.near(tellings_of(first.signals, RULES)).near["i-00000000000000aa"]
    assert (near.marking, near.release_to) == (Marking.RED, frozenset({"KR"}))


def test_evidence_stays_with_the_story_it_was_found_to_tell_first():
    steps = [one_report("China cuts gallium", f"t-{number:016x}") for number in (7, 8)]
    stories = kept_after(*steps)
    near = stories.near(tellings_of(one_report("China cuts gallium").signals, RULES))
    assert near.story_of("i-00000000000000aa") == f"t-{7:016x}"


def test_stories_near_are_none_before_anything_was_told():
    near = ReplayedStories().near(tellings_of((signal("i1"),), RULES))
    assert near.story_of("i1") == ""
    assert not any(near.near.values())
    assert Stories().story_of("i1") == ""


def test_alerts_put_by_come_back_in_their_latest_version_and_in_the_order_in_which_they_were_opened():
    shelf = AlertShelf(most_held=3)
    told = (
        decide(BOOK, one_report("China puts gallium under export control"), State(), at(0)).changes[0].alert
    )
    alerts = [replace(told, key=f"a-{number}", title=f"{number}") for number in range(9)]
    for alert in alerts:
        shelf.put(alert)
    again = replace(alerts[1], version=2)
    assert shelf.put(again) == shelf.number("a-1") == 1
    expected = [alerts[0], again, *alerts[2:]]
    assert [shelf.at(number) for number in range(9)] == expected
    assert list(shelf.values()) == expected
    assert shelf == {alert.key: alert for alert in expected}
    assert shelf.number("a-9") is None


def telling(name, title, body, days, *, is_marked=False):
    return Item(
        id=f"i-{name}", source_id="wire", kind="news", country="US", language="en", title=title, body=body,
        url=f"https://press.example/{name % 3}", known_at=at(days) + timedelta(minutes=days),
        external_id=str(name), marking=Marking.RED if is_marked else None,
    )  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from(("Gallium is curbed", "Gallium is curbed anew", "A quiet day")),
            st.sampled_from(("", "Exporters need a licence. " * 9, "Exporters need no licence. " * 9)),
            st.integers(0, 3) | st.just(90), st.booleans(),
        ),
        max_size=30,
    ),
    st.integers(0, 4),
)  # fmt: skip
def test_documents_whose_words_wait_in_a_file_settle_as_those_in_memory(told, most_held):
    held, put_by = Identities(), Identities(shelf=ItemShelf(most_held))
    for name, title, body, days, is_marked in told:
        item = telling(name, title, body, days, is_marked=is_marked)
        assert put_by.settle(item) == held.settle(item)


def test_items_put_by_come_back_in_whatever_order_they_are_asked_for_and_few_stay_held():
    shelf, items = (
        ItemShelf(5),
        [telling(name, f"Notice {name} 镓", "Text. " * name, 0) for name in range(40)],
    )
    numbers = [shelf.put(item) for item in items]
    assert [shelf.get(number) for number in reversed(numbers)] == items[::-1]
    assert sum(shelf.get(number) is item for number, item in zip(numbers, items, strict=True)) <= 5


HEADLINES = (
    "China puts gallium under export control from May 5",
    "China puts gallium under export controls from May 5",
    "Japan fears that germanium runs out in its chip plants",
)
PRINTS = ("", *(f"{'0' * 40} 0000000{every} 0000000{undated}" for every, undated in ("ab", "ac", "db", "ef")))


def told_on(dice: random.Random, number: int, days: int) -> Signal:
    """A report of one of few texts, by a press that may tell it again, a month or two years later."""
    shown = press(
        f"i-{number:016x}", dice.choice(("wire", "metals")), title=dice.choice(HEADLINES), known_at=at(days),
        published_at=at(days), text_print=dice.choice(PRINTS),
    )  # fmt: skip
    return signal(shown.evidence_id, days=days, exhibit=shown, occurred_at=at(days))


@pytest.mark.parametrize("seed", range(3))
def test_text_finds_the_story_it_tells_and_what_it_tells_again_however_old_and_as_of_whatever_day(seed):
    dice = random.Random(seed)
    replayed, whole, day = ReplayedStories(), Stories(), 0
    found: Counter[str] = Counter()
    for number in range(100):
        day += dice.choice((0, 1, 3, 9, 29))
        # Mostly of its day; at times a text becomes known again as of long ago.
        said = told_on(dice, number, day if dice.random() < 0.8 else dice.randint(0, day))
        (new,) = tellings_of((said,), RULES)
        near = replayed.near([new]).near_to(new)
        for tells in (story_told, first_told):
            by_all = tells(new, sorted(whole.near_to(new), key=lambda t: (t.known_at, t.evidence_id)))
            assert tells(new, sorted(near, key=lambda t: (t.known_at, t.evidence_id))) == by_all
            found[tells.__name__] += by_all is not None
        marked, tellings = tell((said,), whole, RULES)
        replayed.remember(at(day), marked, tellings)
        whole = whole.plus(tellings, {s.exhibit.evidence_id: s.exhibit.story for s in marked}, at(day))
    assert min(found["story_told"], found["first_told"]) > 5
