"""The register against a list of the acts that must stand in it, each with its days, written down apart from it."""

from datetime import date

import pytest

from warning.catalog.load import load_measures
from warning.core.measures import Measure
from warning.resources import tree

# Number (or what it is called by), announced, effective, and its end or the end of its suspension; "" where none is known.
ACTS = """
GACC 2021/81|2021-10-11|2021-10-15|
MOFCOM-GACC 2023/23|2023-07-03|2023-08-01|
MOFCOM 2023/27|2023-07-31|2023-09-01|
MOFCOM 2023/28|2023-07-31|2023-09-01|
MOFCOM-GACC 2023/39|2023-10-20|2023-12-01|
cn-2023-rare-earth-reporting|2023-11-07||2025-10-31
MOFCOM-MOST 2023/57|2023-12-21|2023-12-21|
cn-2023-urea-hold|2023-11-30|2023-11-30|
MOFCOM 2024/21|2024-05-30|2024-07-01|
MOFCOM-GACC 2024/33|2024-08-15|2024-09-15|
State Council 785|2024-06-29|2024-10-01|
State Council 792|2024-10-19|2024-12-01|
MOFCOM 2024/46|2024-12-03|2024-12-03|2026-11-27
cn-2025-technology-draft|2025-01-02||
MOFCOM 2025/37|2025-07-15|2025-07-15|
MOFCOM-GACC 2025/10|2025-02-04|2025-02-04|
MOFCOM-GACC 2025/18|2025-04-04|2025-04-04|
MOFCOM-GACC 2025/55|2025-10-09|2025-11-08|2026-11-10
MOFCOM-GACC 2025/56|2025-10-09|2025-11-08|2026-11-10
MOFCOM-GACC 2025/57|2025-10-09|2025-11-08|2026-11-10
MOFCOM-GACC 2025/58|2025-10-09|2025-11-08|2026-11-10
MOFCOM 2025/61|2025-10-09|2025-12-01|2026-11-10
MOFCOM 2025/62|2025-10-09|2025-10-09|2026-11-10
MOFCOM 2025/68|2025-10-26|2026-01-01|2027-12-31
MOFCOM-GACC 2025/70|2025-11-07|2025-11-07|2026-11-10
MOFCOM 2025/72|2025-11-09|2025-11-09|2026-11-27
MOFCOM 2026/1|2026-01-06|2026-01-06|
cn-2026-dichlorosilane|2026-01-07|2026-01-07|2027-01-07
cn-2026-japan-licences|2026-01-08|2026-01-08|
MOFCOM 2026/11|2026-02-24|2026-02-24|
MOFCOM 2026/12|2026-02-24|2026-02-24|
MOFCOM 2026/20|2026-04-24|2026-04-24|
MOFCOM 2026/23|2026-06-22|2026-06-22|
cn-2026-procurement-bar|2026-06-22|2026-06-22|
MOFCOM 2026/27|2026-06-29|2026-06-29|
MOFCOM 2026/28|2026-06-29|2026-06-29|
MOFCOM-GACC 2026/29|2026-07-10|2026-07-10|
MOFCOM 2026/30|2026-07-24|2026-07-24|
MOFCOM Order 2026/2|2026-08-05|2026-08-05|
MOFCOM Order 2026/3|2026-08-05|2026-08-05|
MOFCOM 2026/34|||
MOFCOM 2025/1|2025-01-02|2025-01-02|
MOFCOM 2025/13|2025-03-04|2025-03-04|2025-11-10
MOFCOM 2025/21|2025-04-04|2025-04-04|2026-11-10
MOFCOM 2025/22|2025-04-09|2025-04-09|2025-08-12
UEL 2025/1|2025-01-02|2025-01-02|
UEL 2025/2|2025-01-14|2025-01-14|
UEL 2025/3|2025-01-15|2025-01-15|
UEL 2025/4|2025-02-04|2025-02-04|
UEL 2025/5|2025-03-04|2025-03-04|
UEL 2025/6|2025-03-04|2025-03-04|
UEL 2025/8|2025-04-09|2025-04-09|
UEL 2025/9|2025-09-25|2025-09-25|
UEL 2025/10|2025-10-09|2025-10-09|
jp-2019-korea-white-list|2019-08-02|2019-08-28|
cn-2025-japan-seafood-eased|2025-06-29|2025-06-29|2025-11-18
ARECOMS 2025/1|2025-02-22|2025-02-22|2025-10-15
UEL 2025/7|2025-04-04|2025-04-04|2026-11-10
cn-2025-entities-taiwan|2025-07-09|2025-07-09|
cn-2025-entities-september|2025-09-25|2025-09-25|
cn-2025-unreliable-october|2025-10-09|2025-10-09|
MOFCOM Order 2025/6|2025-10-14|2025-10-14|2026-11-10
jp-2019-korea|2019-07-01|2019-07-04|2023-03-23
jp-2023-chip-tools|2023-05-23|2023-07-23|
jp-2024-chip-tools||2024-09-08|
jp-2025-chip-tools|2025-01-31|2025-05-28|
nl-2023-duv|2023-06-30|2023-09-01|
nl-2024-duv|2024-09-06|2024-09-07|
nl-2025-metrology|2025-01-15|2025-04-01|
cn-2025-nexperia|2025-10-04|2025-10-04|
87 FR 62186|2022-10-07|2022-10-07|
88 FR 73458|2023-10-17|2023-11-17|
88 FR 73424|2023-10-17|2023-11-17|
88 FR 71991|2023-10-17|2023-10-17|
89 FR 96790|2024-12-02|2024-12-02|
89 FR 96830|2024-12-02|2024-12-02|
90 FR 4617|2025-01-15|2025-01-16|
FR 2025-19001|2025-09-29|2025-09-29|2026-11-09
id-2020-nickel|2019-09-01|2020-01-01|
mx-2022-lithium|2022-04-20||
cl-2023-lithium|2023-04-20||
SI 2022/213|2022-12-20|2022-12-20|
zw-2026-raw-minerals|2026-02-25|2026-02-25|
mm-2024-heavy-rare-earths|2024-10-01|2024-10-01|
cd-2025-cobalt-stop|2025-02-22|2025-02-22|2025-10-15
ARECOMS 2025/4||2025-10-16|2027-12-31
cn-2010-rare-earths-japan|2010-09-22|2010-09-22|
cn-2017-korea-boycott|2017-03-01|2017-03-01|
cn-2020-australia-barley|2020-05-19|2020-05-19|
cn-2020-australia-coal|2020-10-01|2020-10-01|
cn-2020-australia-wine|2020-11-28|2020-11-28|
cn-2021-lithuania|2021-12-01|2021-12-01|
cn-2023-japan-seafood|2023-08-24|2023-08-24|
cn-2025-japan-seafood|2025-11-19|2025-11-19|
""".strip().splitlines()
# Told from memory, or seen in a public repository alone: never verified until somebody read them at the issuer's.
FROM_MEMORY = {
    "GACC 2021/81": "announced", "MOFCOM 2023/27": "instrument", "MOFCOM-GACC 2023/39": "instrument",
    "cn-2023-rare-earth-reporting": "announced", "MOFCOM-MOST 2023/57": "instrument", "MOFCOM 2024/21": "effective",
    "State Council 785": "announced", "State Council 792": "announced", "MOFCOM 2025/37": "instrument",
    "MOFCOM 2026/20": "announced", "MOFCOM 2026/30": "announced", "MOFCOM Order 2026/2": "announced",
    "MOFCOM 2025/21": "suspended_until", "UEL 2025/7": "suspended_until", "jp-2024-chip-tools": "effective",
    "jp-2025-chip-tools": "announced", "nl-2023-duv": "effective", "nl-2024-duv": "effective", "nl-2025-metrology": "effective",
    "89 FR 96830": "instrument", "id-2020-nickel": "announced", "cl-2023-lithium": "announced", "SI 2022/213": "announced",
    "cn-2017-korea-boycott": "announced", "cn-2020-australia-barley": "announced", "cn-2020-australia-wine": "announced",
    "UEL 2025/1": "instrument", "UEL 2025/2": "instrument", "UEL 2025/3": "instrument", "UEL 2025/4": "instrument",
    "UEL 2025/5": "announced", "UEL 2025/6": "instrument", "UEL 2025/8": "instrument", "UEL 2025/9": "instrument",
    "UEL 2025/10": "instrument", "jp-2019-korea-white-list": "effective", "cn-2025-japan-seafood-eased": "announced",
    "cn-2023-japan-seafood": "announced", "cn-2025-nexperia": "announced",
}  # fmt: skip


