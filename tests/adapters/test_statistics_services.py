"""The shipped sources of trade statistics against a server that answers as their services do: only the host is another."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.adapters.collected_specs import NOW
from tests.adapters.statistics_server import statistics_server
from warning.app.collecting import collect_due
from warning.app.compose import open_repository
from warning.catalog.sources import SourceSpec, load_sources
from warning.collect.fetch import Fetcher
from warning.settings import Settings

SHIPPED = {spec.id: spec for spec in load_sources(Path(__file__).resolve().parents[2] / "feeds")}
KOREA, CENSUS, EUROSTAT, COMTRADE = (
    "kr-customs-811292",
    "us-census-imports",
    "eu-comext-811292",
    "comtrade-cn-exports-rare-earths",
)
IDS = (KOREA, CENSUS, EUROSTAT, COMTRADE)


def at(base: str, spec: SourceSpec) -> SourceSpec:
    path = spec.url.split("/", 3)[3].replace("{key}", "k")
    return spec.model_copy(update={"url": f"{base}/{path}", "needs_key": None, "spacing": timedelta(0)})


def walked(tmp_path, *steps: tuple[int, int, bool]):
    """Poll all at each step (days later, what is added, whether they refuse); return the outcomes a step, and the figures."""

    async def main():
        clock = [NOW]
        async with (
            statistics_server() as server,
            Fetcher(lambda: clock[0], allow_private_hosts=(server.base.removeprefix("http://"),)) as fetcher,
        ):
            repository = open_repository(Settings(home=tmp_path))
            specs = [at(server.base, SHIPPED[name]) for name in IDS]
            rounds = []
            for days, server.more, server.refuses in steps:
                clock[0] += timedelta(days=days)
                server.asked.clear()
                report = await collect_due(
                    specs, repository, fetcher, lambda: clock[0], settings=Settings(), force=True
                )
                rounds.append(
                    ({outcome.source_id: outcome for outcome in report.outcomes}, len(server.asked))
                )
            figures = repository.observations_between(NOW - timedelta(days=2_000), clock[0])
            repository.close()
            return rounds, figures

    return asyncio.run(main())


def test_each_service_is_read_whole_at_first_and_its_latest_year_after_that(tmp_path):
    ((first, asked), (again, asked_again)), figures = walked(tmp_path, (0, 0, False), (1, 0, False))
    assert {name: outcome.condition for name, outcome in first.items()} == dict.fromkeys(IDS, "ok")
    assert (asked, asked_again) == (10, 4), "three years in three windows, then one"
    assert {outcome.observations_new for outcome in again.values()} == {0}
    months = {name: {f.period for f in figures if f.source_id == name} for name in IDS}
    assert {name: len(found) for name, found in months.items()} == {
        KOREA: 36,
        CENSUS: 36,
        EUROSTAT: 36,
        COMTRADE: 12,
    }


def test_totals_and_groups_of_states_are_no_figures_and_no_fault(tmp_path):
    _, figures = walked(tmp_path, (0, 0, False))
    assert {f.partner for f in figures if f.source_id == CENSUS} == {"CN", "WLD"}
    assert {(f.partner, f.value) for f in figures if f.source_id == KOREA} == {("CN", 100.0)}


def test_a_confidential_figure_is_missing_and_no_zero(tmp_path):
    _, figures = walked(tmp_path, (0, 0, False))
    assert {f.value for f in figures if f.source_id == EUROSTAT} == {1100.0, None, 900.0}


def test_a_revision_of_years_ago_is_found_when_revisions_are_due_and_is_another_vintage(tmp_path):
    steps = (0, 0, False), (27, 3, False), (1, 3, False)
    rounds, figures = walked(tmp_path, *steps)
    assert [asked for _, asked in rounds] == [10, 4, 10]
    vintages: dict[str, list[float]] = {}
    for figure in sorted(
        (f for f in figures if f.source_id == KOREA and f.unit == "kg"), key=lambda f: f.known_at
    ):
        vintages.setdefault(figure.period, []).append(figure.value)
    revised = {period: values for period, values in vintages.items() if len(values) > 1}
    assert set(map(tuple, revised.values())) == {(100.0, 103.0)}
    assert min(revised) < "2024-06", "windows of years ago were read again"


@pytest.mark.parametrize(
    ("name", "condition", "cause"),
    [
        (KOREA, "drifted", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        (CENSUS, "drifted", "no column 'GEN_VAL_MO'"),
        (EUROSTAT, "failing", "404"),
        (COMTRADE, "drifted", "the answer says error: Temporarily unavailable"),
    ],
)
def test_a_service_that_refuses_with_a_polite_answer_is_not_taken_for_one_without_figures(
    tmp_path, name, condition, cause
):
    ((outcomes, _),), figures = walked(tmp_path, (0, 0, True))
    assert (outcomes[name].condition, cause in outcomes[name].cause, figures) == (condition, True, ())
