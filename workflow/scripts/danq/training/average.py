"""An exponential moving average of the weights: what is validated and saved while training goes on with the weights.

Keras's own (`use_ema`) replaces the weights by their average at the end of every `fit`, and `fit` ends here whenever
the state is saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from ..errors import UserError


class Average:
    """The average of all weights of a model, those of batch normalisation included.

    After step t (from 0) it is d times itself plus 1 - d times the weights, with d = min(decay, (1 + t) / (10 + t)), so
    that the first weights do not count for long (as `tf.train.ExponentialMovingAverage` with `num_updates`). It belongs
    to the optimizer's variables, and so to the state of a training.

    model : the model, with its first weights
    optimizer : made with `averaging`, and built
    """

    def __init__(self, model: keras.Model, optimizer: keras.optimizers.Optimizer, decay: float):
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # float16 puts one that scales the loss around it
        if keras.backend.backend() == "jax" and model.non_trainable_weights:
            raise UserError("ema of a model with batch normalisation needs the TensorFlow backend; unset ema")
        self._weights, self._decay = model.weights, decay
        self._values = [optimizer.add_variable_from_reference(weight, "average") for weight in self._weights]
        self._set(self._values, model.get_weights())
        optimizer.average = self

    def update(self, step) -> None:
        """Take in the weights after the step of this number (from 0), within the graph."""
        step = keras.ops.cast(step, "float32")
        share = 1 - keras.ops.minimum(self._decay, (1 + step) / (10 + step))
        for value, weight in zip(self._values, self._weights, strict=True):
            value.assign(value + keras.ops.cast(share, value.dtype) * (weight - value))

    def get_weights(self) -> list[np.ndarray]:
        """The average, in the order of the model's weights."""
        return [keras.ops.convert_to_numpy(value) for value in self._values]

    @contextmanager
    def in_model(self) -> Iterator[None]:
        """Put the average in place of the model's weights, and the weights back at the end."""
        weights = [keras.ops.convert_to_numpy(weight) for weight in self._weights]
        self._set(self._weights, self.get_weights())
        try:
            yield
        finally:
            self._set(self._weights, weights)

    @staticmethod
    def _set(variables: list, values: list[np.ndarray]) -> None:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)


class Averaging:
    """To be put before a class of optimizers: its `average` is updated after every step."""

    average: Average | None = None

    def apply(self, grads, trainable_variables=None):
        super().apply(grads, trainable_variables)
        if self.average:
            self.average.update(self.iterations - 1)
