"""Effects of variants, compared with a model that predicts each allele alone, and written in blocks."""

from __future__ import annotations

import shutil
import subprocess

import h5py
import numpy as np
import pandas as pd
import pysam
import pytest
from project import error_of, program

from danq.runtime import checkpoint, ensembles
from danq.runtime.ensembles import Ensemble
from danq.variants import read, score
from danq.variants.contigs import Contigs
from danq.variants.join import join
from danq.variants.random_variants import random_variants
from danq.variants.results import reading
from danq.variants.scorer import Scorer
from danq.variants.scores import Background, log_odds, mean_log
from danq.variants.tables import EFFECTS, SKIPPED, write_all

LENGTH = 60
NAMES = {"1": "chr1", "MT": "chrM"}
FIXED = ["difference", "log_odds"]


@pytest.fixture
def scored(trained, genome, monkeypatch):
    """A function that scores a file and returns the path of the effects; pieces of 64 windows."""
    monkeypatch.setattr(ensembles, "CHUNK", 64)
    monkeypatch.setattr(ensembles, "BATCH", 16)
    ensemble = Ensemble([trained])

    def run(found, output, scores=FIXED, chosen=(1, 2, 3), mode="skip", block=None, block_size=1000, background=None):
        targets = [target for target in ensemble.targets if target.index in chosen]
        contigs = Contigs(genome, LENGTH)
        scorer = Scorer(ensemble, contigs, [target.index - 1 for target in targets], mode, block_size)
        made = None if background is None else score.background_of(scorer, targets, background)
        score.score(scorer, found, output, targets, scores, made, block)
        return output

    return run


