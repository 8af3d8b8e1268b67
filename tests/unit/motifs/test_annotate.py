"""Names of motifs: matrices of JASPAR, disguised, are recognised where and how they were hidden."""

import numpy as np
import pandas as pd
import pytest

from danq.data import onehot
from danq.data.sources import PackedArray
from danq.errors import UserError
from danq.motifs import annotate
from danq.motifs.activations import Activations
from danq.motifs.agreement import Seen, correlation
from danq.motifs.annotate import annotated, matches, recovered
from danq.motifs.compare_motifs import share
from danq.motifs.known import Known, from_file, from_jaspar
from danq.motifs.log_odds import best_scores
from danq.motifs.meme import Motif, write_meme


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
    assert tuple(found.columns) == annotate.MATCHES.columns
    for _, group in found.groupby("filter"):
        assert group["rank"].tolist() == list(range(1, len(group) + 1))
        assert len(group) <= 5
        assert group["pvalue"].is_monotonic_increasing


def test_the_table_names_filters_that_match(found):
    filters = pd.DataFrame({"filter": range(1, 8), "information": [9.0] * 5 + [np.nan] * 2})
    table = annotated(filters, found, 0.01)
    assert table["name"].tolist()[:4] == list(HIDDEN)
    assert (table["known"] == "").tolist() == [False] * 4 + [True] * 3
    noise = matches(annotate.shuffled([]), from_jaspar("JASPAR2024", ["fungi"]))
    row = share("m", "DanQ", table, annotate.control(found, noise, 0.01))
    assert (row["shuffled"], row["shuffled_agree"]) == (0, 0)
    assert np.isnan(row["agree"])  # no windows were given
    assert (row["filters"], row["motifs"], row["annotated"]) == (7, 5, 4)
    assert row["published_share"] == pytest.approx(0.509375)
    assert np.isnan(share("m", "Other", table, annotate.control(found, noise, 0.01))["published_share"])


def test_expected_factors_are_found_by_matrix_or_by_family(found, fungi):
    table = recovered(["Reb1", "CBF1", "UME6", "PHO4", "Nobody"], fungi, found, 0.01).set_index("factor")
    assert table.loc["Reb1", ["by", "filter", "name", "rank"]].tolist() == ["matrix", 1, "REB1", 1]
    assert table.loc["CBF1", "filter"] == 2
    assert table.loc[["UME6", "Nobody"], "filter"].isna().all()
    family = {one.name: one.family for one in fungi}
    if family["PHO4"] == family["CBF1"]:  # both bind CACGTG
        assert not pd.isna(table.loc["PHO4", "filter"])


def test_relatives_share_the_family_and_the_motif(fungi):
    family = {one.name: one.family for one in fungi}
    ids = {one.motif.name: one.name for one in fungi}
    assert family["REB1"] == family["RAP1"]
    of_reb1 = {ids[one] for one in annotate.relatives("REB1", fungi)}
    assert of_reb1 == {"REB1", "NSI1"}  # NSI1 binds like REB1
    assert annotate.relatives("Nobody", fungi) == set()


def test_a_meme_file_takes_the_place_of_jaspar(fungi, found, tmp_path):
    write_meme(tmp_path / "k.meme", [one.motif for one in fungi], {one.motif.name: one.name for one in fungi})
    known = from_file(tmp_path / "k.meme")
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


@pytest.fixture(scope="module")
def windows():
    """500 random windows of 100 bp; every fifth holds a REB1 site, every seventh an ABF1 site."""
    draw = np.random.default_rng(3)
    bases = draw.integers(0, 4, (500, 100))
    for step, site in ((5, "TTACCCGG"), (7, "CGTATATAGTGAT")):
        bases[::step, 20 : 20 + len(site)] = ["ACGT".index(base) for base in site]
    return PackedArray(onehot.pack(np.eye(4, dtype=np.uint8)[bases]), 100)


