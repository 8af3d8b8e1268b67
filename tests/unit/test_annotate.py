"""Names of motifs: matrices of JASPAR, disguised, are recognised where and how they were hidden."""

import numpy as np
import pandas as pd
import pytest

from danq import annotate
from danq.annotate import Known, annotated, from_jaspar, from_meme, is_of, matches, recovered, share
from danq.errors import UserError
from danq.meme import Motif, write_meme


@pytest.fixture(scope="module")
def fungi():
    return from_jaspar("JASPAR2024", ["fungi"])


def disguised(known, filter, left=0, right=0, cut=0, reverse=False):
    """A known motif as a filter's: `cut` places fewer at its left, uniform places around, maybe turned."""
    core = known.motif.probabilities[cut:]
    flat = [np.full((n, 4), 0.25) for n in (left, right)]
    motif = Motif(f"filter_{filter:03d}", np.concatenate([flat[0], 0.97 * core + 0.0075, flat[1]]), 100)
    return motif.reverse_complement() if reverse else motif


HIDDEN = {  # factor: how it is hidden, and the offset and orientation that follow
    "REB1": ({"left": 3}, 3, "+"),
    "CBF1": ({"cut": 2, "right": 4}, -2, "+"),
    "RAP1": ({"left": 2, "right": 5, "reverse": True}, 5, "-"),
    "ABF1": ({"cut": 3, "reverse": True}, 0, "-"),
}


@pytest.fixture(scope="module")
def found(fungi):
    by_name = {known.name: known for known in fungi}
    motifs = [disguised(by_name[name], i, **how) for i, (name, (how, *_)) in enumerate(HIDDEN.items(), 1)]
    columns = np.concatenate([one.motif.probabilities for one in fungi])
    motifs.append(Motif("filter_005", columns[np.random.default_rng(0).integers(0, len(columns), 10)], 100))
    return matches(motifs, fungi, threads=2)


def test_each_hidden_motif_is_found_at_its_place(found, fungi):
    best = found[found["rank"] == 1].set_index("filter")
    for filter, (name, (how, offset, orientation)) in enumerate(HIDDEN.items(), 1):
        row = best.loc[filter]
        known = next(one for one in fungi if one.name == name)
        assert (row["name"], row["known"]) == (name, known.motif.name)
        assert (row["offset"], row["orientation"]) == (offset, orientation)
        # RC of CBF1 (CACGTG) is nearly itself, so only the place of the overlap is sure
        assert row["overlap"] == len(known.motif.probabilities) - how.get("cut", 0)
        assert row["evalue"] < 1e-4
        assert row["evalue"] == pytest.approx(row["pvalue"] * len(fungi))
    assert best.loc[5, "evalue"] > 0.01


def test_the_aligned_columns_are_alike(found, fungi):
    """Offset and orientation by their definition: place i of the known lies on place offset + i of the filter's."""
    by_id = {known.motif.name: known for known in fungi}
    by_name = {known.name: known for known in fungi}
    for filter, (name, (how, *_)) in enumerate(HIDDEN.items(), 1):
        row = found[(found["filter"] == filter) & (found["rank"] == 1)].iloc[0]
        motif = disguised(by_name[name], filter, **how).probabilities
        known = by_id[row["known"]].motif
        known = (known.reverse_complement() if row["orientation"] == "-" else known).probabilities
        places = [i for i in range(len(known)) if 0 <= row["offset"] + i < len(motif)]
        assert len(places) == row["overlap"]
        np.testing.assert_allclose(motif[row["offset"] + np.array(places)], known[places], atol=0.03)


def test_matches_are_sorted_and_five_a_filter(found):
    assert tuple(found.columns) == annotate.COLUMNS
    for _, group in found.groupby("filter"):
        assert group["rank"].tolist() == list(range(1, len(group) + 1))
        assert len(group) <= 5
        assert group["covered"].min() >= 0.5
        assert group["pvalue"].is_monotonic_increasing


def test_the_table_names_filters_that_match(found):
    filters = pd.DataFrame({"filter": range(1, 8), "information": [9.0] * 5 + [np.nan] * 2})
    table = annotated(filters, found, 0.01)
    assert table["name"].tolist()[:4] == list(HIDDEN)
    assert (table["known"] == "").tolist() == [False] * 4 + [True] * 3
    row = share("m", "DanQ", table)
    assert (row["filters"], row["motifs"], row["annotated"]) == (7, 5, 4)
    assert row["published_share"] == pytest.approx(0.509375)
    assert np.isnan(share("m", "Other", table)["published_share"])


