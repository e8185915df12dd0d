"""Replay the history pack through `rules backtest`'s own path, day by day, and hold it against what is true.

    python -m bench.history_pack [--rules DIR] [--held-out | --list] [--json FILE] [--export FILE]

Prints formal events caught on the day they became known, informal ones apart, alerts in ordinary weeks and on hard
negatives, extra alerts of one act, wrong facts, lead times, and recall when only one language's items are given.
The register stays out: its countdowns are no detection.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from statistics import median

import yaml

from bench.history_measures import Measured, Outcome, measure
from bench.history_records import FEEDS, HELD_OUT, LANGUAGES, PACK, ROOT, Pack, Told, load_pack
from warning.app.backtesting import backtest_replay
from warning.catalog.load import load_rulebook
from warning.collect.interchange import write_evidence
from warning.core.rulebook import Rulebook

TEXT_KINDS = ("text", "context")


def detecting_book(rules: Path = ROOT / "rules", *, kinds: Collection[str] = ()) -> Rulebook:
    """The rulebook without the register of measures, whose dates would count down by themselves.

    `kinds` keeps only rules of these kinds: where all evidence is items, rules about figures and days cost a look
    at every day of eight years and find nothing.
    """
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "rules"
        shutil.copytree(rules, tree, ignore=shutil.ignore_patterns("measures", "tests"))
        for path in (tree / "signals").glob("*.yaml") if kinds else ():
            if yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["kind"] not in kinds:
                path.unlink()
        return load_rulebook(tree, FEEDS, today=date(2026, 11, 1))


def replayed(book: Rulebook, pack: Pack, told: Sequence[Told]) -> Measured:
    """Replay the items in steps of a day and measure the alerts."""
    replay = backtest_replay(book, [one.item for one in told])
    return measure(pack, told, list(replay.alerts.values()))


def in_language(pack: Pack, language: str) -> list[Told]:
    """The items of events in one language, and nothing else."""
    return [one for one in pack.told if one.item.language == language and one.role == "event"]


def rate(outcomes: Sequence[Outcome]) -> str:
    caught = sum(outcome.caught for outcome in outcomes)
    return f"{caught}/{len(outcomes)}"


def figures(pack: Pack, whole: Measured, languages: dict[str, Measured]) -> dict[str, object]:
    """The figures that a test holds: counts only."""
    formal = [o for o in whole.outcomes if o.truth.formal]
    informal = [o for o in whole.outcomes if not o.truth.formal]
    return {
        "items": len(pack.told),
        "events": len(pack.events()),
        "formal": rate(formal),
        "informal": rate(informal),
        "neutral_told": rate(whole.neutral),
        "neutral_interrupting": sum(bool(o.alert and o.alert.interrupts) for o in whole.neutral),
        "quiet_alerts": len(whole.quiet),
        "negative_alerts": len(whole.negatives),
        "error_alerts": len(whole.errors),
        "events_with_extra_alerts": len(whole.extra),
        "alerts_mixing_events": len(whole.mixed),
        "events_with_wrong_facts": sum(bool(o.wrong) for o in whole.outcomes if o.caught),
        "events_lacking_facts": sum(bool(o.lacking) for o in whole.outcomes if o.caught),
        "languages": {
            name: {
                "formal": rate([o for o in one.outcomes if o.truth.formal]),
                "informal": rate([o for o in one.outcomes if not o.truth.formal]),
                "extra": len(one.extra),
            }
            for name, one in languages.items()
        },
    }


def print_lists(whole: Measured, languages: dict[str, Measured]) -> None:
    """Every miss, false alarm and wrong fact by the mark of its item."""
    print("\n## Missed")
    for outcome in (*whole.outcomes, *whole.neutral):
        if not outcome.caught:
            form = "formal" if outcome.truth.formal else "informal"
            print(f"- {outcome.truth.id} ({form}, {outcome.truth.direction}): {outcome.why}")
    for title, marks in (
        ("ordinary weeks", whole.quiet),
        ("hard negatives", whole.negatives),
        ("errors", whole.errors),
    ):
        print(f"\n## Alerts on {title}")
        for mark in marks:
            print(f"- {mark}: {whole.titles[mark]}")
    print("\n## More than one alert (by first item)")
    for event, marks in sorted(whole.extra.items()):
        print(f"- {event}: {', '.join(marks)}")
    print("\n## Alerts that mix events (by first item)")
    for mark, events in sorted(whole.mixed.items()):
        print(f"- {mark}: {', '.join(events)}")
    for title, name in (("Wrong", "wrong"), ("Lacking", "lacking")):
        print(f"\n## {title} facts")
        for outcome in whole.outcomes:
            if getattr(outcome, name):
                print(f"- {outcome.truth.id}: {'; '.join(getattr(outcome, name))}")
    for name, one in languages.items():
        print(f"\n## Missed when only {name} is given")
        for outcome in one.outcomes:
            if not outcome.caught:
                print(f"- {outcome.truth.id}: {outcome.why}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rules", type=Path, default=ROOT / "rules")
    options.add_argument(
        "--held-out", action="store_true", help="the part that rules are not tuned on: totals only"
    )
    options.add_argument("--list", action="store_true", help="name every miss and false alarm")
    options.add_argument("--json", type=Path, help="write the figures there")
    options.add_argument("--export", type=Path, help="write the items as an interchange file and end")
    chosen = options.parse_args()
    if chosen.held_out and chosen.list:
        options.error("the held-out part is not listed: what is known by item gets tuned on")
    pack = load_pack(HELD_OUT if chosen.held_out else PACK)
    if chosen.export:
        print(write_evidence(chosen.export, [one.item for one in pack.told]), "items")
        return 0
    book = detecting_book(chosen.rules)
    whole = replayed(book, pack, pack.told)
    texts = detecting_book(chosen.rules, kinds=TEXT_KINDS)
    languages = {language: replayed(texts, pack, in_language(pack, language)) for language in LANGUAGES}
    content = figures(pack, whole, languages)
    print(json.dumps(content, indent=1))
    leads = [o.lead_days for o in whole.outcomes if o.caught and o.lead_days is not None]
    print(
        f"lead time in days: median {median(leads)}, longest {max(leads)}, at once {sum(d <= 0 for d in leads)}"
    )
    by_act: dict[str, list[Outcome]] = {}
    for outcome in whole.outcomes:
        by_act.setdefault(outcome.truth.act, []).append(outcome)
    print("by act:", ", ".join(f"{act} {rate(theirs)}" for act, theirs in sorted(by_act.items())))
    if chosen.list:
        print_lists(whole, languages)
    if chosen.json:
        chosen.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
