"""A user's mistake ends in one sentence that names the place and the mend, and leaves nothing half-made."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import toys
from project import copy_project, program, snakemake

from danq.files import SLACK
from danq.windows import Windows

SPLIT = ("--valid", "chr3", "--test", "chr4")
TINY = [f"{name}={value}" for name, value in toys.DANQ.items()]


def the_sentence(done: subprocess.CompletedProcess, prefix: str) -> str:
    """The one line with the mistake; there is no other, and no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(prefix)]
    assert len(lines) == 1, done.stdout + done.stderr
    return lines[0].removeprefix(prefix)


def names(folder: Path) -> list[str]:
    """All files below a folder, hidden ones included, which may not be there."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def check(sentence: str, *words: str) -> None:
    for word in words:
        assert word in sentence
    assert len(sentence) < 400


# The config: Snakemake says what is wrong before it runs anything.


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("project"))
    toys.write_dataset(folder / "data")
    return folder


def put(path: str, value) -> Callable[[dict], None]:
    """A change of one key, `models.danq.epochs`."""

    def change(config: dict) -> None:
        *blocks, key = path.split(".")
        for block in blocks:
            config = config[block]
        config[key] = value

    return change


def take(path: str) -> Callable[[dict], None]:
    def change(config: dict) -> None:
        *blocks, key = path.split(".")
        for block in blocks:
            config = config[block]
        del config[key]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("thread", 3), ["'thread'", "top level", "known are dataset, seed,"]),
        (put("windows.windw", 400), ["'windw' in windows", "known are bin, window,"]),
        (put("models.danq.architecture", "Danq"), ["models.danq.architecture", "'Danq'", "DanQ, DeepSEA"]),
        (put("models.danq.sizes.filterz", 4), ["'filterz' in models.danq.sizes", "known are filters,"]),
        # DeepSEA's, in a DanQ
        (put("models.danq.sizes.filters2", 4), ["'filters2' in models.danq.sizes", "known are filters,"]),
        (put("models.danq.sizes.kernel", 401), ["models.danq.sizes.kernel (401 bp)", "windows.window (400 bp)"]),
        (put("models.deepsea.learning_rate", "1e-4"), ["models.deepsea.learning_rate", "'1e-4'", "1.0e-4"]),
        (put("models.danq.epochs", 0), ["models.danq.epochs", "0 is less than the minimum of 1"]),
        (put("models.windows", {"architecture": "DanQ"}), ["'windows' cannot be a name in models"]),
        (put("models.models", {"architecture": "DanQ"}), ["'models' cannot be a name in models"]),
        (put("models.a b", {"architecture": "DanQ"}), ["'a b' cannot be a name in models", "letters, digits"]),
        (put("models", {}), ["models", "non-empty", "by a name of your own"]),
        (put("dataset", "a/b"), ["dataset", "'a/b'", "Name of the dataset"]),
        (put("windows.keep", "some"), ["windows.keep", "'some'", "assay:NAME"]),
        (take("windows.split.test"), ["'test' is a required property of windows.split"]),
        (take("targets"), ["'targets' is a required property of the top level"]),
        (put("windows.bin", 401), ["windows.window (400 bp) is smaller than windows.bin (401 bp)"]),
        (put("windows.bin", 201), ["must be even"]),
        (put("windows.blacklist", "no.bed"), ["windows.blacklist: no such file: data/no.bed", "check the path"]),
        (put("windows.keep", "bed:no.bed"), ["windows.keep: no such file: data/no.bed", "check the path"]),
        (put("targets", "data/other.tsv"), ["targets: data/other.tsv", "no such target sheet", "check the path"]),
    ],
)
def test_mistake_in_the_config(project, change, words):
    config = toys.config("data")
    change(config)
    toys.write_config(project / "toy.yaml", config)
    done = snakemake(project, "--dry-run", "--configfile", "toy.yaml")
    check(the_sentence(done, "config: "), *words)


@pytest.mark.parametrize(
    ("missing", "key"),
    [("genome.fa", "genome.fasta"), ("peaks/REST.narrowPeak.gz", "data/targets.tsv: peaks of REST")],
)
def test_missing_file_before_any_job(project, missing, key):
    config = toys.config("data")
    toys.write_config(project / "toy.yaml", config)
    hidden = (project / "data" / missing).rename(project / "hidden")
    try:
        done = snakemake(project, "--cores", "2", "--configfile", "toy.yaml")
    finally:
        hidden.rename(project / "data" / missing)
    check(the_sentence(done, "config: "), f"{key}: no such file: data/{missing}", "check the path")
    assert not (project / "results").exists()


# The data: prepare.py reads them.


@pytest.fixture
def data(tmp_path) -> toys.Dataset:
    """A dataset for one test to spoil."""
    return toys.write_dataset(tmp_path / "data")


def prepare(data: toys.Dataset, *words, output: Path | None = None, split=SPLIT) -> subprocess.CompletedProcess:
    places = ("--genome", data.genome, "--targets", data.sheet, "--folder", data.folder)
    output = output or data.folder / "windows"
    return program("prepare", *places, "--output", output, "--window", 400, "--processes", 2, *split, *words)


def rest_peaks(*lines: str) -> Callable[[toys.Dataset], None]:
    """Other peaks for the target REST."""
    return lambda data: toys.write_peaks(data.peaks["REST"], list(lines))


def cut_peaks(data: toys.Dataset) -> None:
    whole = data.peaks["REST"].read_bytes()
    data.peaks["REST"].write_bytes(whole[: len(whole) // 2])


def sheet(*lines: str) -> Callable[[toys.Dataset], None]:
    return lambda data: toys.write_lines(data.sheet, list(lines))


REST = "REST.narrowPeak.gz"
GOOD = "chr1\t1000\t1300\t.\t0\t.\t7.5\t-1\t-1\t150"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data.genome.unlink(), ["genome.fa: no such genome FASTA", "check the path"]),
        (lambda data: data.genome.write_text("hello\n"), ["genome.fa: cannot be indexed as FASTA", "'>'"]),
        (lambda data: data.peaks["REST"].unlink(), [f"{REST}: no such peak or BED file", "check the path"]),
        (sheet("name\tpeaks", "CTCF\tpeaks/CTCF.narrowPeak.gz"), ["targets.tsv: the column 'assay' is missing"]),
        (sheet("name\tassay\tpeaks"), ["targets.tsv: lists no target", "one row for each peak file"]),
        (sheet("name\tassay\tpeaks\tcel", "A\tTF\tx\tK562"), ["targets.tsv: unknown column 'cel'", "cell"]),
        (sheet("name\tassay\tpeaks", "A\tTF\tx", "B\t\tx"), ["targets.tsv: data row 2 has no assay; fill it in"]),
        (
            sheet("name\tassay\tpeaks", f"A\tTF\tpeaks/{REST}", f"A\tTF\tpeaks/{REST}"),
            ["targets.tsv: the target 'A' is listed twice", "rename one", "cell and treatment"],
        ),
        (
            rest_peaks(GOOD, "chr4\t29900\t30001"),
            [f"{REST}, line 2: the peak ends at 30,001, beyond the end of chr4 (30,000 bp)", "right assembly"],
        ),
        (
            rest_peaks("1\t1000\t1300", "4\t1000\t1300"),
            [f"{REST}: its contig '1' is called 'chr1' in the genome", "name their contigs alike"],
        ),
        (
            rest_peaks("chrIV\t1000\t1300"),
            [f"{REST}: none of its contigs ('chrIV', ...) is in the genome ('chr1', ...)", "same assembly"],
        ),
        (rest_peaks(GOOD, GOOD, "chr1\tx\t1300"), [f"{REST}, line 3: start and end must be whole numbers", "'x'"]),
        (rest_peaks("# comment", GOOD, "chr1\t1300"), [f"{REST}, line 3: a peak needs at least", "start and end"]),
        (rest_peaks(GOOD, "chr1\t1300\t1300"), [f"{REST}, line 2: the start 1300 is not below the end 1300"]),
        (rest_peaks(GOOD, "chr1\t1400\t1300"), [f"{REST}, line 2: the start 1400 is not below the end 1300"]),
        (rest_peaks("chr1\t-1\t1300"), [f"{REST}, line 1: the start -1 is negative"]),
        (rest_peaks(), [f"{REST}: holds no peak", "leave the file out"]),
        (rest_peaks("# nothing but a comment"), [f"{REST}: holds no peak", "leave the file out"]),
        (cut_peaks, [f"{REST}: the gzip file is truncated or damaged", "fetch or write it again"]),
    ],
)
def test_mistake_in_the_data(data, spoil, words):
    spoil(data)
    check(the_sentence(prepare(data), "error: "), *words)
    assert names(data.folder / "windows") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--keep", "assay:RNA"], ["windows.keep: no target has the assay 'RNA'", "DNase, TF, histone"]),
        (["--keep", "some"], ["windows.keep 'some' is unknown", "any, all, assay:NAME or bed:FILE"]),
        (["--window", "100"], ["windows.window (100 bp) is smaller than windows.bin (200 bp)", "enlarge"]),
        (["--window", "401"], ["windows.window - windows.bin (401 - 200 bp) must be even"]),
        (["--bin", "0"], ["windows.bin must be at least 1 bp, not 0"]),
        (["--overlap-fraction", "1.5"], ["windows.overlap_fraction must be at least 0 and below 1, not 1.5"]),
        (["--min-signal", "99"], ["CTCF.narrowPeak.gz: no peak reaches the signal threshold of 99", "min_signal"]),
        (["--blacklist", "none.bed"], ["none.bed: no such", "check the path"]),
        (["--valid", "chr3:1-250"], ["split.valid: no window is left in chr3:1-250", "choose other"]),
        (["--test", "chr3:1-2000"], ["split: chr3:1-2000 (test) and chr3 (valid) overlap"]),
        (["--train", "chr1", "chr4:5-900"], ["split: chr4 (test) and chr4:5-900 (train) overlap"]),
        (["--valid", "chr33"], ["split: 'chr33' is on no contig of the genome", "chr1, chr2, chr3, chr4"]),
        (["--valid", "chr3:1-30101"], ["split: 'chr3:1-30101' must lie between 1 and 30100", "length of chr3"]),
        (["--valid", "rest"], ["split.valid: 'rest' is for the training part only"]),
    ],
)
def test_mistake_in_the_options(toy, tmp_path, options, words):
    output = tmp_path / "windows"
    check(the_sentence(prepare(toy, *options, output=output), "error: "), *words)
    assert names(output) == []


def test_genome_in_gzip(data):
    """Which many take for bgzip."""
    zipped = toys.write_peaks(data.folder / "genome.fa.gz", data.genome.read_text().splitlines())
    check(the_sentence(prepare(data, "--genome", zipped), "error: "), "genome.fa.gz: compressed with gzip", "`bgzip`")
    assert names(data.folder / "windows") == []


def test_no_bin_of_the_assay(data):
    """The only DNase peak covers no bin for more than half."""
    toys.write_peaks(data.peaks["DNase"], ["chr1\t1150\t1250"])
    check(the_sentence(prepare(data, "--keep", "assay:DNase"), "error: "), "'assay:DNase' keeps no bin")
    assert names(data.folder / "windows") == []


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ("chr1\t1150\t1250", ["windows.keep 'bed:", "keeps no bin", "check the peaks, or keep more bins"]),
        ("chrM\t0\t1000", ["regions.bed: none of its contigs ('chrM', ...) is in the genome ('chr1', ...)"]),
    ],
)
def test_no_bin_of_the_bed_file(data, interval, words):
    bed = toys.write_peaks(data.folder / "regions.bed", [interval])
    check(the_sentence(prepare(data, "--keep", f"bed:{bed}"), "error: "), *words)
    assert names(data.folder / "windows") == []


def test_target_without_training_positives(data):
    """No mistake, but to be told: it is trained along, and its column means nothing."""
    toys.write_peaks(data.peaks["REST"], ["chr3\t1000\t1300", "chr4\t1000\t1300"])
    done = prepare(data)
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line]
    assert len(warnings) == 1
    check(warnings[0], "target 2 (REST) has no positive training window")
    assert names(data.folder / "windows") == ["targets.tsv", "test.h5", "train.h5", "valid.h5"]


def test_sentence_reaches_the_terminal(tmp_path):
    """Through Snakemake, the job's log is printed, and Snakemake removes what the job was to make."""
    project = copy_project(tmp_path / "project")
    data = toys.write_dataset(project / "data")
    toys.write_peaks(data.peaks["REST"], [GOOD, "chr1\t1300\t1300"])
    toys.write_config(project / "toy.yaml", toys.config("data"))
    done = snakemake(project, "--profile", "profiles/local", "--configfile", "toy.yaml")
    sentence = the_sentence(done, "error: ")
    check(sentence, f"data/peaks/{REST}, line 2: the start 1300 is not below the end 1300")
    assert names(project / "results") == []


