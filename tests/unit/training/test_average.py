"""The average of the weights, compared with NumPy and with the saved checkpoint."""

import keras
import numpy as np
import pytest
from toy_windows import SIZES

from danq.data.windows import Windows
from danq.errors import UserError
from danq.runtime import checkpoint
from danq.runtime.batches import Batches, on_packed
from danq.runtime.devices import feed
from danq.training import epochs
from danq.training.average import Average
from danq.training.objective import make_optimizer
from danq.training.recipe import Recipe
from danq.training.train import train


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_the_average_follows_its_formula_for_all_weights(precision):
    """A model with batch normalisation: 30 steps, of which the first count with less than the full decay."""
    keras.utils.set_random_seed(1)
    keras.config.set_dtype_policy(precision)
    try:
        layers = [keras.layers.Dense(3), keras.layers.BatchNormalization(), keras.layers.Dense(1, dtype="float32")]
        model = keras.Sequential([keras.Input((4,)), *layers])
        model.compile(make_optimizer(Recipe(learning_rate=0.05, ema=0.7), 10), "mse")
        model.optimizer.build(model.trainable_variables)
        average = Average(model, model.optimizer, 0.7)
        expected = model.get_weights()
        assert len(expected) == 8
        draw = np.random.default_rng(0)
        for step in range(30):
            x = draw.normal(0, 1, (8, 4)).astype(np.float32)
            model.train_on_batch(x, x[:, :1])
            decay = min(0.7, (1 + step) / (10 + step))
            now = model.get_weights()
            expected = [decay * old + (1 - decay) * new for old, new in zip(expected, now, strict=True)]
            for found, value in zip(average.get_weights(), expected, strict=True):
                np.testing.assert_allclose(found, value, rtol=1e-4, atol=1e-6)
    finally:
        keras.config.set_dtype_policy("float32")
    assert max(np.abs(a - b).max() for a, b in zip(average.get_weights(), now, strict=True)) > 0.01
    with average.in_model():
        for found, value in zip(model.get_weights(), average.get_weights(), strict=True):
            np.testing.assert_array_equal(found, value)
    for found, value in zip(model.get_weights(), now, strict=True):
        np.testing.assert_array_equal(found, value)


def test_the_average_is_validated_and_saved(data, tmp_path, monkeypatch):
    raw = []
    train_epoch = epochs.Epochs._train_epoch

    def keep_weights(self, progress):
        row = train_epoch(self, progress)
        raw.append(self.model.get_weights())
        return row

    monkeypatch.setattr(epochs.Epochs, "_train_epoch", keep_weights)
    settings = {"sizes": SIZES, "epochs": 3, "batch_size": 20, "learning_rate": 0.02, "shift": 3}
    history = train(data, Recipe(ema=0.97, **settings), tmp_path / "a.weights.h5")
    model, blueprint = checkpoint.load(tmp_path / "a.weights.h5")
    scorer = on_packed(model, blueprint.window)
    scorer.compile(loss="binary_crossentropy")
    best = int(history["val_loss"].idxmin())
    # the validation windows are not shifted
    loss = feed(scorer.evaluate, Batches(Windows(data / "valid.h5"), np.arange(200), 50))
    assert loss == pytest.approx(history["val_loss"].min(), rel=1e-4)
    assert max(np.abs(a - b).max() for a, b in zip(model.get_weights(), raw[best], strict=True)) > 0.001
    plain = train(
        data, Recipe(sizes=SIZES, epochs=3, batch_size=20, learning_rate=0.02, shift=3), tmp_path / "b.weights.h5"
    )
    np.testing.assert_allclose(history["loss"], plain["loss"], rtol=1e-5)  # the average does not change the steps


def test_batch_normalisation_on_jax_is_an_error(monkeypatch):
    model = keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization()])
    optimizer = make_optimizer(Recipe(ema=0.9), 10)
    optimizer.build(model.trainable_variables)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(UserError, match="ema of a model with batch normalisation needs the TensorFlow backend"):
        Average(model, optimizer, 0.9)
