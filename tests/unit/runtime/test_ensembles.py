"""Several checkpoints as one model, compared with each of them."""

import gc
import weakref

import numpy as np
import pytest

from danq.data.sources import PackedArray
from danq.data.targets import Target
from danq.data.windows import Windows
from danq.errors import UserError
from danq.runtime import checkpoint
from danq.runtime.ensembles import Ensemble


@pytest.fixture
def other(trained, tmp_path):
    """A checkpoint of the same targets with other weights."""
    model, blueprint = checkpoint.load(trained)
    draw = np.random.default_rng(1)
    model.set_weights([weight + draw.normal(0, 0.1, weight.shape) for weight in model.get_weights()])
    checkpoint.save(tmp_path / "other.weights.h5", model, blueprint)
    return tmp_path / "other.weights.h5"


def predicted(ensemble, source, method="means"):
    return np.concatenate([values for _, values in getattr(ensemble, method)(source)])


@pytest.mark.parametrize("strands", ["both", "forward"])
def test_the_mean_is_that_of_the_checkpoints(data, trained, other, strands):
    windows = Windows(data / "test.h5")
    alone = [predicted(Ensemble([path], strands), windows) for path in (trained, other)]
    both = Ensemble([trained, other], strands)
    assert abs(alone[0] - alone[1]).max() > 0.01
    np.testing.assert_allclose(predicted(both, windows), np.mean(alone, axis=0), atol=1e-6)
    np.testing.assert_allclose(predicted(both, windows, "members"), np.stack(alone, axis=1), atol=1e-6)


def test_checkpoints_of_another_window_length_or_other_targets_do_not_mix(trained, tmp_path):
    _, blueprint = checkpoint.load(trained)
    for name, window, targets in (("long", 62, blueprint.targets), ("few", 60, [Target(1, "x", "TF")])):
        changed = checkpoint.Blueprint(blueprint.architecture, blueprint.sizes, window, targets)
        checkpoint.save(tmp_path / f"{name}.weights.h5", changed.build(), changed)
    with pytest.raises(UserError, match=r"windows of 60 bp, .*long.weights.h5 of 62 bp"):
        Ensemble([trained, tmp_path / "long.weights.h5"])
    with pytest.raises(UserError, match=r"few.weights.h5 were trained for different targets"):
        Ensemble([trained, tmp_path / "few.weights.h5"])


def test_a_source_of_another_length_does_not_fit(trained):
    with pytest.raises(UserError, match="windows of 60 bp, 5 sequences in memory holds windows of 62 bp"):
        next(Ensemble([trained]).means(PackedArray(np.zeros((5, 31), np.uint8), 62)))


def test_a_source_is_freed_after_its_prediction(trained):
    source = PackedArray(np.zeros((5, 30), np.uint8), 60)
    seen = weakref.ref(source)
    list(Ensemble([trained]).means(source))
    del source
    gc.collect()
    assert seen() is None
