"""Precision, recall and facts of the rules against the labels in labels/: `score_labels.py [--rules DIR] [--wrong]`.

Reads the real documents where EWS_SHARED_DATA names them, runs `warning rules eval` on each collection and prints tables
with Wilson 95 % intervals: the first labels (`blind`) as the first reader gave them, as the second did and as both were
settled, then the second and the third ones by half (`tune`, `held`, `fresh_tune`, `fresh_held`, `recall_tune`,
`recall_held`), language and act.
`--reader` says whose verdicts count there (the first reader's, the second's, or what both readings were settled to);
`--wrong` adds every wrong line, never of a held half; `--out DIR` keeps the converted files and the answers.
"""

import argparse
import contextlib
import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import label_tables
from blind_tables import HEAD, LABELS, Judged, line_of, tables_read_again, wilson
from label_tables import HALVES, Read, interrupting
from to_interchange import SHARED
from to_interchange import main as convert

FOLDER = Path(__file__).parent / "labels"
ROOT = Path(__file__).parent.parent
RARE_EARTH_FAMILY = {"rare_earths", "heavy_rare_earths"}


def answers(evidence: Path, rules: Path, feeds: Path) -> list[dict[str, Any]]:
    program = "import sys; from warning.cli.main import main; sys.exit(main())"
    arguments = ["rules", "eval", "--evidence", evidence, "--rules", rules, "--feeds", feeds]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def judged(
    file: str, out: Path, found: list[dict[str, Any]]
) -> tuple[list[Judged], list[tuple[int, dict[str, Any]]]]:
    """Every labelled line with what fired, and the interrupting lines nobody has read."""
    records = [json.loads(line) for line in (out / f"{file}.jsonl").open(encoding="utf-8")]
    with (LABELS / f"{file}.csv").open(encoding="utf-8", newline="") as text:
        labels = {int(row["line"]): row for row in csv.DictReader(text)}
    known = [
        Judged(file=file, line=line, label=row, record=records[line], fired=interrupting(found[line]))
        for line, row in labels.items()
    ]
    unread = [
        (line, records[line])
        for line, answer in enumerate(found)
        if line not in labels and interrupting(answer)
    ]
    if file == "mofcom":  # one reading a document: its second extractions carry no label of their own
        urls = {one.record.get("url") for one in known}
        unread = [(line, record) for line, record in unread if record.get("url") not in urls]
    return known, unread


def wrong_facts(one: Judged | Read) -> list[str]:
    """Facts of an interrupting MOFCOM answer that differ from the label: `effective: None, right 2025-11-08`."""
    best = max(one.fired, key=lambda fired: len(fired["materials"]))
    label = one.label
    faults = []
    number = (best["instrument"] or "").rpartition(" ")[2]
    if number != label["instrument"]:
        faults.append(f"instrument: {best['instrument']}, right {label['instrument'] or 'none stated'}")
    wanted, given = set(label["materials"].split()), set(best["materials"])
    if not wanted <= given or given - wanted - RARE_EARTH_FAMILY:
        faults.append(f"materials: {sorted(given)}, right {sorted(wanted)}")
    for fact in ("announced", "effective"):
        allowed = label[fact].split("|") if label[fact] else ["-"]
        if (best[fact] or "-") not in allowed:
            faults.append(f"{fact}: {best[fact]}, right {label[fact] or 'none stated'}")
    if best["direction"] != label["direction"]:
        faults.append(f"direction: {best['direction']}, right {label['direction']}")
    return faults


def facts_table(documents: list[Judged]) -> list[str]:
    told = [one for one in documents if one.event and one.fired]
    faults = {one.line: wrong_facts(one) for one in told}
    lines = ["", "| MOFCOM fact | right/told | % |", "|---|---|---|"]
    for fact in ("instrument", "materials", "announced", "effective", "direction"):
        right = sum(not any(fault.startswith(fact) for fault in some) for some in faults.values())
        lines.append(f"| {fact} | {right}/{len(told)} | {wilson(right, len(told))} |")
    lines += [f"wrong fact mofcom {line}: {fault}" for line, some in faults.items() for fault in some]
    return lines


def wrong_lines(some: Iterable[Judged]) -> list[str]:
    lines = []
    for one in some:
        if one.event == bool(one.fired):
            continue
        kind = "missed" if one.event else "false alarm"
        doubt = "" if one.sure else " (unsure)"
        rules = ",".join(fired["rule"] for fired in one.fired)
        title = one.record["title"][:100]
        lines.append(
            f"{kind}{doubt} | {one.file} {one.line} | {one.label['scope'] or '-'} | {rules or '-'} | {title}"
        )
    return sorted(lines)


