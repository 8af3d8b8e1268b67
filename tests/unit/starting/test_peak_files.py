"""Which files of folders, globs and lists are peak files."""

from __future__ import annotations

import pytest

from danq.errors import UserError
from danq.starting.peak_files import find, stem_of


@pytest.fixture
def folder(tmp_path):
    """A folder as MACS and people leave it, with the genome in it."""
    names = ["A_peaks.narrowPeak", "A_summits.bed", "A_peaks.gappedPeak", "B.broadPeak.gz", "B.bed", "C.bed.gz", "D.bb"]
    names += ["genome.fa", "genome.fa.fai", "README.txt", "A_peaks.xls", ".hidden.bed", "metadata.tsv"]
    for name in names:
        (tmp_path / name).touch()
    return tmp_path


def names(found) -> list[str]:
    return [path.name for path in found]


def test_a_folder(folder):
    found, left = find([str(folder)], folder / "genome.fa")
    assert names(found) == ["A_peaks.narrowPeak", "B.broadPeak.gz", "C.bed.gz", "D.bb"]
    assert left == {
        "A_summits.bed": "of the same experiment as A_peaks.narrowPeak",
        "A_peaks.gappedPeak": "of the same experiment as A_peaks.narrowPeak",
        "B.bed": "of the same experiment as B.broadPeak.gz",
        "A_peaks.xls": "no ending of a peak format",
        "README.txt": "no ending of a peak format",
    }


def test_named_files_are_taken_as_they_are(folder):
    words = [str(folder / "A_summits.bed"), str(folder / "A_peaks.*"), str(folder / "README.txt"), str(folder / "*.fa")]
    found, left = find(words, folder / "genome.fa")
    assert names(found) == ["A_peaks.gappedPeak", "A_peaks.narrowPeak", "A_peaks.xls", "A_summits.bed", "README.txt"]
    assert left == {}


def test_a_list_in_one_word_and_a_folder_with_a_space(folder):
    """As `make` passes them."""
    assert names(find([f"{folder}/A_*.narrowPeak {folder}/C.bed.gz"], folder / "genome.fa")[0]) == [
        "A_peaks.narrowPeak",
        "C.bed.gz",
    ]
    spaced = folder / "my peaks"
    spaced.mkdir()
    (spaced / "x.bed").touch()
    assert names(find([str(spaced)], folder / "genome.fa")[0]) == ["x.bed"]


def test_nothing_there(folder):
    (folder / "empty").mkdir()
    for word, message in (
        ("nope", "no such file or folder"),
        ("*.xyz", "no such file"),
        ("empty", "no peak file in this"),
        ("genome.fa", "only the genome"),
    ):
        with pytest.raises(UserError, match=message):
            find([str(folder / word)], folder / "genome.fa")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.narrowPeak.gz", "a"),
        ("a.b.narrowPeak.bed", "a.b"),
        ("PU.1.bed.gz", "PU.1"),
        ("bed", "bed"),
        (".bed", ".bed"),
    ],
)
def test_the_stem_of_a_name(tmp_path, name, stem):
    assert stem_of(tmp_path / name) == stem
