"""new.py writes a config and a sheet that pass all checks and from which the workflow prepares windows."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pandas as pd
import pytest
import toys
import yaml
from project import PROJECT, SCRIPTS, copy_project, error_of, jobs, program, run, run_here, snakemake
from real_data import SACCER3, needs_yeast

from danq.data.targets import read_sheet
from danq.data.windows import Windows
from flow.config import checked


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with a small simulation of the demo's genome and peaks."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    made = program("simulate", "--contigs", "5", "--contig-length", "150000", "-o", folder / "mine")
    assert made.returncode == 0, made.stderr
    (folder / "mine/peaks/notes.txt").write_text("not peaks")
    return folder


def new(project: Path, *words, status: int = 0) -> str:
    """What new.py prints; it must end with a status."""
    done = run_here(SCRIPTS / "new.py", *words, "--processes", "1", folder=project)
    assert done.returncode == status, done.stderr
    return done.stdout


def test_the_demos_files_become_a_config_that_runs(project):
    """The windows that new.py announces are those that the workflow prepares."""
    said = new(project, "--genome", "mine/genome.fa", "--peaks", "mine/peaks", "--name", "first")
    sheet = read_sheet(project / "config/first_targets.tsv")
    shown = pd.read_csv(project / "config/demo_targets.tsv", sep="\t").set_index("name")["assay"]
    assert dict(zip(sheet["name"], sheet["assay"], strict=True)) == dict(shown)
    config = yaml.safe_load((project / "config/first.yaml").read_text())
    assert config["windows"]["keep"] == "any"
    assert config["windows"]["split"] == {"train": ["rest"], "valid": ["chr4"], "test": ["chr5"]}
    assert set(config["motifs"]["expected"]) == {"CTCF", "REST", "CEBPB", "HNF1A", "NRF1", "ZNF143", "RFX5", "SRF"}
    assert "Left out 1 file, no ending of a peak format: notes.txt" in said
    assert "make run CONFIG=config/first.yaml" in said
    made = snakemake(project, "--cores", "1", "windows", "--configfile", "config/first.yaml")
    assert made.returncode == 0, made.stderr
    announced = re.search(r"Windows +([\d,]+) train, ([\d,]+) valid, ([\d,]+) test", said).groups()
    prepared = [len(Windows(project / f"results/first/windows/{part}.h5")) for part in ("train", "valid", "test")]
    assert [int(number.replace(",", "")) for number in announced] == prepared


def test_the_offered_model_can_be_uncommented(project):
    new(project, "-g", "mine/genome.fa", "-p", "mine/peaks", "--name", "offered")
    path = project / "config/offered.yaml"
    path.write_text(re.sub(r"^  # (?= *(danq|\w+):)", "  ", path.read_text(), flags=re.MULTILINE))
    assert set(checked(yaml.safe_load(path.read_text()))["models"]) == {"compact", "danq"}


def test_one_target_is_compared_with_all_bins(project):
    said = new(project, "-g", "mine/genome.fa", "-p", "mine/peaks/CTCF.narrowPeak.gz", "--name", "one")
    assert "Keep     all: with one target" in said


@pytest.mark.parametrize("replicates", ["separate", "merge"])
def test_other_names_of_contigs_give_the_same_windows(project, replicates):
    """Peaks on NC_1, NC_2, ... with a table of aliases, against the same peaks on chr1, chr2, ..."""
    for i in (1, 2):
        text = gzip.decompress((project / "mine/peaks/CTCF.narrowPeak.gz").read_bytes()).decode()
        toys.write_lines(project / f"plain/CTCF_rep{i}.narrowPeak", text.splitlines())
        toys.write_lines(project / f"renamed/CTCF_rep{i}.narrowPeak", text.replace("chr", "NC_").splitlines())
    toys.write_lines(project / "alias.txt", ["# genbank\tucsc", *(f"NC_{i}\tchr{i}" for i in range(1, 6))])
    words = ("-g", "mine/genome.fa", "--replicates", replicates, "--name")
    plain = new(project, *words, f"plain_{replicates}", "-p", "plain")
    renamed = new(project, *words, f"renamed_{replicates}", "-p", "renamed", "--aliases", "alias.txt")
    chosen = [re.findall("(?m)^(?:Bin|Split|Windows) .*", said) for said in (plain, renamed)]
    assert len(chosen[0]) == 3
    assert chosen[0] == chosen[1]
    config = yaml.safe_load((project / f"config/renamed_{replicates}.yaml").read_text())
    assert config["genome"]["aliases"] == "alias.txt"
    message = error_of("new", *words, "none", "-p", "renamed", folder=project)
    assert "give other names of its contigs (genome.aliases, --aliases)" in message


def test_replicates_are_kept_apart_or_merged(project):
    toys.write_lines(project / "reps/K562_CTCF_rep1.bed", ["chr1\t100\t400", "chr2\t500\t900", "chr5\t10\t500"])
    toys.write_lines(project / "reps/K562_CTCF_rep2.bed", ["chr1\t350\t600", "chr4\t1000\t1500", "chr5\t10\t500"])
    toys.write_lines(project / "reps/K562_REST.bed", ["chr1\t3000\t3400", "chr4\t5000\t5300", "chr5\t7000\t7600"])
    said = new(project, "-g", "mine/genome.fa", "-p", "reps", "--name", "apart")
    assert "Replicates of K562|CTCF are targets of their own; --replicates merge joins them" in said
    assert list(read_sheet(project / "config/apart_targets.tsv")["name"]) == ["CTCF_rep1", "CTCF_rep2", "REST"]
    said = new(project, "-g", "mine/genome.fa", "-p", "reps", "--name", "joined", "--replicates", "merge")
    assert "2 regions, without 2 of one replicate only" in said
    sheet = read_sheet(project / "config/joined_targets.tsv")
    assert list(sheet["name"]) == ["CTCF", "REST"]
    assert sheet.loc[0, "peaks"] == "resources/joined/merged/K562_CTCF.bed.gz"


def test_nothing_is_replaced_without_being_told(project):
    words = ("-g", "mine/genome.fa", "-p", "mine/peaks", "--name", "kept")
    new(project, *words)
    config = project / "config/kept.yaml"
    config.write_text("# edited\n")
    message = error_of("new", *words, folder=project)
    assert message == "error: config/kept.yaml: exists already; choose another --name, or give --force to replace it"
    assert config.read_text() == "# edited\n"
    new(project, *words, "--force")
    assert "dataset: kept" in config.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-g", "nope.fa", "-p", "mine/peaks"], "nope.fa: no such genome FASTA"),
        (["-g", "https://x.org/hg38.fa", "-p", "mine/peaks"], "download the genome first"),
        (["-g", "mine/genome.fa", "-p", "empty"], "empty: no peak file in this folder (subfolders are not searched)"),
        (["-g", "mine/genome.fa", "-p", "wrong"], "none of its contigs ('scaffold_1', ...) is in the genome"),
        (["-g", "mine/peaks/CTCF.narrowPeak.gz", "-p", "mine/peaks"], "not a FASTA file"),
        (["-g", "mine/genome.fa", "-p", "mine/peaks", "--test", "chr1"], "--valid and --test belong together"),
        (["-g", "mine/genome.fa", "-p", "mine/peaks", "--test", "chr9", "--valid", "chr1"], "chr9"),
        (["-g", "mine/genome.fa", "-p", "mine/peaks", "--taxa", "fish"], "fish"),
        (["-g", "mine/genome.fa", "-p", "mine/peaks", "--name", "a b"], "--name 'a b': use at most"),
        (["-g", "mine/genome.fa", "-p", "mine/peaks", "--bin", "200", "--window", "301"], "must be even"),
    ],
)
def test_a_mistake_is_one_sentence_and_writes_nothing(project, words, message):
    toys.write_lines(project / "wrong/CTCF.bed", ["scaffold_1\t100\t400"])
    toys.write_lines(project / "empty/peaks/CTCF.bed", ["chr1\t100\t400"])
    before = sorted((project / "config").iterdir())
    name = [] if "--name" in words else ["--name", "mistaken"]
    said = error_of("new", *words, *name, "--processes", "1", folder=project)
    assert said.startswith("error: ")
    assert message in said
    assert sorted((project / "config").iterdir()) == before


def test_make_passes_everything_on():
    shown = run(
        ["make", "-n", "new", "GENOME=a b.fa", "PEAKS=x/*.bed y", "NAME=mine", "OPTIONS=--force"], PROJECT
    ).stdout
    assert 'new.py --genome "a b.fa" --peaks "x/*.bed y" --name "mine" --force' in shown
    assert '--configfile "config/mine.yaml"' in run(["make", "-n", "run", "CONFIG=config/mine.yaml"], PROJECT).stdout
    assert (
        'plan.py --configfile "config/mine.yaml"'
        in run(["make", "-n", "plan", "CONFIG=config/mine.yaml"], PROJECT).stdout
    )


@needs_yeast
def test_yeast(project):
    said = new(project, "-g", SACCER3 / "sacCer3.fa.gz", "-p", SACCER3, "--name", "first_yeast")
    sheet = read_sheet(project / "config/first_yeast_targets.tsv").set_index("name")
    shown = pd.read_csv(project / "config/yeast_targets.tsv", sep="\t").set_index("name")
    assert dict(sheet["assay"]) == dict(shown["assay"])
    config = yaml.safe_load((project / "config/first_yeast.yaml").read_text())
    assert config["genome"]["assembly"] == "sacCer3"
    assert (config["windows"]["bin"], config["windows"]["window"], config["windows"]["keep"]) == (200, 500, "any")
    assert config["motifs"]["taxa"] == ["fungi"]
    assert {"Abf1", "Reb1", "Rap1", "Cbf1", "Ume6", "Mcm1", "Tbf1", "Swi4"} <= set(config["motifs"]["expected"])
    assert config["models"]["compact"]["architecture"] == "Compact"
    assert "1 ATAC (717 of 1,605); windows.bin: " in said
    planned = snakemake(project, "--dry-run", "--configfile", "config/first_yeast.yaml")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert {("prepare", ""), ("train", "compact"), ("report", "")} <= set(jobs(planned.stdout))
