"""The report's patterns of TF-MoDISco: their contributions, logos and names, by model and by what was searched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..explain.pattern_tables import PATTERNS
from ..explain.patterns import Pattern, read
from ..motifs.annotate import CONTROL
from ..motifs.meme import Motif, read_meme
from .data import KNOWN_FACTS, heights, plain

MOST = 20  # patterns shown of each search, those with the most seqlets
STEPS = 500  # contributions are integers: this is the largest one of a pattern


def section(results: Path, models: Sequence[str], searched: Sequence[str]) -> list[dict]:
    """One dict per model and search: titles of the targets, numbers, and the patterns for the page's script.

    searched : names of the folders in explain/patterns of each model
    """
    entries = []
    for model in models:
        for name in searched:
            folder = results / "models" / model / "explain/patterns" / name
            found, table = read(folder / "patterns.h5"), PATTERNS.read(folder / "patterns.tsv")
            rows = {row["pattern"]: row for row in table.to_dict("records")}
            shown = sorted(found.patterns, key=lambda one: (-one.seqlets, one.number))[:MOST]
            signs = {sign: sum(one.sign == sign for one in found.patterns) for sign in ("positive", "negative")}
            entries.append({
                "model": model,
                "searched": name,
                "targets": list(found.facts.targets),
                "windows": found.facts.windows,
                "dropped": {reason: count for reason, count in found.facts.dropped.items() if count},
                "shuffled": int(CONTROL.read(folder / "control.tsv").loc[0, "shuffled"]),
                "named": sum(row["known"] != "" for row in rows.values()),
                "number": len(found.patterns),
                **signs,
                "patterns": [_pattern(one, rows[one.number]) for one in shown],
            })  # fmt: skip
    return entries


def known(results: Path, models: Sequence[str], searched: Sequence[str]) -> list[Motif]:
    """The known motifs that the patterns match."""
    folders = [results / "models" / model / "explain/patterns" / name for model in models for name in searched]
    return [motif for folder in folders for motif in read_meme(folder / "known.meme")]


def _pattern(pattern: Pattern, row: dict) -> dict:
    """A pattern: contributions of A, C, G, T at each position as multiples of `step`, in logits, and its facts."""
    step = float(f"{max(np.abs(pattern.contributions).max(), 1e-6) / STEPS:.3g}")
    named = {key: plain(row[key]) for key in KNOWN_FACTS} if row["known"] else {"known": None}
    facts = {key: plain(row[key]) for key in ("pattern", "sign", "seqlets", "windows", "consensus", "information")}
    contributions = np.rint(pattern.contributions / step).astype(int).ravel().tolist()
    return facts | named | {"heights": heights(pattern.motif()), "step": step, "contributions": contributions}
