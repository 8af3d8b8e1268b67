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
        return TorchSGD(recipe.weight_decay, recipe.dampening, learning_rate=rate, momentum=recipe.momentum)
    method = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer]
    return method(rate, epsilon=recipe.epsilon)


class TorchSGD(keras.optimizers.SGD):
    """SGD as in Torch and PyTorch (`optim.sgd`), in which DeepSEA was trained.

    The velocity is v = momentum * v + (1 - dampening) * (gradient + decay * weight), and the undampened gradient at the
    first step; a weight changes by -rate * v. In the SGD of Keras, the velocity contains the rate of each earlier step,
    nothing is dampened, and weight decay shrinks the weights directly. Torch dampens by the momentum unless told
    otherwise, which makes its steps (1 - momentum) times as long.
    """

    def __init__(self, decay: float, dampening: float, **options):
        super().__init__(**options)
        self._decay, self._dampening = decay, dampening

    def update_step(self, gradient, variable, learning_rate):
        ops = keras.ops
        rate, decay = (ops.cast(value, variable.dtype) for value in (learning_rate, self._decay))
        step = gradient + decay * ops.convert_to_tensor(variable)
        if self.momentum:
            velocity = self.momentums[self._get_variable_index(variable)]
            share = ops.where(self.iterations == 0, 1.0, 1.0 - self._dampening)
            step = self.momentum * velocity + ops.cast(share, variable.dtype) * step
            self.assign(velocity, step)
        self.assign_sub(variable, rate * step)


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
