"""From windows cut out of sequences to a motif: alignment, counts, consensus, logo."""

from pathlib import Path

import logomaker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

COLOURS = {"0": "#D62728", "1": "#2CA02C"}  # red and green


def count_matrix(windows: list[str]) -> np.ndarray:
    """How often 0 and 1 stand at each place of the windows: int (width, 2); gaps are not counted."""
    letters = np.array([list(window) for window in windows])
    return np.stack([(letters == digit).sum(axis=0) for digit in "01"], axis=1)


def consensus(counts: np.ndarray, threshold: float = 0.8) -> str:
    """The digit that makes up at least `threshold` of a place's count, else N."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return "".join("01"[share.argmax()] if share.max() >= threshold else "N" for share in shares)


def write_fasta(path: str, windows: list[str]) -> None:
    Path(path).write_text("".join(f">site_{i}\n{window}\n" for i, window in enumerate(windows, 1)))


def draw_logo(path: str, counts: np.ndarray, title: str) -> None:
    """A logo, letter heights in bits: 1 green, 0 red. One digit of two tells at most one bit."""
    table = pd.DataFrame(counts, columns=["0", "1"])
    bits = logomaker.transform_matrix(table, from_type="counts", to_type="information", pseudocount=0)
    figure = Figure((5, 2.2), layout="constrained")
    axes = figure.subplots()
    logomaker.Logo(bits, ax=axes, color_scheme=COLOURS, show_spines=False)
    axes.spines[["left", "bottom"]].set_visible(True)
    axes.set_xticks(range(len(counts)), range(1, len(counts) + 1))
    axes.set(ylim=(0, 1), ylabel="bits", xlabel="place in the window", title=title)
    figure.savefig(path, dpi=120)


def print_counts(windows: list[str], counts: np.ndarray) -> None:
    """The windows under one another, and below them how often each digit stands at each place."""
    print("\n".join(windows))
    for digit, row in zip("01", counts.T, strict=True):
        print(f"count of {digit}: {' '.join(f'{number:3}' for number in row)}")


def say_assumptions(dense: np.ndarray, motif: str, free_end: int) -> None:
    """Print whether the two assumptions of discovery hold, and what follows where one fails.

    dense : the dense layer's weights on the chosen channel, one a place
    free_end : which end of the window the motif may grow to: -1 the last place, 0 the first
    """
    positive, mean = int((dense > 0).sum()), dense.mean()
    verdict = "holds" if positive == len(dense) else "holds in the mean" if mean > 0 else "FAILS"
    print(f"assumption 1, the channel's dense weights are positive: {verdict}", end=" ")
    print(f"({positive} of {len(dense)} are, mean {mean:+.2f})")
    if mean <= 0:
        print("  the channel's high answers speak against a motif")
    end = "last" if free_end else "first"
    print("assumption 2, the window is wider than the motif:", end=" ")
    if set(motif) == {"N"}:
        print("cannot be told, the windows agree nowhere")
    elif motif[free_end] == "N":
        print(f"holds (its {end} place is N)")
    else:
        print(f"FAILS, or the {end} place agrees by chance")
        print("  the motif may go on: give a larger --width, or more sequences with --test")
