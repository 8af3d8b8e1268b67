"""DanQ-JASPAR: a larger DanQ whose first filters start as known motifs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import danq

if TYPE_CHECKING:
    import keras

PAPER, SIZES, CHOICES = danq.PAPER, danq.SIZES, danq.CHOICES
PUBLISHED = (1000, 919, 67_892_175)
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
    """Build DanQ-JASPAR: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    sizes = {"filters": filters, "kernel": kernel, "pool": pool, "lstm": lstm, "dense": dense}
    return danq.build(window_length, n_targets, **sizes, dropout=dropout, lstm_dropout=lstm_dropout, gates=gates)
