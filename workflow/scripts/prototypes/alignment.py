"""From windows cut out of sequences to a motif: alignment, counts, consensus, logo."""

from pathlib import Path

import logomaker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

COLOURS = {"0": "#D62728", "1": "#2CA02C"}  # red and green


def count_matrix(windows: list[str]) -> np.ndarray:
    """Count 0 and 1 at each position of the windows: int (width, 2); gaps are not counted."""
    letters = np.array([list(window) for window in windows])
    return np.stack([(letters == digit).sum(axis=0) for digit in "01"], axis=1)


def consensus(counts: np.ndarray, threshold: float = 0.8) -> str:
    """The digit with a share of at least `threshold` at each position, or N."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return "".join("01"[share.argmax()] if share.max() >= threshold else "N" for share in shares)


def write_fasta(path: str, windows: list[str]) -> None:
    """Write the windows as FASTA records site_1, site_2, ..."""
    Path(path).write_text("".join(f">site_{i}\n{window}\n" for i, window in enumerate(windows, 1)), encoding="utf-8")


def draw_logo(path: str, counts: np.ndarray, title: str) -> None:
    """Draw a logo with letter heights in bits (at most 1, as there are two digits): 1 green, 0 red."""
    table = pd.DataFrame(counts, columns=["0", "1"])
    bits = logomaker.transform_matrix(table, from_type="counts", to_type="information", pseudocount=0)
    figure = Figure((5, 2.2), layout="constrained")
    axes = figure.subplots()
    logomaker.Logo(bits, ax=axes, color_scheme=COLOURS, show_spines=False)
    axes.spines[["left", "bottom"]].set_visible(True)
    axes.set_xticks(range(len(counts)), range(1, len(counts) + 1))
    axes.set(ylim=(0, 1), ylabel="bits", xlabel="position in the window", title=title)
    figure.savefig(path, dpi=120)


def print_counts(windows: list[str], counts: np.ndarray) -> None:
    """Print the aligned windows, and below them the count of each digit at each position."""
    print("\n".join(windows))
    for digit, row in zip("01", counts.T, strict=True):
        print(f"count of {digit}: {' '.join(f'{number:3}' for number in row)}")


def print_assumptions(dense: np.ndarray, motif: str, free_end: int) -> None:
    """Print whether the two assumptions of discovery hold, and the consequence if one fails.

    dense : the dense layer's weights for the chosen channel, one per position
    free_end : index of the position where a motif wider than the window would continue: -1 the last, 0 the first
    """
    positive, mean = int((dense > 0).sum()), dense.mean()
    verdict = "holds" if positive == len(dense) else "holds on average" if mean > 0 else "FAILS"
    print(f"assumption 1, the channel's dense weights are positive: {verdict}", end=" ")
    print(f"({positive} of {len(dense)} are, mean {mean:+.2f})")
    if mean <= 0:
        print("  high values of this channel speak against a motif")
    end = "last" if free_end else "first"
    print("assumption 2, the window is wider than the motif:", end=" ")
    if set(motif) == {"N"}:
        print("unknown, the windows agree at no position")
    elif motif[free_end] == "N":
        print(f"holds (its {end} position is N)")
    else:
        print(f"FAILS, or the {end} position agrees by chance")
        print("  the motif may be longer: use a larger --width, or more sequences with --test")