def first_labels(out: Path, found: dict[str, list[dict[str, Any]]], *, wrong: bool) -> None:
    everything: list[Judged] = []
    print(HEAD)
    for path in sorted(LABELS.glob("*.csv")):
        file = path.stem
        if file == "strata":
            continue
        known, unread = judged(file, out, found[file])
        everything += known
        print(line_of(file, known, len(unread)), flush=True)
        if wrong:
            for line, record in unread:
                print(f"fired, unread: {file} {line} {record['title'][:100]}")
    for language in sorted({one.record["language"] for one in everything}):
        print(line_of(f"language {language}", (o for o in everything if o.record["language"] == language)))
    print(line_of("all", everything))
    print("\n".join(tables_read_again(everything)))
    print("\n".join(facts_table([one for one in everything if one.file == "mofcom"])))
    if wrong:
        print("\n" + "\n".join(wrong_lines(everything)))


def fired_unread(file: str, records: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    """Interrupting lines of a collection of the second labels that no reader has seen."""
    if not any((FOLDER / half / f"{file}.csv").exists() for half in HALVES):
        return []
    folders = (LABELS, *(FOLDER / half for half in HALVES))
    known = {line for folder in folders for line in label_tables.labels_of(folder, file)}
    return [
        f"fired, unread: {file} {line} {records[line]['title'][:100]}"
        for line, answer in enumerate(found)
        if line not in known and interrupting(answer)
    ]


def facts_of_half(documents: list[Read], *, wrong: bool) -> list[str]:
    """Each fact right, of the control documents told and of all of them; the faults only where they may be looked at."""
    events = [one for one in documents if one.event and one.label["scope"] != "foreign"]
    told = [one for one in events if one.fired]
    faults = {one.line: wrong_facts(one) for one in told}
    others = sum(bool(one.fired) for one in documents if not one.event)
    lines = [
        f"\nMOFCOM: {len(told)} of {len(events)} control documents told, {others} others told",
        "| MOFCOM fact | right/told | right/all | % of all |",
        "|---|---|---|---|",
    ]
    for fact in ("instrument", "materials", "announced", "effective", "direction"):
        right = sum(not any(fault.startswith(fact) for fault in some) for some in faults.values())
        lines.append(
            f"| {fact} | {right}/{len(told)} | {right}/{len(events)} | {wilson(right, len(events))} |"
        )
    if wrong:
        lines += [f"wrong fact mofcom {line}: {fault}" for line, some in faults.items() for fault in some]
    return lines


def second_labels(out: Path, found: dict[str, list[dict[str, Any]]], *, reader: str, wrong: bool) -> None:
    records = {
        file: [json.loads(line) for line in (out / f"{file}.jsonl").open(encoding="utf-8")] for file in found
    }
    unread = [line for file in found for line in fired_unread(file, records[file], found[file])]
    documents: list[Read] = []
    for half in HALVES:
        read = [
            one
            for file in found
            for one in label_tables.read_half(FOLDER / half, file, records[file], found[file], reader)
        ]
        print("\n".join(label_tables.half_tables(half, read, len(unread))))
        shown = wrong and half in ("tune", "fresh_tune", "recall_tune")
        mofcom = [one for one in read if one.file == "mofcom"]
        documents += mofcom
        print("\n".join(facts_of_half(mofcom, wrong=shown)))
        if shown:
            print("\n" + "\n".join(sorted(label_tables.wrong(read))))
    print("\n## every MOFCOM document, both halves")
    print("\n".join(facts_of_half(documents, wrong=False)))
    if wrong:
        print("\n".join(unread))


def score(out: Path, rules: Path, feeds: Path, *, reader: str, wrong: bool) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        convert(out)
    names = {path.stem for folder in ("blind", *HALVES) for path in (FOLDER / folder).glob("*.csv")} - {
        "strata"
    }
    found = {file: answers(out / f"{file}.jsonl", rules, feeds) for file in sorted(names)}
    for file, given in found.items():
        (out / f"{file}.answers.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    first_labels(out, found, wrong=wrong)
    second_labels(out, found, reader=reader, wrong=wrong)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rules", type=Path, default=ROOT / "rules")
    options.add_argument("--feeds", type=Path, default=ROOT / "feeds")
    options.add_argument("--out", type=Path, help="keep converted documents and answers here")
    options.add_argument(
        "--reader",
        choices=label_tables.READERS,
        default="agreed",
        help="whose verdicts count in the two halves",
    )
    options.add_argument("--wrong", action="store_true", help="print every wrong line with its title")
    chosen = options.parse_args()
    if not (SHARED / "news").is_dir():
        sys.exit(f"No documents under {SHARED}: set EWS_SHARED_DATA to the folder that holds news/.")
    with tempfile.TemporaryDirectory() as scratch:
        score(
            chosen.out or Path(scratch),
            chosen.rules.resolve(),
            chosen.feeds.resolve(),
            reader=chosen.reader,
            wrong=chosen.wrong,
        )


if __name__ == "__main__":
    main()
