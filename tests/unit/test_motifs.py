import gzip

import numpy as np
import pandas as pd
import pytest
from Bio import motifs as bio_motifs
from hypothesis import given
from hypothesis import strategies as st

from danq import checkpoint, models, motifs
from danq.meme import Motif, read_meme, write_meme
from danq.motifs import chosen_samples, count_matrices, find_instances, make_motifs, write_instances
from danq.windows import Windows

THRESHOLD = 0.5


@pytest.fixture(scope="module")
def found(data, trained):
    model, _ = checkpoint.load(trained)
    windows = Windows(data / "test.h5")
    samples = chosen_samples(windows, windows.targets[:1], "both")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(motifs, "CHUNK", 37)  # several chunks
        return model, windows, samples, find_instances(model, windows, samples, THRESHOLD)


def by_hand(model, windows, samples):
    """Every filter's response to every sequence by the definition of a convolution."""
    kernel, bias = model.get_layer("first_convolution").get_weights()
    n, width = len(windows), len(kernel)
    tensor = windows.onehot(samples % n, samples >= n)
    places = tensor.shape[1] - width + 1
    response = np.stack([np.tensordot(tensor[:, p : p + width], kernel, 2) + bias for p in range(places)], axis=1)
    return np.maximum(response, 0)


def test_samples_are_the_windows_with_a_chosen_target_on_both_strands(found):
    _, windows, samples, _ = found
    positive = np.flatnonzero(windows.labels()[:, 0])
    assert samples.tolist() == positive.tolist() + (positive + len(windows)).tolist()
    assert chosen_samples(windows, [], "forward").tolist() == np.flatnonzero(windows.labels().any(axis=1)).tolist()


def test_instances_are_the_highest_responses_above_the_threshold(found):
    model, windows, samples, instances = found
    response = by_hand(model, windows, samples)
    expected = {}
    for f in range(response.shape[2]):
        highest = response[:, :, f].max()
        for row, sample in enumerate(samples):
            place = response[row, :, f].argmax()
            if response[row, place, f] > THRESHOLD * highest:
                expected[f, sample] = (place, response[row, place, f])
    keys = list(zip(instances.filter.tolist(), instances.sample.tolist(), strict=True))
    assert set(keys) == set(expected)
    assert len(keys) == len(expected) > 100
    for key, place, activation in zip(keys, instances.position, instances.activation, strict=True):
        assert activation == pytest.approx(expected[key][1], rel=1e-4)
        assert place == expected[key][0]


def test_counts_stack_the_sites(found):
    _, windows, _, instances = found
    counts = count_matrices(instances, 8)
    by_hand = np.zeros((8, 8, 4), int)
    tensor = {s: windows.onehot([s % 150], np.array([s >= 150]))[0] for s in set(instances.sample.tolist())}
    for f, sample, place in zip(instances.filter, instances.sample, instances.position, strict=True):
        by_hand[f] += tensor[sample][place : place + 8].astype(int)
    assert (counts == by_hand).all()


def test_a_filter_that_spells_the_site_finds_it_everywhere(data):
    """GATTACA as a filter: its sites are all planted ones, on the strand where they stand."""
    windows = Windows(data / "train.h5")
    model = models.build("DanQ", 60, 3, filters=2, kernel=7, pool=6, lstm=2, dense=4)
    spelled = np.array([[base == letter for letter in "ACGT"] for base in "GATTACA"], np.float32)
    model.get_layer("first_convolution").set_weights([np.stack([spelled, -spelled], axis=2), np.array([-5.0, -1.0])])
    samples = chosen_samples(windows, windows.targets[:1], "both")
    instances = find_instances(model, windows, samples, 0.6)  # of 7 - 5: all seven letters
    made, table = make_motifs(instances, 2)
    assert [motif.consensus for motif in made] == ["GATTACA"]
    assert made[0].information == pytest.approx(14)
    assert table["note"].tolist() == ["", "dead: never active"]
    planted = windows.labels()[:, 0].sum()
    assert planted <= table["sites"][0] <= 1.05 * planted  # a few more stand there by chance
    forward = instances.sample < len(windows)
    assert (np.isin(instances.position[forward], range(20, 33))).mean() > 0.95


def test_the_instance_table_points_into_the_genome(found, tmp_path):
    _, windows, _, instances = found
    write_instances(tmp_path / "i.tsv.gz", instances, windows)
    with gzip.open(tmp_path / "i.tsv.gz", "rt") as file:
        table = pd.read_csv(file, sep="\t")
    assert tuple(table.columns) == motifs.COLUMNS
    assert len(table) == len(instances.filter)
    names, starts = windows.places()
    complement = str.maketrans("ACGT", "TGCA")
    from danq import onehot

    for row in table.sample(60, random_state=1).itertuples():
        forward = onehot.text(windows.packed([row.window]), 60)[0]
        assert row.contig == names[row.window]
        site = forward[row.start - starts[row.window] : row.end - starts[row.window]]
        assert row.sequence == (site if row.strand == "+" else site[::-1].translate(complement))
    for _, group in table.groupby("filter"):
        assert group["activation"].is_monotonic_decreasing


def test_a_dead_filter_is_named(found):
    *_, instances = found
    chosen = instances.filter != 2
    silent = motifs.Instances(*(getattr(instances, name)[chosen] for name in motifs.Instances.__dataclass_fields__))
    made, table = make_motifs(silent, 8)
    assert table["note"][2] == "dead: never active"
    assert "filter_003" not in [motif.name for motif in made]


def test_meme_files_open_in_biopython_and_come_back(found, tmp_path):
    *_, instances = found
    made, _ = make_motifs(instances, 8)
    write_meme(tmp_path / "m.meme", made)
    with (tmp_path / "m.meme").open() as file:
        theirs = bio_motifs.parse(file, "minimal")
    ours = read_meme(tmp_path / "m.meme")
    assert [m.name for m in theirs] == [m.name for m in ours] == [m.name for m in made]
    for first, second, third in zip(theirs, ours, made, strict=True):
        assert second.sites == third.sites
        np.testing.assert_allclose(second.probabilities, third.probabilities, atol=1e-6)
        for i, base in enumerate("ACGT"):
            np.testing.assert_allclose(np.array(first.pwm[base]), third.probabilities[:, i], atol=1e-4)


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=1, max_size=12))
def test_information_is_the_relative_entropy_to_uniform(counts):
    motif = Motif.from_counts("m", np.array(counts))
    expected = 0.0
    for row in counts:
        total = sum(row)
        expected += sum(c / total * np.log2(c / total / 0.25) for c in row if c) if total else 0
    assert motif.information == pytest.approx(expected, abs=1e-9)
    assert len(motif.consensus) == len(counts)
    back = motif.reverse_complement().reverse_complement()
    assert (back.probabilities == motif.probabilities).all()


def test_consensus_takes_the_fewest_bases_that_make_three_quarters():
    counts = [[9, 0, 0, 0], [5, 0, 4, 0], [1, 4, 1, 4], [3, 3, 3, 0], [1, 1, 1, 1], [8, 1, 1, 0]]
    assert Motif.from_counts("m", np.array(counts)).consensus == "ARYVVA"
