"""Windows with a planted motif, for the baselines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from danq.baselines.contract import Data
from danq.data import onehot
from danq.data.targets import Target
from danq.data.windows import Windows, writing
from danq.motifs.meme import Motif, write_meme

LENGTH, PLANTED = 80, "TGACGTCATCCG"
TARGETS = [Target(1, "planted", "TF"), Target(2, "composition", "histone"), Target(3, "noise", "TF")]


def hot(texts: list[str]) -> np.ndarray:
    """One-hot uint8 (n, L, 4) of texts of A, C, G, T and N."""
    return np.stack([np.array([[base == letter for letter in "ACGT"] for base in text], np.uint8) for text in texts])


def reverse(text: str) -> str:
    return text[::-1].translate(str.maketrans("ACGT", "TGCA"))


def random_texts(draw: np.random.Generator, n: int, length: int, letters: str = "ACGT") -> list[str]:
    return ["".join(row) for row in draw.choice(list(letters), (n, length))]


def write_split(path: Path, n: int, seed: int) -> Path:
    """Windows of three targets: PLANTED on either strand, rich in G and C, and nothing."""
    draw = np.random.default_rng(seed)
    labels = draw.random((n, 3)) < [0.2, 0.5, 0.3]
    texts = []
    for planted, rich, _ in labels:
        share = 0.7 if rich else 0.3
        text = "".join(draw.choice(list("ACGT"), LENGTH, p=[(1 - share) / 2, share / 2, share / 2, (1 - share) / 2]))
        if planted:
            place, site = int(draw.integers(0, LENGTH - 12)), PLANTED if draw.random() < 0.5 else reverse(PLANTED)
            text = text[:place] + site + text[place + 12 :]
        texts.append(text)
    with writing(path, n, LENGTH, TARGETS, made_by={"split": path.stem}) as writer:
        writer.append(onehot.pack(hot(texts)), np.packbits(labels, axis=1))
    return path


def motifs(seed: int = 0, n: int = 50) -> list[Motif]:
    """`n` random motifs of 6 to 20 bp, and PLANTED."""
    draw = np.random.default_rng(seed)
    others = [Motif(f"random{i}", draw.dirichlet([0.5] * 4, int(draw.integers(6, 21))), 100) for i in range(n)]
    planted = Motif("planted", (hot([PLANTED])[0] * 0.85 + 0.15 / 4), 100)
    return [*others[: n // 2], planted, *others[n // 2 :]]


@pytest.fixture(scope="session")
def known(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("known") / "known.meme"
    write_meme(path, motifs())
    return path


@pytest.fixture(scope="session")
def windows(tmp_path_factory) -> tuple[Data, Windows]:
    """What a baseline is fitted on, and the test windows."""
    folder, sizes = tmp_path_factory.mktemp("windows"), {"train": 1500, "valid": 600, "test": 1500}
    splits = [Windows(write_split(folder / f"{name}.h5", n, seed)) for seed, (name, n) in enumerate(sizes.items())]
    return Data(*splits[:2]), splits[2]
