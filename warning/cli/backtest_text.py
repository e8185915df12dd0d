"""A backtest to read: the alerts, the acts caught, the rules' expectations, and what an edit changes."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import click

from warning.app.backtest_notes import Judged
from warning.catalog.case_places import CasePlaces
from warning.cli.junit import Case
from warning.cli.output import print_table, wrapped
from warning.core.phrases import counted

WIDTH = 100
SWITCHED_OFF = "but the rule is switched off: withdraw its backtest too, or switch it on"


def print_backtest(content: Mapping[str, Any]) -> None:
    """Print alerts (or what an edit changes) on stdout, the sums on stderr."""
    compared = content.get("comparison")
    if compared:
        _print_comparison(compared)
    else:
        for alert in content["alerts"]:
            click.echo(_line(alert, f" ({counted(alert['evidence'], 'record')})"))
        for country, figures in content["load"].items():
            click.echo(
                f"{country}: {counted(figures['interrupting_per_week'], 'interrupting alert')} a week",
                err=True,
            )
        measures = content["measures"]
        caught = len(measures["caught"])
        missed = sorted(measures["missed"])
        click.echo(f"{caught} of {caught + len(missed)} acts of the register caught", err=True)
        for line in wrapped(f"missed: {', '.join(missed)}", WIDTH) if missed else ():
            click.echo(line, err=True)
    if not content["replayed"]:
        said = "no evidence is of these days: that nothing was told does not mean that they were calm"
        click.echo(said, err=True)
    for one in content["expectations"]:
        if one["held"] is False:
            found = SWITCHED_OFF if one["switched_off"] else f"found {one['found']}"
            click.echo(f"{one['rule']}: expected {one['expected']}, {found}")
    _print_expectations(content["expectations"])
    click.echo(f"{counted(content['records'], 'record')}, {content['records_per_second']} a second", err=True)
    sys.stdout.flush()


def _print_expectations(expectations: Iterable[Mapping[str, Any]]) -> None:
    verdicts = [one["held"] for one in expectations]
    if verdicts:
        judged = [held for held in verdicts if held is not None]
        unjudged = len(verdicts) - len(judged)
        apart = (
            f", {unjudged} not judged: their days were not all replayed, or brought nothing for the rule"
            if unjudged
            else ""
        )
        click.echo(f"{sum(judged)} of {len(judged)} expectations met{apart}", err=True)


def expectation_cases(verdicts: Sequence[Judged], places: CasePlaces, seconds: float) -> list[Case]:
    """The expectations as cases of a JUnit report; they share the `seconds` of the replay alike."""
    numbered = [
        (one, number)
        for _, own in groupby(verdicts, key=lambda one: one.rule_id)
        for number, one in enumerate(own)
    ]
    return [
        _case(one, places.of_rule(one.rule_id, "backtest", number), seconds / len(verdicts))
        for one, number in numbered
    ]


def _case(one: Judged, place: tuple[str, int], seconds: float) -> Case:
    return Case(
        suite="expectations",
        subject=one.rule_id,
        name=str(one.expectation),
        faults=(_fault(one),) if one.held is False else (),
        skipped=""
        if one.held is not None
        else "not all of its days were replayed, or they brought nothing for the rule",
        file=place[0],
        line=place[1],
        seconds=seconds,
    )


def _fault(one: Judged) -> str:
    return f"expected {one.expectation}, {SWITCHED_OFF if one.switched_off else f'found {one.count}'}"


def _print_comparison(compared: Mapping[str, Any]) -> None:
    print_table(("", "BEFORE", "AFTER"), _sums(compared))
    for word in ("lost", "gained"):
        for alert in compared[word]:
            click.echo(f"{word:<8}{_line(alert)}")
    for alert in compared["changed"]:
        changes = "; ".join(
            f"{key.replace('_', ' ')}: {_shown(value['before'])} → {_shown(value['after'])}"
            for key, value in alert["changes"].items()
        )
        click.echo(f"changed {alert['opened_at'][:10]}   {alert['title']}: {changes}")
    for act in compared["acts"]:
        click.echo(f"act     {act['instrument']}: {_caught(act['before'])} → {_caught(act['after'])}")
    for week in compared["weeks"]:
        click.echo(
            f"week    {week['week']} {week['desk']}: {week['before']} → {counted(week['after'], 'alert')}"
        )
    if not any(compared[key] for key in ("lost", "gained", "changed", "acts", "weeks")):
        click.echo("the edit changes nothing on this evidence")


def _sums(compared: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield "rulebook", compared["versions"]["before"], compared["versions"]["after"]
    yield "alerts", str(compared["alerts"]["before"]), str(compared["alerts"]["after"])
    for country, load in compared["load"].items():
        was, now = load["before"], load["after"] or {}
        yield (
            f"interrupting {country} a week",
            str(was["interrupting_per_week"]),
            str(now.get("interrupting_per_week", "")),
        )
    sides = [compared["recall"][side] for side in ("before", "after")]
    was, now = [f"{side['caught']} of {side['of']}" for side in sides]
    yield "acts caught", was, now
    was, now = ["" if side["median_lead_days"] is None else f"{side['median_lead_days']:g}" for side in sides]
    yield "median lead in days", was, now


def _caught(side: Mapping[str, Any]) -> str:
    if not side["caught"]:
        return "missed"
    return "caught" if side["lead_days"] is None else f"caught {counted(side['lead_days'], 'day')} ahead"


def _line(alert: Mapping[str, Any], more: str = "") -> str:
    mark = "!" if alert["interrupts"] else " "
    number = f" [{alert['instrument']}]" if alert.get("instrument") else ""
    return f"{alert['opened_at'][:10]} {mark} {alert['title']}{number}{more}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {word}" for key, word in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)
