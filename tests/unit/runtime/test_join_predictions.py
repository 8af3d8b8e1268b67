"""Joined predictions compared with predictions of all windows in one file."""

import h5py
import numpy as np
import pytest

from danq.data.targets import Target
from danq.errors import UserError
from danq.runtime import join_predictions as joining
from danq.runtime.join_predictions import join_predictions
from danq.runtime.predictions import FORMAT, Predictions, to_json

TARGETS = [Target(i, f"T{i}", "TF") for i in range(1, 11)]


def write(path, rows, *, targets=TARGETS, places=True, spread=True, **facts):
    """Write chosen rows of 500 windows of 10 targets, as predict.py writes them."""
    draw = np.random.default_rng(0)
    values, spreads = draw.random((2, 500, 10), dtype=np.float32)
    labels = np.packbits(draw.random((500, 10)) < 0.3, axis=1)
    contig, start = np.sort(draw.integers(0, 4, 500)).astype(np.int32), np.arange(500) * 200
    with h5py.File(path, "w") as file:
        file["predictions"], file["labels"] = values[rows], labels[rows]
        file["targets"] = to_json(targets)
        if spread:
            file["spread"] = spreads[rows]
        if places:
            file["contig"], file["start"] = contig[rows], start[rows]
        file.attrs.update({"format": FORMAT, "strands": "both", "architecture": "DanQ", "step": 200, **facts})
    return path


def test_the_folds_together_are_the_whole_genome_in_its_order(tmp_path, monkeypatch):
    monkeypatch.setattr(joining, "ROWS", 64)
    fold = np.random.default_rng(1).integers(0, 3, 500)
    parts = [write(tmp_path / f"{k}.h5", np.flatnonzero(fold == k), windows=f"w{k}") for k in range(3)]
    whole = write(tmp_path / "whole.h5", np.arange(500))
    join_predictions(parts, tmp_path / "joined.h5")
    joined, expected = Predictions.open(tmp_path / "joined.h5"), Predictions.open(whole)
    np.testing.assert_array_equal(joined.probabilities, expected.probabilities)
    np.testing.assert_array_equal(joined.packed_labels, expected.packed_labels)
    np.testing.assert_array_equal(joined.places, expected.places)
    assert (joined.targets, joined.step, joined.architecture) == (expected.targets, 200, "DanQ")
    with h5py.File(tmp_path / "joined.h5") as one, h5py.File(whole) as other:
        np.testing.assert_array_equal(one["spread"], other["spread"])
    join_predictions(parts, tmp_path / "again.h5")
    assert Predictions.open(tmp_path / "again.h5").windows == joined.windows  # the same windows, by another model
    write(tmp_path / "0.h5", np.flatnonzero(fold == 0), windows="other")
    join_predictions(parts, tmp_path / "again.h5")
    assert Predictions.open(tmp_path / "again.h5").windows != joined.windows


def test_without_a_spread_in_one_file_there_is_none(tmp_path):
    parts = [write(tmp_path / "0.h5", slice(0, 250)), write(tmp_path / "1.h5", slice(250, 500), spread=False)]
    join_predictions(parts, tmp_path / "joined.h5")
    with h5py.File(tmp_path / "joined.h5") as file:
        assert "spread" not in file


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"targets": [*TARGETS[:-1], Target(10, "other", "TF")]}, "has other targets than"),
        ({"strands": "forward"}, "has other strands than"),
        ({"places": False}, "holds no positions of windows"),
        ({"rows": slice(240, 500)}, "0.h5 and .*1.h5 predict the same window"),
    ],
)
def test_files_that_do_not_belong_together_are_an_error(tmp_path, facts, message):
    first = write(tmp_path / "0.h5", slice(0, 250))
    second = write(tmp_path / "1.h5", **{"rows": slice(250, 500)} | facts)
    with pytest.raises(UserError, match=message):
        join_predictions([first, second], tmp_path / "joined.h5")
    assert not (tmp_path / "joined.h5").exists()
