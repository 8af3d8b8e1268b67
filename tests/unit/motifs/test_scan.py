"""Sites found by the scan, compared with responses computed in plain NumPy."""

import platform

import numpy as np
import pytest
import toy_models

from danq.data import onehot
from danq.data.sources import PackedArray
from danq.data.windows import Windows
from danq.errors import UserError
from danq.models import registry
from danq.motifs import scan
from danq.motifs.scan import SITE, chosen_samples, scanned
from danq.runtime import checkpoint

THRESHOLD = 0.5


def by_hand(model, windows, samples):
    """Every filter's response to every sequence, by the definition of a convolution."""
    kernel, bias = model.get_layer("first_convolution").get_weights()
    n, width = len(windows), len(kernel)
    tensor = windows.onehot(samples % n, samples >= n)
    places = tensor.shape[1] - width + 1
    response = np.stack([np.tensordot(tensor[:, p : p + width], kernel, 2) + bias for p in range(places)], axis=1)
    return np.maximum(response, 0)


@pytest.fixture(scope="module")
def case(data, trained):
    model, _ = checkpoint.load(trained)
    windows = Windows(data / "test.h5")
    samples = chosen_samples(windows, windows.targets[:1], "both")
    return model, windows, samples, by_hand(model, windows, samples)


def test_samples_are_the_positive_windows_on_both_strands(case):
    _, windows, samples, _ = case
    positive = np.flatnonzero(windows.labels()[:, 0])
    assert samples.tolist() == positive.tolist() + (positive + len(windows)).tolist()
    assert chosen_samples(windows, [], "forward").tolist() == np.flatnonzero(windows.labels().any(axis=1)).tolist()


def expected(response, samples, places, threshold=THRESHOLD):
    """For each filter {(sample, place): activation}, by the definition of each way."""
    found = []
    for f in range(response.shape[2]):
        above = response[:, :, f] > threshold * response[:, :, f].max()
        if places == "best":
            above &= np.arange(response.shape[1]) == response[:, :, f].argmax(axis=1)[:, None]
        found.append({(samples[row], place): response[row, place, f] for row, place in np.argwhere(above)})
    return found


@pytest.mark.parametrize("places", scan.PLACES)
def test_sites_are_the_responses_above_the_threshold(case, places, tmp_path, monkeypatch):
    model, windows, samples, response = case
    monkeypatch.setattr(scan, "BATCH", 16)  # the highest activation rises from batch to batch
    monkeypatch.setattr(scan, "CHUNK", 20)
    with scanned(model, windows, samples, places, THRESHOLD, tmp_path) as sites:
        np.testing.assert_allclose(sites.highest, response.max(axis=(0, 1)), rtol=1e-4)
        for f, truth in enumerate(expected(response, samples, places)):
            found = np.concatenate([np.empty(0, SITE), *sites.of(f)])
            assert sites.count(f) == len(found)
            assert set(zip(found["sample"].tolist(), found["position"].tolist(), strict=True)) == set(truth)
            for one in found:
                assert one["activation"] == pytest.approx(truth[one["sample"], one["position"]], rel=1e-4)
            assert (np.diff(found["activation"]) <= 0).all()
        assert sites.edges[-1] > 100
    assert not list(tmp_path.iterdir())  # the temporary files are gone


def test_bases_of_a_site_are_those_of_its_window(case, tmp_path):
    model, windows, samples, _ = case
    with scanned(model, windows, samples, "all", THRESHOLD, tmp_path) as sites:
        found = next(sites.of(0))[:50]
        bases = np.unpackbits(sites.bases(found)[:, :, None], axis=2)[:, :, 4:]
    for one, site in zip(found, bases, strict=True):
        tensor = windows.onehot([one["sample"] % 150], np.array([one["sample"] >= 150]))[0]
        assert (tensor[one["position"] : one["position"] + 8] == site).all()


