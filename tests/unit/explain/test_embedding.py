"""Inserted motifs, compared with one-hot tensors made by hand, and with models whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from project import SCRIPTS, error_of, run_here
from scipy import stats
from toy_models import HandMade, linear_model, word_model
from toy_windows import SITE, TARGETS

from danq.data import onehot
from danq.errors import UserError
from danq.explain import embedding, inserts
from danq.explain.embedded import Embedded, Placement
from danq.explain.embedding import Laboratory
from danq.explain.embedding_tables import EFFECTS, PAIRS
from danq.motifs.known import Known
from danq.motifs.meme import Motif

WORD = "GATTACA"


def random_nibbles(shape, seed=0):
    return np.array([8, 4, 2, 1], np.uint8)[np.random.default_rng(seed).integers(0, 4, shape)]


def text_of(nibbles):
    return onehot.text(onehot.pack_nibbles(nibbles), nibbles.shape[1])


def string(word):
    [insert] = inserts.chosen([word], [])
    return insert


def known(name, *rows, factor=None):
    return Known(Motif(name, np.array(rows, float), 20), factor or name)


@pytest.mark.parametrize("length", [20, 21])
def test_each_background_has_its_inserts_and_nothing_else_changes(length):
    backgrounds = random_nibbles((5, length))
    own, other = random_nibbles((5, 4), 1), np.tile(np.array([[8, 0, 1]], np.uint8), (5, 1))
    designs = [(), (Placement(own, 3),), (Placement(own, 0), Placement(other, length - 3))]
    source = Embedded(backgrounds, designs)
    texts, expected = text_of(backgrounds), []
    inserted = text_of(own)
    expected += texts
    expected += [text[:3] + one + text[7:] for text, one in zip(texts, inserted, strict=True)]
    expected += [one + text[4:-3] + "A" + text[-2] + "T" for text, one in zip(texts, inserted, strict=True)]
    assert onehot.text(source.packed(slice(0, len(source))), length) == expected
    some = np.random.default_rng(2).permutation(15)[:7]
    assert onehot.text(source.packed(some), length) == [expected[i] for i in some]


def test_an_insert_lies_within_the_backgrounds():
    with pytest.raises(ValueError, match="an insert at 18 is not within sequences of 20 bp"):
        Embedded(random_nibbles((2, 20)), [(Placement(random_nibbles((2, 3)), 18),)])


def test_samples_have_the_probabilities_of_the_motif():
    rows = np.array([[0.7, 0.1, 0.1, 0.1], [0, 0.5, 0, 0.5], [0, 0, 0, 0], [0, 0, 1, 0]])
    insert = inserts.Insert("m", rows)
    assert insert.consensus == "ACNG"
    assert text_of(insert.bases(2)) == ["ACNG", "ACNG"]
    sampled = insert.bases(20_000, np.random.default_rng(0))
    shares = np.stack([(sampled == nibble).mean(axis=0) for nibble in (8, 4, 2, 1)], axis=1)
    np.testing.assert_allclose(shares, rows, atol=0.02)
    assert text_of(inserts.reverse_complement(insert.bases(1))) == ["CNGT"]


def test_words_are_known_motifs_or_strings():
    some = [
        known("MA1.1", *[[1, 0, 0, 0]] * 3, factor="CTCF"),
        known("MA1.2", *[[0, 1, 0, 0]] * 3, factor="CTCF"),
        known("X1", *[[0, 0, 1, 0]] * 3, factor="ACT"),
    ]
    found = inserts.chosen(["ctcf", "MA1.2", "ACT", "GNT", "site=GATTACA"], some)
    assert [(one.name, one.consensus) for one in found] == [
        *(("ctcf", "AAA"), ("MA1.2", "CCC"), ("ACT", "GGG")),
        *(("GNT", "GNT"), ("site", "GATTACA")),
    ]
    for word, message in {
        "REST": "REST: neither a known motif nor",
        "x=NN": "x: neither",
        "=AC": "AC: neither",
    }.items():
        with pytest.raises(UserError, match=message):
            inserts.chosen([word], some)
    with pytest.raises(UserError, match="GNT: two inserts have this name"):
        inserts.chosen(["GNT", "GNT"], some)
    pairs = [(one.name, other.name) for one, other in inserts.chosen_pairs(["GNT:ctcf", "all"], found[:1] + found[3:4])]
    assert pairs == [("GNT", "ctcf"), ("ctcf", "ctcf"), ("ctcf", "GNT"), ("GNT", "GNT")]
    with pytest.raises(UserError, match="GNT:no: not a pair of inserts"):
        inserts.chosen_pairs(["GNT:no"], found)


def test_effects_on_a_linear_model_are_sums_of_its_weights():
    """Without interactions between positions, that of a pair is 0 everywhere."""
    length, n = 40, 6
    weights = np.random.default_rng(1).normal(0, 0.3, (length, 4, 2))
    model, backgrounds = HandMade(linear_model(weights)), random_nibbles((n, length))
    laboratory = Laboratory(model, backgrounds, model.targets)
    table = embedding.alone(laboratory, [string("ACGGT")])
    assert list(table) == list(EFFECTS.columns)

    tensors = onehot.unpack(onehot.pack_nibbles(backgrounds), length)
    changed = tensors.copy()
    changed[:, 17:22] = np.eye(4)[[0, 1, 2, 2, 3]]
    difference = np.einsum("nlb,lbt->nt", changed.astype(float) - tensors, weights)
    np.testing.assert_allclose(table["effect"], difference.mean(axis=0), atol=1e-5)
    assert (table["excess"] == table["effect"] - table["control"]).all()
    half = 2.570582 * difference.std(axis=0, ddof=1) / np.sqrt(n)  # Student's t with 5 degrees of freedom
    np.testing.assert_allclose(table["high"] - table["effect"], half, rtol=1e-4)

    pairs = list(embedding.in_pairs(laboratory, [(string("ACGGT"), string("TTC"))], range(0, 30)))
    places = [(row.side, row.gap) for part in pairs[1:] for row in part[part["index"] == 1].itertuples()]
    assert places == [("right", gap) for gap in range(16)] * 2 + [("left", gap) for gap in range(15)] * 2
    assert max(part["interaction"].abs().max() for part in pairs[1:]) < 1e-4
    row = pairs[1 + 3].iloc[1]  # right, +, a gap of 3
    changed[:, 25:28] = np.eye(4)[[3, 3, 1]]
    both = np.einsum("nlb,lbt->nt", changed.astype(float) - tensors, weights).mean(axis=0)
    assert (row["side"], row["strand"], row["gap"], row["target"]) == ("right", "+", 3, "T2")
    assert row["effect"] == pytest.approx(both[1], abs=1e-5)
    assert row["first_alone"] + row["second_alone"] == pytest.approx(both[1], abs=1e-5)


def test_a_planted_spacing_is_found():
    """The model wants GATTACA and CCAGA five bases apart; the interaction is highest there."""
    model = HandMade(word_model(60, "GATTACANNNNNCCAGA", 2.0, -14.0))
    laboratory = Laboratory(model, random_nibbles((20, 60)), model.targets)
    _, *parts = embedding.in_pairs(laboratory, [(string(WORD), string("CCAGA"))], range(0, 12))
    table = pd.concat(parts, ignore_index=True)
    assert list(table) == list(PAIRS.columns)
    best = table.loc[table["interaction"].idxmax()]
    assert (best["side"], best["gap"], best["strand"]) == ("right", 5, "+")
    assert best["low"] > 1
    others = table.drop(index=best.name)
    assert others["interaction"].max() < best["interaction"] - 2


def test_the_control_has_the_same_bases_in_another_order():
    """GATTACA and its shuffles in a model that reads it: the excess is the effect, and a paired t-test says so."""
    model = HandMade(word_model(60, WORD, 2.0, -6.0))
    laboratory = Laboratory(model, random_nibbles((20, 60)), model.targets)
    row = embedding.alone(laboratory, [string(WORD)]).iloc[0]
    assert row["effect"] > 3
    assert row["control"] < 0.4 * row["effect"]
    assert row["pvalue"] < 1e-6
    seen = []
    changes = laboratory.changes

    def recorded(designs, progress=None):
        for found in changes(designs, progress):
            seen.append(found)
            yield found

    laboratory.changes = recorded
    row = embedding.alone(laboratory, [string("CCCCAAA")]).iloc[0]  # not what the model reads
    change, control = (values[:, 0] for values in seen)
    assert row["excess"] == pytest.approx((change - control).mean())
    assert row["pvalue"] == pytest.approx(stats.ttest_rel(change, control).pvalue)


def test_the_programs_write_and_draw_effects_of_a_trained_model(data, trained, tmp_path):
    """The site that the model has learned raises its target most, and another string does not."""
    words = ["-d", data, "-c", trained, "-i", f"own={SITE}", "other=CCGTTGC", "--backgrounds", 40]
    done = run_here(
        SCRIPTS / "embed.py",
        *words,
        *("--pairs", "own:other", "--max-gap", 8, "--step", 4, "-o", "effects.tsv"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    table = EFFECTS.read(tmp_path / "effects.tsv")
    own = table[table["insert"] == "own"].set_index("target")
    assert own.loc["site", "low"] > 2
    assert own["effect"].idxmax() == "site"
    assert table[table["insert"] == "other"].set_index("target").loc["site", "effect"] < 0.5
    assert len(PAIRS.read(tmp_path / "effects.pairs.tsv")) == 3 * 4 * len(TARGETS)
    for name, table in (("effects", ["effects.tsv"]), ("pairs", ["--pairs", "effects.pairs.tsv"])):
        done = run_here(SCRIPTS / "draw_embedding.py", *table, "-o", f"{name}.png", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert imread(tmp_path / f"{name}.png").std() > 0.01
    message = error_of("draw_embedding", "-o", "none.png", folder=tmp_path)
    assert message.endswith("give a table of effects, or --pairs with a table of pairs")
    message = error_of("embed", *words, "--backgrounds", 1, folder=tmp_path)
    assert message.endswith("--backgrounds must be at least 2, not 1")
