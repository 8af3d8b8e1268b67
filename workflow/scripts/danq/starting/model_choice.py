"""Chooses architectures, sizes and recipes by the number of training windows.

The recipe of Compact is that of config/models/compact.yaml; batches and epochs for more windows are those of the yeast
configs, which docs/yeast.md measures. Published sizes suit hundreds of thousands of windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MEDIUM, LARGE = 60_000, 400_000  # training windows
COMPACT = {
    "architecture": "Compact",
    "optimizer": "adamw",
    "learning_rate": 0.001,
    "weight_decay": 0.01,
    "warm_up": 0.5,
    "schedule": "constant",
    "clip": 1.0,
    "ema": 0.99,
    "monitor": "auprc",
    "shift": 8,
    "class_weighting": "sqrt",
}
DANQ_SMALL = {
    "architecture": "DanQ",
    "sizes": {"filters": 128, "kernel": 20, "lstm": 32, "dense": 64, "dropout": 0.2, "lstm_dropout": 0.3},
    "learning_rate": 0.002,
    "schedule": "constant",
    "ema": 0.99,
    "batch_size": 100,
    "epochs": 8,
    "class_weighting": "sqrt",
}
DANQ_MEDIUM = {
    "architecture": "DanQ",
    "sizes": {"filters": 192, "lstm": 96, "dense": 256},
    "learning_rate": 0.001,
    "schedule": "cosine",
    "batch_size": 200,
    "epochs": 10,
    "patience": 3,
}
# Bases per second that Compact trains on, in one process on 2 CPU cores: 139,000 windows of 500 bp in 4 minutes.
COMPACT_SPEED = 300_000


@dataclass(frozen=True)
class Models:
    """Models of the config by name, others that are offered as comments, the reason, and what to expect."""

    models: dict[str, dict[str, Any]]
    offered: dict[str, dict[str, Any]]
    reason: str
    time: str


def choose_models(windows: int, length: int) -> Models:
    """Models for a number of training windows of a length in bp."""
    if windows >= LARGE:
        return Models(
            {"danq": {"architecture": "DanQ"}, "deepsea": {"architecture": "DeepSEA"}},
            {},
            f"with {windows:,} training windows, the published sizes are suitable",
            "training needs a GPU",
        )
    small = windows < MEDIUM
    batch_size, epochs = (32, 12) if windows < 20_000 else (64, 6) if small else (128, 5)
    compact = COMPACT | {"batch_size": batch_size, "epochs": epochs, "patience": epochs}
    seconds = windows * epochs * length / COMPACT_SPEED
    danq = DANQ_SMALL if small else DANQ_MEDIUM
    reason = (
        f"with {windows:,} training windows, models of the published sizes memorise them; Compact is made for such data"
    )
    return Models(
        {"compact": compact}, {"danq": danq}, reason, f"training takes about {_spoken(seconds)} on 2 CPU cores"
    )


def _spoken(seconds: float) -> str:
    """A rough time: 1 minute, 40 minutes, 3 hours."""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} minute{'s' * (minutes > 1)}"
    return f"{round(minutes / 60)} hours"
