"""Pictures are drawn for real and measured: not empty, not cut off, labelled."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from danq import logo, pictures, plots
from danq.evaluate import auc_table
from danq.meme import Motif
from danq.metrics import count
from danq.predictions import Predictions
from danq.targets import Target

TARGETS = [Target(i, f"T<{i}>/x y", "TF" if i < 4 else "DNase", "K562") for i in range(1, 6)]


def predictions(seed):
    draw = np.random.default_rng(seed)
    labels = (draw.random((400, 5)) < [0.3, 0.5, 0.1, 0.2, 0]).astype(np.uint8)
    probabilities = np.clip(labels * 0.3 + draw.random((400, 5)) * 0.7, 0, 1).astype(np.float32)
    return Predictions("p.h5", TARGETS, probabilities, np.packbits(labels, axis=1), "both")


def check(figure, path):
    """Saves the picture; its border must be empty paper, its inside must not."""
    pictures.save(figure, path)
    image = imread(path)[..., :3]
    border = np.concatenate([image[:2].reshape(-1, 3), image[-2:].reshape(-1, 3), image[:, :2].reshape(-1, 3)])
    assert (border == 1).all(), "something is cut off"
    assert (image < 0.9).any(axis=2).mean() > 0.005, "nothing is drawn"


def test_curves_show_both_models_and_their_areas(tmp_path):
    both = {"danq": predictions(0), "deepsea": predictions(1)}
    table = auc_table(both["danq"], "danq")
    figure = plots.curves(TARGETS[0], both)
    labels = [text.get_text() for axes in figure.axes for text in axes.get_legend().get_texts()]
    assert f"danq  {table['auroc'][0]:.3f}" in labels
    assert f"danq  {table['auprc'][0]:.3f}" in labels
    check(figure, tmp_path / "a.png")
    check(plots.curves(TARGETS[4], both), tmp_path / "b.png")  # no positives: says so
    assert plots.curve_name(TARGETS[0]) == "001_K562_T_1_x_y"


def test_histories_and_assays(tmp_path):
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [0.3, 0.2, 0.1], "val_loss": [0.3, 0.2, 0.25]})
    check(plots.histories({"danq": history, "deepsea": history * 1.1}), tmp_path / "h.png")
    auc = pd.concat([auc_table(predictions(i), name) for i, name in enumerate(("danq", "deepsea"))])
    check(plots.assays(auc), tmp_path / "a.png")


def test_few_targets_are_all_drawn_and_of_many_the_telling_ones():
    assert plots.worth_drawing(pd.DataFrame(), TARGETS) == TARGETS
    many = [Target(i, f"T{i}", "TF" if i <= 60 else "DNase") for i in range(1, 101)]
    auc = pd.DataFrame(
        {"model": "m", "index": range(1, 101), "assay": [t.assay for t in many], "auroc": np.linspace(0.5, 1, 100)}
    )
    auc.loc[[0, 99], "auroc"] = np.nan
    chosen = {target.index for target in plots.worth_drawing(auc, many)}
    assert {2, 3, 4, 58, 59, 60, 61, 62, 63, 97, 98, 99} <= chosen
    assert len(chosen) == 14


@pytest.fixture
def some_motifs():
    draw = np.random.default_rng(0)
    return [
        Motif.from_counts(f"filter_{i:03d}", draw.multinomial(200, draw.dirichlet([0.2] * 4), 26)) for i in range(1, 4)
    ]


def test_logos_are_in_bits_on_a_scale_of_two(some_motifs, tmp_path):
    figure = logo.logo(some_motifs[0])
    assert figure.axes[0].get_ylim() == (0, 2)
    assert figure.axes[0].get_ylabel() == "bits"
    check(figure, tmp_path / "a.png")
    tops = np.zeros(26)
    for letter in figure.axes[0].patches:
        box = letter.get_path().get_extents()
        place = round((box.x0 + box.x1) / 2)
        tops[place] = max(tops[place], box.y1)
    np.testing.assert_allclose(tops, some_motifs[0].bits().sum(axis=1), atol=0.02)
    check(logo.sheet(some_motifs, "danq"), tmp_path / "b.png")


def test_all_logos_go_into_one_folder_whole_or_not_at_all(some_motifs, tmp_path):
    logo.save_all(some_motifs, tmp_path / "logos", processes=2)
    assert sorted(path.name for path in (tmp_path / "logos").iterdir()) == [f"filter_00{i}.png" for i in (1, 2, 3)]
    logo.save_all(some_motifs[:1], tmp_path / "logos")
    assert [path.name for path in (tmp_path / "logos").iterdir()] == ["filter_001.png"]


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_suffix_says_the_format(some_motifs, tmp_path, suffix):
    pictures.save(logo.logo(some_motifs[0]), tmp_path / f"a.{suffix}")
    start = (tmp_path / f"a.{suffix}").read_bytes()[:20]
    assert {"png": b"PNG", "pdf": b"%PDF", "svg": b"<?xml"}[suffix] in start


def test_a_rare_targets_curve_is_not_thinned_to_a_few_points():
    draw = np.random.default_rng(0)
    labels = (draw.random(200_000) < 0.001).astype(np.uint8)
    counts = count(labels, np.clip(draw.normal(0.3 + 0.3 * labels, 0.1), 0, 1))
    points = plots._telling_points(counts)
    recall = np.append(0, counts.true_positives[points] / counts.positives)
    assert len(points) <= plots.MOST_POINTS + 2
    assert np.diff(recall).max() <= 1 / counts.positives + 1e-9  # no positive is jumped over