# The windows, the model and the machine: train.py finds out.


@pytest.fixture(scope="module")
def windows(toy, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("windows")
    assert prepare(toy, output=folder).returncode == 0
    return folder


def train(data: Path, output: Path, *words) -> subprocess.CompletedProcess:
    places = ("--data", data, "--output", output / "model.weights.h5")
    return program("train", *places, "--epochs", 1, "--batch-size", 1000, "--size", *TINY, *words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kernel", 401], ["window (400 bp) is smaller than the first convolution's kernel (401 bp)", "enlarge"]),
        (["--size", "pool=394"], ["DanQ: a window of 400 bp is too short for these kernels and pools", "enlarge"]),
        (["--model", "Danq"], ["unknown architecture 'Danq'", "DanQ, DeepSEA"]),
        (["--size", "filterz=3"], ["DanQ has no hyperparameter 'filterz'", "it has filters, kernel,"]),
        (["--filters", 0], ["DanQ: filters must be a whole number above 0, not 0"]),
        (["--size", "dropout=1"], ["DanQ: dropout must be at least 0 and below 1, not 1"]),
        (["--epochs", 0], ["epochs must be above 0, not 0"]),
        (["--max-windows", -1], ["max_windows must be above 0, not -1"]),
        (["--data", "nowhere"], ["nowhere/train.h5: no such windows file", "check the path"]),
    ],
)
def test_mistake_in_a_training(windows, tmp_path, options, words):
    output = tmp_path / "model"
    check(the_sentence(train(windows, output, *options), "error: "), *words)
    assert names(output) == []


