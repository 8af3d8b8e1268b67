"""The motif baseline: each target is predicted by the best score of one known motif.

The motif of a target is the one whose best log-odds score in a window has the highest AUROC on training windows. These
are `BASES` bases of random windows and, for a target with fewer than `POSITIVES` positives among them, more of its
positive windows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..data.windows import Windows, blocks
from ..motifs.known import Known, from_file, from_jaspar
from ..motifs.log_odds import Scanner, log_odds
from ..tables import Table
from .contract import BLOCK, Data, Fitted, batches

log = logging.getLogger(__name__)
BASES = 10_000_000  # in random training windows, such as 10,000 windows of 1,000 bp
POSITIVES = 50
MOTIF = Table(
    "table of chosen motifs",
    ("index", "target", "assay", "known", "name", "training_positives", "training_auroc", "auroc", "auprc"),
    words=("target", "assay", "known", "name"),
)


def fit(data: Data) -> Fitted:
    begin = time.monotonic()
    known = from_file(data.known) if data.known else from_jaspar(data.release, data.taxa)
    fitting = [one for one in known if len(one.motif.probabilities) <= data.train.length]
    if len(fitting) < len(known):
        log.warning("%d known motifs are wider than the windows and left out", len(known) - len(fitting))
    rows, random, labels = training_sample(data)
    matrices = odds(fitting, data.train, rows[:random])
    scanner = Scanner(matrices, data.threads)
    scores = np.concatenate([scanner.best(onehot) for _, onehot in batches(data.train, "choosing motifs", rows)])
    values = aurocs(scores, labels, random)
    positives = labels.sum(axis=0)
    decided = ~np.isnan(values).all(axis=0)
    chosen = np.where(decided, np.nan_to_num(values, nan=-1).argmax(axis=0), -1)
    used, place = np.unique(chosen[decided], return_inverse=True)
    few = Scanner([matrices[i] for i in used], data.threads)
    log.info(
        "%d of %d known motifs chosen for %d targets on %s training windows in %.0f s",
        len(used), len(fitting), decided.sum(), f"{len(rows):,}", time.monotonic() - begin,
    )  # fmt: skip
    if not decided.all():
        log.warning("no motif for %d targets without positive or negative training windows", (~decided).sum())

    def score(onehot: np.ndarray) -> np.ndarray:
        found = np.zeros((len(onehot), len(chosen)), np.float32)
        found[:, decided] = few.best(onehot)[:, place]
        return found

    rows = [
        (target.index, target.title, target.assay)
        + ((fitting[i].motif.name, fitting[i].name) if i >= 0 else ("", ""))
        + (positives[t], values[i, t] if i >= 0 else np.nan, np.nan, np.nan)
        for t, (target, i) in enumerate(zip(data.train.targets, chosen, strict=True))
    ]
    return Fitted(score, MOTIF, pd.DataFrame(rows, columns=MOTIF.columns))


def odds(known: Sequence[Known], windows: Windows, rows: np.ndarray) -> list[np.ndarray]:
    """Log-odds scores of the motifs against the base frequencies of these windows on both strands."""
    bases = windows.onehot(rows[:BLOCK], dtype=np.uint8).sum(axis=(0, 1), dtype=float) + 1
    background = (bases + bases[::-1]) / (2 * bases.sum())
    return [log_odds(one.motif, background) for one in known]


def training_sample(data: Data) -> tuple[np.ndarray, int, np.ndarray]:
    """Training windows to choose on: rows int64 (n,), the number of random ones, and labels uint8 (n, T).

    The random windows are first. The others are there because they are positive for a target that is rare among the
    random ones, and have the labels of such targets only.
    """
    train = data.train
    random = data.sample(train, max(1, BASES // train.length))
    labels = train.labels(random)
    missing = (POSITIVES - labels.sum(axis=0, dtype=np.int64)).clip(0)
    rare = np.flatnonzero(missing)
    if len(random) == len(train) or not len(rare):
        return random, len(random), labels
    found = positive_rows(train, rare, set_aside=random)
    draw = np.random.default_rng([data.seed, 1])
    more = [draw.permutation(rows)[: missing[t]] for t, rows in zip(rare, found, strict=True)]
    others = np.unique(np.concatenate(more))
    extra = np.zeros((len(others), labels.shape[1]), np.uint8)
    for t, rows in zip(rare, more, strict=True):
        extra[np.searchsorted(others, rows), t] = 1
    return np.concatenate([random, others]), len(random), np.concatenate([labels, extra])


def positive_rows(windows: Windows, targets: np.ndarray, set_aside: np.ndarray) -> list[np.ndarray]:
    """For each of these targets, the rows of its positive windows that are not set aside."""
    found: list[list[np.ndarray]] = [[] for _ in targets]
    free = np.ones(len(windows), bool)
    free[set_aside] = False
    for block in blocks(len(windows)):
        labels = windows.labels(block)[:, targets] * free[block, None]
        row, target = labels.nonzero()
        for i in np.unique(target):
            found[i].append(block.start + row[target == i])
    return [np.concatenate(parts) if parts else np.empty(0, np.int64) for parts in found]


def aurocs(scores: np.ndarray, labels: np.ndarray, random: int) -> np.ndarray:
    """AUROC float64 (M, T) of each matrix (columns of scores (n, M)) for each target (columns of labels uint8 (n, T)).

    random : number of rows, from the first, that are a random sample; the others only add positives

    With F the share of the random sample that a positive outranks (ties count half), p the share of positives in that
    sample, and 1/2 the share of positives that a positive outranks on average, the AUROC is (mean F - p / 2) / (1 - p).
    NaN for a target without positives or without negatives.
    """
    total = np.zeros((scores.shape[1], labels.shape[1]))
    for some in blocks(scores.shape[1], 64):
        part = scores[:, some]
        outranked = np.empty(part.shape, np.float32)
        for k, column in enumerate(part.T):
            order = np.sort(column[:random])
            sides = [np.searchsorted(order, column, side) for side in ("left", "right")]
            outranked[:, k] = (sides[0] + sides[1]) / (2 * random) - 0.5  # centred, for the precision of sums
        for rows in blocks(len(part), BLOCK):
            total[some] += outranked[rows].T @ labels[rows].astype(np.float32)
    positives, share = labels.sum(axis=0), labels[:random].mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = (total / positives + 0.5 - share / 2) / (1 - share)
    return np.where((positives > 0) & (share < 1), values, np.nan)
