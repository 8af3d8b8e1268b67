"""The documented session of the original system, on a small .mat bundle.

The networks have the published sizes and all options their defaults; only windows (200 bp) and targets (12) are few.
"""

import os
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import scipy.io
from project import PROJECT, error_of, program
from toy_bundle import write_bundle

from danq.runtime.predictions import Predictions

TARGETS = 12
SESSION = (
    "train.py -d data",
    "train.py -d data -m DeepSEA",
    "predict.py -d data",
    "visualize.py -t 1",
    "predict.py -M -d data",
    "visualize.py -M -t 43",
)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The folder in which the session ran, and the standard error of each command."""
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


@pytest.mark.parametrize("page", ["README.md", "docs/programs.md", "docs/deepsea.md"])
def test_the_session_is_the_documented_one(page):
    """The README has its beginning."""
    blocks = re.findall(r"```bash\n(.*?)```", (PROJECT / page).read_text(), re.DOTALL)
    [block] = [block for block in blocks if "\ntrain.py -d data\n" in block]
    lines = [line for line in block.splitlines() if ".py " in line]
    assert set(lines) <= set(SESSION) if page == "README.md" else lines == list(SESSION)


def test_the_session_writes_the_documented_files(session):
    folder, _ = session
    for path in ("checkpoints/danq.DanQ.weights.h5", "checkpoints/danq.DeepSEA.weights.h5", "test_results.h5",
                 "motifs.txt", "001_K562_factor1.png", "filter_043.png"):  # fmt: skip
        assert (folder / path).stat().st_size > 1000, path


def test_mat_files_are_packed_once_with_a_message(session):
    _, said = session
    first, second, third = (said[line] for line in SESSION[:3])
    assert "packing data/train.mat into data/train.h5, once" in first
    assert "packing" not in second
    assert "packing data/test.mat into data/test.h5, once" in third
    assert "the second half of its 160 samples is the reverse complement of the first" in first


def test_predictions_contain_the_forward_windows_and_target_names(session):
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
def test_contradicting_options_are_reported_in_one_sentence(session, line, says):
    folder, _ = session
    name, *words = line.split()
    error = error_of(name.removesuffix(".py"), *words, folder=folder)
    assert error.startswith("error: ")
    assert says in error
    assert "\n" not in error


def test_training_starts_from_a_checkpoint(session):
    """A second training with -w starts where the first ended: its first validation loss is at least as good."""
    folder, _ = session
    before = pd.read_csv(folder / "checkpoints/danq.DanQ.history.tsv", sep="\t")["val_loss"].min()
    weights = "checkpoints/danq.DanQ.weights.h5"
    done = program("train", "-d", "data", "-e", 1, "-w", weights, "-l", 1e-9, "-o", "again", "-v", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "starting from the weights in" in done.stderr
    assert "first_convolution" in done.stderr  # -v shows the layers
    after = pd.read_csv(folder / "checkpoints/again.DanQ.history.tsv", sep="\t")["val_loss"][0]
    assert after == pytest.approx(before, rel=1e-4)


def test_windows_are_packed_into_the_cache_folder(session, tmp_path):
    folder, _ = session
    for name in ("valid.mat", "predictor.names"):
        shutil.copy2(folder / "data" / name, tmp_path / name)
    words = ["-d", tmp_path, "--cache", tmp_path / "cache", "-o", tmp_path / "a.h5", "--split", "valid"]
    done = program("predict", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cache/valid.h5").exists()
    assert not (tmp_path / "valid.h5").exists()


def test_a_read_only_folder_is_packed_into_the_users_cache(tmp_path, monkeypatch):
    from danq.published import data_folder

    data = write_bundle(tmp_path / "data", {"valid": 6, "test": 6})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(data_folder.os, "access", lambda _, mode: mode != os.W_OK)
    place = data_folder.packed_folder(data, ["test"])
    assert place.is_relative_to(tmp_path / "cache/danq")
    assert (place / "test.h5").exists()
    monkeypatch.undo()
    data_folder.packed_folder(data, ["valid"])
    monkeypatch.setattr(data_folder.os, "access", lambda _, mode: mode != os.W_OK)
    assert data_folder.packed_folder(data, ["valid"]) == data  # packed next to the .mat files: used there


def test_windows_imported_with_another_alphabet_are_not_repacked(tmp_path):
    from danq.data.windows import Windows

    data = write_bundle(tmp_path / "data", {"train": 6, "valid": 6, "test": 6})
    assert program("import_bundle", data, "-o", data, "--alphabet", "ACGT").returncode == 0
    done = program("predict", "-d", data, "-c", tmp_path / "none.weights.h5")
    assert "no such checkpoint" in done.stderr
    from danq.published.data_folder import packed_folder

    assert packed_folder(data, ["test"]) == data
    assert Windows(data / "test.h5").made_by["bundle"]["alphabet"] == "ACGT"


def test_initial_weights_are_kept_when_no_epoch_is_better(session):
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


def test_a_changed_mat_file_is_repacked(tmp_path, caplog):
    from danq.published.data_folder import packed_folder

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
    from danq.data.windows import Windows

    assert len(Windows(packed_folder(tmp_path / "data", ["test"]) / "test.h5")) == 12
