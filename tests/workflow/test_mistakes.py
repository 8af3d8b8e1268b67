"""A user's mistake ends the run with one sentence that names the place and the fix, and leaves no partial files.

Each kind of mistake starts Snakemake or a program once. The single mistakes in a config are in
tests/unit/flow/test_config.py, and those that programs find call the program in this process.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import toys
from mistakes import check, put
from project import copy_project, error_of, program, snakemake

from danq.data.windows import Windows
from danq.files import SLACK

SPLIT = {"--valid": "chr3", "--test": "chr4"}
TINY = [f"{name}={value}" for name, value in toys.DANQ.items()]


def the_sentence(done: subprocess.CompletedProcess, prefix: str) -> str:
    """The only line with a mistake; there is no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(prefix)]
    assert len(lines) == 1, done.stdout + done.stderr
    return lines[0].removeprefix(prefix)


def names(folder: Path) -> list[str]:
    """All files below a folder, hidden ones included; none if the folder does not exist."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def mistake(name: str, *words) -> str:
    """The sentence with which a program ends, run in this process."""
    return error_of(name, *words, folder=Path.cwd()).removeprefix("error: ")


# Mistakes in the config end the run before any job.


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("project"))
    toys.write_dataset(folder / "data")
    return folder


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(put("thread", 3), ["'thread'", "top level", "known are dataset, seed,"], id="unknown key"),
        pytest.param(
            put("models.danq.architecture", "Danq"),
            ["models.danq.architecture", "'Danq'", "DanQ, DeepSEA"],
            id="unknown choice",
        ),
        pytest.param(
            put("models.danq.sizes.kernel", 401),
            ["models.danq.sizes.kernel (401 bp)", "windows.window (400 bp)"],
            id="values that do not fit",
        ),
        pytest.param(
            put("models.a b", {"architecture": "DanQ"}),
            ["'a b' cannot be a name in models", "letters, digits"],
            id="name",
        ),
        pytest.param(put("windows.bin", 201), ["must be even"], id="windows"),
        pytest.param(
            put("targets", "data/other.tsv"),
            ["targets: data/other.tsv", "no such target sheet", "check the path"],
            id="target sheet",
        ),
        pytest.param(put("evaluate", {"curves": ["CTCFX"]}), ["evaluate.curves: ", "CTCFX"], id="target"),
    ],
)
def test_a_mistake_in_the_config_ends_the_run(project, change, words):
    config = toys.config("data")
    change(config)
    toys.write_config(project / "toy.yaml", config)
    done = snakemake(project, "--dry-run", "--configfile", "toy.yaml")
    check(the_sentence(done, "config: "), *words)


def test_a_missing_file_ends_the_run_before_any_job(project):
    config = toys.config("data")
    toys.write_config(project / "toy.yaml", config)
    hidden = (project / "data/genome.fa").rename(project / "hidden")
    try:
        done = snakemake(project, "--cores", "2", "--configfile", "toy.yaml")
    finally:
        hidden.rename(project / "data/genome.fa")
    check(the_sentence(done, "config: "), "genome.fasta: no such file: data/genome.fa", "check the path")
    assert not (project / "results").exists()


# Mistakes in the data: prepare.py finds them.


@pytest.fixture
def data(tmp_path) -> toys.Dataset:
    """A dataset that a test may change."""
    return toys.write_dataset(tmp_path / "data")


def options_of_prepare(data: toys.Dataset, *words, output: Path | None = None) -> list:
    places = ["--genome", data.genome, "--targets", data.sheet, "--folder", data.folder]
    output = output or data.folder / "windows"
    split = [word for option, contig in SPLIT.items() if option not in words for word in (option, contig)]
    return [*places, "--output", output, "--window", 400, "--processes", 2, *split, *words]


def prepare(data: toys.Dataset, *words, output: Path | None = None) -> subprocess.CompletedProcess:
    return program("prepare", *options_of_prepare(data, *words, output=output))


def mistake_in_prepare(data: toys.Dataset, *words, output: Path | None = None) -> str:
    return mistake("prepare", *options_of_prepare(data, *words, output=output))


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
        (sheet("name\tassay\tpeaks", "A\tTF\tx", "B\t\tx"), ["targets.tsv: line 3 has no assay; fill it in"]),
        (
            sheet("name\tassay\tpeaks", f"A\tTF\tpeaks/{REST}", f"A\tTF\tpeaks/{REST}"),
            ["targets.tsv: the target 'A' is listed twice", "rename one", "cell and treatment"],
        ),
        (
            rest_peaks(GOOD, "chr4\t29900\t30001", "chr4\t29900\t30002"),
            [f"{REST}, line 2: the peak ends at 30,001, beyond the end of chr4 (30,000 bp)", "right assembly"],
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
def test_a_mistake_in_the_data(data, spoil, words):
    spoil(data)
    check(mistake_in_prepare(data), *words)
    assert names(data.folder / "windows") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--keep", "assay:RNA"], ["windows.keep: no target has the assay 'RNA'", "DNase, TF, histone"]),
        (["--keep", "some"], ["windows.keep 'some' is unknown", "any, any+matched:1.0, all, assay:NAME or bed:FILE"]),
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
def test_a_mistake_in_the_options(toy, tmp_path, options, words):
    output = tmp_path / "windows"
    check(mistake_in_prepare(toy, *options, output=output), *words)
    assert names(output) == []


def test_a_gzip_genome_that_is_cut_is_an_error(data):
    zipped = toys.write_peaks(data.folder / "genome.fa.gz", data.genome.read_text().splitlines())
    zipped.write_bytes(zipped.read_bytes()[:-1000])
    check(mistake_in_prepare(data, "--genome", zipped), "genome.fa.gz: the gzip file is truncated or damaged")
    assert not list(data.folder.glob("genome.fa.gz?*"))
    assert names(data.folder / "windows") == []


def test_an_assay_without_bins_is_an_error(data):
    """The only DNase peak covers no bin by more than half."""
    toys.write_peaks(data.peaks["DNase"], ["chr1\t1150\t1250"])
    check(mistake_in_prepare(data, "--keep", "assay:DNase"), "'assay:DNase' keeps no bin")
    assert names(data.folder / "windows") == []


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ("chr1\t1150\t1250", ["windows.keep 'bed:", "keeps no bin", "check the peaks, or keep more bins"]),
        ("chrM\t0\t1000", ["regions.bed: none of its contigs ('chrM', ...) is in the genome ('chr1', ...)"]),
    ],
)
def test_a_bed_file_without_bins_is_an_error(data, interval, words):
    bed = toys.write_peaks(data.folder / "regions.bed", [interval])
    check(mistake_in_prepare(data, "--keep", f"bed:{bed}"), *words)
    assert names(data.folder / "windows") == []


def test_a_target_without_positive_training_windows_gives_a_warning(data):
    """It is not an error: the target is trained with the others, but its predictions mean nothing."""
    toys.write_peaks(data.peaks["REST"], ["chr3\t1000\t1300", "chr4\t1000\t1300"])
    done = prepare(data)
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line]
    assert len(warnings) == 3  # on training windows, few validation windows, few test positives
    check(warnings[0], "every train window is negative for 2 REST: nothing can be learned there")
    check(warnings[2], "fewer than 20 test windows are positive for 2 REST (1)")
    assert names(data.folder / "windows") == ["account.tsv", "targets.tsv", "test.h5", "train.h5", "valid.h5"]


def test_a_mistake_that_a_job_finds_reaches_the_terminal(tmp_path):
    """Snakemake prints the log of the failed job and removes its outputs."""
    project = copy_project(tmp_path / "project")
    data = toys.write_dataset(project / "data")
    toys.write_peaks(data.peaks["REST"], [GOOD, "chr1\t1300\t1300"])
    toys.write_config(project / "toy.yaml", toys.config("data"))
    done = snakemake(project, "--profile", "profiles/local", "--configfile", "toy.yaml")
    sentence = the_sentence(done, "error: ")
    check(sentence, f"data/peaks/{REST}, line 2: the start 1300 is not below the end 1300")
    assert names(project / "results") == []


# Mistakes in the windows, the model and the machine: train.py finds them.


@pytest.fixture(scope="module")
def windows(toy, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("windows")
    assert prepare(toy, output=folder).returncode == 0
    return folder


def options_of_train(data: Path, output: Path, *words) -> list:
    places = ["--data", data, "--output", output / "model.weights.h5"]
    return [*places, "--epochs", 1, "--batch-size", 1000, "--size", *TINY, *words]


def train(data: Path, output: Path, *words) -> subprocess.CompletedProcess:
    return program("train", *options_of_train(data, output, *words))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kernel", 401], ["window (400 bp) is smaller than the first convolution's kernel (401 bp)", "enlarge"]),
        (["--size", "pool=394"], ["DanQ: a window of 400 bp is too short for these kernels and pools", "enlarge"]),
        (["--model", "Danq"], ["unknown architecture 'Danq'", "DanQ, DeepSEA"]),
        (["--size", "filterz=3"], ["DanQ has no hyperparameter 'filterz'", "it has filters, kernel,"]),
        (["--filters", 0], ["DanQ: filters must be a whole number above 0, not 0"]),
        (["--size", "dropout=1"], ["DanQ: dropout must be at least 0 and below 1, not 1"]),
        (["--epochs", 0], ["epochs must be a whole number above 0, not 0"]),
        (["--max-windows", -1], ["max_windows must be a whole number above 0, not -1"]),
        (["--data", "nowhere"], ["nowhere/train.h5: no such windows file", "check the path"]),
    ],
)
def test_a_mistake_in_a_training(windows, tmp_path, options, words):
    output = tmp_path / "model"
    check(mistake("train", *options_of_train(windows, output, *options)), *words)
    assert names(output) == []


@pytest.mark.skipif(shutil.which("nvidia-smi") is not None, reason="this machine has a GPU")
def test_a_missing_gpu_is_an_error(windows, tmp_path):
    """A program that is told to use a GPU must not run on the CPU instead."""
    output = tmp_path / "model"
    sentence = the_sentence(train(windows, output, "-g", 1), "error: ")
    check(sentence, "1 GPU requested, none found by tensorflow", "no NVIDIA driver here", "`--gpus 0`")
    assert names(output) == []


@pytest.mark.parametrize(("split", "share"), [("train", 0.5), ("train", 0.99), ("valid", 0)])
def test_truncated_windows_are_an_error(windows, tmp_path, split, share):
    """As an interrupted copy leaves them."""
    data, output = shutil.copytree(windows, tmp_path / "data"), tmp_path / "model"
    whole = (data / f"{split}.h5").read_bytes()
    (data / f"{split}.h5").write_bytes(whole[: int(share * len(whole))])
    sentence = mistake("train", *options_of_train(data, output))
    check(sentence, f"{split}.h5: the windows file is cut short or damaged", "make it again")
    assert names(output) == []


# A full disk: a small file system in memory.


@pytest.fixture
def disk(tmp_path) -> Path:
    """A disk of 1.25 MB: enough for the largest windows file of the toy dataset, but not for all of them."""
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
    """Write a file that leaves `leave` bytes free."""
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
def test_a_full_disk_is_an_error_in_prepare(toy, disk, leave, failing, whole):
    fill(disk, leave)
    sentence = the_sentence(prepare(toy, output=disk / "windows"), "error: ")
    check(sentence, f"{failing}: the disk is full", "free some space", "nothing was written there")
    assert names(disk / "windows") == whole
    for name in whole:
        assert len(Windows(disk / "windows" / name)) > 0


@pytest.mark.parametrize("full", ["output", "state", "history"])
def test_a_full_disk_is_an_error_in_train(windows, tmp_path, disk, full):
    """Each of its files in turn; half of a large file still fits."""
    fill(disk, 0 if full == "history" else 32_000)
    paths = {name: tmp_path / "model" / f"{name}.weights.h5" for name in ("output", "state", "history", "run")}
    paths[full] = disk / "model" / paths[full].name
    options = [word for name, path in paths.items() for word in (f"--{name}", path)]
    sentence = the_sentence(train(windows, tmp_path, *options), "error: ")
    check(sentence, f"{full}.weights.h5: the disk is full", "free some space", "nothing was written there")
    assert names(disk / "model") == []
    # The state is kept where there is room: once the disk has space, the same command resumes from it.
    kept = {"output": ["history", "run", "state"], "history": ["state"], "state": []}[full]
    assert names(tmp_path / "model") == [f"{name}.weights.h5" for name in kept]


def test_results_that_cannot_be_written_are_an_error(project, tmp_path):
    """A read-only results folder ends the run before any job. The second run shows that no lock is left."""
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
            assert "Prepare windows" not in done.stdout + done.stderr
    finally:
        subprocess.run(["umount", own / "results"], check=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("predict", ["-d", "data", "-c", "given.h5", "-o", "given.h5"]),
        ("evaluate", ["given.h5", "-o", "given.h5"]),
        ("motifs", ["-d", "data", "-c", "logos/given.h5", "-o", "logos/given.h5"]),
        ("influence", ["-d", "data", "-c", "given.h5", "-o", "given.h5"]),
        ("train", ["-d", "data", "-w", "given.h5", "--run", "given.h5"]),
        ("train", ["-d", "data", "-w", "given.h5", "--state", "given.h5"]),
        ("draw_assays", ["given.h5", "-o", "given.h5"]),
        ("draw_logos", ["logos/given.h5", "given.h5", "given.h5", "-o", "logos"]),
    ],
)
def test_an_output_that_is_an_input_is_refused(tmp_path, name, words):
    for path in (tmp_path / "given.h5", tmp_path / "logos/given.h5"):
        toys.write_lines(path, ["whole"])
    sentence = error_of(name, *words, folder=tmp_path)
    assert "given.h5" in sentence
    assert re.search(r"is also an input|would remove the input|stands where a", sentence), sentence
    assert (tmp_path / "given.h5").read_text() == (tmp_path / "logos/given.h5").read_text() == "whole\n"
