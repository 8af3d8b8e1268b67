"""bigWig and bedGraph files, read back value by value with pyBigWig, pybigtools and Python."""

import gzip

import numpy as np
import pybigtools
import pyBigWig
import pytest

from danq.data.targets import Target
from danq.tracks.block_values import TRACKS, BlockValues
from danq.tracks.files import summary, writing
from danq.tracks.names import track_names

CONTIGS = {"chr2": 2_000_000, "chr10": 95, "chr1": 400, "empty": 10}
STRIDE = 20
CELLS = {"chr2": [*range(3, 70_000), 70_005, 99_999], "chr10": [0, 1, 3], "chr1": [*range(20)]}


@pytest.fixture(scope="module")
def values():
    draw = np.random.default_rng(2)
    return {contig: draw.random((len(cells), 2)).astype(np.float32) for contig, cells in CELLS.items()}


def write(folder, values, size, **options):
    """Write the values in blocks of `size` cells."""
    with writing(folder, ["a", "b"], CONTIGS, STRIDE, **options) as writer:
        for contig, cells in CELLS.items():
            cells = np.array(cells)
            for number in np.unique(cells // size):
                inside = cells // size == number
                skipped = {"beyond_contig": 1, "unknown_bases": 2}
                writer.append(BlockValues(contig, number, cells[inside], values[contig][inside], skipped))
    return writer


def rows(values, column):
    """Contig, start, end and value of each cell."""
    return [
        (contig, cell * STRIDE, (cell + 1) * STRIDE, value)
        for contig, cells in CELLS.items()
        for cell, value in zip(cells, values[contig][:, column].tolist(), strict=True)
    ]


@pytest.fixture(scope="module")
def folder(values, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tracks")
    write(folder, values, 30_000, bedgraph=True)
    return folder


@pytest.mark.parametrize(("name", "column"), [("a", 0), ("b", 1)])
def test_each_value_is_read_back(folder, values, name, column):
    expected = rows(values, column)
    with pyBigWig.open(str(folder / f"{name}.bw")) as file:
        assert list(file.chroms().items()) == list(CONTIGS.items())
        assert [(contig, *row) for contig in CELLS for row in file.intervals(contig)] == expected
        assert file.intervals("empty") is None
        assert file.header()["nLevels"] > 0  # IGV needs zoom levels
    other = pybigtools.open(str(folder / f"{name}.bw"))
    assert list(other.chroms().items()) == list(CONTIGS.items())
    assert [(contig, *row) for contig in CELLS for row in other.records(contig)] == expected
    lines = gzip.decompress((folder / f"{name}.bedGraph.gz").read_bytes()).decode().splitlines()
    fields = [line.split("\t") for line in lines]
    assert [(one[0], int(one[1]), int(one[2]), float(np.float32(one[3]))) for one in fields] == expected


def test_the_bytes_do_not_depend_on_the_blocks(folder, values, tmp_path):
    write(tmp_path, values, 777, bedgraph=True)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["a.bedGraph.gz", "a.bw", "b.bedGraph.gz", "b.bw"]
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_table_has_mean_and_maximum_and_the_skipped_cells(values, tmp_path):
    writer = write(tmp_path, values, 50_000)
    targets = [Target(1, "CTCF", "TF", "K562"), Target(4, "REST", "TF")]
    table = summary(writer, targets, ["a", "b"], STRIDE, 3)
    every = np.concatenate(list(values.values()))
    assert np.allclose(table["mean"], every.mean(axis=0, dtype=float))
    assert table["max"].tolist() == every.max(axis=0).tolist()
    assert table["cells"].tolist() == [len(every)] * 2
    assert table[["beyond_contig", "unknown_bases", "incomplete"]].to_numpy().tolist() == [[4, 8, 3]] * 2
    TRACKS.write(table, tmp_path / "tracks.tsv")
    assert TRACKS.read(tmp_path / "tracks.tsv")["target"].tolist() == ["K562|CTCF", "REST"]


def test_an_error_leaves_old_files(values, tmp_path):
    (tmp_path / "a.bw").write_text("old")
    with pytest.raises(KeyError), writing(tmp_path, ["a", "b"], CONTIGS, STRIDE) as writer:
        writer.append(BlockValues("chr1", 0, np.arange(20), values["chr1"]))
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["a.bw"]
    assert (tmp_path / "a.bw").read_text() == "old"


def test_names_of_files_do_not_depend_on_the_choice():
    targets = [Target(1, "a/b", "TF"), Target(2, "a b", "TF"), Target(3, "c", "TF", "K562")]
    assert track_names(targets, targets) == ["a_b", "a_b-2", "K562_c"]
    assert track_names(targets, targets[1:2]) == ["a_b-2"]
