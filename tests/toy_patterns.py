"""A small file of patterns, as modisco-lite and discover.py write it."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from danq.explain import patterns
from danq.motifs.known import Known
from danq.motifs.meme import Motif

WORDS = {"one": "GATTACAGCA", "two": "CCGTTAACGG"}
WINDOWS, SEQLETS = 20, 30


def write(path: str | Path, targets: tuple[str, ...] = ("CTCF",)) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Write a positive and a negative pattern of 14 positions, of which 10 matter; the starts and strands by sign.

    The windows begin at multiples of 1,000 of chr2; 7 bases of each were left out on either side.
    """
    draw, found = np.random.default_rng(0), {}
    with h5py.File(path, "w") as file:
        for sign, group, word in ((1, "pos_patterns", WORDS["one"]), (-1, "neg_patterns", WORDS["two"])):
            one = file.create_group(f"{group}/pattern_0")
            sequence, contribution = np.full((14, 4), 0.25), np.full((14, 4), sign * 1e-3)
            codes = ["ACGT".index(letter) for letter in word]
            sequence[1:11] = 0.02 + 0.92 * np.eye(4)[codes]
            contribution[1:11] = sign * 0.3 * np.eye(4)[codes]
            one["sequence"], one["contrib_scores"], one["hypothetical_contribs"] = sequence, contribution, contribution
            start, reverse = draw.integers(20, 60, SEQLETS), draw.random(SEQLETS) < 0.5
            one["seqlets/example_idx"], one["seqlets/start"] = np.arange(SEQLETS) % WINDOWS, start
            one["seqlets/end"], one["seqlets/is_revcomp"] = start + 14, reverse
            strength = np.linspace(0.5, 1, SEQLETS)[:, None, None]
            one["seqlets/contrib_scores"] = np.tile(contribution, (SEQLETS, 1, 1)) * strength
            found[sign] = start, reverse
    facts = patterns.Facts(targets, WINDOWS, {"unknown bases": 5, "no contribution": 0}, 7)
    places = np.array(["chr2"] * WINDOWS, object), 1000 * np.arange(WINDOWS)
    patterns.describe(path, facts, np.arange(WINDOWS) + 5, places)
    return found


def known_motifs() -> list[Known]:
    """A known motif for the first pattern, and noise."""
    draw = np.random.default_rng(3)
    rows = np.array([[0.94 if base == letter else 0.02 for base in "ACGT"] for letter in WORDS["one"]])
    noise = [Known(Motif(f"X{i}", draw.dirichlet([0.5] * 4, 9), 50), f"NOISE{i}") for i in range(60)]
    return [Known(Motif("MA1", rows, 100), "FACTOR"), *noise]
