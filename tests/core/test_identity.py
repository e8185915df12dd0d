"""One document under changed ids is one item; two notices are two, however alike they read."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at
from warning.core import identity
from warning.core.evidence import Item, item_id
from warning.core.identity import Identities, is_one_document, likeness, numbers_of
from warning.core.vocabulary import Marking

TEXT = "Exporters of the goods named in the annex shall apply to the ministry for a licence beforehand. " * 3
TITLE = "China puts gallium and germanium under export control"


def entry(
    name="a", *, kind="news", title=TITLE, text=TEXT, url="https://press.example/gallium", days=0.0, **more
):
    return Item(
        id=item_id("wire", name, url, title),
        source_id="wire",
        kind=kind,
        country="US",
        language="en",
        title=title,
        body=text,
        url=url,
        external_id=name,
        published_at=at(days),
        known_at=at(days) + timedelta(minutes=5),
        **more,
    )


@pytest.mark.parametrize(
    "again",
    [
        entry("b", days=1),
        entry("b", days=3, title=f"UPDATE 1-{TITLE}".replace("1-", "")),
        entry("b", days=9, url="http://m.press.example/gallium/?utm_source=x"),
        entry("b", days=0.5, url="https://press.example/another-place"),
        entry("b", days=10, url="https://press.example/told-again"),
        entry("b", days=2, text=TEXT + "The notice takes effect at once."),
    ],
)
def test_a_document_under_a_changed_id_is_the_same(again):
    assert is_one_document(entry(), again)


@pytest.mark.parametrize(
    "other",
    [
        entry("b", days=31, kind="regulatory"),
        entry("b", days=1, title=TITLE.replace("gallium and germanium", "antimony goods, tungsten too")),
        entry("b", days=1, title=f"{TITLE} (2)"),
        entry("b", days=1, title=f"{TITLE} from August 1"),
        entry("b", days=7, url="https://press.example/next-week"),
        entry("b", days=10, url="https://press.example/next-week", kind="price"),
        entry("b", days=10, url="https://press.example/next-week", kind="mission"),
        entry("b", days=10, url="https://press.example/next-week", kind="regulatory"),
        entry("b", days=10, url="https://press.example/next-week", title=f"{TITLE}, part 2"),
        entry("b", days=10, url="https://press.example/next-week", text=TEXT.replace("annex", "annex 2")),
        entry("b", days=0, title=f"{TITLE}, source says"),
        entry("b", days=1, url="https://press.example/other", text=TEXT + "More."),
        entry(
            "b", days=1, text="A wholly different matter is told under the same head at the same place. " * 3
        ),
    ],
)
def test_another_document_is_another_however_alike(other):
    assert not is_one_document(entry(kind=other.kind), other)


@pytest.mark.parametrize("days", [2, 3, 5, 10, 25, 31, 60])
def test_a_long_text_of_the_press_told_again_is_one_document_at_any_distance(days):
    """Under another address, id and date: three days later it was news again, and after a month it was not."""
    again = entry("b", days=days, url=f"https://press.example/2026/{days}/told-again")
    identities = Identities([entry()])
    assert identities.settle(again) is None
    assert identities.take(again).published_at == at(0)


def mailed(name, **more):
    return entry(name, kind="mission", text="Two cargoes are held.", url="", **more)


@pytest.mark.parametrize("bare", ["<a@b>", "<desk a@b>", f"<a> {'0f' * 16} <b>"])
@pytest.mark.parametrize("handling", [{}, {"marking": Marking.AMBER, "release_to": frozenset({"JP"})}])
def test_a_mail_known_by_its_bare_id_is_not_stored_again_when_its_mailbox_is_read_again(handling, bare):
    """Mails were named by the Message-ID alone; now a hash of what they say stands behind it."""
    old = mailed(bare, **handling)
    later = {"known_at": old.known_at + timedelta(days=400)}
    again = replace(mailed(f"{bare} {'0f' * 16}", **handling), **later)
    assert Identities([old]).settle(again) is None
    others = [
        replace(again, title="All is released"),
        replace(again, body="All is released."),
        replace(again, marking=Marking.CLEAR),
        replace(again, external_id=f"<c@b> {'0f' * 16}"),
        replace(again, external_id=f"{bare} again"),
    ]
    assert [Identities([old]).settle(other) for other in others] == others


@pytest.mark.parametrize(
    ("title", "distances"),
    [
        ("Export controls weekly", (7, 14, 21)),
        ("Export controls weekly", (3, 7, 10)),
        ("Critical minerals and export controls: the fortnightly digest of our desk", (14, 28, 60)),
        ("出口管制周报", (7, 13, 21)),
        ("輸出管理に関する経済産業省からの主要な動向のまとめ", (3, 10, 50)),
        ("The ministry of commerce meets the press in its conference room", (7, 14, 21)),
    ],
)
def test_each_issue_of_a_bulletin_is_an_item_though_title_and_blurb_are_the_same(title, distances):
    """A blurb of the feed repeats; the notices of the week stand behind the new address."""
    blurb = "What our correspondents read in the gazettes of the capitals this week, and what it means. " * 2
    issues = [
        entry(f"i{days}", title=title, text=blurb, days=days, url=f"https://press.example/{days}/issue")
        for days in (0, *distances)
    ]
    identities = Identities()
    assert [identities.settle(issue) for issue in issues] == issues


BLURB = "What moved the markets for minor metals and rare earths, in five minutes."


@pytest.mark.parametrize(
    "title",
    ["Metals in the morning", "Rare earths daily: the day's news from the exchanges in brief", "稀土日报"],
)
@pytest.mark.parametrize("kind", ["news", "regulatory"])
@pytest.mark.parametrize("text", [BLURB, BLURB * 3])
def test_each_day_of_a_daily_bulletin_is_an_item_though_title_and_blurb_are_the_same(title, kind, text):
    days = (0, 0.4, 1, 2, 2.99, 5)
    issues = [
        entry(
            f"i{day}", title=title, text=text, kind=kind, days=day, url=f"https://press.example/daily/{day}"
        )
        for day in days
    ]
    identities = Identities()
    assert [identities.settle(issue) for issue in issues] == issues
    unnumbered = [
        replace(one, url=f"https://press.example/{'x' * n}", id=f"u{n}") for n, one in enumerate(issues)
    ]
    identities = Identities()
    assert [identities.settle(issue) for issue in unnumbered] == unnumbered


HEADED = "Prices of rare earths, antimony and gallium at the exchanges of China and Europe"
DAY_ADDRESSES = ["/2023/07/{day:02}/prices", "/prices-202307{day:02}.html", "/documents/2023-07-{day:02}/x"]


@pytest.mark.parametrize("address", DAY_ADDRESSES)
@pytest.mark.parametrize("kind", ["news", "regulatory"])
@pytest.mark.parametrize("text", [BLURB, BLURB * 3])
def test_each_day_of_a_daily_bulletin_under_a_headline_is_an_item_where_its_address_names_its_day(
    address, kind, text
):
    """A register heads notices of two days alike too, and each is one of its own."""
    days = (0, 1, 2, 5, 6, 7.04, 8)
    issues = [
        entry(
            f"i{day}", title=HEADED, text=text, kind=kind, days=day,
            url="https://press.example" + address.format(day=3 + int(day)),
        )
        for day in days
    ]  # fmt: skip
    identities = Identities()
    assert [identities.settle(issue) for issue in issues] == issues


def test_an_article_under_another_days_address_is_the_same_hours_or_weeks_later():
    first = entry(title=HEADED, url="https://press.example/2023/07/03/x")
    for days in (0.2, 10):
        assert is_one_document(
            first, entry("b", title=HEADED, days=days, url="https://press.example/2023/07/04/x")
        )


def test_undated_bulletins_are_told_apart_by_the_numbers_of_their_addresses_alone():
    def issue(name, url, **more):
        return replace(entry(name, title="Metals daily", text=BLURB, url=url, **more), published_at=None)

    first = issue("a", "https://press.example/daily/2026-11-20")
    assert not is_one_document(first, issue("b", "https://press.example/daily/2026-11-21", days=1))
    assert not is_one_document(first, issue("b", "https://press.example/daily/2026-11-21"))
    assert is_one_document(
        first, issue("b", "https://press.example/metals/2026-11-20?utm_source=77", days=0.5)
    )


def test_a_bulletin_at_two_addresses_with_one_date_and_a_headline_told_again_next_day_are_one_each():
    again = {"days": 0.2, "url": "https://press.example/sections/7/daily"}
    daily = {"title": "Metals daily", "text": BLURB}
    assert is_one_document(entry(**daily), entry("b", **daily, **again))
    assert is_one_document(entry(text=BLURB), entry("b", text=BLURB, **(again | {"days": 0.9})))


def test_a_short_text_told_again_another_day_is_next_weeks_report():
    first, again = (
        entry(name, days=days, text=TEXT[:100], url=f"https://press.example/{name}")
        for name, days in (("a", 0), ("b", 7))
    )
    assert not is_one_document(first, again)


def test_bulletins_that_one_document_shows_side_by_side_under_two_dates_are_two():
    first = entry()
    again = replace(entry("b", days=-7, url="https://press.example/last-week"), known_at=first.known_at)
    assert not is_one_document(first, again)


HOSTILE = [
    ("商务部公告2026年第70号", "商务部公告2026年第71号"),
    ("关于管制物项的公告（一）", "关于管制物项的公告（二）"),
    ("公告第七十号 公布管制决定", "公告第七十一号 公布管制决定"),
    ("告示(上)の解説 輸出管理", "告示(下)の解説 輸出管理"),
    ("Addition of entities, part I", "Addition of entities, part II"),
    ("Controls take effect on May 1", "Controls take effect on June 1"),
    ("수출통제 고시 제2026-1호", "수출통제 고시 제2026-2호"),
    ("Annex A to the export list", "Annex B to the export list"),
    ("Notice ① on rare earths", "Notice ② on rare earths"),
    ("Second round of listings", "Third round of listings"),
]


@pytest.mark.parametrize(("one", "other"), HOSTILE)
@pytest.mark.parametrize("text", ["", TEXT])
def test_two_notices_on_one_page_are_never_one(one, other, text):
    first = entry("a", kind="regulatory", title=one, text=text)
    assert not is_one_document(first, entry("b", kind="regulatory", title=other, text=text, days=1))


def test_two_notices_under_one_head_are_two_when_only_the_head_was_read():
    head = "关于公布不可靠实体清单的公告"
    first = entry("a", kind="regulatory", title=head, text="", url="https://gov.example/n/1")
    assert not is_one_document(first, replace(first, id="i-b", url="https://gov.example/n/2"))


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3), st.floats(0, 60)), max_size=25))
def test_notices_of_different_numbers_never_merge_in_any_order(told):
    identities = Identities()
    under: dict[str, set[int]] = {}
    for place, (number, page, days) in enumerate(told):
        title = f"Announcement No. {number} of 2026 on export control"
        item = entry(
            f"n{place}", kind="regulatory", title=title, url=f"https://gov.example/p{page}", days=days
        )
        settled = identities.settle(item)
        if settled is not None:
            under.setdefault(settled.id, set()).add(number)
    assert all(len(numbers) == 1 for numbers in under.values())


def test_a_version_keeps_the_first_identity_and_the_first_date():
    identities = Identities([entry()])
    version = identities.settle(entry("b", days=20, text=TEXT + "An annex was added."))
    assert version is not None
    assert (version.id, version.external_id, version.published_at) == (entry().id, "a", at(0))
    assert version.body.endswith("An annex was added.")


def test_what_a_document_says_again_under_another_id_is_nothing():
    assert Identities([entry()]).settle(entry("b", days=2)) is None


def test_a_document_of_another_source_is_its_own():
    other = replace(entry("b"), source_id="daily")
    assert Identities([entry()]).settle(other) == other


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(identity, "MOST_REMEMBERED", 50)
    identities = Identities()
    for day in range(200):
        identities.settle(
            entry(
                f"n{day}",
                title=f"Paper number {day}",
                url=f"https://x.example/{day}",
                text=f"{TEXT} {day}",
                days=day,
            )
        )
    assert len(identities._by_id) == 50
    assert len(identities._by_mark) <= 100


@pytest.mark.parametrize(
    "again",
    [
        entry("b", days=200),
        entry("b", days=200, title=f"{TITLE}s"),
        entry("b", days=200, url="https://press.example/revived"),
        entry("a", days=200, text=TEXT + "(Updated)"),
    ],
)
def test_an_old_article_told_again_keeps_the_date_of_its_first_telling(again):
    settled = Identities([entry()]).settle(again)
    assert settled is None or (settled.id, settled.published_at) == (entry().id, at(0))


@pytest.mark.parametrize(
    "other",
    [
        entry("b", days=200, text=TEXT + "It takes effect on 1 May."),
        entry("b", days=200, kind="regulatory"),
        entry("b", days=200, text=TEXT[:100], url="https://press.example/next"),
        entry(
            "a",
            days=200,
            text=TEXT + "The earlier notice is repealed, and the ministry names four hundred firms anew.",
        ),
    ],
)
def test_new_numbers_an_office_or_a_bare_headline_are_news(other):
    settled = Identities([entry()]).settle(other)
    assert settled is not None
    assert settled.published_at == at(200)


def test_numbers_are_read_in_every_script():
    assert numbers_of("第71号（二）") == numbers_of("第７１号(二)") != numbers_of("第71号（三）")


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_a_share_and_the_same_from_both_sides(one, other):
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert likeness(one, one) == 1


LONG_NOTICE = "关于对镓相关物项实施出口管制并完善两用物项许可管理措施的公告以及有关问题的说明和办理指南全文"
"""Long enough that one letter of it hardly counts."""


@pytest.mark.parametrize(
    ("kind", "text"), [("news", ""), ("regulatory", ""), ("regulatory", "自公布之日起实施。" * 30)]
)
def test_one_letter_that_names_another_metal_makes_another_notice_of_a_shared_page(kind, text):
    gallium = entry("a", kind=kind, title=LONG_NOTICE, text=text, url="https://gov.example/notices")
    antimony = entry(
        "b", kind=kind, days=1, title=LONG_NOTICE.replace("镓", "锑"), text=text, url=gallium.url
    )
    assert likeness(gallium.title, antimony.title) > 0.85
    assert not is_one_document(gallium, antimony)


def test_a_number_that_differs_makes_another_official_text_of_a_shared_page():
    first = entry("a", kind="regulatory", title="Notice on licences", text=f"Quota of 1200 t. {TEXT * 3}")
    other = entry(
        "b", kind="regulatory", days=1, title="Notice on licences", text=f"Quota of 1900 t. {TEXT * 3}"
    )
    assert not is_one_document(first, other)
