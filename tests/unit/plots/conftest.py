"""Small predictions, motifs and tables to draw, and a check of the pictures."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from danq.data.targets import Target
from danq.evaluation.compare_models import paired_table, rank
from danq.evaluation.evaluate import evaluate
from danq.motifs.meme import Motif
from danq.plots import pictures
from danq.runtime.predictions import Predictions

TARGETS = [Target(i, f"T<{i}>/x y", "TF" if i < 4 else "DNase", "K562") for i in range(1, 6)]


def predictions(seed):
    """400 windows; the last target has no positives."""
    labels = (np.random.default_rng(9).random((400, 5)) < [0.3, 0.5, 0.1, 0.2, 0]).astype(np.uint8)
    draw = np.random.default_rng(seed)
    probabilities = np.clip(labels * 0.3 + draw.random((400, 5)) * 0.7, 0, 1).astype(np.float32)
    return Predictions("p.h5", TARGETS, probabilities, np.packbits(labels, axis=1), "both", "DanQ")


@pytest.fixture(scope="session")
def both():
    """Predictions of two models."""
    return {"danq": predictions(0), "deepsea": predictions(1)}


@pytest.fixture(scope="session")
def evaluated(both):
    """The tables of each model."""
    return {name: evaluate(predicted, name) for name, predicted in both.items()}


@pytest.fixture(scope="session")
def auc(evaluated):
    """The AUC table of both models."""
    return pd.concat([tables.auc for tables in evaluated.values()], ignore_index=True)


@pytest.fixture(scope="session")
def tests(both):
    """Paired tests; two of the five q-values of the AUROC are significant, and one of the AUPRC."""
    return paired_table(rank(both)).assign(qvalue=[0.01, 0.049, 0.05, 0.9, np.nan, 0.01, 0.05, 0.06, 0.9, np.nan])


@pytest.fixture(scope="session")
def history():
    return pd.DataFrame({"epoch": [1, 2, 3], "loss": [0.3, 0.2, 0.1], "val_loss": [0.3, 0.2, 0.25]})


@pytest.fixture(scope="session")
def some_motifs():
    draw = np.random.default_rng(0)
    return [
        Motif.from_counts(f"filter_{i:03d}", draw.multinomial(200, draw.dirichlet([0.2] * 4), 26)) for i in range(1, 4)
    ]


@pytest.fixture(scope="session")
def known(some_motifs):
    """A known motif of 10 positions: the reverse complement of positions 3 to 12 of the second filter's motif."""
    return [Motif("MA1.1", some_motifs[1].probabilities[3:13][::-1, ::-1], 200)]


@pytest.fixture(scope="session")
def matches():
    """The columns of motifs.tsv that logos need: the second filter matches the known motif."""
    row = {"known": "MA1.1", "name": "CTCF", "evalue": 3e-5, "offset": 3, "orientation": "-"}
    row["agreement"] = 0.8
    empty = {"known": "", "name": "", "orientation": ""}
    return pd.DataFrame([{"filter": 1, **empty}, {"filter": 2, **row}, {"filter": 3, **empty}])


@pytest.fixture
def check(tmp_path):
    """A function that saves a figure and checks that its border is blank and its inside is not."""

    def checked(figure):
        pictures.save(figure, tmp_path / "checked.png")
        image = imread(tmp_path / "checked.png")[..., :3]
        border = np.concatenate([image[:2].reshape(-1, 3), image[-2:].reshape(-1, 3)])
        border = np.concatenate([border, image[:, :2].reshape(-1, 3), image[:, -2:].reshape(-1, 3)])
        assert (border == 1).all(), "something is cut off"
        assert (image < 0.9).any(axis=2).mean() > 0.005, "nothing is drawn"

    return checked
