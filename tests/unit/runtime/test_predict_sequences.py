"""Predictions of FASTA records and regions, compared with a model that reads strings one by one."""

import json
import re
import runpy
import signal
import sys

import h5py
import numpy as np
import pandas as pd
import pyfaidx
import pytest
from project import SCRIPTS, error_of
from toy_windows import LENGTH, TARGETS
from toys import write_fasta, write_lines

from danq.data.targets import Target
from danq.data.windows import Windows
from danq.runtime import checkpoint, ensembles
from danq.runtime.predict_sequences import column_names

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
CONTIGS = {"chr1": 2000, "chr2": 150}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, trained, data):
    """Records, a genome and regions."""
    folder, draw = tmp_path_factory.mktemp("sequences"), np.random.default_rng(5)

    def bases(n):
        return "".join(draw.choice(list("ACGT"), n))

    write_fasta(folder / "genome.fa", {name: bases(size) for name, size in CONTIGS.items()})
    records = {"one": bases(60), "long": bases(133), "two": bases(61)}
    write_fasta(folder / "records.fa", records)
    write_fasta(folder / "short.fa", records | {"short": bases(31)})
    write_lines(folder / "regions.bed", ["chr1\t300\t500\tb", "2\t0\t40", "chr1\t700\t760\ta", "chrUn\t4\t90\tc"])
    model, blueprint = checkpoint.load(trained)
    model.set_weights([weight + draw.normal(0, 0.1, weight.shape) for weight in model.get_weights()])
    checkpoint.save(folder / "other.weights.h5", model, blueprint)
    return folder


@pytest.fixture
def predict(folder, trained, tmp_path, monkeypatch):
    """Runs predict.py in this process, which has imported TensorFlow, and returns its output."""
    monkeypatch.setattr(ensembles, "CHUNK", 6)  # several chunks

    def run(*words, output="out.h5"):
        handler = signal.getsignal(signal.SIGTERM)
        paths = ["-c", trained] if "-c" not in words else []
        monkeypatch.setattr(sys, "argv", ["predict.py", *map(str, [*words, *paths, "-o", tmp_path / output])])
        monkeypatch.chdir(folder)
        try:
            runpy.run_path(str(SCRIPTS / "predict.py"), run_name="__main__")
        finally:
            signal.signal(signal.SIGTERM, handler)
        return tmp_path / output

    return run


def probabilities(path, texts):
    """Mean of both strands (n, T), from one-hot tensors of strings."""
    model, _ = checkpoint.load(path)
    both = [[text, text.translate(COMPLEMENT)[::-1]] for text in texts]
    tensors = np.array([[["ACGT".find(base) == np.arange(4) for base in text] for text in pair] for pair in both])
    return np.mean([model.predict(tensors[:, strand].astype(np.float32), verbose=0) for strand in (0, 1)], axis=0)


def read(path):
    with h5py.File(path) as file:
        found = {name: data[()] for name, data in file.items()}
        return found | dict(file.attrs)


def test_the_records_of_a_fasta_file(folder, trained, predict):
    fasta = pyfaidx.Fasta(str(folder / "records.fa"))
    places = [("one", 0), *(("long", start) for start in (0, 20, 40, 60, 73)), ("two", 0), ("two", 1)]
    texts = [str(fasta[name][start : start + LENGTH]) for name, start in places]
    found = read(predict("--fasta", "records.fa", "--stride", 20))
    assert [
        (found["records"][i].decode(), start) for i, start in zip(found["record"], found["start"], strict=True)
    ] == places
    np.testing.assert_allclose(found["predictions"], probabilities(trained, texts), atol=1e-5)
    assert [target["name"] for target in json.loads(found["targets"])] == [target.name for target in TARGETS]
    assert (found["strands"], found["length"], found["stride"]) == ("both", LENGTH, 20)
    assert json.loads(found["account"]) == {"records": 3, "windows": 8, "padded": 0, "repeated_name": 0}
    assert "spread" not in found


