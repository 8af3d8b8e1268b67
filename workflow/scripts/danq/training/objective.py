"""The loss and the optimizer of a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from .average import Averaging
from .clipping import Clipping
from .fused import Fused
from .recipe import Recipe

MAX_POSITIVE_WEIGHT = 100.0


def make_optimizer(recipe: Recipe, steps_per_epoch: int, weights: Sequence = ()) -> keras.optimizers.Optimizer:
    """The recipe's optimizer.

    weights : those to train; the weight decay of AdamW leaves out biases and all that have one dimension
    """
    rate = make_rate(recipe, steps_per_epoch)
    options = {"global_clipnorm": recipe.clip}
    if recipe.optimizer == "sgd":
        kind = TorchSGD
        options |= {"decay": recipe.weight_decay, "dampening": recipe.dampening, "momentum": float(recipe.momentum)}
    else:
        names = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW, "rmsprop": keras.optimizers.RMSprop}
        kind = names[recipe.optimizer]
        options |= {"epsilon": recipe.epsilon}
    if recipe.optimizer == "adamw":
        options |= {"weight_decay": recipe.weight_decay}
    extras = [Averaging] * (recipe.ema is not None) + [Clipping] * (recipe.clip is not None)
    extras += [Fused] * recipe.optimizer.startswith("adam")
    optimizer = (type(kind.__name__, (*extras, kind), {}) if extras else kind)(learning_rate=rate, **options)
    if recipe.optimizer == "adamw":
        spared = [weight for weight in weights if len(weight.shape) < 2 or weight.name == "bias"]
        optimizer.exclude_from_weight_decay(spared)
    return optimizer


def make_rate(recipe: Recipe, steps_per_epoch: int) -> Any:
    """The learning rate of the recipe: a number, or a schedule over the steps of all epochs.

    The cosine schedule falls to zero over all epochs, step by step.
    """
    rate: Any = float(recipe.learning_rate)
    rising = round(recipe.warm_up * steps_per_epoch)
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, max(recipe.epochs * steps_per_epoch - rising, 1))
    if recipe.schedule == "inverse":
        rate = keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=recipe.decay)
    return WarmUp(recipe.learning_rate, rising, rate) if rising else rate


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise to `rate`: rate / steps at the first of `steps` steps; then `after`, a rate or a schedule."""

    def __init__(self, rate: float, steps: int, after: Any):
        self._rate, self._steps, self._after = rate, steps, after

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        later = keras.ops.maximum(step - self._steps, 0.0)
        after = self._after(later) if callable(self._after) else self._after
        return keras.ops.where(step < self._steps, self._rate * (step + 1) / self._steps, after)


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
    """Binary cross-entropy or focal loss, averaged over targets, with the recipe's weight of positive windows.

    positives : int (T,), number of positive windows of each target
    windows : number of all windows
    """
    if recipe.class_weighting == "none" and not recipe.focal_gamma:
        return keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing)
    weight = np.clip((windows - positives) / np.maximum(positives, 1), 1 / MAX_POSITIVE_WEIGHT, MAX_POSITIVE_WEIGHT)
    weight = weight ** {"none": 0, "sqrt": 0.5, "balanced": 1}[recipe.class_weighting]
    return weighted_cross_entropy(weight.astype(np.float32), recipe.label_smoothing, recipe.focal_gamma)


def weighted_cross_entropy(weight: np.ndarray, label_smoothing: float = 0.0, gamma: float = 0.0):
    """Binary cross-entropy with a weight (T,) on the positive windows of each target.

    With label smoothing s, a label y becomes y (1 - s) + s / 2 before it is weighted. gamma is that of the focal loss
    (Lin et al. 2017, arXiv:1708.02002), which multiplies each term by the power gamma of the error: of 1 - p for
    positives, of p for negatives.
    """

    def loss(truth, probability):
        truth = keras.ops.cast(truth, probability.dtype) * (1 - label_smoothing) + label_smoothing / 2
        probability = keras.ops.clip(probability, 1e-7, 1 - 1e-7)
        positive, negative = keras.ops.log(probability), keras.ops.log(1 - probability)
        if gamma:
            positive, negative = (1 - probability) ** gamma * positive, probability**gamma * negative
        return -keras.ops.mean(weight * truth * positive + (1 - truth) * negative, axis=-1)

    return loss
