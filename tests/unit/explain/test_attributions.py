"""The file of attributions: what is written is read back, in chunks too, and contradictions are errors."""

import h5py
import numpy as np
import pytest

from danq.data import onehot
from danq.data.targets import Target
from danq.errors import UserError
from danq.explain.attributions import Attributions, Facts, writing
from danq.explain.stretches import of_window, read_marks
from danq.report.contributions import gallery

TARGETS = [Target(1, "CTCF", "TF"), Target(2, "REST", "TF"), Target(3, "DNase", "DNase")]
CHOSEN = {1: np.array([0, 2, 3]), 3: np.array([1, 2])}
LENGTH = 9


@pytest.fixture
def written(tmp_path):
    """A file of four windows and two targets; its path, the one-hot windows and the hypothetical contributions."""
    draw = np.random.default_rng(2)
    bases = np.eye(4, dtype=np.uint8)[draw.integers(0, 4, (4, LENGTH))]
    bases[1, 3] = 0
    values = {index: draw.normal(size=(len(rows), LENGTH, 4)).astype(np.float32) for index, rows in CHOSEN.items()}
    facts = Facts("integrated_gradients", "both", "DanQ", ("abc",), "print", {"steps": 50}, "toy")
    places = np.array(["chr2", "chr1", "chr2", "chr10"]), np.array([5, 0, 70, 8])
    path = tmp_path / "attributions.h5"
    rows = np.array([3, 8, 9, 20])
    with writing(path, facts, onehot.pack(bases), rows, LENGTH, TARGETS, CHOSEN, places=places, labelled=True) as file:
        for index, hypothetical in values.items():
            for begin in range(len(hypothetical)):
                one = slice(begin, begin + 1)
                numbers = {"prediction": [0.1 * begin], "label": [begin % 2], "error": [0.001]}
                file.fill(TARGETS[index - 1], one, hypothetical[one], **numbers)
    return path, bases, values


def test_what_is_written_is_read(written):
    path, bases, values = written
    found = Attributions(path)
    assert [target.index for target in found.targets] == [1, 3]
    assert len(found.all_targets) == 3
    assert (found.facts.method, found.facts.settings, found.facts.checkpoints) == (
        "integrated_gradients",
        {"steps": 50},
        ("abc",),
    )
    contigs, starts = found.places()
    assert (contigs.tolist(), starts.tolist()) == (["chr2", "chr1", "chr2", "chr10"], [5, 0, 70, 8])
    for target in found.targets:
        own, hypothetical, contributions = found.of(target)
        np.testing.assert_array_equal(own, bases[CHOSEN[target.index]])
        np.testing.assert_array_equal(hypothetical, values[target.index])
        np.testing.assert_array_equal(contributions, own * hypothetical)
        parts = list(found.chunks(target, 2))
        np.testing.assert_array_equal(np.concatenate([part[3] for part in parts]), contributions)
    assert found.ranked(TARGETS[0]).tolist() == [2, 1, 0]
    assert found.labels(TARGETS[0]).tolist() == [0, 1, 0]


def test_pairs_for_modisco(written, tmp_path):
    path, bases, values = written
    paths = Attributions(path).to_npz(TARGETS[2], tmp_path / "pair")
    own, hypothetical = (np.load(path)["arr_0"] for path in paths)
    np.testing.assert_array_equal(own, bases[CHOSEN[3]].transpose(0, 2, 1))
    np.testing.assert_array_equal(hypothetical, values[3].transpose(0, 2, 1))


def test_a_target_that_is_not_explained_is_an_error(written):
    with pytest.raises(UserError, match=r"target 'REST' is not explained, only 1 \(CTCF\), 3 \(DNase\)"):
        Attributions(written[0]).target("REST")


def test_contradictions_are_errors(written):
    with h5py.File(written[0], "r+") as file:
        file["by_target/1/windows"][:] = [0, 3, 2]
    with pytest.raises(UserError, match="the windows of target 1 are not increasing rows"):
        Attributions(written[0])


def test_values_that_are_not_numbers_are_errors(tmp_path):
    packed = onehot.pack(np.zeros((1, LENGTH, 4)))
    with (
        pytest.raises(UserError, match=r"attributions of target 1 \(CTCF\) are not numbers"),
        writing(tmp_path / "a.h5", Facts("gradient", "both"), packed, [0], LENGTH, TARGETS, {1: [0]}) as file,
    ):
        file.fill(TARGETS[0], slice(0, 1), np.full((1, LENGTH, 4), np.nan))
    assert not (tmp_path / "a.h5").exists()


def test_places_are_marked_whatever_their_contigs_are_called(written, tmp_path, caplog):
    """The file knows the contigs of its windows only; regions on others are counted in the log."""
    found = Attributions(written[0])
    (tmp_path / "sites.bed").write_text("2\t7\t9\tinside\nchr2\t900\t905\toutside\nchr99\t1\t5\nchr2\t1\t6\tedge\n")
    with caplog.at_level("INFO"):
        marks = read_marks({"sites": tmp_path / "sites.bed"}, found)
    assert "3 of 4 regions are on the contigs of the windows" in caplog.text
    view = of_window(found, TARGETS[0], 3, marks)  # the lowest prediction: chr2 from 5
    assert sorted(view.marks["sites"]) == [(0, 1, "edge"), (2, 4, "inside")]


def test_the_gallery_holds_the_best_windows_within_its_size(written, tmp_path, monkeypatch):
    path, bases, values = written
    folder = tmp_path / "models/danq/explain/attributions"
    folder.mkdir(parents=True)
    path.rename(folder / "integrated_gradients.h5")
    found = gallery(tmp_path, ["danq"], ["integrated_gradients"])
    assert (found["targets"], found["all"]) == (["1  CTCF", "3  DNase"], 2)
    first, second = found["entries"][0]["windows"]
    assert [(one["place"], one["first"]) for one in first] == [("chr10", 9), ("chr2", 71), ("chr2", 6)]
    own = bases[CHOSEN[3][0]]
    lowest = second[-1]  # with an unknown base
    assert lowest["letters"] == "".join("ACGT"[one.argmax()] if one.any() else " " for one in own)
    heights = np.array(lowest["heights"]) * lowest["step"]
    np.testing.assert_allclose(heights, (own * values[3][0]).sum(axis=1), atol=lowest["step"])
    monkeypatch.setattr("danq.report.contributions.BASES", 3 * LENGTH)
    found = gallery(tmp_path, ["danq"], ["integrated_gradients"])
    assert [len(windows) for windows in found["entries"][0]["windows"]] == [1, 1]
    monkeypatch.setattr("danq.report.contributions.BASES", LENGTH)
    assert gallery(tmp_path, ["danq"], ["integrated_gradients"])["targets"] == ["1  CTCF"]