def test_short_records_are_padded_by_option(folder, trained, predict):
    text = str(pyfaidx.Fasta(str(folder / "short.fa"))["short"])
    found = read(predict("--fasta", "short.fa", "--pad", "--targets", "2"))
    expected = probabilities(trained, ["N" * 14 + text + "N" * 15])[:, 1]
    np.testing.assert_allclose(found["predictions"][-1], expected, atol=1e-5)
    assert found["start"][-1] == -14
    assert json.loads(found["account"])["padded"] == 1


def test_a_table_has_the_values_of_the_hdf5_file(folder, trained, predict):
    options = ["--bed", "regions.bed", "--genome", "genome.fa", "--stride", 25, "-c", trained, "other.weights.h5"]
    fasta = pyfaidx.Fasta(str(folder / "genome.fa"))
    starts = [300, 325, 350, 375, 400, 425, 440]
    places = [*(("chr1", start, "b") for start in starts), ("chr2", -10, "chr2:1-40"), ("chr1", 700, "a")]
    texts = [("N" * max(-start, 0)) + str(fasta[name][max(start, 0) : start + LENGTH]) for name, start, _ in places]
    each = [probabilities(path, texts) for path in (trained, folder / "other.weights.h5")]

    found = read(predict(*options, "--account", folder / "account.tsv"))
    np.testing.assert_allclose(found["predictions"], np.mean(each, axis=0), atol=1e-5)
    np.testing.assert_allclose(found["spread"], abs(each[0] - each[1]) / np.sqrt(2), atol=1e-5)
    assert found["spread"].max() > 0.01
    assert [found["regions"][i].decode() for i in found["region"]] == [title for _, _, title in places]

    table = pd.read_csv(predict(*options, "--targets", "TF", output="out.tsv.gz"), sep="\t", keep_default_na=False)
    assert list(table) == ["record", "start", "end", "strand", "region", "site", "never", "site_spread", "never_spread"]
    assert list(zip(table.record, table.start, table.region, strict=True)) == places
    assert (table.end - table.start == LENGTH).all()
    assert set(table.strand) == {"."}
    np.testing.assert_allclose(table[["site", "never"]], found["predictions"][:, [0, 2]], rtol=1e-5)
    np.testing.assert_allclose(table[["site_spread", "never_spread"]], found["spread"][:, [0, 2]], rtol=1e-5, atol=1e-9)

    account = {"regions": 4, "used": 3, "unknown_contig": 1, "outside_contig": 0, "clipped": 0}
    account |= {"windows": 9, "shorter_than_window": 1, "window_beyond_contig": 1}
    assert json.loads(found["account"]) == account
    assert pd.read_csv(folder / "account.tsv", sep="\t").set_index("what")["count"].to_dict() == account


def test_regions_by_name_on_the_forward_strand(folder, trained, predict):
    fasta = pyfaidx.Fasta(str(folder / "genome.fa"))
    options = ["--regions", "chr1:1,001-1,090", "2", "--genome", "genome.fa", "--strands", "forward"]
    found = pd.read_csv(predict(*options, output="out.tsv"), sep="\t")
    places = [("chr1", 1000), ("chr1", 1030), ("chr2", 0), ("chr2", 60), ("chr2", 90)]
    assert list(zip(found.record, found.start, strict=True)) == places
    assert set(found.strand) == {"+"}
    model, _ = checkpoint.load(trained)
    texts = [str(fasta[name][start : start + LENGTH]) for name, start in places]
    tensors = np.array([[["ACGT".find(base) == np.arange(4) for base in text]] for text in texts])[:, 0]
    expected = model.predict(tensors.astype(np.float32), verbose=0)
    np.testing.assert_allclose(found[[target.name for target in TARGETS]], expected, rtol=1e-4, atol=1e-6)


