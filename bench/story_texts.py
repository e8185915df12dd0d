"""Near-duplicate headlines: what MinHash finds of what is true, headlines a second, and a peer in the same run.

    python -m bench.story_texts [--headlines 20000] [--news FILE.jsonl.zst] [--one-story]

Pairs are true when their likeness over runs of three characters is at least .5 (or .7), found by comparing every
edited copy with every headline it may come from. `datasketch`, where it is installed, reads the same headlines with
the same number of permutations, bands and rows. `--one-story` replays the history pack and counts in how many alerts the
languages of one event end.
"""

import argparse
import io
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import zstandard

from bench.history_pack import detecting_book
from bench.history_records import LANGUAGES, load_pack
from warning.app.backtesting import backtest_replay
from warning.core.identity import likeness, plain
from warning.core.minhash import BANDS, PERMUTATIONS, ROWS, NearTexts

NEWS = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data")) / "news" / "headlines_en_world.jsonl.zst"
EDITS = (
    "update 1 {}",
    "{} report",
    "{} sources say",
    "exclusive {}",
    "{} as tensions with neighbours rise again",
)


def headlines(path: Path, count: int) -> list[str]:
    """The first distinct headlines of a file, in the form in which they are compared."""
    with path.open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        found: dict[str, None] = {}
        for line in lines:
            found[plain(json.loads(line)["title"])] = None
            if len(found) == count:
                break
    return [title for title in found if len(title) > 12]


def edited(titles: Sequence[str], dice: random.Random) -> dict[str, tuple[str, str]]:
    """Copies as desks make them: a word dropped or swapped, a tail, a lead. By name: (what it copies, its text)."""
    copies = {}
    for number, title in enumerate(dice.sample(list(titles), len(titles) // 4)):
        words = title.split()
        for _ in range(dice.randint(0, 3)):
            place = dice.randrange(len(words))
            words[place] = dice.choice(words)
        copies[f"copy-{number}"] = title, dice.choice(EDITS).format(" ".join(words))
    return copies


def ours(texts: dict[str, str], least: float) -> dict[str, set[str]]:
    return {name: set(near) for name, near in NearTexts().add(texts, least=least).items()}


def peers(texts: dict[str, str], least: float) -> dict[str, set[str]]:
    """The same with datasketch; candidates are compared for certain, as ours are."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - a peer, absent where the program is installed

    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    found = {}
    for name, text in texts.items():
        one = MinHash(num_perm=PERMUTATIONS)
        one.update_batch([text[at : at + 3].encode() for at in range(max(1, len(text) - 2))])
        found[name] = {other for other in index.query(one) if likeness(text, texts[other]) >= least}
        index.insert(name, one)
    return found


def timed(work: Callable[[dict[str, str], float], dict[str, set[str]]], texts: dict[str, str], least: float):  # type: ignore[no-untyped-def]
    begun = time.perf_counter()
    found = work(texts, least)
    return found, len(texts) / (time.perf_counter() - begun)


def near(count: int, path: Path) -> None:
    titles = headlines(path, count)
    copies = edited(titles, random.Random(5))
    texts = {title: title for title in titles} | {name: text for name, (_, text) in copies.items()}
    print(f"{len(titles)} headlines, {len(copies)} edited copies")
    for least in (0.5, 0.7):
        true = {name for name, (title, text) in copies.items() if likeness(title, text) >= least}
        found, speed = timed(ours, texts, least)
        met = sum(copies[name][0] in found[name] for name in true)
        pairs = sum(map(len, found.values()))
        print(
            f"at {least}: recall {met / len(true):.4f} of {len(true)}, pairs given {pairs}, all at least {least} alike"
        )
        print(f"  ours {speed:,.0f} headlines/s")
        try:
            other, theirs = timed(peers, texts, least)
        except ImportError:
            print("  datasketch is not installed")
            continue
        met = sum(copies[name][0] in other[name] for name in true)
        print(
            f"  datasketch {theirs:,.0f} headlines/s, recall {met / len(true):.4f}; ratio {speed / theirs:.1f}"
        )


def one_story() -> None:
    """Of events told in four languages: whose items that fired end in one alert; and alerts that hold two events."""
    pack = load_pack()
    replay = backtest_replay(detecting_book(), [one.item for one in pack.told])
    by_id = {one.item.id: one for one in pack.told}
    languages: dict[str, set[str]] = defaultdict(set)
    told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in pack.told:
        if one.role == "event" and not pack.truths[one.group].covers:
            languages[one.group].add(one.item.language)
    mixing = 0
    for alert in replay.alerts.values():
        if not alert.interrupts:
            continue
        shown = [by_id[e.evidence_id] for e in alert.exhibits if e.evidence_id in by_id]
        for one in shown:
            if one.role == "event":
                told[one.group][alert.key].add(one.item.language)
        groups = {one.group for one in shown if one.role == "event"}
        mixing += len({g for g in groups if g in languages}) > 1
    four = [event for event, found in languages.items() if found == set(LANGUAGES)]
    whole = [e for e in four if any(found == set(LANGUAGES) for found in told[e].values())]
    fired = [e for e in four if set().union(*told[e].values()) == set(LANGUAGES)]
    together = [e for e in fired if len(told[e]) == 1]
    reach = Counter(max((len(found) for found in told[e].values()), default=0) for e in four)
    print(f"events told in four languages: {len(four)}")
    print(f"  one alert holds all four: {len(whole)} of them, of {len(fired)} where all four fired")
    print(f"  and no other alert holds any: {len(together)}")
    print(f"  languages in the fullest alert: {dict(sorted(reach.items(), reverse=True))}")
    print(f"  alerts that hold more than one event: {mixing}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--headlines", type=int, default=20_000)
    options.add_argument("--news", type=Path, default=NEWS)
    options.add_argument("--one-story", action="store_true")
    chosen = options.parse_args()
    if chosen.one_story:
        one_story()
    else:
        near(chosen.headlines, chosen.news)


if __name__ == "__main__":
    main()