def seen_with(windows, motifs):
    """Filters whose activations are the best scores of these motifs."""
    index = np.arange(len(windows))
    return Seen(windows, Activations(index, best_scores(windows, index, motifs)))


def test_scores_equal_a_plain_loop(fungi, windows):
    index = np.array([0, 35, 3])
    motifs = [one.motif for one in fungi[:6]]
    found = best_scores(windows, index, motifs, (0.3, 0.2, 0.2, 0.3))
    for k, motif in enumerate(motifs):
        background, n = np.array([0.3, 0.2, 0.2, 0.3]), motif.sites
        scores = np.log2((n * motif.probabilities + np.sqrt(n) * background) / (n + np.sqrt(n)) / background)
        for i, window in enumerate(index):
            letters = windows.onehot([window])[0]
            both = [letters, letters[::-1, ::-1]]
            width = len(scores)
            sums = [(one[j : j + width] * scores).sum() for one in both for j in range(100 - width + 1)]
            assert found[i, k] == pytest.approx(max(sums), abs=1e-3)
    wide = Motif("wide", np.full((101, 4), 0.25), 1)
    assert np.isnan(best_scores(windows, index, [wide])).all()


def test_unknown_bases_score_zero():
    unknown = PackedArray(np.zeros((1, 10), np.uint8), 20)
    assert best_scores(unknown, np.array([0]), [Motif("m", np.eye(4), 1)])[0, 0] == 0


def test_agreement_tells_a_true_name_from_a_false_one(fungi, windows):
    """A filter that is a disguised REB1 agrees with REB1, and not with factors without sites in these windows."""
    by_name = {one.name: one for one in fungi}
    motif = disguised(by_name["REB1"], 1, left=3)
    found = matches([motif], fungi, seen=seen_with(windows, [motif]))
    assert found.loc[0, "name"] == "REB1"
    assert found.loc[0, "agreement"] > 0.9
    others = seen_with(windows, [motif]).agreements([1] * 3, [by_name[name] for name in ("ABF1", "RAP1", "MCM1")])
    assert (np.abs(others) < annotate.AGREES).all()


def test_a_name_that_the_filter_contradicts_is_not_recovered(fungi, windows):
    by_name = {one.name: one for one in fungi}
    motif = disguised(by_name["REB1"], 1)
    true, false = seen_with(windows, [motif]), seen_with(windows, [by_name["ABF1"].motif])
    assert recovered(["REB1"], fungi, matches([motif], fungi, seen=true), 0.01)["filter"].tolist() == [1]
    assert recovered(["REB1"], fungi, matches([motif], fungi, seen=false), 0.01)["filter"].isna().all()


def test_the_control_shuffles_columns_and_counts_names(fungi, windows):
    by_name = {one.name: one for one in fungi}
    motifs = [disguised(by_name[name], i) for i, name in enumerate(HIDDEN, 1)]
    mixed = annotate.shuffled(motifs)
    for one, other in zip(motifs, mixed, strict=True):
        assert sorted(one.probabilities.tolist()) == sorted(other.probabilities.tolist())
        assert not np.array_equal(one.probabilities, other.probabilities)
    seen = seen_with(windows, motifs)
    table = annotate.control(matches(motifs, fungi, seen=seen), matches(mixed, fungi, seen=seen), 0.01)
    assert table.iloc[0].tolist() == [4, 4, 4, 0, 0]


def test_correlation_equals_numpy():
    a, b = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)
    assert correlation(a, b) == pytest.approx(np.corrcoef(a, b)[0, 1], abs=1e-6)
    assert np.isnan(correlation(a, np.ones(50)))


def test_more_threads_than_cpus_are_no_mistake(fungi):
    assert len(matches([disguised(fungi[0], 1)], fungi, threads=1000))


def test_known_motifs_need_not_have_families():
    one = Known(Motif("k", np.full((6, 4), 0.25), 10), "k")
    assert one.family == ""
