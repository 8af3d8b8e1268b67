"""Clipping of gradients by their global norm (Pascanu, Mikolov & Bengio 2013)."""

from __future__ import annotations

import keras
from keras import ops


class Clipping:
    """To be put before a class of optimizers: `global_clipnorm` limits the gradient of the whole batch.

    Keras limits the gradient of each device's part of the batch, before it adds the parts up.
    """

    def _clip_gradients(self, grads):
        return grads if keras.backend.backend() == "tensorflow" else clipped(grads, self.global_clipnorm)

    def _all_reduce_sum_gradients(self, grads_and_vars):
        """TensorFlow's way to add up the gradients of all devices."""
        summed = super()._all_reduce_sum_gradients(grads_and_vars)
        grads = clipped([gradient for gradient, _ in summed], self.global_clipnorm)
        return list(zip(grads, (variable for _, variable in summed), strict=True))


def clipped(grads: list, limit: float) -> list:
    """The gradients, scaled by one factor such that the norm of all together is at most `limit`."""
    norm = ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in grads if gradient is not None))
    factor = limit / ops.maximum(norm, limit)
    return [None if gradient is None else gradient * factor for gradient in grads]
