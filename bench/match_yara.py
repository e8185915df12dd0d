"""Documents per second of boolean text rules against YARA-X, verdicts compared: `match_yara.py [DOCUMENTS] [MIX[:TERMS A GROUP] ...]`.

Needs EWS_SHARED_DATA, the package yara-x and, for the fast engine, the extra `accelerator`. Every engine gets the
same folded UTF-8 texts, a slice in turn, so that all share whatever else the machine does; times are CPU seconds.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import yara_x
from boolean_rules import Rules, boolean_rules, yara_as_written, yara_shared
from hyperscan_limit import CLimit
from mixed_corpus import documents

from warning.catalog.load import load_rulebook
from warning.core.evidence import Item
from warning.core.rulebook import Rulebook
from warning.core.text.accelerator import fastest_finder
from warning.core.text.engine import TextEngine, page_of
from warning.core.text.finders import AhoCorasickFinder, patterns_of
from warning.core.text.reading import Reading
from warning.core.text.screen import Page, candidates

ROOT = Path(__file__).parent.parent
SLICE = 4_096
Verdicts = list[tuple[int, ...]]


def default_finder(patterns):
    return AhoCorasickFinder(patterns), ""


@dataclass
class Runner:
    name: str
    judge: Callable[[Sequence[Page]], Verdicts]
    seconds: float = 0.0
    verdicts: Verdicts = field(default_factory=list)

    def take(self, pages: Sequence[Page]) -> None:
        began = time.process_time()
        said = self.judge(pages)
        self.seconds += time.process_time() - began
        self.verdicts += said


def screened(engine: TextEngine) -> Callable[[Sequence[Page]], Verdicts]:
    """The product's screen; plain boolean rules are certain after it."""

    def judge(pages: Sequence[Page]) -> Verdicts:
        found = engine.screen.of(pages)
        assert not any(one.possible for one in found)
        met = candidates(found)
        return [tuple(met.get(n, ())) for n in range(len(pages))]

    return judge


def yara(source: str) -> Callable[[Sequence[Page]], Verdicts]:
    compiler = yara_x.Compiler()
    compiler.add_source(source)
    scanner = yara_x.Scanner(compiler.build())

    def judge(pages: Sequence[Page]) -> Verdicts:
        return [
            tuple(sorted(int(rule.identifier[1:]) for rule in scanner.scan(page.text).matching_rules))
            for page in pages
        ]

    return judge


def slices(items: Sequence[Item]) -> Iterator[tuple[Sequence[Item], list[Page]]]:
    for start in range(0, len(items), SLICE):
        part = items[start : start + SLICE]
        yield part, [page_of(Reading(item)) for item in part]


def limit_of(rules: Rules, engine: TextEngine) -> CLimit | None:
    place = {f"cue:{name}": n for n, name in enumerate(rules.groups)}
    groups = {p: place[e.concept] for e in engine.lexicon.entries for p in patterns_of(e.phrase)}
    return CLimit.build(list(groups), list(groups.values()), rules)


def compare(mix: str, a_group: int, items: Sequence[Item], policy_of: Rulebook) -> None:
    rules = boolean_rules(500, mix=mix, a_group=a_group)
    book = rules.book(policy_of.policy)
    default, fast = TextEngine(book, make_finder=default_finder), TextEngine(book, make_finder=fastest_finder)
    strings = sum(len(terms) for terms in rules.groups.values())
    assert default.screen.terms == fast.screen.terms  # compiled before the clock runs
    print(
        f"\n{mix}: 500 rules, {len(rules.groups)} groups of {a_group} terms, {fast.screen.terms} patterns, {strings} lists of terms"
    )
    runners = [
        Runner("default engine", screened(default)),
        Runner(f"accelerator ({fast.screen.engine})", screened(fast)),
        Runner("YARA-X, rules as written", yara(yara_as_written(rules))),
        Runner("YARA-X, one private rule a group", yara(yara_shared(rules))),
    ]
    limit = limit_of(rules, fast)
    limit_seconds, limit_fired, folding = 0.0, 0, 0.0
    for part, pages in slices(items):
        for runner in runners:
            runner.take(pages)
        began = time.process_time()
        for item in part:
            page_of(Reading(item))
        folding += time.process_time() - began
        if limit:
            packed = limit.pack([page.text for page in pages])
            began = time.process_time()
            limit_fired += limit.fired(packed)
            limit_seconds += time.process_time() - began
    report(runners, len(items), folding)
    if limit:
        fired = sum(map(len, runners[1].verdicts))
        print(
            f"  C limit: {len(items) / limit_seconds:,.0f} documents a second, {limit_fired} verdicts (ours {fired});"
            f" the accelerator takes {runners[1].seconds / limit_seconds:.2f} times its time"
        )


