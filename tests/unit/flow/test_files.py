"""The files that a config names, and where they are on disk."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest
from Bio import bgzf

from danq.errors import UserError
from flow import files

SHEET = pd.DataFrame(
    {
        "name": ["CTCF", "REST"],
        "peaks": ["peaks/CTCF.bed", "https://example.org/REST.bed"],
        "sha256": ["", "ab"],
    }
)


@pytest.fixture
def config():
    return {
        "dataset": "toy",
        "source": "peaks",
        "folder": "data",
        "targets": "sheet.tsv",
        "sha256": {},
        "genome": {"fasta": "https://example.org/genome.fa", "sha256": "cd"},
        "windows": {"keep": "bed:regions.bed", "blacklist": "black.bed"},
        "evaluate": {"published": None},
        "motifs": {"known": "known.meme"},
        "sequences": {},
        "variants": {"files": {}, "background": None},
        "explain": {"methods": []},
    }


@pytest.fixture
def bundle():
    return {
        "source": "bundle",
        "sha256": {},
        "tracks": None,
        "folder": "data",
        "bundle": {"folder": "mats", "names": "names.txt"},
        "evaluate": {"published": "figures.tsv"},
        "motifs": {"known": None},
        "sequences": {"a": {"fasta": "a.fa", "bed": None, "genome": None}},
        "variants": {"files": {}, "background": None},
        "explain": {"methods": []},
    }


def test_relative_paths_start_at_the_folder_of_the_config(config):
    assert files.on_disk(config, "genome.fa") == "data/genome.fa"
    assert files.on_disk(config, "/genomes/genome.fa") == "/genomes/genome.fa"


def test_addresses_are_below_the_downloads(config):
    path = files.on_disk(config, "https://example.org/a/genome.fa")
    assert path.startswith("resources/fetched/example.org-")
    assert path.endswith("/genome.fa")


def test_genomes_without_random_access_have_a_copy(config, tmp_path):
    fetched = files.genome_on_disk(config, "https://example.org/genome.fa")
    assert fetched.startswith("resources/genomes/")
    assert fetched.endswith("/genome.fa.bgz")
    config["folder"] = str(tmp_path)
    (tmp_path / "a.fa").write_text(">a\nACGT\n")
    (tmp_path / "b.fa.gz").write_bytes(gzip.compress(b">a\nACGT\n"))
    with bgzf.open(tmp_path / "c.fa.gz", "wb") as file:
        file.write(b">a\nACGT\n")
    for name in ("a.fa", "c.fa.gz", "missing.fa.gz"):
        assert files.genome_on_disk(config, name) == str(tmp_path / name)
    config["sequences"] = {"one": {"genome": "b.fa.gz"}, "two": {"genome": "a.fa"}}
    copy = files.genome_on_disk(config, "b.fa.gz")
    assert files.genome_copies(config) == {
        fetched: files.on_disk(config, "https://example.org/genome.fa"),
        copy: str(tmp_path / "b.fa.gz"),
    }


def test_given_files_of_peaks(config):
    assert dict(files.given_files(config, SHEET)) == {
        "motifs.known": "known.meme",
        "genome.fasta": "https://example.org/genome.fa",
        "windows.keep": "regions.bed",
        "windows.blacklist": "black.bed",
        "sheet.tsv: peaks of CTCF": "peaks/CTCF.bed",
        "sheet.tsv: peaks of REST": "https://example.org/REST.bed",
    }
    assert files.interval_files(config, SHEET) == ["data/regions.bed", "data/black.bed"]


def test_given_files_of_attributions(config):
    files_of = {"bed": "hits.bed", "fasta": None, "marks": {"sites": "sites.bed"}, "hits": False}
    config["explain"] = {"methods": ["gradient"], "bigwig": True, "hit_file": "patterns.meme", **files_of}
    found = dict(files.given_files(config, SHEET))
    assert (found["explain.bed"], found["explain.marks.sites"]) == ("hits.bed", "sites.bed")
    assert "explain.hit_file" not in found
    config["explain"]["hits"] = True
    assert dict(files.given_files(config, SHEET))["explain.hit_file"] == "patterns.meme"
    config["explain"]["methods"] = []
    assert not any(key.startswith("explain") for key, _ in files.given_files(config, SHEET))


def test_given_files_of_variants(config, bundle):
    before = files.given_files(config, SHEET)
    variants = {"files": {"gwas": "gwas.vcf", "common": "https://example.org/a.vcf.gz"}, "background": "common.bcf"}
    named = {"variants.files.gwas", "variants.files.common", "variants.background"}
    found = dict(files.given_files(config | {"variants": variants}, SHEET))
    assert set(found) - set(dict(before)) == named
    assert "https://example.org/a.vcf.gz" in files.addresses(config | {"variants": variants}, SHEET).values()
    of_bundle = dict(files.given_files(bundle | {"variants": variants, "genome": {"fasta": "hg19.fa"}}, None))
    assert of_bundle["genome.fasta"] == "hg19.fa"
    assert named < set(of_bundle)


def test_given_files_of_a_bundle(bundle):
    given = files.given_files(bundle, None)
    assert ("evaluate.published", "figures.tsv") in given
    assert ("bundle.names", "names.txt") in given
    assert files.bundle_files(bundle) == ["data/mats/train.mat", "data/mats/valid.mat", "data/mats/test.mat"]
    assert files.interval_files(bundle, None) == []
    bundle |= {"tracks": {}, "genome": {"fasta": "https://example.org/genome.fa", "sha256": "cd"}}
    assert "genome.fasta" not in dict(files.given_files(bundle, None))  # it is used for tracks only
    bundle["tracks"] = {"targets": ["CTCF"]}
    assert dict(files.given_files(bundle, None))["genome.fasta"] == "https://example.org/genome.fa"
    assert list(files.checksums(bundle, None).values()) == ["cd"]


def test_only_addresses_are_fetched(config):
    found = files.addresses(config, SHEET)
    assert set(found.values()) == {"https://example.org/genome.fa", "https://example.org/REST.bed"}
    assert all(path == files.on_disk(config, address) for path, address in found.items())


def test_checksums_are_those_of_the_sheet_and_the_genome(config, bundle):
    assert sorted(files.checksums(config, SHEET).values()) == ["ab", "cd"]
    assert files.checksums(bundle, None) == {}


def test_every_fetched_file_may_have_a_checksum(config):
    black = "https://example.org/black.bed"
    config["windows"]["blacklist"] = black
    config["sha256"] = {black: "ef", "https://example.org/REST.bed": "ab"}
    assert files.checksums(config, SHEET.assign(sha256=""))[files.on_disk(config, black)] == "ef"
    assert sorted(files.checksums(config, SHEET.assign(sha256="")).values()) == ["ab", "cd", "ef"]
    files.check_checksums(config, SHEET)
    config["sha256"]["https://example.org/other"] = "00"
    with pytest.raises(UserError, match="sha256: 'https://example.org/other' is not fetched"):
        files.check_checksums(config, SHEET)


def test_addresses_that_are_not_http_are_refused(config):
    config["genome"]["fasta"], config["motifs"]["known"] = "ftp://example.org/genome.fa", None
    with pytest.raises(UserError, match=r"genome\.fasta: 'ftp://example.org/genome.fa': not an http"):
        files.check_given_files(config, SHEET)


def test_files_of_the_demo_may_be_missing(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config |= {"folder": ".", "windows": {"keep": "any", "blacklist": None}, "motifs": {"known": None}}
    sheet = SHEET.assign(peaks=["resources/demo/peaks/CTCF.narrowPeak.gz", "https://example.org/REST.bed"])
    files.check_given_files(config, sheet)
    with pytest.raises(UserError, match="sheet.tsv: peaks of CTCF: no such file: other.bed"):
        files.check_given_files(config, sheet.assign(peaks=["other.bed", "x"]))


def test_a_folder_that_can_be_made_is_writable(tmp_path):
    files.check_writable(tmp_path / "results/toy")


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(UserError, match="the folder cannot be written to; check its permissions"):
        files.check_writable(tmp_path / "results/toy")


def test_sdm_apptainer_needs_an_image_that_exists(tmp_path):
    files.check_container(None, used=False)
    files.check_container("no.sif", used=False)
    files.check_container("docker://danq", used=True)
    (tmp_path / "danq.sif").write_text("")
    files.check_container(str(tmp_path / "danq.sif"), used=True)
    with pytest.raises(UserError, match="--sdm apptainer needs the key container"):
        files.check_container(None, used=True)
    with pytest.raises(UserError, match=r"container: no such file: no\.sif; build it as docs/container\.md says"):
        files.check_container("no.sif", used=True)
