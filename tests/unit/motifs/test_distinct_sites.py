"""Sites of overlapping windows, compared with a dictionary of places of the genome."""

import gzip

import numpy as np
import pandas as pd
import pytest
import toy_models

from danq.data import onehot
from danq.data.sources import PackedArray
from danq.data.targets import Target
from danq.data.windows import Windows, writing
from danq.models import registry
from danq.motifs import distinct_sites, matrices, scan
from danq.motifs.distinct_sites import SITE, distinct
from danq.motifs.find import find_motifs

LENGTH, STEP, WIDTH = 60, 13, toy_models.WIDTH


@pytest.fixture(scope="module")
def overlapping(tmp_path_factory):
    """Windows of 60 bp every 13 bp over two contigs, in a random order; each base is in four or five of them."""
    draw = np.random.default_rng(4)
    path = tmp_path_factory.mktemp("overlapping") / "test.h5"
    genome = draw.integers(0, 4, (2, 900))
    places = [(contig, start) for contig in (0, 1) for start in range(0, 900 - LENGTH, STEP)]
    contig, start = np.array(places)[draw.permutation(len(places))].T
    codes = np.stack([genome[c, s : s + LENGTH] for c, s in zip(contig, start, strict=True)])
    with writing(path, len(codes), LENGTH, [Target(1, "all", "TF")], contigs=["chrA", "chrB"]) as writer:
        labels = np.full((len(codes), 1), 128, np.uint8)
        writer.append(onehot.pack(np.eye(4, dtype=np.uint8)[codes]), labels, contig, start)
    return Windows(path), genome


def by_hand(model, windows, samples, places, threshold):
    """For each filter {(contig, start, strand): highest activation}, and the number of sites before merging."""
    n = len(windows)
    response = toy_models.first_outputs(model, windows.onehot(samples % n, samples >= n))
    _, left = toy_models.padded(windows.onehot(samples[:1] % n))
    contig, start = windows.places()
    best, total = [], []
    for f in range(response.shape[2]):
        above = response[:, :, f] > max(threshold * response[:, :, f].max(), 0)
        if places == "best":
            above &= np.arange(response.shape[1]) == response[:, :, f].argmax(axis=1)[:, None]
        found = {}
        for row, p in np.argwhere(above):
            window, position = samples[row] % n, p * toy_models.STRIDE - left
            reverse = samples[row] >= n
            begin = start[window] + (LENGTH - position - WIDTH if reverse else position)
            key = (contig[window], int(begin), "-" if reverse else "+")
            found[key] = max(found.get(key, 0), float(response[row, p, f]))
        best.append(found)
        total.append(int(above.sum()))
    return best, total


@pytest.mark.parametrize("most", [1 << 21, 40])  # in memory, and divided by hash
@pytest.mark.parametrize("places", scan.PLACES)
def test_each_place_counts_once_with_its_highest_activation(overlapping, places, most, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "MOST_SORTED", most)
    monkeypatch.setattr(distinct_sites, "CHUNK", 23)
    windows, _ = overlapping
    model = toy_models.normalised_model(LENGTH)
    samples = scan.chosen_samples(windows, None, "both")
    truth, total = by_hand(model, windows, samples, places, 0.5)
    contig, start = windows.places()
    with scan.scanned(model, windows, samples, places, 0.5, tmp_path) as sites:
        for f, known in enumerate(truth):
            found = np.concatenate([np.empty(0, SITE), *sites.of(f)])
            window, reverse = windows.strands(found["sample"])
            begin = start[window] + np.where(reverse, LENGTH - found["position"] - WIDTH, found["position"])
            ours = list(zip(contig[window], begin.tolist(), np.where(reverse, "-", "+").tolist(), strict=True))
            assert len(set(ours)) == len(ours) == sites.count(f)
            assert set(ours) == set(known)
            for place, activation in zip(ours, found["activation"], strict=True):
                assert activation == pytest.approx(known[place], rel=1e-4)
            assert sites.merged[f] == total[f] - len(known)
        assert sites.merged.sum() > 100
        assert (sites.path.stat().st_size) == sites.edges[-1] * SITE.itemsize
    assert not list(tmp_path.iterdir())


def test_a_motif_in_five_windows_is_one_site_on_each_strand(overlapping, tmp_path):
    """The filter is a sequence that the genome has once: one site, whatever the number of windows that show it."""
    windows, genome = overlapping
    text = genome[0, 400:412]
    model = registry.build("DanQ", LENGTH, 1, filters=1, kernel=12, pool=6, lstm=2, dense=4)
    kernel = np.eye(4)[text][:, :, None].astype(np.float32)
    model.get_layer("first_convolution").set_weights([kernel, np.array([-10.0])])
    samples = scan.chosen_samples(windows, None, "both")
    table = find_motifs(
        model, windows, samples, tmp_path, matrices.options("best", windows, samples, min_sites=1), "best", 0.6
    )
    assert table["sites"].tolist() == [1]
    shown = sum(
        start <= 400 and start + LENGTH >= 412 for c, start in zip(*windows.places(), strict=True) if c == "chrA"
    )
    assert table["merged"].tolist() == [shown - 1]
    assert shown >= 3
    sites = pd.read_csv(tmp_path / "instances.tsv.gz", sep="\t")
    assert sites[["contig", "start", "end", "strand"]].to_numpy().tolist() == [["chrA", 400, 412, "+"]]
    with gzip.open(tmp_path / "instances.bed.gz", "rt") as file:
        assert len(file.readlines()) == 1
    assert (tmp_path / "sites/filter_001.fa").read_text().count(">") == 1


def test_windows_without_places_count_each(overlapping, tmp_path):
    windows, _ = overlapping
    source = PackedArray(windows.packed(slice(None)), LENGTH)
    model, samples = toy_models.normalised_model(LENGTH), scan.chosen_samples(source, None, "both")
    _, total = by_hand(model, windows, samples, "best", 0.5)
    with scan.scanned(model, source, samples, "best", 0.5, tmp_path) as sites:
        assert [sites.count(f) for f in range(sites.n_filters)] == total
        assert (sites.merged == 0).all()


def test_the_strongest_site_of_a_place_is_kept_in_the_order_of_the_records():
    found = np.zeros(6, SITE)
    found["sample"], found["activation"] = [5, 4, 3, 2, 1, 0], [1, 3, 2, 3, 1, 1]
    kept = distinct(found, lambda records: np.array([7, 7, 7, 7, 9, 9])[5 - records["sample"]])
    assert kept["sample"].tolist() == [2, 0]  # of equal ones the first sample