@pytest.fixture(scope="module")
def register() -> dict[str, Measure]:
    measures = load_measures(tree("rules"))
    return {name: one for one in measures for name in (one.id, one.instrument, *one.aliases) if name}


def ends(one: Measure) -> set[date | None]:
    """The days on which the act, or a suspension of it or of one of its clauses, ends."""
    whole = {one.expires, one.suspended_until}
    return whole | {day for clause in one.clauses for day in (clause.expires, clause.suspended_until)}


@pytest.mark.parametrize("told", ACTS, ids=lambda told: told.partition("|")[0])
def test_register_holds_the_act_with_its_days(register: dict[str, Measure], told: str):
    name, announced, effective, end = told.split("|")
    one = register[name]
    assert one.announced == (date.fromisoformat(announced) if announced else None)
    assert one.effective == (date.fromisoformat(effective) if effective else None)
    assert not end or date.fromisoformat(end) in ends(one)


@pytest.mark.parametrize("name", FROM_MEMORY)
def test_what_was_told_from_memory_is_not_verified(register: dict[str, Measure], name: str):
    assert not register[name].verified
    assert FROM_MEMORY[name] in register[name].unverified


def test_notice_58_is_on_lithium_batteries_and_graphite_and_not_on_lithium(register: dict[str, Measure]):
    assert set(register["MOFCOM-GACC 2025/58"].materials) == {"batteries", "graphite"}
    assert "lithium" not in register["MOFCOM-GACC 2025/70"].materials


def test_every_act_is_told_in_the_languages_of_the_desks(register: dict[str, Measure]):
    assert [
        one.id for one in register.values() if not {"ja", "ko"} <= one.titles.keys() & one.issuers.keys()
    ] == []
