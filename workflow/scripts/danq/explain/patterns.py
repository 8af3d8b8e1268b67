"""Patterns on disk: the file of modisco-lite, with the windows that its seqlets lie in.

The groups `pos_patterns` and `neg_patterns` are modisco-lite's, so that its own tools read the file. The dataset `row`
holds the number of each example's window in the file of contributions, `contig` and `start` its place if it is known;
the attribute `facts` is JSON of `Facts`, and `seqlets` JSON of the numbers of seqlets of the patterns of each sign.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..errors import UserError
from ..motifs.meme import Motif
from .discovery import SIGNS

FORMAT = "danq-patterns-1"
# Positions at both ends are trimmed if they contribute less than this part of the largest one, or have fewer bits.
ENDS, BITS = 0.1, 0.2


@dataclass(frozen=True)
class Facts:
    """What the patterns were found in.

    targets : titles of the targets
    windows : number of used windows
    dropped : number of others, by reason
    begin : first position that was used, in the windows
    """

    targets: tuple[str, ...]
    windows: int
    dropped: dict[str, int]
    begin: int


@dataclass(frozen=True)
class Pattern:
    """A pattern, trimmed, and the places of its seqlets.

    number : from 1, of all patterns of a file; the positive ones come first
    sign : "positive" (raises the prediction) or "negative"
    probabilities, contributions, hypothetical : float64 (width, 4), means over the seqlets; the probabilities are
        those of the bases
    row, start, reverse, strength : of each seqlet (n,): its window, its first base there from 0, its strand, and the
        sum of its contributions
    """

    number: int
    sign: str
    probabilities: np.ndarray
    contributions: np.ndarray
    hypothetical: np.ndarray
    row: np.ndarray
    start: np.ndarray
    reverse: np.ndarray
    strength: np.ndarray

    @property
    def name(self) -> str:
        """`pattern_001`"""
        return f"pattern_{self.number:03d}"

    @property
    def seqlets(self) -> int:
        return len(self.row)

    def motif(self) -> Motif:
        return Motif(self.name, self.probabilities, self.seqlets)


@dataclass(frozen=True)
class Found:
    """All patterns of a file, with the facts, and contig names (n,) and starts (n,) by window, or None."""

    patterns: list[Pattern]
    facts: Facts
    places: tuple[np.ndarray, np.ndarray] | None


def describe(path: str | Path, facts: Facts, row: np.ndarray, places: tuple[np.ndarray, np.ndarray] | None) -> None:
    """Add to modisco-lite's file what it does not know.

    row : int64 (n,), the window of each example
    places : contigs and starts of each example's window (n,)
    """
    with h5py.File(path, "r+") as file:
        counts = {sign: [len(one["seqlets/start"]) for one in _groups(file, sign)] for sign in SIGNS}
        file.attrs.update(format=FORMAT, facts=json.dumps(asdict(facts)), seqlets=json.dumps(counts))
        file["row"] = row
        if places is not None:
            file["contig"], file["start"] = list(map(str, places[0])), np.asarray(places[1], np.int64)


def read(path: str | Path) -> Found:
    """Read a file of patterns; a file of another kind is a UserError."""
    with hdf5.reading(path, "file of patterns", "run discover.py again") as file:
        if file.attrs.get("format") != FORMAT:
            raise UserError(f"{path}: not a file of patterns of this workflow; make one with discover.py")
        known = json.loads(file.attrs["facts"])
        facts = Facts(**known | {"targets": tuple(known["targets"])})
        row = hdf5.dataset(file, "row", np.int64, (None,))[()]
        places = None
        if "contig" in file or "start" in file:
            start = hdf5.dataset(file, "start", np.int64, (len(row),))[()]
            places = np.array([name.decode() for name in file["contig"][()]], object), start
            if places[0].shape != start.shape:
                raise ValueError("its places are not those of its windows")
        patterns: list[Pattern] = []
        for sign in SIGNS:
            for group in _groups(file, sign):
                patterns.append(_pattern(group, len(patterns) + 1, sign, facts.begin, len(row)))
        counts = {sign: [one.seqlets for one in patterns if one.sign == sign] for sign in SIGNS}
        if counts != json.loads(file.attrs["seqlets"]):
            raise ValueError("it has other patterns than were found")
        return Found(patterns, facts, places)


def _groups(file: h5py.File, sign: str) -> list[h5py.Group]:
    """The patterns of a sign in their order; none if modisco-lite has left the sign out."""
    group = file.get(SIGNS[sign], {})
    return [group[key] for key in sorted(group, key=lambda one: int(one.rpartition("_")[2]))]


def _pattern(group: h5py.Group, number: int, sign: str, begin: int, examples: int) -> Pattern:
    names = ("sequence", "contrib_scores", "hypothetical_contribs")
    tracks = [np.asarray(group[name][()], float) for name in names]
    if any(track.ndim != 2 or track.shape[1] != 4 or track.shape != tracks[0].shape for track in tracks):
        raise ValueError(f"{group.name} is not a pattern")
    sums = tracks[0].sum(axis=1)
    if not all(np.isfinite(track).all() for track in tracks) or (tracks[0] < 0).any() or (abs(sums - 1) > 0.01).any():
        raise ValueError(f"{group.name} holds values that no pattern has")
    seqlets = {name: group["seqlets"][name][()] for name in ("example_idx", "start", "is_revcomp", "contrib_scores")}
    example, start, reverse = seqlets["example_idx"], seqlets["start"], seqlets["is_revcomp"].astype(bool)
    n, width = example.size, len(tracks[0])
    flat = example.shape == start.shape == reverse.shape == (n,)
    if not (n and flat and 0 <= example.min() <= example.max() < examples):
        raise ValueError(f"the seqlets of {group.name} are not in its windows")
    heights = np.asarray(seqlets["contrib_scores"], float)
    if heights.shape != (n, width, 4) or not np.isfinite(heights).all() or start.min() < 0:
        raise ValueError(f"the seqlets of {group.name} hold values that no seqlet has")
    kept = trimmed(tracks[1], tracks[0])
    first = np.where(reverse, width - kept.stop, kept.start)  # on the forward strand
    parts = [track[kept.start : kept.stop] for track in tracks]
    parts[0] = parts[0] / parts[0].sum(axis=1, keepdims=True)
    strength = heights[:, kept.start : kept.stop].sum(axis=(1, 2))
    return Pattern(number, sign, *parts, example, begin + start + first, reverse, strength)


def trimmed(contributions: np.ndarray, probabilities: np.ndarray) -> range:
    """Positions from the first to the last that matter (see `ENDS` and `BITS`); both (width, 4).

    If no base matters that much, the one that contributes most is kept.
    """
    heights = np.abs(contributions.sum(axis=1))
    information = 2 + (probabilities * np.log2(np.maximum(probabilities, 1e-9))).sum(axis=1)
    enough = np.flatnonzero((heights >= ENDS * heights.max()) & (information >= BITS))
    first, last = (enough[0], enough[-1]) if len(enough) else (heights.argmax(),) * 2
    return range(first, last + 1)


def motifs_of(patterns: Sequence[Pattern], sign: str) -> list[Motif]:
    """The matrices of the patterns of one sign."""
    return [pattern.motif() for pattern in patterns if pattern.sign == sign]
