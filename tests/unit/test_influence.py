"""What predictions lose without a filter, against the model with that filter rewired by hand."""

import keras
import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist

from danq import checkpoint, heatmap, models
from danq.influence import influence, sampled, table_of
from danq.windows import Windows


@pytest.fixture(scope="module")
def case(data, trained):
    model, _ = checkpoint.load(trained)
    windows = Windows(data / "test.h5")
    return model, windows, sampled(windows, 60)


def test_windows_are_shared_out_among_targets(case):
    _, windows, samples = case
    assert len(samples) == 60
    assert (np.diff(samples) > 0).all()
    positives = windows.labels(samples).sum(axis=0)
    assert positives[:2].min() >= 30  # each of the two targets has its turn
    assert positives[2] == 0
    assert len(sampled(windows, 10_000)) == windows.labels().any(axis=1).sum()


@pytest.mark.parametrize("architecture", ["DanQ", "DeepSEA"])
def test_a_held_filter_is_one_that_gives_its_mean_everywhere(case, architecture):
    """A filter of zero weights and its mean as bias puts out that mean at every place."""
    model, windows, samples = case
    if architecture == "DeepSEA":
        sizes = {"filters": 6, "filters2": 5, "filters3": 5, "kernel": 6, "kernel2": 3, "kernel3": 2, "dense": 7}
        keras.utils.set_random_seed(0)
        model = models.build("DeepSEA", 60, 3, pool=2, pool2=2, **sizes)
    lost = influence(model, windows, samples)
    layer = model.get_layer("first_convolution")
    kernel, bias = layer.get_weights()
    inputs, labels = windows.onehot(samples), windows.labels(samples).astype(bool)
    means = np.mean(keras.Model(model.inputs, layer.output).predict(inputs, verbose=0), axis=(0, 1))
    whole = model.predict(inputs, verbose=0)
    try:
        for f in range(kernel.shape[2]):
            without, constant = kernel.copy(), bias.copy()
            without[:, :, f], constant[f] = 0, means[f]
            layer.set_weights([without, constant])
            change = whole - model.predict(inputs, verbose=0)
            for t in (0, 1):
                assert lost[f, t] == pytest.approx(change[labels[:, t], t].mean(), abs=1e-5)
    finally:
        layer.set_weights([kernel, bias])
    assert np.isnan(lost[:, 2]).all()  # nobody is positive
    assert np.abs(lost[:, 0]).max() > 1e-3 or architecture == "DeepSEA"


def test_the_table_is_headed_by_number_and_title(case):
    _, windows, _ = case
    table = table_of(np.array([[0.3, -0.4, np.nan], [0, 0, np.nan]]), windows.targets)
    assert table.columns.tolist() == ["filter", "1 site", "2 composition", "3 never"]
    assert table["2 composition"].tolist() == [-0.4, 0]


def test_the_heat_map_is_in_the_order_of_a_clustering():
    draw = np.random.default_rng(0)
    centres = np.repeat(np.eye(4), 5, axis=0)
    values = (centres + draw.normal(0, 0.05, (20, 4)))[draw.permutation(20)]
    order = heatmap.clustered(values)
    assert sorted(order) == list(range(20))
    groups = values[order].argmax(axis=1)
    assert (np.diff(groups) != 0).sum() == 3  # each cluster stands together
    zeros = np.concatenate([values, np.zeros((2, 4))])
    assert set(heatmap.clustered(zeros)[-2:]) == {20, 21}
    assert cophenet(linkage(pdist(values, "cosine"), "average")).max() > 0


def test_the_heat_map_names_what_it_shows(tmp_path):
    draw = np.random.default_rng(0)
    table = pd.DataFrame(draw.normal(0, 0.1, (12, 5)), columns=[f"{i} T{i}" for i in range(1, 6)])
    table["4 T4"] = np.nan
    table.insert(0, "filter", range(1, 13))
    figure = heatmap.influence(table, pd.Series({3: "CTCF", 4: np.nan}), "danq")
    axes = figure.axes[0]
    assert len(axes.get_yticklabels()) == 12
    assert "CTCF  3" in [label.get_text() for label in axes.get_yticklabels()]
    assert sorted(label.get_text() for label in axes.get_xticklabels()) == ["1 T1", "2 T2", "3 T3", "5 T5"]
    low, high = axes.images[0].get_clim()
    assert low == -high
    big = pd.DataFrame(draw.normal(0, 0.1, (320, 919)), columns=[f"{i} T" for i in range(919)])
    big.insert(0, "filter", range(1, 321))
    heatmap.influence(big).savefig(tmp_path / "big.png", dpi=50)
    nothing = table.assign(**dict.fromkeys(table.columns[1:], 0.0))
    assert "no filter" in heatmap.influence(nothing).texts[0].get_text()
