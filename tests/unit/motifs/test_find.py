"""All files of `find_motifs` describe the same motifs."""

import numpy as np
import pandas as pd
import pytest

from danq.data.sources import PackedArray
from danq.data.windows import Windows
from danq.motifs import matrices, scan
from danq.motifs.find import find_motifs
from danq.motifs.meme import UNIFORM, read_meme
from danq.runtime import checkpoint


@pytest.mark.parametrize("labelled", [True, False])
def test_files_contain_the_motifs_of_the_table(data, trained, tmp_path, labelled):
    model, _ = checkpoint.load(trained)
    windows = Windows(data / "test.h5")
    source = windows if labelled else PackedArray(windows.packed(slice(None)), 60)
    samples = scan.chosen_samples(source, None, "both")
    options = matrices.options("best", source, samples, 0.25, min_sites=20)
    table = find_motifs(model, source, samples, tmp_path, options)
    written = matrices.FILTERS.read(tmp_path / "filters.tsv")
    expected = table.astype({"first": float, "last": float})
    pd.testing.assert_frame_equal(written, expected, check_dtype=False, rtol=1e-3)
    found = table[table["note"] == ""]
    motifs = read_meme(tmp_path / "motifs.meme")
    assert [motif.name for motif in motifs] == [f"filter_{f:03d}" for f in found["filter"]]
    assert [motif.consensus for motif in motifs] == found["consensus"].tolist()
    assert [motif.sites for motif in motifs] == found["sites"].tolist()
    assert (found["sites"] >= 20).all()
    assert (tmp_path / "counts.jaspar").read_text().count(">") == len(found) > 1
    sites = pd.read_csv(tmp_path / "instances.tsv.gz", sep="\t")
    counted = sites["filter"].value_counts()
    assert [counted.get(f, 0) for f in table["filter"]] == table["sites"].tolist()
    assert (tmp_path / "instances.bed.gz").exists() == labelled


def test_options_are_those_of_the_way_unless_given(data):
    windows = Windows(data / "test.h5")
    samples = np.arange(len(windows))
    best = matrices.options("best", windows, samples, pseudocount=None)
    assert (best.pseudocount, best.min_sites, best.background, best.trim) == (0, 30, UNIFORM, 0)
    every = matrices.options("all", windows, samples, 0.5, min_sites=3)
    assert (every.pseudocount, every.min_sites, every.trim) == (1, 3, 0.5)
    assert every.background == matrices.composition(windows, samples) != UNIFORM
    assert matrices.options("all", windows, samples, background="uniform").background == UNIFORM
