"""AdamW, warm-up and clipping, each compared with its formula in NumPy."""

import keras
import numpy as np
import pytest

from danq.errors import UserError
from danq.training.objective import make_optimizer
from danq.training.recipe import Recipe


def steps(recipe, gradients, start, steps_per_epoch=10):
    """The weights after each step: one matrix and one bias, in one vector."""
    weights = [keras.Variable(np.array(start[:4]).reshape(2, 2)), keras.Variable(np.array(start[4:]))]
    optimizer = make_optimizer(recipe, steps_per_epoch, weights)
    optimizer.build(weights)
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(part) for part in (gradient[:4].reshape(2, 2), gradient[4:])])
        yield np.concatenate([keras.ops.convert_to_numpy(weight).ravel() for weight in weights])


def test_adamw_follows_its_formula_and_spares_biases():
    """Loshchilov & Hutter 2019, algorithm 2, with epsilon added to the uncorrected root as in Keras's Adam."""
    recipe = Recipe(optimizer="adamw", learning_rate=0.05, weight_decay=0.3, epsilon=1e-6, schedule="cosine", epochs=10)
    gradients = np.random.default_rng(0).normal(0, 1, (100, 6)).astype(np.float32)
    start = np.array([1, -2, 3, -4, 5, -6], np.float32)
    w, m, v = start.astype(float), np.zeros(6), np.zeros(6)
    decays = np.array([1, 1, 1, 1, 0, 0])
    for t, (found, g) in enumerate(zip(steps(recipe, gradients, start), gradients.astype(float), strict=True), 1):
        rate = 0.05 * (1 + np.cos(np.pi * (t - 1) / 100)) / 2
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w * (1 - rate * 0.3 * decays)
        w = w - rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-6)
        np.testing.assert_allclose(found, w, rtol=1e-4, atol=1e-5)


def test_without_decay_adamw_is_adam():
    gradients = np.random.default_rng(1).normal(0, 1, (20, 6)).astype(np.float32)
    start = np.arange(6, dtype=np.float32)
    adam, adamw = (list(steps(Recipe(optimizer=name), gradients, start))[-1] for name in ("adam", "adamw"))
    np.testing.assert_array_equal(adam, adamw)


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_the_fused_step_is_that_of_keras(compiled):
    """Adam of Keras, over 200 steps, also when XLA compiles the step; 1 - .999 in float32 is 1.3e-5 too small."""
    import tensorflow as tf

    gradients = np.random.default_rng(2).normal(0, [1e-4, 1, 1e4], (200, 5, 3)).astype(np.float32)
    pair = make_optimizer(Recipe(learning_rate=0.01, epsilon=1e-5), 10), keras.optimizers.Adam(0.01, epsilon=1e-5)
    assert type(pair[0]).update_step is not type(pair[1]).update_step
    weights = [keras.Variable(np.ones((5, 3), np.float32)) for _ in pair]
    for optimizer, weight in zip(pair, weights, strict=True):
        optimizer.build([weight])
        step = tf.function(lambda g, optimizer=optimizer: optimizer.apply([g]), jit_compile=True)
        for gradient in gradients:
            (step if compiled else lambda g, optimizer=optimizer: optimizer.apply([g]))(tf.constant(gradient))
    np.testing.assert_allclose(*(keras.ops.convert_to_numpy(weight) for weight in weights), rtol=1e-5)
    for slots in zip(*(optimizer.variables for optimizer in pair), strict=True):
        np.testing.assert_allclose(*(keras.ops.convert_to_numpy(slot) for slot in slots), rtol=2e-5)


def test_adamw_decays_the_kernels_of_layers_only():
    """Without gradients, only the decay changes a weight; the biases of attention have two dimensions."""
    layers = [keras.layers.Conv1D(4, 3), keras.layers.BatchNormalization()]
    attention = keras.layers.MultiHeadAttention(2, 3, name="attention")
    window = keras.Input((10, 4))
    x = layers[1](layers[0](window))
    model = keras.Model(window, attention(x, x))
    weights = model.trainable_variables
    for weight in weights:
        weight.assign(np.ones(weight.shape))
    recipe = Recipe(optimizer="adamw", learning_rate=0.1, weight_decay=0.5)
    optimizer = make_optimizer(recipe, 10, weights)
    optimizer.build(weights)
    optimizer.apply([keras.ops.zeros(weight.shape) for weight in weights])
    expected = [0.95 if weight.name == "kernel" else 1 for weight in weights]
    assert expected.count(0.95) == 5
    assert len(expected) == 12
    for weight, value in zip(weights, expected, strict=True):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), value, rtol=1e-6, err_msg=weight.path)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "inverse"])
def test_the_rate_rises_linearly_and_then_follows_the_schedule(schedule):
    """Four epochs of 10 steps, of which 1.5 warm up."""
    recipe = Recipe(warm_up=1.5, learning_rate=0.2, epochs=4, schedule=schedule, decay=0.1)
    rate = make_optimizer(recipe, 10)._learning_rate
    later = {
        "constant": lambda step: 0.2,
        "cosine": lambda step: 0.1 * (1 + np.cos(np.pi * step / 25)),
        "inverse": lambda step: 0.2 / (1 + 0.1 * step),
    }[schedule]
    expected = [0.2 * (step + 1) / 15 if step < 15 else later(step - 15) for step in range(40)]
    np.testing.assert_allclose([float(rate(step)) for step in range(40)], expected, rtol=1e-5, atol=1e-8)


def test_the_first_steps_have_the_rising_rate():
    recipe = Recipe(optimizer="sgd", momentum=0, learning_rate=1.0, warm_up=0.4)
    found = np.stack(list(steps(recipe, np.ones((6, 6), np.float32), np.zeros(6, np.float32))))
    np.testing.assert_allclose(found[:, 0], -np.cumsum([0.25, 0.5, 0.75, 1, 1, 1]), rtol=1e-6)


def test_a_long_gradient_is_shortened_to_the_limit_and_a_short_one_stays():
    recipe = Recipe(optimizer="sgd", momentum=0, learning_rate=1.0, clip=2.0)
    gradients = np.array([[3, 0, 0, 0, 0, 4], [0.5, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]], np.float32)
    found = np.stack(list(steps(recipe, gradients, np.zeros(6, np.float32))))
    taken = -np.diff(found, axis=0, prepend=0)
    np.testing.assert_allclose(taken[0], gradients[0] * 2 / 5, rtol=1e-6)  # its norm is 5
    np.testing.assert_allclose(taken[1:], gradients[1:], rtol=1e-6)


def test_options_that_exclude_each_other_are_an_error():
    with pytest.raises(UserError, match="weight_decay is for sgd and adamw, not for rmsprop"):
        Recipe(optimizer="rmsprop", weight_decay=0.1)
    with pytest.raises(UserError, match="warm_up is not for the schedule plateau; choose constant"):
        Recipe(warm_up=1, schedule="plateau")