def report(runners: Sequence[Runner], count: int, folding: float) -> None:
    written = next(r for r in runners if "as written" in r.name)
    for runner in runners:
        print(
            f"  {runner.name}: {count / runner.seconds:,.0f} documents a second,"
            f" {written.seconds / runner.seconds:.1f} times YARA-X as written"
        )
    for runner in runners[:2]:
        print(
            f"  raw text to verdict, {runner.name}: {count / (runner.seconds + folding):,.0f} documents a second"
        )
    differ = sum(len(set(said)) > 1 for said in zip(*(r.verdicts for r in runners), strict=True))
    fired = runners[0].verdicts
    print(
        f"  verdicts differ on {differ} of {count} documents; {sum(map(len, fired)) / count:.2f} rules met a document,"
        f" {sum(map(bool, fired)) / count:.0%} of documents meet one"
    )


def scaling(items: Sequence[Item], policy_of: Rulebook) -> None:
    print("\ncost by number of rules (the same terms), CPU us a document:")
    engines = {}
    for count in (125, 250, 500, 1000):
        book = boolean_rules(count).book(policy_of.policy)
        for name, maker in (("default", default_finder), ("accelerator", fastest_finder)):
            engine = TextEngine(book, make_finder=maker)
            assert engine.screen.terms  # compiled before the clock runs
            engines[name, count] = screened(engine)
    seconds: dict[tuple[str, int], float] = defaultdict(float)
    for _, pages in slices(items):
        for key, judge in engines.items():
            began = time.process_time()
            judge(pages)
            seconds[key] += time.process_time() - began
    for name in ("default", "accelerator"):
        costs = [
            f"{n} rules {took / len(items) * 1e6:.1f}" for (said, n), took in seconds.items() if said == name
        ]
        print(f"  {name}: {', '.join(costs)}")


def one_item(book: Rulebook, items: Sequence[Item], name: str) -> None:
    began = time.process_time()
    engine = TextEngine(book)
    assert engine.screen.terms
    compiled = time.process_time() - began
    took = []
    for item in items:
        began = time.thread_time()
        engine.judge(item)
        took.append((time.thread_time() - began) * 1e3)
    took.sort()
    print(
        f"  {name}: {len(engine.rules)} rules and {len(engine.lexicon.entries)} phrases compiled in {compiled:.2f} s"
        f" ({engine.screen.engine}); one item, CPU: median {took[len(took) // 2]:.3f} ms, mean {sum(took) / len(took):.3f} ms,"
        f" 99 of 100 under {took[len(took) * 99 // 100]:.3f} ms"
    )


def main(count: int, mixes: Sequence[str]) -> None:
    shipped = load_rulebook(ROOT / "rules", ROOT / "feeds")
    items = list(documents(count))
    size = sum(len(item.title) + len(item.body) + 2 for item in items) / count
    print(
        f"{count} documents of {size:,.0f} characters on average; YARA-X {version('yara-x')}, hyperscan {version('hyperscan')}"
    )
    for mix in mixes:
        kind, _, a_group = mix.partition(":")
        compare(kind, int(a_group or 20), items, shipped)
    scaling(items[: count // 5], shipped)
    print("\ncompiling, and one new item through all rules:")
    one_item(shipped, items[:2_000], "shipped rulebook")
    one_item(boolean_rules(2_000).book(shipped.policy), items[:2_000], "2,000 rules over 2,000 terms")
    sparse = boolean_rules(2_000, mix="sparse", terms=8_000)
    one_item(sparse.book(shipped.policy), items[:2_000], "2,000 rules over 8,000 terms, sparse")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2:] or ["dense", "sparse"])
