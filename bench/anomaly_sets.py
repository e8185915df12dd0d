"""The series tests on labelled public anomaly sets, beside simple baselines, by each set's own score.

    python bench/anomaly_sets.py SHARED_DATA

NAB (Lavin and Ahmad 2015): the published scoring with its three profiles (weights of a hit 1, a miss 1 or 2, a
false alarm 0.11 or 0.22), one threshold a detector over all files, chosen to its best as the published table
does; 0 is no detection at all, 100 every window at its first point. Probation is 15 % of a file, 750 points at most.

TSB-UAD (Paparrizos 2022): area under precision and recall, the best F1 point by point (no adjustment that counts
a whole event for one hit), and VUS-PR, the volume over buffer lengths 0 to 100 in steps of 20.

The detectors are the product's own verdict functions with the daily settings of the shipped rules. They know
past figures only. They were made for prices and trade; nothing was tuned on these sets.
"""

import argparse
import csv
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import zstandard
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from warning.core.series.robust import MAD_TO_SIGMA, row_median
from warning.core.series.verdicts import conditions
from warning.core.series_tests import Extreme, Shift, Spike, Test

Floats = NDArray[np.float64]
Detector = Callable[[Floats], Floats]
CHUNK = 5_000
PROFILES = {"standard": (1.0, 0.11, 1.0), "low FP": (1.0, 0.22, 1.0), "low FN": (1.0, 0.11, 2.0)}
SPIKES: tuple[Test, ...] = (
    Spike(method="spike", direction="both", steps=1, baseline_points=250, threshold=6),
    Spike(method="spike", direction="both", steps=5, baseline_points=250, threshold=4),
)
SHIFT: tuple[Test, ...] = (
    Shift(method="shift", baseline_points=250, run_points=60, threshold=20, floor=0.06),
)
EXTREME: tuple[Test, ...] = (Extreme(method="extreme", direction="both", baseline_points=250),)


def tested(*tests: Test) -> Detector:
    """Score each figure by how far past its threshold the strongest of the tests stands; 1 is the threshold."""

    def score(values: Floats) -> Floats:
        best = np.zeros(len(values))
        # Ratios need positive figures: a series that is not is lifted by its own range before.
        lifted = values if values.min() > 0 else values - values.min() + max(np.ptp(values), 1.0) * 0.1
        for test in tests:
            for condition in conditions(test):
                padded = np.concatenate([np.full(test.span - 1, np.nan), lifted])
                windows = sliding_window_view(padded, test.span)
                for start in range(0, len(values), CHUNK):
                    part = np.ascontiguousarray(windows[start : start + CHUNK])
                    with np.errstate(all="ignore"):
                        judged = condition.judge(part, 1)
                        strength = _strength(test, part, judged)
                    at = slice(start, start + len(part))
                    best[at] = np.fmax(best[at], np.nan_to_num(strength))
        return best

    return score


def _strength(test: Test, windows: Floats, judged: object) -> Floats:
    if isinstance(test, Extreme):
        past = windows[:, :-1]
        room = test.margin_ratio * np.fmax(np.nanmax(past, axis=1) - np.nanmin(past, axis=1), 1e-9)
        beyond = np.fmax(windows[:, -1] - np.nanmax(past, axis=1), np.nanmin(past, axis=1) - windows[:, -1])
        strength: Floats = np.clip(beyond / room, 0, None)
        return strength
    return judged.score / test.threshold  # type: ignore[attr-defined, union-attr, no-any-return]


def rolling_z(values: Floats) -> Floats:
    past = sliding_window_view(np.concatenate([np.full(250, np.nan), values[:-1]]), 250)
    with np.errstate(all="ignore"):
        spread = np.fmax(np.nanstd(past, axis=1), 1e-9)
        return np.nan_to_num(np.abs(values - np.nanmean(past, axis=1)) / spread)


