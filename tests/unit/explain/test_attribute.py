"""Windows that are explained, and the programs from windows to files and pictures, on a model that has learned them."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from project import SCRIPTS, error_of, run_here
from toy_windows import LENGTH, SITE, TARGETS
from toys import write_fasta, write_lines

from danq.data import onehot
from danq.data.windows import Windows
from danq.errors import UserError
from danq.explain import chosen_windows
from danq.explain.attributions import Attributions
from danq.explain.methods import gradient
from danq.explain.truth import agreement
from danq.runtime.ensembles import Ensemble
from danq.runtime.gradients import Logits


def run(name, *words, folder):
    done = run_here(SCRIPTS / f"{name}.py", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stderr


def texts(packed):
    return ["".join("ACGT"[base] for base in one.argmax(axis=1)) for one in onehot.unpack(packed, LENGTH)]


@pytest.fixture(scope="module")
def windows(data):
    return Windows(data / "test.h5")


@pytest.fixture(scope="module")
def explained(data, trained, tmp_path_factory):
    """Gradients of the 12 best positive windows of two targets."""
    folder = tmp_path_factory.mktemp("explained")
    words = ["-c", trained, "-d", data, "--windows", 12, "-t", "site", "composition", "--method", "gradient"]
    run("attribute", *words, "--npz", "pairs", "-o", "gradient.h5", folder=folder)
    return folder


def test_the_highest_windows_are_those_of_a_sort(windows):
    probabilities = np.random.default_rng(0).integers(0, 20, (len(windows), 3)).astype(np.float32) / 20  # with ties
    parts = [(slice(begin, begin + 31), probabilities[begin : begin + 31]) for begin in range(0, len(windows), 31)]
    labels = windows.labels(slice(None))
    for kind in chosen_windows.KINDS:
        found = chosen_windows.highest(iter(parts), windows, TARGETS[:2], 10, kind)
        for column in (0, 1):
            allowed = [row for row in range(len(windows)) if kind == "top" or labels[row, column]]
            best = sorted(sorted(allowed, key=lambda row, column=column: (-probabilities[row, column], row))[:10])
            assert found[column + 1].tolist() == best
    assert not len(chosen_windows.highest(iter(parts), windows, TARGETS[2:], 10, "positives")[3])


def test_predictions_of_other_windows_are_a_mistake(data, trained, windows, tmp_path):
    for split in ("valid", "test"):
        run("predict", "-d", data, "-c", trained, "--split", split, "-o", f"{split}.h5", folder=tmp_path)
    parts = list(chosen_windows.predicted(tmp_path / "test.h5", windows))
    np.testing.assert_allclose(
        np.concatenate([part for _, part in parts]),
        np.concatenate([part for _, part in Ensemble([trained]).means(windows)]),
        atol=1e-6,
    )
    with pytest.raises(UserError, match="predictions of other windows"):
        list(chosen_windows.predicted(tmp_path / "valid.h5", windows))
    words = ["-c", trained, "-d", data, "--windows", 5, "-t", "site", "--method", "gradient"]
    run("attribute", *words, "--predictions", "test.h5", "-o", "given.h5", folder=tmp_path)
    run("attribute", *words, "-o", "own.h5", folder=tmp_path)
    given, own = (Attributions(tmp_path / f"{name}.h5") for name in ("given", "own"))
    assert given.rows.tolist() == own.rows.tolist()


def test_the_program_explains_the_best_positive_windows(explained, trained, windows):
    found = Attributions(explained / "gradient.h5")
    assert [target.name for target in found.targets] == ["site", "composition"]
    target = found.targets[0]
    assert (found.labels(target) == 1).all()
    assert len(found.windows(target)) == 12
    rows = found.rows[found.windows(target)]
    predicted = np.concatenate([part for _, part in Ensemble([trained]).means(windows)])[:, 0]
    np.testing.assert_allclose(found.predictions(target), predicted[rows], atol=1e-5)
    expected, _ = gradient(Logits.of(Ensemble([trained])), windows.packed(rows), np.zeros((1, 12), int))
    bases, hypothetical, contributions = found.of(target)
    np.testing.assert_allclose(hypothetical, expected[0], atol=1e-5)
    sites = np.zeros((12, LENGTH), bool)
    for row, text in enumerate(texts(windows.packed(rows))):
        sites[row, text.index(SITE) : text.index(SITE) + len(SITE)] = True
    assert agreement(contributions.sum(axis=2), sites).auroc > 0.7  # of a model that saw 400 windows; measured .76
    pair = [np.load(explained / f"pairs/001_site/{name}.npz")["arr_0"] for name in ("ohe", "hyp")]
    np.testing.assert_array_equal(pair[0], bases.transpose(0, 2, 1))
    np.testing.assert_array_equal(pair[1], hypothetical.transpose(0, 2, 1))


def test_regions_and_records_are_explained_alike(trained, tmp_path):
    """A region that is shorter than a window has the window around it; a longer one has several."""
    draw = np.random.default_rng(5)
    genome = {name: "".join(draw.choice(list("ACGT"), 400)) for name in ("chr1", "chr2")}
    write_fasta(tmp_path / "genome.fa", genome)
    write_lines(tmp_path / "some.bed", ["chr1\t100\t160\ta", "chr2\t200\t220\tb", "chr1\t300\t400", "chrUn\t1\t90"])
    places = [("chr1", 100), ("chr2", 180), ("chr1", 300), ("chr1", 340)]
    write_fasta(
        tmp_path / "records.fa", {f"r{i}": genome[contig][at : at + LENGTH] for i, (contig, at) in enumerate(places)}
    )
    words = ["-c", trained, "-t", "1", "--method", "gradient", "--account", "account.tsv"]
    run("attribute", *words, "--bed", "some.bed", "--genome", "genome.fa", "-o", "bed.h5", folder=tmp_path)
    counts = pd.read_csv(tmp_path / "account.tsv", sep="\t").set_index("what")["count"]
    assert (counts["windows"], counts["unknown_contig"]) == (4, 1)
    run("attribute", *words, "--fasta", "records.fa", "-o", "fasta.h5", folder=tmp_path)
    bed, fasta = (Attributions(tmp_path / f"{name}.h5") for name in ("bed", "fasta"))
    contigs, starts = bed.places()
    assert [*zip(contigs, starts.tolist(), strict=True)] == places
    assert fasta.places()[0].tolist() == ["r0", "r1", "r2", "r3"]
    for one, other in zip(bed.of(bed.targets[0]), fasta.of(fasta.targets[0]), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_options_that_do_not_go_together_are_a_mistake(trained, data, tmp_path):
    words = "attribute", "-c", trained
    assert "one of --data, --bed and --fasta" in error_of(*words, folder=tmp_path)
    assert "--bed and --genome" in error_of(*words, "--bed", "a.bed", folder=tmp_path)
    assert "--account is for" in error_of(*words, "-d", data, "--account", "a.tsv", folder=tmp_path)
    assert "--windows must be at least 1" in error_of(*words, "-d", data, "--windows", "0", folder=tmp_path)
    never = error_of(*words, "-d", data, "-t", "never", "-o", "a.h5", folder=tmp_path)
    assert "no window to explain" in never
    assert not list(tmp_path.iterdir())


def test_the_program_draws_windows_and_regions(explained, tmp_path):
    found = Attributions(explained / "gradient.h5")
    target = found.targets[0]
    row = found.windows(target)[found.ranked(target)[0]]
    contig, start = (values[row] for values in found.places())
    write_lines(tmp_path / "marks.bed", [f"{contig}\t{start + 15}\t{start + 50}\tmark", f"{contig}\t0\t{start + 2}"])
    file, marks = explained / "gradient.h5", ["--mark", "sites=marks.bed"]
    region = ["--region", f"{contig}:{start + 11}-{start + 40}"]
    for name, more in {"window": [], "around": ["--around", 10], "region": region}.items():
        run("draw_attribution", file, "-t", "site", *more, *marks, "-o", f"{name}.png", folder=tmp_path)
        image = imread(tmp_path / f"{name}.png")[..., :3]
        mark = np.array([0xB9, 0xC3, 0xCE]) / 255
        assert (abs(image - mark).max(axis=2) < 0.01).sum() > 500
        border = [image[:2].reshape(-1, 3), image[-2:].reshape(-1, 3), image[:, :2].reshape(-1, 3)]
        assert (np.concatenate([*border, image[:, -2:].reshape(-1, 3)]) == 1).all()
    run("draw_attribution", file, "--top", 2, "-o", "folder", folder=tmp_path)
    assert {path.name for path in (tmp_path / "folder").iterdir()} == {
        *("001_site_1.png", "001_site_2.png", "002_composition_1.png", "002_composition_2.png")
    }
    for words, part in (
        ((), "choose one with --target"),
        (("-t", "site", "--window", "99"), "window 99 is none of them"),
        (("-t", "site", "--region", f"{contig}:900000-900010"), "lies in no window"),
        (("-t", "never"), "is not explained"),
        (("-t", "site", "--top", "2", *region), "--region is without"),
    ):
        assert part in error_of("draw_attribution", file, *words, folder=tmp_path)
