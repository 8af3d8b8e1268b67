"""DanQ-JASPAR: a larger DanQ whose first filters start as known motifs.

Quang & Xie, Nucleic Acids Research 44(11):e107, 2016.
"""

from __future__ import annotations

import keras

from . import danq

CHOICES = danq.CHOICES
FIRST_FILTERS = "jaspar"


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 1024,
    kernel: int = 30,
    pool: int = 15,
    lstm: int = 512,
    dense: int = 925,
    dropout: float = 0.2,
    lstm_dropout: float = 0.5,
    gates: str = "sigmoid",
) -> keras.Model:
    """One-hot windows (n, window_length, 4) to probabilities (n, n_targets); sizes as those of `danq.build`."""
    sizes = {"filters": filters, "kernel": kernel, "pool": pool, "lstm": lstm, "dense": dense}
    return danq.build(window_length, n_targets, **sizes, dropout=dropout, lstm_dropout=lstm_dropout, gates=gates)
