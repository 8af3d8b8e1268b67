#!/usr/bin/env python3
"""Coverage of 95 % intervals, and false positives of tests, when neighbouring windows are not independent.

Simulates two equally good models on 12,000 windows: a place spans 3 positive windows on average, and the scores of the
windows of a place, or of 3 neighbouring negative windows, share part of their noise. The true AUROC and AUPRC are
known. Counts how often the intervals include them, and how often p is below .05, for the workflow's intervals
(leaving out blocks) and for those that assume independent windows. --docs writes the table into docs/format.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import common
import independent
import numpy as np
from scipy.stats import norm

from cli import parser
from danq.evaluation.genome_blocks import cut
from danq.evaluation.jackknife import FEWEST_PLACES, compared, interval, leave_out
from danq.evaluation.measures import TESTED
from danq.evaluation.metrics import count

WINDOWS, SPAN = 12_000, 3  # windows, and mean number of windows of a place
LONGEST = 10  # windows of a place
APART = 1.5  # standard deviations between the classes
SHARED = 0.6  # share of the noise's variance that the windows of a place have in common
ALIKE = 0.5  # share of this part that both models have in common
PLACES = (3, 5, 10, 20, 50, 100, 300)
MARKS = re.compile(r"(<!-- generated: coverage -->\n).*?(<!-- end -->)", re.DOTALL)


def simulated(places: int, draw: np.random.Generator) -> tuple[np.ndarray, list[np.ndarray]]:
    """Labels uint8 (windows,), and probabilities float32 (windows,) of both models."""
    labels, place = np.zeros(WINDOWS, np.uint8), np.cumsum(draw.random(WINDOWS) < 1 / SPAN)
    for start in draw.choice(WINDOWS // (LONGEST + 2), places, replace=False) * (LONGEST + 2):
        rows = slice(start, start + min(draw.geometric(1 / SPAN), LONGEST))
        labels[rows], place[rows] = 1, place.max() + 1
    size = int(place.max()) + 1
    common_noise = np.sqrt(SHARED * ALIKE) * draw.standard_normal(size)[place]
    models = []
    for _ in range(2):
        own = np.sqrt(SHARED * (1 - ALIKE)) * draw.standard_normal(size)[place]
        score = APART * labels + common_noise + own + np.sqrt(1 - SHARED) * draw.standard_normal(WINDOWS)
        models.append(norm.cdf(score / 2).astype(np.float32))
    return labels, models


def truth(prevalence: float) -> tuple[float, float]:
    """AUROC and AUPRC of infinitely many windows."""
    thresholds = np.linspace(9, -9, 40_001)
    recall, false = norm.sf(thresholds - APART), norm.sf(thresholds)
    precision = prevalence * recall / (prevalence * recall + (1 - prevalence) * false)
    return float(norm.cdf(APART / np.sqrt(2))), float(np.trapezoid(precision, recall))


def one_set(places: int, seed: int) -> dict[tuple[str, str], object]:
    """Intervals (low, high) and p-values of one simulated set, by method and column."""
    labels, models = simulated(places, np.random.default_rng((places, seed)))
    blocks, counts = cut(WINDOWS, None), count(labels, models[0])
    left_out = [leave_out(labels, model, blocks) for model in models]
    found: dict[tuple[str, str], object] = {("", "prevalence"): labels.mean()}
    for measure in TESTED:
        values = [measure.left_out(one) for one in left_out]
        found["blocks", measure.title] = interval(measure.compute(counts), values[0], left_out[0].freedom)
        pvalue = compared(values[0][0] - values[1][0], values[0] - values[1], left_out[0].freedom)[2]
        found["blocks", f"{measure.title} p < .05"] = pvalue
    found["windows", "AUROC"] = independent.auroc_interval(counts)
    found["windows", "AUPRC"] = independent.auprc_interval(counts, 200, (seed,))
    found["windows", "AUROC p < .05"] = independent.paired_pvalue(labels, *models)
    return found


def shares(places: int, sets: int, processes: int = 1) -> dict[tuple[str, str], float]:
    """Coverage of the intervals, and share of p-values below .05, by method and column."""
    work = partial(one_set, places)
    if processes > 1:
        with ProcessPoolExecutor(processes) as pool:
            results = list(pool.map(work, range(sets), chunksize=20))
    else:
        results = [work(seed) for seed in range(sets)]
    true = dict(zip(("AUROC", "AUPRC"), truth(np.mean([one["", "prevalence"] for one in results])), strict=True))
    hits = defaultdict(list)
    for result in results:
        for (method, column), value in result.items():
            if column in true:
                hits[method, column].append(value[0] <= true[column] <= value[1])
            elif method:
                hits[method, column].append(value < 0.05)
    return {key: float(np.mean(held)) for key, held in hits.items()}


def table(rows: dict[int, dict[tuple[str, str], float]]) -> str:
    """The table of docs/format.md."""
    columns = [("windows", "AUROC"), ("windows", "AUPRC"), ("windows", "AUROC p < .05")]
    columns += [("blocks", "AUROC"), ("blocks", "AUPRC"), ("blocks", "AUROC p < .05"), ("blocks", "AUPRC p < .05")]
    lines = [
        "| places | windows: AUROC | AUPRC | false positives (AUROC) | blocks: AUROC | AUPRC "
        "| false positives (AUROC) | (AUPRC) |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for places, found in rows.items():
        few = " (not shown)" if places < FEWEST_PLACES else ""
        lines.append(f"| {places}{few} | " + " | ".join(f"{found[key]:.3f}" for key in columns) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sets", type=int, default=1000, help="simulated sets per row")
    options.add_argument("--places", type=int, nargs="+", default=list(PLACES), help="numbers of places")
    options.add_argument("--processes", type=int, default=2, help="number of processes")
    options.add_argument("--docs", help="Markdown file to write the table into, between its marks")
    args = options.parse_args()
    rows = {}
    for places in args.places:
        rows[places] = shares(places, args.sets, args.processes)
        common.say(f"{places} places done")
    print(table(rows))
    if args.docs:
        path = Path(args.docs)
        text = path.read_text()
        if not MARKS.search(text):
            raise SystemExit(f"error: {path} has no marks for the table of coverage")
        path.write_text(MARKS.sub(lambda marks: f"{marks[1]}{table(rows)}{marks[2]}", text))


if __name__ == "__main__":
    main()