def robust_z(values: Floats) -> Floats:
    scores = np.zeros(len(values))
    past = sliding_window_view(np.concatenate([np.full(250, np.nan), values[:-1]]), 250)
    for start in range(0, len(values), CHUNK):
        part = past[start : start + CHUNK]
        middle = row_median(part)
        scale = np.fmax(MAD_TO_SIGMA * row_median(np.abs(part - middle[:, None])), 1e-9)
        scores[start : start + len(part)] = np.nan_to_num(
            np.abs(values[start : start + len(part)] - middle) / scale
        )
    return scores


def random_score(values: Floats) -> Floats:
    return np.random.default_rng(1).random(len(values))


def no_score(values: Floats) -> Floats:
    return np.zeros(len(values))


DETECTORS: Mapping[str, Detector] = {
    "product: spike": tested(*SPIKES),
    "product: shift": tested(*SHIFT),
    "product: new extreme": tested(*EXTREME),
    "product: all three": tested(*SPIKES, *SHIFT, *EXTREME),
    "rolling z-score": rolling_z,
    "rolling robust z": robust_z,
    "random": random_score,
    "null": no_score,
}


@dataclass(frozen=True)
class Labelled:
    """One file of NAB: its figures, and windows as first and last place."""

    name: str
    values: Floats
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        return int(0.15 * min(len(self.values), 5000))


def nab_files(shared: Path) -> Iterator[Labelled]:
    with (shared / "prices/nab_anomaly_benchmark.tar.zst").open("rb") as packed:
        content = io.BytesIO(zstandard.ZstdDecompressor().stream_reader(packed).read())
    with tarfile.open(fileobj=content) as archive:
        texts = {m.name: archive.extractfile(m).read().decode() for m in archive.getmembers() if m.isfile()}  # type: ignore[union-attr]
    windows = json.loads(texts["labels/combined_windows.json"])
    for name, text in sorted(texts.items()):
        key = name.removeprefix("data/")
        if not name.endswith(".csv") or key not in windows:
            continue
        rows = list(csv.DictReader(io.StringIO(text)))
        times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
        places = [
            (_first(times, begins), _first(times, ends, last=True))
            for begins, ends in ((datetime.fromisoformat(a[:19]), datetime.fromisoformat(b[:19])) for a, b in windows[key])
        ]  # fmt: skip
        yield Labelled(key, np.array([float(row["value"]) for row in rows]), tuple(places))


def _first(times: list[datetime], at: datetime, *, last: bool = False) -> int:
    inside = [i for i, time in enumerate(times) if (time <= at if last else time >= at)]
    return inside[-1] if last else inside[0]


def scaled_sigmoid(position: Floats) -> Floats:
    value: Floats = np.where(position > 3, -1.0, 2 / (1 + np.exp(5 * np.minimum(position, 3))) - 1)
    return value


def nab_terms(one: Labelled) -> tuple[Floats, NDArray[np.int64]]:
    """Return what a detection at each place is worth, unweighted, and the window it falls in (-1 none)."""
    worth = np.full(len(one.values), -1.0)
    inside = np.full(len(one.values), -1)
    for number, (begin, end) in enumerate(one.windows):
        width = end - begin + 1
        after = np.arange(end + 1, len(worth))
        worth[after] = scaled_sigmoid((after - end) / max(width - 1, 1))
        places = np.arange(begin, end + 1)
        worth[places] = scaled_sigmoid(-(end - places + 1) / width) / scaled_sigmoid(np.array(-1.0))
        inside[places] = number
    return worth, inside


def nab_score(files: list[Labelled], scores: list[Floats], threshold: float, profile: str) -> float:
    hit, false, miss = PROFILES[profile]
    total = perfect = null = 0.0
    for one, score in zip(files, scores, strict=True):
        worth, inside = nab_terms(one)
        fired = score >= threshold
        fired[: one.probation] = False
        total += false * float(worth[fired & (inside < 0)].sum())
        for number in range(len(one.windows)):
            caught = worth[fired & (inside == number)]
            total += hit * float(caught.max()) if len(caught) else -miss
        perfect += hit * len(one.windows)
        null -= miss * len(one.windows)
    return 100 * (total - null) / (perfect - null)


