"""The session that users of the original system know, as its page has it, on a small .mat bundle.

Published sizes of the networks, defaults of all options; only the windows (200 bp) and targets (12) are few.
"""

import os
import re
import shutil

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.io
from project import program

from danq.predictions import Predictions

LENGTH, TARGETS = 200, 12
SESSION = (
    "train.py -d data",
    "train.py -d data -m DeepSEA",
    "predict.py -d data",
    "visualize.py -t 1",
    "predict.py -M -d data",
    "visualize.py -M -t 43",
)


def write_bundle(folder, splits, seed=0, targets=TARGETS):
    """Random windows, half of them rich in C and G, which the first three targets see. v7.3 and v5 as published."""
    draw = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for split, n in splits.items():
        rich = draw.random(n) < 0.5
        strong = draw.random((n, LENGTH)) < np.where(rich, 0.7, 0.4)[:, None]
        codes = np.where(strong, draw.choice([1, 2], strong.shape), draw.choice([0, 3], strong.shape))  # A, G, C, T
        labels = draw.random((n, targets)) < 0.3
        labels[:, :3] = rich[:, None]
        onehot = np.eye(4, dtype=np.uint8)[codes].transpose(0, 2, 1)
        sequence = np.concatenate([onehot, onehot[:, ::-1, ::-1]])  # A, G, C, T backwards is T, C, G, A
        labels = np.tile(labels, (2, 1)).astype(np.uint8)
        if split == "train":
            with h5py.File(folder / "train.mat", "w", userblock_size=512) as file:
                file["trainxdata"], file["traindata"] = sequence.transpose(2, 1, 0), labels.T
        else:
            scipy.io.savemat(folder / f"{split}.mat", {f"{split}xdata": sequence, f"{split}data": labels})
    return folder


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The folder in which the session ran, and what each command wrote to the terminal."""
    folder = tmp_path_factory.mktemp("session")
    write_bundle(folder / "data", {"train": 80, "valid": 20, "test": 80})
    (folder / "data/predictor.names").write_text("".join(f"K562|factor{i}|None\n" for i in range(1, TARGETS + 1)))
    said = {}
    for line in SESSION:
        name, *words = line.split()
        done = program(name.removesuffix(".py"), *words, folder=folder)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        said[line] = done.stderr
    return folder, said


def test_the_session_leaves_what_its_users_expect(session):
    folder, _ = session
    for path in ("checkpoints/danq.DanQ.weights.h5", "checkpoints/danq.DeepSEA.weights.h5", "test_results.h5",
                 "motifs.txt", "001_K562_factor1.png", "filter_043.png"):  # fmt: skip
        assert (folder / path).stat().st_size > 1000, path


def test_mat_files_are_packed_once_and_it_says_so(session):
    _, said = session
    first, second, third = (said[line] for line in SESSION[:3])
    assert "packing data/train.mat into data/train.h5, once" in first
    assert "packing" not in second
    assert "packing data/test.mat into data/test.h5, once" in third
    assert "the second half of its 160 samples is the reverse complement of the first" in first


def test_its_predictions_are_of_the_forward_windows_with_names(session):
    folder, _ = session
    predictions = Predictions.open(folder / "test_results.h5")
    assert predictions.probabilities.shape == (80, TARGETS)
    assert predictions.targets[0].title == "K562|factor1"
    labels, probabilities = predictions.columns(slice(0, 1))
    truth = scipy.io.loadmat(folder / "data/test.mat")["testdata"][:80, :1]
    np.testing.assert_array_equal(labels, truth)
    from sklearn.metrics import roc_auc_score

    assert roc_auc_score(truth, probabilities) > 0.8


def test_motifs_txt_lists_every_filter_with_sequences_of_its_width(session):
    folder, _ = session
    text = (folder / "motifs.txt").read_text()
    heads = re.findall(r"^>filter_(\d+) sites=(\d+)$", text, re.MULTILINE)
    assert [int(number) for number, _ in heads] == list(range(1, 321))
    sequences = [line for line in text.splitlines() if not line.startswith(">")]
    assert len(sequences) == sum(int(sites) for _, sites in heads)
    assert all(re.fullmatch("[ACGT]{26}", sequence) for sequence in sequences)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("predict.py -d data -f 64", "danq.DanQ.weights.h5 has filters 320, not 64"),
        ("predict.py -d data -k 8 -M", "has kernel 26, not 8"),
        ("predict.py -d data -m DeepSEA -c checkpoints/danq.DanQ.weights.h5", "is a DanQ, not a DeepSEA"),
        ("train.py -d data -w -f 64 -e 1", "has filters 320, not 64"),
        ("train.py -d data -w nothing.weights.h5", "no such checkpoint"),
        ("train.py -d data -m Danq", "unknown architecture 'Danq'; there are DanQ, DeepSEA, DanQ-JASPAR"),
        ("train.py -d checkpoints", "checkpoints/train.h5: no such windows file"),
        ("visualize.py -M -t 43 -f 64", "motifs.txt has 320 filters, not 64"),
        ("visualize.py -M -t 321", "has no motif for filter 321; there are 1 to 320"),
        ("visualize.py -t 13", "no target '13'; give a number from 1 to 12"),
    ],
)
def test_what_contradicts_is_one_clear_sentence(session, line, says):
    folder, _ = session
    name, *words = line.split()
    done = program(name.removesuffix(".py"), *words, folder=folder)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert says in last
    assert "Traceback" not in done.stderr


def test_training_goes_on_from_a_checkpoint(session):
    """A second training with -w begins where the first ended: its first validation loss is at least as good."""
    folder, _ = session
    before = pd.read_csv(folder / "checkpoints/danq.DanQ.history.tsv", sep="\t")["val_loss"].min()
    weights = "checkpoints/danq.DanQ.weights.h5"
    done = program("train", "-d", "data", "-e", 1, "-w", weights, "-l", 1e-9, "-o", "again", "-v", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "starting from the weights in" in done.stderr
    assert "first_convolution" in done.stderr  # -v shows the layers
    after = pd.read_csv(folder / "checkpoints/again.DanQ.history.tsv", sep="\t")["val_loss"][0]
    assert after == pytest.approx(before, rel=1e-4)


def test_windows_are_packed_where_one_says(session, tmp_path):
    folder, _ = session
    for name in ("valid.mat", "predictor.names"):
        shutil.copy2(folder / "data" / name, tmp_path / name)
    words = ["-d", tmp_path, "--cache", tmp_path / "cache", "-o", tmp_path / "a.h5", "--split", "valid"]
    done = program("predict", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cache/valid.h5").exists()
    assert not (tmp_path / "valid.h5").exists()


def test_a_folder_that_is_read_only_goes_to_the_cache_of_the_user(tmp_path, monkeypatch):
    from danq import data_folder

    data = write_bundle(tmp_path / "data", {"valid": 6, "test": 6})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(data_folder.os, "access", lambda _, mode: mode != os.W_OK)
    place = data_folder.packed_folder(data, ["test"])
    assert place.is_relative_to(tmp_path / "cache/danq")
    assert (place / "test.h5").exists()
    monkeypatch.undo()
    data_folder.packed_folder(data, ["valid"])
    monkeypatch.setattr(data_folder.os, "access", lambda _, mode: mode != os.W_OK)
    assert data_folder.packed_folder(data, ["valid"]) == data  # packed beside: used from there


def test_windows_imported_with_a_list_or_order_of_ones_own_are_not_packed_anew(tmp_path):
    from danq.windows import Windows

    data = write_bundle(tmp_path / "data", {"train": 6, "valid": 6, "test": 6})
    assert program("import_bundle", data, "-o", data, "--alphabet", "ACGT").returncode == 0
    done = program("predict", "-d", data, "-c", tmp_path / "none.weights.h5")
    assert "no such checkpoint" in done.stderr
    from danq.data_folder import packed_folder

    assert packed_folder(data, ["test"]) == data
    assert Windows(data / "test.h5").made_by["bundle"]["alphabet"] == "ACGT"


def test_the_weights_it_went_on_from_are_kept_when_nothing_is_better(session):
    folder, _ = session
    before = (folder / "checkpoints/danq.DanQ.weights.h5").read_bytes()
    done = program("train", "-d", "data", "-e", 1, "-w", "-l", 1, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "no epoch was better than the first weights" in done.stderr
    import h5py as h5

    with h5.File(folder / "checkpoints/danq.DanQ.weights.h5") as file:
        (folder / "old.h5").write_bytes(before)
        with h5.File(folder / "old.h5") as old:
            name = "layers/conv1d/vars/0"
            np.testing.assert_array_equal(file[name][()], old[name][()])


def test_a_changed_mat_file_is_packed_anew(tmp_path, caplog):
    from danq.data_folder import packed_folder

    write_bundle(tmp_path / "data", {"test": 10})
    packed_folder(tmp_path / "data", ["test"])
    first = (tmp_path / "data/test.h5").stat().st_mtime_ns
    packed_folder(tmp_path / "data", ["test"])
    assert (tmp_path / "data/test.h5").stat().st_mtime_ns == first
    (tmp_path / "data/test.mat").unlink()
    (tmp_path / "data/test.h5").rename(tmp_path / "old.h5")
    write_bundle(tmp_path / "other", {"test": 12})
    (tmp_path / "other/test.mat").rename(tmp_path / "data/test.mat")
    (tmp_path / "old.h5").rename(tmp_path / "data/test.h5")
    from danq.windows import Windows

    assert len(Windows(packed_folder(tmp_path / "data", ["test"]) / "test.h5")) == 12
