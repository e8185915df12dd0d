"""Recall and false alarms of the rules on the press leads of labels/leads:
`score_leads.py [--half tune|held] [--pen first|second] [--rules DIR]`.

Every lead goes through `warning rules eval` as the item it would be: the press as news, an official page as a notice of
the state that acts. Tables by language and by class, with Wilson 95 % intervals: sure events caught, the unsure ones apart,
quiet leads that fire. `--misses` lists each wrong lead of the half `tune`; of `held` nothing but numbers is ever shown.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blind_tables import wilson
from label_tables import interrupting, mistake
from score_labels import ROOT, answers

LEADS = ROOT / "bench" / "labels" / "leads"
PENS = {"first": "", "second": "second_pen_"}
LANGUAGES = ("en", "zh", "ja", "ko")
PRESS_COUNTRY = {"en": "GB", "zh": "CN", "ja": "JP", "ko": "KR"}
OFFICIAL_COUNTRY = {"zh": "CN", "ja": "JP", "ko": "KR"}
Lead = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    lead: Lead
    fired: tuple[dict[str, Any], ...]

    @property
    def event(self) -> bool:
        return self.lead["class"] != "quiet"

    @property
    def sure(self) -> bool:
        return self.lead["sure"] == "yes"


def leads_of(half: str, pen: str = "first") -> list[Lead]:
    rows: list[Lead] = []
    for language in LANGUAGES:
        with (LEADS / f"{PENS[pen]}{language}.csv").open(encoding="utf-8", newline="") as text:
            rows += [row for row in csv.DictReader(text) if row["half"] == half]
    return rows


def as_item(lead: Lead) -> dict[str, Any]:
    """The lead as an interchange item; an English official page counts as one of the state that acts, else of the US."""
    official = lead["source_kind"] == "official"
    actor = lead["event"].split()[0].upper() if lead["class"] != "quiet" else "US"
    country = OFFICIAL_COUNTRY.get(lead["language"], actor) if official else PRESS_COUNTRY[lead["language"]]
    at = f"{lead['published']}T00:00:00+00:00"
    return {
        "type": "item",
        "id": lead["id"],
        "source_id": f"leads-{lead['source_kind']}-{lead['language']}",
        "kind": "regulatory" if official else "news",
        "country": country,
        "language": lead["language"],
        "title": lead["title"],
        "summary": lead["text"],
        "published_at": at,
        "known_at": at,
    }


def scored(half: str, rules: Path, feeds: Path, pen: str = "first") -> list[Scored]:
    leads = leads_of(half, pen)
    with tempfile.TemporaryDirectory() as scratch:
        evidence = Path(scratch) / "leads.jsonl"
        lines = [json.dumps(as_item(lead), ensure_ascii=False) + "\n" for lead in leads]
        evidence.write_text("".join(lines), encoding="utf-8")
        found = answers(evidence, rules, feeds)
    return [Scored(lead=lead, fired=interrupting(given)) for lead, given in zip(leads, found, strict=True)]


def share(some: Iterable[Scored]) -> tuple[str, str]:
    some = list(some)
    fired = sum(bool(one.fired) for one in some)
    return f"{fired}/{len(some)}", wilson(fired, len(some))


def row_of(name: str, some: list[Scored]) -> str:
    sure, unsure = ([one for one in some if one.sure is is_sure] for is_sure in (True, False))
    cells = [name, *share(one for one in sure if one.event), share(one for one in unsure if one.event)[0]]
    cells += [*share(one for one in sure if not one.event), share(one for one in unsure if not one.event)[0]]
    return "| " + " | ".join(cells) + " |"


def tables(half: str, some: list[Scored]) -> Iterator[str]:
    head = " | sure events caught | recall % | unsure caught | sure quiet that fire | % | unsure quiet that fire |"
    yield f"## {half}: {len(some)} leads\n\n| language{head}\n|---|---|---|---|---|---|---|"
    for language in LANGUAGES:
        yield row_of(language, [one for one in some if one.lead["language"] == language])
    yield row_of("all", some)
    yield f"\n| class{head}\n|---|---|---|---|---|---|---|"
    for letter in sorted({one.lead["class"] for one in some}):
        yield row_of(letter, [one for one in some if one.lead["class"] == letter])


def wrong(some: Iterable[Scored]) -> Iterator[str]:
    for one in some:
        if (found := mistake(one)) is None:
            continue
        kind, rules = found
        lead = one.lead
        yield f"{kind} | {lead['id']} | {lead['class']} | {lead['event']} | {rules} | {lead['title']} | {lead['text']}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=("tune", "held"), default="tune")
    options.add_argument(
        "--pen",
        choices=sorted(PENS),
        default="first",
        help="whose leads: most in unusual words, or most in plain ones",
    )
    options.add_argument("--rules", type=Path, default=ROOT / "rules")
    options.add_argument("--feeds", type=Path, default=ROOT / "feeds")
    options.add_argument("--misses", action="store_true", help="list each wrong lead; of the half tune only")
    chosen = options.parse_args()
    if chosen.misses and chosen.half == "held":
        sys.exit(
            "The leads of the held half are not shown: a miss that was read is no longer held. Use --half tune."
        )
    found = scored(chosen.half, chosen.rules.resolve(), chosen.feeds.resolve(), chosen.pen)
    print("\n".join(tables(chosen.half, found)))
    if chosen.misses:
        print("\n" + "\n".join(wrong(found)))


if __name__ == "__main__":
    main()