def nab_table(shared: Path) -> None:
    files = list(nab_files(shared))
    windows = sum(len(one.windows) for one in files)
    print(f"NAB: {len(files)} files, {sum(len(f.values) for f in files)} points, {windows} windows")
    print(f"{'detector':24}" + "".join(f"{name:>12}" for name in PROFILES) + "  at its own threshold")
    for name, detector in DETECTORS.items():
        scores = [detector(one.values) for one in files]
        every = np.concatenate(scores)
        tried = (
            [np.inf, 1.0, *np.unique(np.quantile(every, 1 - np.geomspace(2e-5, 0.05, 60)))]
            if every.any()
            else [np.inf]
        )
        best = [max(nab_score(files, scores, float(t), profile) for t in tried) for profile in PROFILES]
        own = f"{nab_score(files, scores, 1.0, 'standard'):8.1f}" if name.startswith("product") else ""
        print(f"{name:24}" + "".join(f"{score:12.1f}" for score in best) + f"  {own}")


def tsb_table(shared: Path) -> None:
    with (shared / "prices/tsb_uad_MBA_ECG805_data.out.zst").open("rb") as packed:
        text = zstandard.ZstdDecompressor().stream_reader(packed).read().decode()
    table = np.loadtxt(io.StringIO(text), delimiter=",")
    values, labels = table[:, 0], table[:, 1] > 0
    print(f"\nTSB-UAD MBA_ECG805: {len(values)} points, {labels.mean():.1%} labelled")
    print(f"{'detector':24}{'AUC-PR':>12}{'best F1':>12}{'VUS-PR':>12}")
    for name, detector in DETECTORS.items():
        score = detector(values)
        area, f1 = precision_recall(score, labels)
        print(f"{name:24}{area:12.3f}{f1:12.3f}{vus_pr(score, labels):12.3f}")


def precision_recall(score: Floats, labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the average precision, ties taken together, and the best F1 point by point."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, [True])
    hits = np.cumsum(labels[order])[last]
    taken = np.flatnonzero(last) + 1
    precision, recall = hits / taken, hits / labels.sum()
    area = float(np.sum(np.diff(np.concatenate([[0.0], recall])) * precision))
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return area, float(f1.max())


def vus_pr(score: Floats, labels: NDArray[np.bool_], longest: int = 100, step: int = 20) -> float:
    return float(np.mean([range_pr(score, labels, buffer) for buffer in range(0, longest + 1, step)]))


def range_pr(score: Floats, labels: NDArray[np.bool_], buffer: int) -> float:
    """Area under precision and recall with labels that fade over half a buffer either side of each event."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], labels.astype(int), [0]])))
    events = list(zip(edges[::2], edges[1::2] - 1, strict=True))
    soft = labels.astype(float)
    for begin, end in events:
        for away in range(1, buffer // 2 + 1):
            weight = np.sqrt(1 - away / buffer)
            for place in (begin - away, end + away):
                if 0 <= place < len(soft):
                    soft[place] = max(soft[place], weight)
    positives = (labels.sum() + soft.sum()) / 2
    points = [(0.0, 1.0)]
    starts = np.array([max(begin - buffer // 2, 0) for begin, _ in events])
    ends = np.array([end + buffer // 2 + 1 for _, end in events])
    for threshold in np.unique(np.quantile(score, np.linspace(0, 1, 250)))[::-1]:
        fired = score >= threshold
        hit = float(soft[fired].sum())
        before = np.concatenate([[0], np.cumsum(fired)])
        touched = np.mean(before[np.minimum(ends, len(fired))] > before[starts])
        points.append((min(hit / positives, 1.0) * float(touched), hit / fired.sum()))
    recall, precision = (np.array(column) for column in zip(*points, strict=True))
    return float(np.sum(np.diff(recall) * precision[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    args = parser.parse_args()
    nab_table(args.shared)
    tsb_table(args.shared)


if __name__ == "__main__":
    main()