def test_the_windows_of_a_split_are_averaged_and_written_as_a_table(folder, trained, data, predict, monkeypatch):
    monkeypatch.setattr(ensembles, "CHUNK", 100)
    several = ["-d", data, "-c", trained, "other.weights.h5"]
    found = read(predict(*several))
    each = [read(predict("-d", data, "-c", path)) for path in (trained, "other.weights.h5")]
    np.testing.assert_allclose(found["predictions"], np.mean([one["predictions"] for one in each], axis=0), atol=1e-6)
    np.testing.assert_allclose(found["spread"], np.std([one["predictions"] for one in each], axis=0, ddof=1), atol=1e-6)
    assert (found["labels"] == each[0]["labels"]).all()
    table = pd.read_csv(predict(*several, "--targets", "composition", output="out.tsv"), sep="\t")
    assert list(table) == ["record", "start", "end", "strand", "composition", "composition_spread"]
    np.testing.assert_allclose(table["composition"], found["predictions"][:, 1], rtol=1e-5)
    names, starts = Windows(data / "test.h5").places()
    assert (table["record"] == names).all()
    assert (table["start"] == starts).all()


def test_the_same_run_writes_the_same_bytes(predict):
    options = ["--fasta", "records.fa", "--stride", 7]
    for name in ("out.h5", "out.tsv.gz"):
        assert predict(*options, output=name).read_bytes() == predict(*options, output=name).read_bytes()


def test_columns_have_different_names():
    targets = [Target(1, "CTCF", "TF"), Target(2, "CTCF", "TF"), Target(3, "start", "TF"), Target(4, "x", "TF", "K562")]
    assert column_names([*targets, Target(5, "x_spread", "TF", "K562")]) == [
        *("1 CTCF", "2 CTCF", "3 start", "K562|x", "5 K562|x_spread"),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "give one of --data, --fasta, --bed, --regions, not none"),
        ("-d . --fasta records.fa", "give one of --data, --fasta, --bed, --regions, not data and fasta"),
        ("--fasta records.fa --genome genome.fa", "--genome is for --bed and --regions, not for --fasta"),
        ("--bed regions.bed", "--bed needs the genome that the regions lie on; add --genome FASTA"),
        ("--regions chr1 --genome genome.fa --pad", "--pad is for --fasta, not for --regions"),
        ("-d {data} --stride 9", "--stride is for --fasta and --bed and --regions, not for --data"),
        ("--fasta records.fa --split test", "--split is for --data, not for --fasta"),
        ("--fasta records.fa -M", "--motifs is for --data, not for --fasta"),
        ("-d {data} -M --targets site", "-M lists the filters of one model"),
        ("-d {data} --targets site", "--targets with --data is for tables"),
        ("--fasta short.fa", "the record short has 31 bp, the model reads windows of 60 bp"),
        ("--fasta records.fa --stride 0", "the stride must be at least 1 bp, not 0"),
        ("--fasta records.fa --targets nobody", "nobody"),
        ("--fasta records.fa -o out.tsv --max-rows 3 --stride 20", "8 windows are more than the 3 rows of a table"),
        ("--regions chr1:1-3000 --genome genome.fa", "'chr1:1-3000' must lie between 1 and 2000"),
        ("--regions chr3 --genome genome.fa", "'chr3' is on no contig of the genome, which has chr1, chr2"),
        ("--fasta records.fa -o records.fa", "records.fa: is also an input"),
        ("--bed none.bed --genome genome.fa", "none.bed: no such BED file"),
        ("--fasta records.fa -m DeepSEA", "is a DanQ, not a DeepSEA"),
    ],
)
def test_wrong_options_are_mistakes(folder, trained, data, words, sentence):
    words = words.format(data=data).split()
    before = sorted(folder.iterdir())
    message = error_of("predict", *words, "-c", trained, folder=folder)
    assert re.search(re.escape(sentence), message), message
    assert {path.suffix for path in set(folder.iterdir()) - set(before)} <= {".fai"}
