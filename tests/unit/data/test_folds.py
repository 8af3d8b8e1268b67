"""Folds compared with an exhaustive search, and the windows of each fold with the contigs that it lists."""

import sys
from itertools import product

import numpy as np
import pytest
import toys

import prepare
from danq.data.folds import even_folds, folds_table, parts
from danq.data.split import SPLITS
from danq.data.windows import Windows
from danq.errors import UserError


def best(sizes: list[int], number: int) -> int:
    """The smallest possible size of the largest fold."""
    placed = product(range(number), repeat=len(sizes))
    return min(max(np.bincount(folds, sizes, minlength=number)) for folds in placed)


@pytest.mark.parametrize("seed", range(10))
def test_folds_hold_each_contig_once_and_are_about_even(seed):
    sizes = np.random.default_rng(seed).integers(1, 100, 7).tolist()
    contigs = {f"chr{i}": size for i, size in enumerate(sizes)}
    folds = even_folds(contigs, 3)
    assert sorted(name for fold in folds for name in fold) == sorted(contigs)
    assert all(fold == sorted(fold) for fold in folds)  # in the order of the genome
    largest = max(sum(contigs[name] for name in fold) for fold in folds)
    assert largest <= (4 / 3 - 1 / 9) * best(sizes, 3)  # Graham's bound


def test_each_fold_is_tested_once_and_the_next_one_validates():
    folds = [["a"], ["b", "c"], ["d"]]
    assert parts(folds, 1) == {"train": ["rest"], "valid": ["b", "c"], "test": ["a"]}
    assert parts(folds, 3) == {"train": ["rest"], "valid": ["a"], "test": ["d"]}
    with pytest.raises(UserError, match="no fold 4; choose one from 1 to 3"):
        parts(folds, 4)


def test_too_few_contigs_or_folds_are_an_error():
    with pytest.raises(UserError, match="the genome has 2 contigs, too few for 3 folds"):
        even_folds({"a": 1, "b": 1}, 3)
    with pytest.raises(UserError, match="choose at least 3"):
        even_folds({"a": 1, "b": 1, "c": 1}, 2)


def prepared(dataset, output, monkeypatch, *words):
    """Run prepare.py on the toy dataset."""
    given = ["prepare", "-g", str(dataset.genome), "-t", str(dataset.sheet), "--folder", str(dataset.folder)]
    monkeypatch.setattr(sys, "argv", [*given, "--window", "400", "--processes", "1", "-o", str(output), *words])
    prepare.main()
    return {split: Windows(output / f"{split}.h5") for split in SPLITS}


def test_the_test_windows_of_all_folds_are_those_of_the_genome(tmp_path, monkeypatch):
    dataset = toys.write_dataset(tmp_path / "data")
    sets = []
    for fold in (1, 2, 3):
        sets.append(prepared(dataset, tmp_path / f"fold{fold}", monkeypatch, "--folds", "3", f"--fold={fold}"))
    held = [set(windows["test"].places()[0]) for windows in sets]
    assert held == [{"chr1"}, {"chr2"}, {"chr3", "chr4"}]
    for number, windows in enumerate(sets):
        assert set(windows["valid"].places()[0]) == held[(number + 1) % 3]
        assert set(windows["train"].places()[0]) == held[(number + 2) % 3]
    listed = prepared(dataset, tmp_path / "listed", monkeypatch, "--valid", "chr2", "--test", "chr1")
    assert {split: one.fingerprint for split, one in listed.items()} == {
        split: one.fingerprint for split, one in sets[0].items()
    }
    table = folds_table(toys.CONTIGS, sets)
    assert table["test"].tolist() == ["chr1", "chr2", "chr3 chr4"]
    assert table["bp"].tolist() == [40_000, 35_000, 60_100]
    assert table["valid_fold"].tolist() == [2, 3, 1]
    assert table["test_windows"].tolist() == [len(windows["test"]) for windows in sets]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--folds", "3"], "--folds and --fold belong together"),
        (["--valid", "chr1"], "give --valid and --test, or --folds and --fold"),
        (["--folds", "3", "--fold", "1", "--test", "chr1"], "--fold chooses the parts; leave out"),
    ],
)
def test_parts_given_twice_or_not_at_all_are_an_error(tmp_path, monkeypatch, words, message):
    monkeypatch.setattr(sys, "argv", ["prepare", "-g", "genome.fa", "-t", "sheet.tsv", *words])
    with pytest.raises(UserError, match=message):
        prepare.main()