@pytest.mark.skipif(shutil.which("nvidia-smi") is not None, reason="this machine has a GPU")
def test_gpu_that_is_not_there(windows, tmp_path):
    """Somebody who asks for a GPU must not wait for a CPU unawares."""
    output = tmp_path / "model"
    sentence = the_sentence(train(windows, output, "-g", 1), "error: ")
    check(sentence, "1 GPU asked for, none found by tensorflow", "no NVIDIA driver here", "`--gpus 0`")
    assert names(output) == []


@pytest.mark.parametrize(("split", "share"), [("train", 0.5), ("train", 0.99), ("valid", 0)])
def test_windows_cut_short(windows, tmp_path, split, share):
    """As by a copy that broke off."""
    data, output = shutil.copytree(windows, tmp_path / "data"), tmp_path / "model"
    whole = (data / f"{split}.h5").read_bytes()
    (data / f"{split}.h5").write_bytes(whole[: int(share * len(whole))])
    sentence = the_sentence(train(data, output), "error: ")
    check(sentence, f"{split}.h5: the windows file is cut short or damaged", "make it again")
    assert names(output) == []


# A disk that is full, for real: a file system in memory of so many bytes.


@pytest.fixture
def disk(tmp_path) -> Path:
    """A disk of 1.25 MB, which holds the toy's largest windows file and not all of them."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1280k", "tmpfs", folder], capture_output=True)
    except FileNotFoundError:
        pytest.skip("no mount on this machine")
    if mounted.returncode:
        pytest.skip(f"mounting is not allowed here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path, leave: int) -> Path:
    """A file that leaves so many bytes free."""
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - leave))
    return filler


@pytest.mark.parametrize(
    ("leave", "failing", "whole"),
    [
        (0, "train.h5", []),
        (40_000, "train.h5", []),  # the file's size is 77 kB
        (SLACK + 90_000, "valid.h5", ["train.h5"]),
    ],
)
def test_full_disk_in_prepare(toy, disk, leave, failing, whole):
    fill(disk, leave)
    sentence = the_sentence(prepare(toy, output=disk / "windows"), "error: ")
    check(sentence, f"{failing}: the disk is full", "free some space", "nothing was written there")
    assert names(disk / "windows") == whole
    for name in whole:
        assert len(Windows(disk / "windows" / name)) > 0


@pytest.mark.parametrize("full", ["output", "state", "history"])
def test_full_disk_in_train(windows, tmp_path, disk, full):
    """Whichever of its files finds the disk full; of the large ones, a half still fits."""
    fill(disk, 0 if full == "history" else 32_000)
    paths = {name: tmp_path / "model" / f"{name}.weights.h5" for name in ("output", "state", "history", "run")}
    paths[full] = disk / "model" / paths[full].name
    options = [word for name, path in paths.items() for word in (f"--{name}", path)]
    sentence = the_sentence(train(windows, tmp_path, *options), "error: ")
    check(sentence, f"{full}.weights.h5: the disk is full", "free some space", "nothing was written there")
    assert names(disk / "model") == []
    # The state stays where there is room: with the disk freed, the same command goes on from it.
    kept = {"output": ["history", "run", "state"], "history": ["state"], "state": []}[full]
    assert names(tmp_path / "model") == [f"{name}.weights.h5" for name in kept]


def test_results_that_cannot_be_written(project, tmp_path):
    """A read-only results folder ends the run before any job, twice: no lock stays behind."""
    own = shutil.copytree(project, tmp_path / "own")
    toys.write_config(own / "toy.yaml", toys.config("data"))
    (own / "results").mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", own / "results"], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        for _ in range(2):
            done = snakemake(own, "windows", "--cores", "2", "--configfile", "toy.yaml")
            assert done.returncode != 0
            assert "results: the folder cannot be written to; check its permissions" in done.stderr
            assert "rule prepare" not in done.stdout + done.stderr
    finally:
        subprocess.run(["umount", own / "results"], check=True)