def tensor_of(sequence: str, place: int, ref: str, allele: str) -> np.ndarray:
    """The window of one allele, made by editing the contig as a string, one-hot (60, 4)."""
    whole = "N" * LENGTH + sequence[:place] + allele + sequence[place + len(ref) :] + "N" * LENGTH * 2
    window = whole[LENGTH + place - (LENGTH // 2 - 1) :][:LENGTH]
    return np.array([[float(base == letter) for letter in "ACGT"] for base in window], np.float32)


def expected_rows(variants, sequences):
    """The alleles that can be scored: record, contig, place, ref, alt."""
    return [
        (number, NAMES.get(one.contig, one.contig), one.position - 1, one.ref, alt)
        for number, one in enumerate(variants, 1)
        for alt in one.alts
        if set(alt) <= set("ACGT") and one.contig != "chr9" and one.id != "mismatch" and alt != one.ref
    ]


def test_effects_are_those_of_each_allele_predicted_alone(scored, trained, sequences, variants, tmp_path):
    output = scored(variants, tmp_path / "e.h5")
    model, _ = checkpoint.load(trained)
    rows = expected_rows(variants, sequences)
    assert len(rows) > 80
    with reading(output) as found:
        assert len(found) == len(rows)
        assert found.read("record").tolist() == [row[0] for row in rows]
        assert [list(found.contigs)[rank] for rank in found.read("contig")] == [row[1] for row in rows]
        assert (found.read("position") - 1).tolist() == [row[2] for row in rows]
        assert found.read("ref").tolist() == [row[3] for row in rows]
        assert found.read("alt").tolist() == [row[4] for row in rows]
        p_ref, p_alt, difference, odds = (found.read(name) for name in ("p_ref", "p_alt", *FIXED))
        assert found.counts.skipped["unknown_contig"] == found.counts.skipped["ref_mismatch"] == 1
        best = found.read("best")
    windows = [tensor_of(sequences[row[1]], row[2], row[3], allele) for row in rows for allele in row[3:]]
    forward = np.stack(windows)
    predicted = (model.predict(forward, verbose=0) + model.predict(forward[:, ::-1, ::-1], verbose=0).astype(float)) / 2
    one, other = predicted[::2], predicted[1::2]
    np.testing.assert_allclose(p_ref, one, atol=2e-6)
    np.testing.assert_allclose(p_alt, other, atol=2e-6)
    np.testing.assert_allclose(difference, other - one, atol=4e-6)
    np.testing.assert_allclose(odds, np.log(other / (1 - other)) - np.log(one / (1 - one)), atol=1e-3)
    assert best.tolist() == [max(range(3), key=lambda column: abs(row[column])) for row in difference]
    assert abs(difference).max() > 0.01


def test_blocks_that_are_joined_equal_one_run_bit_by_bit(scored, variants, vcf, tmp_path):
    background = scored(variants[:30], tmp_path / "b.h5")
    options = {"scores": ["difference", "log_odds", "z", "e_value"], "background": background, "block_size": 17}
    whole = scored(read.records(vcf), tmp_path / "whole.h5", **options)
    blocks = [scored(read.records(vcf), tmp_path / f"{block}.h5", block=block, **options) for block in (4, 2, 0, 1, 3)]
    join(sorted(blocks), tmp_path / "joined.h5")
    with h5py.File(whole) as one, h5py.File(tmp_path / "joined.h5") as other:
        assert set(one) == set(other)
        assert {"z", "e_value", "best_z", "mean_log_e"} < set(one)
        assert dict(one.attrs) == dict(other.attrs)
        for name in one:
            assert one[name].dtype == other[name].dtype
            assert one[name].shape == other[name].shape
            assert np.array_equal(one[name][()], other[name][()]), name
    for name, words in (
        (["0", "1", "2", "3"], "3.h5: more blocks follow it"),
        (["0", "2"], "2.h5: holds block 2, not 1"),
        (["whole"], "whole.h5: holds all variants, not a block"),
    ):
        with pytest.raises(score.UserError, match=words):
            join([tmp_path / f"{one}.h5" for one in name], tmp_path / "x.h5")
    scored(read.records(vcf), tmp_path / "1.h5", block=1, **options | {"mode": "keep"})
    with pytest.raises(score.UserError, match="0.h5 and .*1.h5 differ in ref_mismatch"):
        join(sorted(blocks), tmp_path / "x.h5")
    assert not (tmp_path / "x.h5").exists()


def test_scores_against_a_background_are_those_of_plain_loops():
    draw = np.random.default_rng(0)
    known, given = draw.normal(0, 0.1, (50, 3)).astype(np.float32), draw.normal(0, 0.1, (20, 3)).astype(np.float32)
    given[0], given[1] = known[7], 5
    known[:, 2] = 0
    background = Background(known)
    z, evalues = background.z(given), background.evalues(given)
    for row in range(20):
        for target in range(3):
            larger = sum(abs(one) >= abs(given[row, target]) for one in known[:, target])
            assert evalues[row, target] == np.float32((larger + 1) / 51)
        for target in range(2):
            rms = np.sqrt(np.mean([float(one) ** 2 for one in known[:, target]]))
            assert z[row, target] == pytest.approx(given[row, target] / rms, rel=1e-5)
    assert np.isinf(z[1, 2])
    assert background.z(np.zeros((1, 3), np.float32)).tolist() == [[0, 0, 0]]
    assert evalues.min() == np.float32(1 / 51)
    np.testing.assert_allclose(mean_log(evalues), [-np.mean([np.log10(one) for one in row]) for row in evalues], 1e-5)


def test_log_odds_of_certain_predictions_are_finite():
    reference, alternative = np.array([[0, 1, 1e-30, 0.5], [1, 0, 0, 0.25]], np.float32)
    certain = np.log(1e7 - 1)
    expected = [2 * certain, -2 * certain, 0, -np.log(3)]
    assert log_odds(reference, alternative) == pytest.approx(expected, rel=1e-6)


def test_a_background_may_have_been_scored_before(scored, variants, vcf, tmp_path):
    options = {"scores": ["z", "e_value"], "chosen": (2,)}
    earlier = scored(variants, tmp_path / "b.h5")
    one = scored(variants[:20], tmp_path / "1.h5", background=earlier, **options)
    other = scored(variants[:20], tmp_path / "2.h5", background=vcf, **options)
    with reading(one) as first, reading(other) as second:
        assert first.facts.background == second.facts.background == len(expected_rows(variants, None))
        for name in ("z", "e_value", "best_e_value"):
            np.testing.assert_allclose(first.read(name), second.read(name), atol=1e-4)
    with pytest.raises(score.UserError, match=r"has no scores of target 1; score the background for all"):
        scored(variants, tmp_path / "x.h5", background=scored(variants, tmp_path / "c.h5", chosen=(2,)))
    with pytest.raises(score.UserError, match=r"the score z needs a background"):
        scored(variants, tmp_path / "x.h5", scores=["z"])


def test_random_variants_are_at_known_bases_of_the_whole_genome(genome, sequences):
    contigs = Contigs(genome, LENGTH)
    found = random_variants(contigs, 3000, seed=4)
    assert len(found) == 3000
    assert found == random_variants(contigs, 3000, seed=4) != random_variants(contigs, 3000, seed=5)
    for one in found:
        assert sequences[one.contig][one.position - 1] == one.ref
        assert one.alts[0] in set("ACGT") - {one.ref}
    share = sum(one.contig == "chr1" for one in found) / 3000
    assert share == pytest.approx(900 / 1461, abs=0.04)
    assert {(one.ref, one.alts[0]) for one in found} == {(a, b) for a in "ACGT" for b in "ACGT" if a != b}


def test_tables_and_vcf_hold_the_best_targets(scored, variants, tmp_path):
    background = scored(variants, tmp_path / "b.h5")
    output = scored(variants, tmp_path / "e.h5", mode="keep", background=background, scores=["difference"])
    with reading(output) as found:
        write_all(found, tmp_path / "s.tsv", tmp_path / "t.tsv", tmp_path / "v.vcf.gz")
        difference, best, evalue = (found.read(name) for name in ("difference", "best", "best_e_value"))
        titles = [target.title for target in found.targets]
    table = EFFECTS.read(tmp_path / "t.tsv")
    assert list(table) == [*EFFECTS.columns, "z", "e_value", "mean_log_e"]
    assert table["target"].tolist() == [titles[column] for column in best]
    np.testing.assert_allclose(table["difference"], difference[np.arange(len(best)), best], rtol=1e-5)
    np.testing.assert_allclose(table["e_value"], evalue, rtol=1e-5)
    assert table.loc[table["ref_match"] == 0, "id"].tolist() == ["mismatch"]
    skipped = SKIPPED.read(tmp_path / "s.tsv").set_index("reason")
    assert skipped.loc["unknown_contig", ["alleles", "example"]].tolist() == [1, "chr9:9:C>T"]
    with pysam.VariantFile(str(tmp_path / "v.vcf.gz")) as file:
        records = list(file)
    assert [(one.contig, one.pos, one.ref, one.alts[0]) for one in records] == [
        *table[["contig", "position", "ref", "alt"]].itertuples(index=False, name=None)
    ]
    np.testing.assert_allclose([one.info["DANQ_DIFF"] for one in records], table["difference"], rtol=1e-5)
    assert [one.info["DANQ_TARGET"] for one in records] == table["target"].tolist()
    assert [one.id for one in records if one.info["DANQ_REF_MISMATCH"]] == ["mismatch"]
    if shutil.which("bcftools"):
        words = ["bcftools", "query", "-f", "%POS %REF %ALT %INFO/DANQ_E\n", tmp_path / "v.vcf.gz"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert "[W" not in done.stderr
        assert len(done.stdout.splitlines()) == len(table)


def test_the_program_scores_and_joins(trained, genome, vcf, tmp_path):
    options = ["-c", trained, "-g", genome, "-v", vcf, "--targets", "TF", "--random-background", "40", "--gpus", "0"]
    done = program("variants", *options, "-o", tmp_path / "e.h5", "--table", tmp_path / "t.tsv", "--block-size", "40")
    assert done.returncode == 0, done.stderr
    assert "the background has only 40 variants, so the smallest E-value is 0.024" in done.stderr
    with reading(tmp_path / "e.h5") as found:
        assert [target.name for target in found.targets] == ["site", "never"]
        assert found.read("e_value").shape == (len(found), 2)
    assert len(pd.read_csv(tmp_path / "t.tsv", sep="\t")) > 80
    assert SKIPPED.read(tmp_path / "e.skipped.tsv")["alleles"].sum() > 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "no variants are given; name a file with --variants"),
        (["-v", "x", "--background", "b", "--random-background", "5"], "exclude each other"),
        (["-v", "x", "--block-size", "0"], "--block-size must be at least 1, not 0"),
        (["-v", "x", "--block", "-1"], "--block must be at least 0, not -1"),
        (["-v", "x.vcf"], "x.vcf: no such file of variants"),
    ],
)
def test_mistakes_are_one_sentence(trained, genome, tmp_path, words, says):
    assert says in error_of("variants", "-c", trained, "-g", genome, *words, folder=tmp_path)
    assert not list(tmp_path.iterdir())
