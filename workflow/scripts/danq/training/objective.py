"""The loss and the optimizer of a recipe."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from .recipe import Recipe

MAX_POSITIVE_WEIGHT = 100.0


def make_optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The recipe's optimizer. The cosine schedule falls to zero over all epochs, step by step."""
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, recipe.epochs * steps_per_epoch)
    if recipe.schedule == "inverse":
        rate = keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=recipe.decay)
    if recipe.optimizer == "sgd":
        if recipe.weight_decay:
            return CoupledSGD(recipe.weight_decay, learning_rate=rate, momentum=recipe.momentum)
        return keras.optimizers.SGD(rate, momentum=recipe.momentum)
    return {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer](rate)


class CoupledSGD(keras.optimizers.SGD):
    """SGD whose weight decay is part of the gradient and therefore of the momentum.

    Torch, in which DeepSEA was trained, works this way. The weight decay of Keras shrinks the weights directly.
    """

    def __init__(self, decay: float, **options):
        super().__init__(**options)
        self._decay = decay

    def update_step(self, gradient, variable, learning_rate):
        decay = keras.ops.cast(self._decay, variable.dtype)
        super().update_step(gradient + decay * keras.ops.convert_to_tensor(variable), variable, learning_rate)


def make_loss(recipe: Recipe, positives: np.ndarray, windows: int):
    """Binary cross-entropy, averaged over targets, with the recipe's weight of positive windows.

    positives : int (T,), number of positive windows of each target
    windows : number of all windows
    """
    if recipe.class_weighting == "none":
        return keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing)
    weight = np.clip((windows - positives) / np.maximum(positives, 1), 1 / MAX_POSITIVE_WEIGHT, MAX_POSITIVE_WEIGHT)
    if recipe.class_weighting == "sqrt":
        weight = np.sqrt(weight)
    return weighted_cross_entropy(weight.astype(np.float32), recipe.label_smoothing)


def weighted_cross_entropy(weight: np.ndarray, label_smoothing: float = 0.0):
    """Binary cross-entropy with a weight (T,) on the positive windows of each target.

    With label smoothing s, a label y becomes y (1 - s) + s / 2 before it is weighted.
    """

    def loss(truth, probability):
        truth = keras.ops.cast(truth, probability.dtype) * (1 - label_smoothing) + label_smoothing / 2
        probability = keras.ops.clip(probability, 1e-7, 1 - 1e-7)
        terms = weight * truth * keras.ops.log(probability) + (1 - truth) * keras.ops.log(1 - probability)
        return -keras.ops.mean(terms, axis=-1)

    return loss
