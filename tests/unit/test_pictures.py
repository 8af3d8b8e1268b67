"""Pictures are drawn for real and measured: not empty, not cut off, labelled."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from danq import logo, paired, pictures, plots, scatters
from danq.evaluate import evaluate
from danq.meme import Motif
from danq.predictions import Predictions
from danq.targets import Target

TARGETS = [Target(i, f"T<{i}>/x y", "TF" if i < 4 else "DNase", "K562") for i in range(1, 6)]


def predictions(seed):
    labels = (np.random.default_rng(9).random((400, 5)) < [0.3, 0.5, 0.1, 0.2, 0]).astype(np.uint8)
    draw = np.random.default_rng(seed)
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
    table = evaluate(both["danq"], "danq").auc
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
    auc = pd.concat([evaluate(predictions(i), name).auc for i, name in enumerate(("danq", "deepsea"))])
    check(plots.assays(auc), tmp_path / "a.png")


def test_two_models_against_each_other(tmp_path):
    both = {"danq": predictions(0), "deepsea": predictions(1)}
    auc = pd.concat([evaluate(model, name).auc for name, model in both.items()])
    tests = paired.paired_table(both).assign(qvalue=[0.01, 0.049, 0.05, 0.9, np.nan])
    figure = scatters.two_models(auc, tests, "danq", "deepsea")
    values = auc.set_index(["model", "index"])
    for axes, measure in zip(figure.axes, ("auroc", "auprc"), strict=True):
        x, y = values.loc["deepsea", measure].dropna(), values.loc["danq", measure].dropna()
        dots = [line.get_xydata() for line in axes.lines if line.get_marker() == "o"]
        np.testing.assert_allclose(np.concatenate(dots), np.stack([x, y], axis=1))
        won = (y > x).sum()
        assert f"danq wins {won}, deepsea {4 - won} of 4" in axes.get_title()
        assert (axes.get_xlabel(), axes.get_ylabel()) == (f"deepsea {measure.upper()}", f"danq {measure.upper()}")
        assert axes.get_xlim() == axes.get_ylim()
    assert "2 differences are significant" in figure.axes[0].get_title()
    check(figure, tmp_path / "a.png")
    none = auc.assign(auroc=np.nan, auprc=np.nan)  # no target has a value
    check(scatters.two_models(none, tests, "danq", "deepsea"), tmp_path / "b.png")


def test_calibration_has_a_panel_for_each_of_few_assays(tmp_path):
    table = pd.concat([evaluate(predictions(i), name).calibration for i, name in enumerate(("danq", "deepsea"))])
    figure = plots.calibration(table)
    assert [axes.get_title() for axes in figure.axes] == ["all targets", "TF", "DNase"]
    for axes in figure.axes:
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        (low, high), other = axes.get_xlim(), axes.get_ylim()
        assert (low, high) == other
    check(figure, tmp_path / "a.png")
    many = pd.concat([table, *(table[table["assay"] == "TF"].assign(assay=f"A{i}") for i in range(6))])
    assert [axes.get_title() for axes in plots.calibration(many).axes] == ["all targets"]
    check(plots.calibration(table.assign(observed=0.0)), tmp_path / "b.png")  # no positives at all


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


def letters(axes):
    """Where each letter stands and how high it reaches."""
    boxes = [letter.get_path().get_extents() for letter in axes.patches]
    return pd.DataFrame({"place": [round((box.x0 + box.x1) / 2) for box in boxes], "top": [box.y1 for box in boxes]})


def test_logos_are_in_bits_on_a_scale_of_two(some_motifs, tmp_path):
    figure = logo.logo(logo.Drawing(some_motifs[0]))
    assert figure.axes[0].get_ylim() == (0, 2)
    assert figure.axes[0].get_ylabel() == "bits"
    check(figure, tmp_path / "a.png")
    tops = letters(figure.axes[0]).groupby("place")["top"].max()
    np.testing.assert_allclose(tops, some_motifs[0].bits().sum(axis=1), atol=0.02)


@pytest.fixture
def with_known(some_motifs):
    """The second filter matches a known motif of 10 places, turned, three places in."""
    known = [Motif("MA1.1", some_motifs[1].probabilities[3:13][::-1, ::-1], 20)]
    row = {"known": "MA1.1", "name": "CTCF", "evalue": 3e-5, "offset": 3, "orientation": "-"}
    table = pd.DataFrame([{"filter": 1, "known": ""}, {"filter": 2, **row}, {"filter": 3, "known": ""}])
    return logo.drawings(some_motifs, table, known)


def test_the_known_motif_stands_beneath_aligned_and_turned(with_known, tmp_path):
    assert [bool(drawing.match) for drawing in with_known] == [False, True, False]
    figure = logo.logo(with_known[1])
    above, beneath = figure.axes
    assert above.get_xlim() == beneath.get_xlim()
    assert beneath.get_title(loc="left") == "CTCF  MA1.1  E = 3e-05"
    ours, theirs = (letters(axes).groupby("place")["top"].max() for axes in (above, beneath))
    assert theirs.index.tolist() == list(range(3, 13))
    np.testing.assert_allclose(theirs, ours[3:13], atol=0.02)  # it was cut out of there
    check(figure, tmp_path / "a.png")


def test_a_page_has_one_scale(with_known, tmp_path):
    figure = logo.page(with_known, "danq", columns=2)
    drawn = [axes for axes in figure.axes if axes.axison]
    assert len(drawn) == 4
    assert {axes.get_ylim() for axes in drawn} == {(0, 2)}
    assert len({round(np.ptp(axes.get_xlim()), 6) for axes in drawn}) == 1
    check(figure, tmp_path / "b.png")


def test_all_logos_go_into_one_folder_whole_or_not_at_all(with_known, tmp_path):
    logo.save_all(with_known, tmp_path / "logos", processes=2)
    assert sorted(path.name for path in (tmp_path / "logos").iterdir()) == [f"filter_00{i}.png" for i in (1, 2, 3)]
    logo.save_all(with_known[:1], tmp_path / "logos")
    assert [path.name for path in (tmp_path / "logos").iterdir()] == ["filter_001.png"]


def test_pages_hold_all_motifs_the_most_informative_first(with_known, tmp_path, monkeypatch):
    monkeypatch.setattr(logo, "ROWS", 1)
    monkeypatch.setattr(logo, "COLUMNS", 2)
    logo.save_pages(with_known, "danq", tmp_path / "pages")
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["page_01.png", "page_02.png"]
    information = [drawing.motif.information for drawing in logo.most_informative(with_known)]
    assert information == sorted(information, reverse=True)
    logo.save_pages([], "danq", tmp_path / "none")
    assert not list((tmp_path / "none").iterdir())


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_suffix_says_the_format(some_motifs, tmp_path, suffix):
    pictures.save(logo.logo(logo.Drawing(some_motifs[0])), tmp_path / f"a.{suffix}")
    start = (tmp_path / f"a.{suffix}").read_bytes()[:20]
    assert {"png": b"PNG", "pdf": b"%PDF", "svg": b"<?xml"}[suffix] in start
