"""Close-ups of single variants: alignment, importance, the choice of variants and targets, and the pictures."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
import toys
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread
from project import error_of
from scipy.special import logit
from toy_models import HandMade, word_model

from danq.errors import UserError
from danq.plots import variant as pictures_of_variants
from danq.runtime import checkpoint
from danq.runtime.ensembles import Ensemble
from danq.variants import chosen, score
from danq.variants.closeup import Viewer, aligned, views
from danq.variants.contigs import Contigs
from danq.variants.read import Record
from danq.variants.results import reading
from danq.variants.scorer import Scorer

LENGTH, ANCHOR, AROUND = 60, 29, 6
PLACE = 400  # 0-based, on chr1
EYE = dict(zip("ACGTN", np.vstack([np.eye(4), np.zeros(4)]).astype(np.float32), strict=True))


@pytest.fixture(scope="module")
def ensemble(trained):
    return Ensemble([trained])


@pytest.fixture(scope="module")
def contigs(genome):
    return Contigs(genome, LENGTH)


def record_of(sequences, kind: str, place: int = PLACE) -> Record:
    """A SNV, an insertion, a deletion, or both at once, on chr1."""
    ref = sequences["chr1"][place : place + {"deletion": 4, "both": 3}.get(kind, 1)]
    other = "ACGT"["TGCA".index(ref[-1])]  # the complement, which differs
    alt = {"snv": other, "insertion": ref + "GAT", "deletion": ref[0], "both": other * 5}[kind]
    return Record("chr1", place + 1, kind, ref, (alt,))


def window(sequences, record: Record, allele: str) -> str:
    place = record.position - 1
    whole = sequences["chr1"]
    edited = "N" * LENGTH + whole[:place] + allele + whole[place + len(record.ref) :] + "N" * LENGTH
    return edited[LENGTH + place - ANCHOR :][:LENGTH]


def predicted(model, texts: list[str]) -> np.ndarray:
    """Means of both strands, float (n, T)."""
    forward = np.array([[EYE[base] for base in text] for text in texts])
    both = model.predict(np.concatenate([forward, forward[:, ::-1, ::-1]]), verbose=0)
    return both.reshape(2, len(texts), -1).mean(axis=0)


@given(st.text("AC", min_size=1, max_size=7), st.text("AC", min_size=1, max_size=7))
def test_alleles_are_aligned_at_both_ends(ref, alt):
    index, (first, last) = aligned(ref, alt)
    for row, allele in zip(index, (ref, alt), strict=True):
        assert [i for i in row if i >= 0] == list(range(len(allele)))  # each base once, in its order
        assert "".join("-" if i < 0 else "x" for i in row).strip("x").strip("-") == ""  # one gap
    texts = ["".join("-" if i < 0 else allele[i] for i in row) for row, allele in zip(index, (ref, alt), strict=True)]
    assert texts[0][:first] == texts[1][:first]
    assert texts[0][last:] == texts[1][last:]
    if ref != alt:
        assert first < last
        assert texts[0][first] != texts[1][first]


@pytest.mark.parametrize("kind", ["snv", "insertion", "deletion", "both"])
def test_importance_is_that_of_each_substitution_predicted_alone(ensemble, contigs, trained, sequences, kind):
    record = record_of(sequences, kind)
    viewer = Viewer(ensemble, contigs, AROUND)
    view = viewer.view(viewer.allele(record, kind), ensemble.targets, target=ensemble.targets[1])
    model, _ = checkpoint.load(trained)
    width = max(len(record.ref), len(record.alts[0]))
    flanks = sequences["chr1"][PLACE - AROUND : PLACE], sequences["chr1"][PLACE + len(record.ref) :][:AROUND]
    probabilities = []
    for row, allele in enumerate((record.ref, record.alts[0])):
        assert view.letters[row].replace("-", "") == flanks[0] + allele + flanks[1]
        assert len(view.letters[row]) == len(view.heights[row]) == width + 2 * AROUND
        text = window(sequences, record, allele)
        places = range(ANCHOR - AROUND, ANCHOR + len(allele) + AROUND)
        texts = [text[:i] + base + text[i + 1 :] for i in places for base in "ACGT" if base != text[i]]
        own, *others = predicted(model, [text, *texts])
        expected = logit(own[1]) - logit(np.array(others)[:, 1]).reshape(-1, 3).mean(axis=1)
        letters = np.array(list(view.letters[row]))
        np.testing.assert_allclose(view.heights[row].sum(axis=1)[letters != "-"], expected, atol=1e-4)
        shown = np.array([EYE.get(letter, np.zeros(4)) for letter in letters], bool)
        assert not view.heights[row][~shown].any()
        probabilities.append(own)
    order = [target.index - 1 for target in view.targets]
    np.testing.assert_allclose([view.p_ref, view.p_alt], np.array(probabilities)[:, order], atol=1e-6)
    assert (np.diff(np.abs(view.p_alt - view.p_ref)) <= 0).all()
    assert view.targets[view.target].index == 2

    whole = sequences["chr1"]
    for letter, place in zip(view.letters[0], view.places, strict=True):
        assert (whole[place - 1] if place else "-") == letter


def test_a_motif_stands_out_where_it_is_whole(tmp_path):
    """Logit = 4 x the number of fitting bases - 22: each base of the motif adds 4, if all others fit."""
    motif = "GATTACA"
    flank = "".join(np.random.default_rng(0).choice(list("ACGT"), 60))
    genome = toys.write_fasta(tmp_path / "g.fa", {"chr1": flank + motif + flank})
    viewer = Viewer(HandMade(word_model(LENGTH, motif, 4.0, -22.0)), Contigs(genome, LENGTH), 20)
    view = viewer.view(viewer.allele(Record("chr1", 64, "", "T", ("G",)), "v"), viewer.ensemble.targets)
    assert view.letters[0][17:24] == motif
    np.testing.assert_allclose(logit([view.p_ref[0], view.p_alt[0]]), [6, 2], atol=1e-3)
    of_ref, of_alt = (heights.sum(axis=1) for heights in view.heights)
    np.testing.assert_allclose(of_ref, [0] * 17 + [4] * 7 + [0] * 17, atol=1e-3)
    assert of_alt[20] == pytest.approx(2 - (6 + 2 + 2) / 3, abs=1e-3)  # one substitution restores the motif
    np.testing.assert_allclose(of_alt[[*range(17, 20), *range(21, 24)]], 4, atol=1e-3)


def test_bases_beyond_the_contig_and_the_window_are_left_out(ensemble, contigs, sequences):
    record = record_of(sequences, "snv", place=2)
    view = Viewer(ensemble, contigs, 1000).view(Viewer(ensemble, contigs, 1).allele(record, "x"), ensemble.targets)
    assert view.letters[0] == "N" * 27 + sequences["chr1"][:33]
    assert view.places.tolist() == [0] * 27 + list(range(1, 34))
    assert not view.heights[:, :27].any()


def test_targets_are_those_chosen_or_those_that_change_most(ensemble, contigs, sequences):
    viewer, targets = Viewer(ensemble, contigs, 1), ensemble.targets
    allele = viewer.allele(record_of(sequences, "snv"), "x")
    every = viewer.view(allele, targets)
    assert {one.index for one in every.targets} == {1, 2, 3}
    assert every.target == 0
    assert viewer.view(allele, targets, most=1).targets == every.targets[:1]
    least = every.targets[2]
    both = viewer.view(allele, targets, most=1, target=least)
    assert (both.targets, both.target) == ([every.targets[0], least], 1)
    assert viewer.view(allele, [least]).targets == [least]


def test_a_variant_that_cannot_be_drawn_is_a_mistake(ensemble, contigs, sequences):
    viewer, record = Viewer(ensemble, contigs, 3), record_of(sequences, "snv")
    wrong = record._replace(ref=record.alts[0], alts=(record.ref,))
    with pytest.raises(UserError, match=r"v: holds no variant .* \(the reference allele is not the genome's: 1\)"):
        viewer.allele(wrong, "v")
    assert Viewer(ensemble, contigs, 3, "swap").allele(wrong, "v").refs == [record.ref]
    with pytest.raises(UserError, match=r"several alternative alleles; choose one, such as --variant=chr1:401:"):
        viewer.allele(record._replace(alts=("AA", "CC")), "v")
    with pytest.raises(UserError, match="around a variant must be at least 1, not 0"):
        Viewer(ensemble, contigs, 0)


def test_variants_are_named_by_place_id_or_number(vcf, variants):
    assert chosen.parsed("HLA:1:2:A:GT") == Record("HLA:1", 2, "", "A", ("GT",))
    assert chosen.parsed("chr8:12,345:A:G").position == 12345
    for text in ("chr8:5:A", "chr8:x:A:G", "chr8:5::G", "chr8:-5:A:G"):
        with pytest.raises(UserError, match="is not a variant; write contig:position:ref:alt"):
            chosen.parsed(text)
    assert chosen.of_file(vcf, "v7").position == variants[7].position
    assert chosen.of_file(vcf, number=8) == chosen.of_file(vcf, "v7")
    with pytest.raises(UserError, match="has no variant with the id 'none'"):
        chosen.of_file(vcf, "none")
    with pytest.raises(UserError, match="has no variant number 0; they are counted from 1"):
        chosen.of_file(vcf, number=0)


@pytest.fixture(scope="module")
def effects(ensemble, contigs, variants, tmp_path_factory):
    path = tmp_path_factory.mktemp("effects") / "effects.h5"
    score.score(Scorer(ensemble, contigs, [0, 1], "skip", 1000), variants, path, ensemble.targets[:2], ["difference"])
    return path


@pytest.mark.parametrize("piece", [7, 1000])
def test_the_largest_effects_are_found_once_each(effects, monkeypatch, piece):
    monkeypatch.setattr("danq.variants.results.ROWS", piece)
    with reading(effects) as found:
        sizes = np.abs(found.read("difference")).max(axis=1)
        names = np.array(list(found.contigs))[found.read("contig")]
        rows = list(zip(names, found.read("position"), found.read("ref"), found.read("alt"), strict=True))
        for number in (1, 5, 1000):
            expected = list(dict.fromkeys(rows[i] for i in np.argsort(-sizes, kind="stable")))[:number]
            assert len(set(rows)) < len(rows)
            made = [(one.contig, one.position, one.ref, *one.alts) for one in chosen.largest(found, number)]
            assert made == expected


def test_pictures_are_whole(ensemble, contigs, sequences, tmp_path):
    """Nothing is cut off at the border; letters, bars and the mark of the variant are there."""
    records = [record_of(sequences, kind) for kind in ("snv", "insertion", "deletion")]
    found = views(Viewer(ensemble, contigs, 20), records, ensemble.targets)
    assert [name[:7] for name in found] == ["1_chr1_", "2_chr1_", "3_chr1_"]
    for name, view in found.items():
        path = tmp_path / f"{name}.png"
        pictures_of_variants.pictures.save(pictures_of_variants.variant(view), path)
        image = imread(path)[..., :3]
        border = [image[:2].reshape(-1, 3), image[-2:].reshape(-1, 3), image[:, :2].reshape(-1, 3)]
        assert (np.concatenate([*border, image[:, -2:].reshape(-1, 3)]) == 1).all()
        mark = np.array([0xFF, 0xF2, 0xB3]) / 255
        assert (abs(image - mark).max(axis=2) < 0.01).sum() > 500


def test_the_program_draws_one_variant_and_the_largest_of_a_list(trained, genome, vcf, effects, tmp_path, monkeypatch):
    program = importlib.import_module("draw_variant")
    words = ["draw_variant.py", "-c", str(trained), "-g", str(genome)]
    for more, output in (
        (["--variants", str(vcf), "--id", "v6", "--target", "never", "-t", "1"], "one.png"),
        (["--effects", str(effects), "--top", "2", "--around", "5"], "folder"),
    ):
        monkeypatch.setattr(sys, "argv", [*words, *more, "-o", str(tmp_path / output)])
        program.main()
    assert (tmp_path / "one.png").stat().st_size > 1000
    assert len(list((tmp_path / "folder").glob("[12]_*.png"))) == 2


def test_options_that_do_not_go_together_are_a_mistake(tmp_path):
    words = "draw_variant", "-c", "a", "-g", "b"
    assert "one of --variant, --variants" in error_of(*words, folder=tmp_path)
    assert "--id and --row" in error_of(*words, "--variants", "v.vcf", folder=tmp_path)
    assert "--top must be at least 1" in error_of(*words, "--effects", "e.h5", "--top", "0", folder=tmp_path)


def test_effects_of_another_model_are_a_mistake(effects, trained, tmp_path):
    model, blueprint = checkpoint.load(trained)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    checkpoint.save(tmp_path / "other.weights.h5", model, blueprint)
    with reading(effects) as found, pytest.raises(UserError, match="was scored with other checkpoints"):
        chosen.check_model(found, Ensemble([tmp_path / "other.weights.h5"]))
