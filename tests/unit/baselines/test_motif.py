"""Scores of motifs compared with scoring every place, and the choice of a motif with a planted one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from danq.baselines import motif
from danq.motifs.log_odds import Scanner, log_odds

from .conftest import LENGTH, hot, motifs, random_texts, reverse

UNIFORM = np.full(4, 0.25)


def best_by_hand(text: str, matrix: np.ndarray) -> float:
    found = -np.inf
    for strand in (text, reverse(text)):
        for i in range(len(text) - len(matrix) + 1):
            site = strand[i : i + len(matrix)]
            found = max(
                found, sum(row["ACGT".index(base)] for row, base in zip(matrix, site, strict=True) if base != "N")
            )
    return found


def test_best_scores_equal_those_by_hand():
    texts = random_texts(np.random.default_rng(0), 12, 40, "ACGTN")
    matrices = [log_odds(one, UNIFORM) for one in motifs()[::5]]
    expected = [[best_by_hand(text, matrix) for matrix in matrices] for text in texts]
    np.testing.assert_allclose(Scanner(matrices).best(hot(texts)), expected, rtol=1e-4, atol=1e-4)


def test_a_motif_as_wide_as_the_window_has_one_place_and_a_wider_one_none():
    [text] = random_texts(np.random.default_rng(0), 1, 12)
    matrices = [np.random.default_rng(1).normal(size=(width, 4)).astype(np.float32) for width in (12, 13)]
    found = Scanner(matrices).best(hot([text]))[0]
    assert found[0] == pytest.approx(best_by_hand(text, matrices[0]), abs=1e-4)
    assert found[1] == -np.inf


def test_log_odds_of_the_background_are_zero_and_none_is_infinite():
    one = replace(motifs()[0], probabilities=np.array([[0.25] * 4, [1, 0, 0, 0]]))
    scores = log_odds(one, UNIFORM)
    np.testing.assert_allclose(scores[0], 0, atol=1e-6)
    assert scores[1, 0] == pytest.approx(np.log2((100 + 2.5) / 110 / 0.25))
    assert scores[1, 1] == pytest.approx(np.log2(2.5 / 110 / 0.25))


def test_aurocs_equal_scikit_learns_with_ties():
    draw = np.random.default_rng(0)
    scores = draw.normal(size=(400, 7)).round(1).astype(np.float32)
    labels = (draw.random((400, 5)) < [0.5, 0.1, 0.02, 0, 1]).astype(np.uint8)
    found = motif.aurocs(scores, labels, 400)
    for t in range(3):
        expected = [roc_auc_score(labels[:, t], scores[:, m]) for m in range(7)]
        np.testing.assert_allclose(found[:, t], expected, atol=1e-5)
    assert np.isnan(found[:, 3:]).all()


def test_more_positives_of_a_rare_target_give_its_auroc():
    """The random sample of 2,000 has about 20 positives; 400 more make the estimate that of the whole set."""
    draw = np.random.default_rng(0)
    positive = np.concatenate([draw.random(2000) < 0.01, np.ones(400, bool)])
    scores = (draw.normal(size=(2400, 1)) + positive[:, None]).astype(np.float32)
    found = motif.aurocs(scores, positive[:, None].astype(np.uint8), 2000)[0, 0]
    negatives = ~positive & (np.arange(2400) < 2000)
    kept = positive | negatives
    assert found == pytest.approx(roc_auc_score(positive[kept], scores[kept, 0]), abs=0.003)


def test_the_planted_motif_is_chosen_among_fifty_others(windows, known):
    data, test = windows
    fitted = motif.fit(replace(data, known=known))
    table = fitted.table.set_index("target")
    assert table.loc["planted", "known"] == "planted"
    labels, texts = data.train.labels()[:, 0], data.train
    planted = next(one for one in motifs() if one.name == "planted")
    bases = texts.onehot(slice(None)).sum(axis=(0, 1))
    background = (bases + bases[::-1]) / (2 * bases.sum())
    by_hand = roc_auc_score(labels, [best_by_hand(text, log_odds(planted, background)) for text in letters(texts)])
    assert table.loc["planted", "training_auroc"] == pytest.approx(by_hand, abs=0.002)
    scores = fitted.score(test.onehot(slice(None), dtype=np.uint8))
    assert roc_auc_score(test.labels()[:, 0], scores[:, 0]) == pytest.approx(by_hand, abs=0.03)
    assert by_hand > 0.95


def letters(windows) -> list[str]:
    from danq.data.onehot import text

    return text(windows.packed(slice(None)), LENGTH)


def test_the_sample_has_positives_of_rare_targets_that_are_not_counted_for_others(windows, monkeypatch):
    data, _ = windows
    monkeypatch.setattr(motif, "BASES", 200 * LENGTH)
    monkeypatch.setattr(motif, "POSITIVES", 70)
    rows, random, labels = motif.training_sample(data)
    truth = data.train.labels(rows)
    assert random == 200
    assert len(set(rows)) == len(rows) > 200
    np.testing.assert_array_equal(labels[:random], truth[:random])
    few = truth[:random].sum(axis=0) < 70
    assert (labels.sum(axis=0)[few] == 70).all()
    assert (labels[random:][:, ~few] == 0).all()
    assert (labels <= truth).all()


def test_motifs_wider_than_the_windows_are_left_out_and_counted(windows, tmp_path, caplog):
    from danq.motifs.meme import Motif, write_meme

    wide = Motif("wide", np.full((LENGTH + 1, 4), 0.25), 10)
    write_meme(tmp_path / "known.meme", [wide, *motifs()[:3]])
    data, _ = windows
    fitted = motif.fit(replace(data, known=tmp_path / "known.meme"))
    assert "1 known motifs are wider" in caplog.text
    assert "wide" not in set(fitted.table["known"])
