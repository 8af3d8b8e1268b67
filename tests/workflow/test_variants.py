"""The plan of a run with variants: which jobs there are, and what it takes to plan many of them."""

from __future__ import annotations

import time

import pytest
import toys
from project import copy_project, jobs, snakemake

LIST = "data/variants.vcf"
HEAD = "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.fixture
def project(tmp_path):
    folder = copy_project(tmp_path / "project")
    dataset = toys.write_dataset(folder / "data")
    base = dataset.sequences["chr1"][999]
    toys.write_lines(
        folder / LIST, [*HEAD.splitlines(), f"chr1\t1000\t.\t{base}\t{'A' if base != 'A' else 'C'}\t.\t.\t."]
    )
    return folder


def planned(project, **variants) -> dict[tuple[str, str], dict[str, str]]:
    config = toys.config("data") | {"variants": {"files": {"gwas": "variants.vcf"}, **variants}}
    toys.write_config(project / "toy.yaml", config)
    done = snakemake(project, "--dry-run", "effects", "--printshellcmds", "--configfile", "toy.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    return jobs(done.stdout)


def checked(project, records: int) -> None:
    """The table that the rule check_variants would write for a list of this length."""
    numbers = "\t".join([str(records)] * 4)
    heading = "records\talleles\tscored\tcompared\tmismatches"
    toys.write_lines(project / "results/toy/variants/gwas/checked.tsv", [heading, f"{numbers}\t0"])


def rules(found) -> list[str]:
    return sorted(rule for rule, _ in found)


def test_a_list_is_checked_before_its_blocks_are_planned(project):
    found = planned(project)
    assert "variants" not in rules(found)
    assert rules(found).count("join_variants") == 2


def test_a_longer_list_adds_blocks_and_keeps_the_names_of_the_others(project):
    made = {}
    for records in (1, 200_000, 200_001):
        checked(project, records)
        found = planned(project, models=["danq"], random_background=10)
        made[records] = {job["output"] for (rule, _), job in found.items() if rule == "variants"}
        assert rules(found).count("variant_background") == 1
        assert "train" in rules(found)
    folder = "results/toy/models/danq/variants/gwas/blocks"
    assert made[1] == {f"{folder}/0.h5"}
    assert made[200_000] == {f"{folder}/{block}.h5" for block in (0, 1)}
    assert made[200_001] == {f"{folder}/{block}.h5" for block in (0, 1, 2)}


def test_the_largest_effects_are_drawn_unless_unwanted(project):
    checked(project, 1)
    drawn = [job for (rule, _), job in planned(project).items() if rule == "draw_variants"]
    folders = {f"results/toy/models/{model}/variants/gwas" for model in ("danq", "deepsea")}
    assert {job["output"] for job in drawn} == {f"{folder}/pictures" for folder in folders}
    assert all(job["output"].replace("pictures", "effects.h5") in job["input"] for job in drawn)
    assert "draw_variants" not in rules(planned(project, models=["danq"], pictures=0))


def test_ten_million_variants_are_planned_in_seconds(project):
    """100 blocks. The limit is 60 s; it takes about 3."""
    checked(project, 10_000_000)

    begin = time.monotonic()
    found = planned(project, models=["danq"])
    seconds = time.monotonic() - begin

    assert rules(found).count("variants") == 100
    assert seconds < 60