def test_a_filter_that_is_the_motif_finds_all_planted_sites(data, tmp_path):
    """The filter is GATTACA: its sites are the planted ones, on the right strand."""
    windows = Windows(data / "train.h5")
    model = registry.build("DanQ", 60, 3, filters=2, kernel=7, pool=6, lstm=2, dense=4)
    spelled = np.array([[base == letter for letter in "ACGT"] for base in "GATTACA"], np.float32)
    model.get_layer("first_convolution").set_weights([np.stack([spelled, -spelled], axis=2), np.array([-5.0, -1.0])])
    samples = chosen_samples(windows, windows.targets[:1], "both")
    with scanned(model, windows, samples, "best", 0.6, tmp_path / "new") as sites:  # of 7 - 5: all seven bases
        (found,) = sites.of(0)
        assert sites.count(1) == 0
        assert list(sites.of(1)) == []
    planted = windows.labels()[:, 0].sum()
    assert planted <= len(found) <= 1.05 * planted  # a few more occur by chance
    forward = found["sample"] < len(windows)
    assert (np.isin(found["position"][forward], range(20, 33))).mean() > 0.95


def test_too_many_sites_to_sort_are_read_in_chunks(case, tmp_path, monkeypatch):
    model, windows, samples, response = case
    monkeypatch.setattr(scan, "MOST_SORTED", 10)
    monkeypatch.setattr(scan, "CHUNK", 8)
    with scanned(model, windows, samples, "all", 0.1, tmp_path) as sites:
        many = int(np.diff(sites.edges).argmax())
        chunks = list(sites.of(many))
    assert {len(chunk) for chunk in chunks[:-1]} == {8}
    found = np.concatenate(chunks)
    assert len(found) == (response[:, :, many] > 0.1 * response[:, :, many].max()).sum()
    truth = expected(response, samples, "all", 0.1)[many]
    assert set(zip(found["sample"].tolist(), found["position"].tolist(), strict=True)) == set(truth)


def test_files_of_a_killed_scan_are_removed_by_the_next(case, tmp_path):
    model, windows, samples, _ = case
    left = tmp_path / f".tmp-{platform.node()}-999999-sites-of-filters"
    left.mkdir()
    (left / "found").write_bytes(b"x")
    with scanned(model, windows, samples[:20], "best", THRESHOLD, tmp_path):
        assert not left.exists()
    with pytest.raises(UserError, match="a file stands where a folder is needed"):
        (tmp_path / "file").touch()
        with scanned(model, windows, samples[:20], "best", THRESHOLD, tmp_path / "file"):
            pass


@pytest.mark.parametrize("length", [60, 61])
@pytest.mark.parametrize("places", scan.PLACES)
@pytest.mark.parametrize("activation", toy_models.ACTIVATIONS)
def test_sites_of_a_normalised_layer_are_read_after_its_activation(activation, places, length, tmp_path):
    """With batch normalisation, stride 2 and "same" padding; sites may extend beyond the sequence."""
    tensor = np.eye(5, 4, dtype=np.uint8)[np.random.default_rng(1).integers(0, 5, (80, length))]
    source = PackedArray(onehot.pack(tensor), length)
    model = toy_models.normalised_model(length, activation)
    samples = chosen_samples(source, None, "both")
    assert samples.tolist() == list(range(160))
    tensor = np.concatenate([tensor, tensor[:, ::-1, ::-1]])
    response = toy_models.first_outputs(model, tensor, activation)
    padded, left = toy_models.padded(tensor)
    starts = np.arange(response.shape[1]) * toy_models.STRIDE - left
    outside = 0
    with scanned(model, source, samples, places, THRESHOLD, tmp_path) as sites:
        np.testing.assert_allclose(sites.highest, np.maximum(response.max(axis=(0, 1)), 0), rtol=1e-4)
        for f in range(toy_models.FILTERS):
            truth = {}
            if response[:, :, f].max() > 0:
                at_output = expected(response[:, :, [f]], samples, places)[0]
                truth = {(sample, starts[p]): value for (sample, p), value in at_output.items()}
            found = np.concatenate([np.empty(0, SITE), *sites.of(f)])
            assert set(zip(found["sample"].tolist(), found["position"].tolist(), strict=True)) == set(truth)
            bases = np.unpackbits(sites.bases(found)[:, :, None], axis=2)[:, :, 4:]
            for one, site in zip(found, bases, strict=True):
                assert one["activation"] == pytest.approx(truth[one["sample"], one["position"]], rel=1e-4)
                begin = one["position"] + left
                assert (site == padded[one["sample"], begin : begin + toy_models.WIDTH]).all()
                outside += one["position"] < 0 or one["position"] + toy_models.WIDTH > length
        assert (sites.count(0) == 0) == (activation != "exponential")  # the input of its activation is negative
    assert outside > 5