def test_expected_factors_are_found_by_matrix_or_by_family(found, fungi):
    table = recovered(["Reb1", "CBF1", "UME6", "PHO4", "Nobody"], fungi, found, 0.01).set_index("factor")
    assert table.loc["Reb1", ["by", "filter", "name", "rank"]].tolist() == ["matrix", 1, "REB1", 1]
    assert table.loc["CBF1", "filter"] == 2
    assert table.loc[["UME6", "Nobody"], "filter"].isna().all()
    family = {one.name: one.family for one in fungi}
    if family["PHO4"] == family["CBF1"]:  # both bind CACGTG
        assert not pd.isna(table.loc["PHO4", "filter"])
    assert annotate.is_family("bHLH-ZIP")
    assert not annotate.is_family("More than 3 adjacent zinc fingers")
    assert not annotate.is_family("")
    assert is_of("FOS::JUN", "jun")
    assert not is_of("JUNB", "jun")


def test_a_meme_file_takes_the_place_of_jaspar(fungi, found, tmp_path):
    write_meme(tmp_path / "k.meme", [one.motif for one in fungi], {one.motif.name: one.name for one in fungi})
    known = from_meme(tmp_path / "k.meme")
    assert [(one.motif.name, one.name) for one in known] == [(one.motif.name, one.name) for one in fungi]
    motifs = [disguised(known[7], 1)]
    assert matches(motifs, known)["known"][0] == known[7].motif.name
    with pytest.raises(UserError, match="3 known motifs are too few"):
        matches(motifs, known[:3])


def test_no_motif_makes_an_empty_table(fungi):
    table = matches([], fungi)
    assert len(table) == 0
    assert recovered(["REB1"], fungi, table, 0.01)["filter"].isna().all()
    assert annotated(pd.DataFrame({"filter": [1], "information": [np.nan]}), table, 0.01)["known"].tolist() == [""]


def test_random_motifs_are_seldom_named():
    """E is the number of matches by chance: 200 motifs of JASPAR's own columns, shuffled, give few below .01."""
    known = from_jaspar("JASPAR2024", ["fungi"])
    draw = np.random.default_rng(1)
    columns = np.concatenate([one.motif.probabilities for one in known])
    motifs = [Motif(f"filter_{i:03d}", columns[draw.integers(0, len(columns), 10)], 100) for i in range(1, 201)]
    found = matches(motifs, known)
    assert (found[found["rank"] == 1]["evalue"] < 0.01).mean() < 0.05


def test_a_filter_that_says_nothing_is_not_named():
    """Flat motifs lie well on the flat stretches of long matrices: at small p, but on little of their information."""
    known = from_jaspar("JASPAR2024", ["vertebrates"])
    draw = np.random.default_rng(2)
    noise = [Motif(f"filter_{i:03d}", draw.dirichlet([60.0] * 4, 20), 100) for i in range(1, 41)]
    noise.append(Motif("filter_041", np.full((8, 4), 0.25), 100))
    assert (annotate._tomtom(noise, known, 2)[0][:, 0] * len(known) < 0.01).mean() > 0.5  # by TOMTOM alone
    found = matches(noise, known)
    assert not (found["evalue"] < 0.01).any()


def test_covered_is_the_share_of_the_known_motifs_information():
    sure, flat = [1.0, 0, 0, 0], [0.25] * 4
    known = Motif("k", np.array([sure, flat, sure, sure]), 10)
    motif = Motif("m", np.array([sure] * 3), 10)
    assert annotate.covered(motif, known, 0) == pytest.approx(2 / 3)
    assert annotate.covered(motif, known, -1) == pytest.approx(2 / 3)
    assert annotate.covered(motif, known, 2) == pytest.approx(1 / 3)
    assert annotate.covered(motif, known, -4) == 0
    faint = Motif("f", np.array([[0.5, 0.5, 0, 0]] * 4), 10)  # a bit a place
    assert annotate.covered(faint, known, 0) == pytest.approx(4 / 6)
    assert annotate.covered(faint, known, 2) == pytest.approx(2 / 6)
    assert annotate.covered(faint, known, -2) == pytest.approx(2 / 6)


def test_more_threads_than_cpus_are_no_mistake(fungi):
    assert len(matches([disguised(fungi[0], 1)], fungi, threads=1000))


def test_known_motifs_need_not_have_families():
    one = Known(Motif("k", np.full((6, 4), 0.25), 10), "k")
    assert one.family == ""
