"""The logit of a prediction, and its gradient with respect to the sequence.

All methods of attribution explain one function: the logit of the probability that `predict.py` gives, the mean over
strands and checkpoints. The logits of each strand and checkpoint are read before the last sigmoid where it is the
activation of the last layer. Else they are log(p / (1 - p)) with p clipped to float32's resolution. The logit of a mean
of probabilities is computed from logits without rounding: log(mean sigmoid(z)) - log(mean sigmoid(-z)).
"""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from .batches import on_packed
from .ensembles import Ensemble

CLIP = 1e-7  # float32 has no values closer to 1


def logit_model(model: keras.Model) -> keras.Model:
    """The model before its last sigmoid: one-hot sequences (n, L, 4) to logits (n, T). It shares the weights."""
    last = model.layers[-1]
    sigmoid = getattr(last, "activation", None) is keras.activations.sigmoid and last.output is model.outputs[0]
    if sigmoid and isinstance(last, keras.layers.Dense):
        read = keras.Model(model.inputs, last.input)

        def before(sequence):
            found = ops.matmul(ops.cast(read(sequence), "float32"), last.kernel)
            return found + last.bias if last.use_bias else found

        return LogitLayer(before)
    if sigmoid and isinstance(last, keras.layers.Activation):
        return keras.Model(model.inputs, last.input)

    def inverted(sequence):
        p = ops.clip(model(sequence), CLIP, 1 - CLIP)
        return ops.log(p) - ops.log1p(-p)

    return LogitLayer(inverted)


class LogitLayer(keras.layers.Layer):
    """A function of one tensor as a layer."""

    def __init__(self, function, **options):
        super().__init__(**options)
        self._function = function

    def call(self, sequence):
        return self._function(sequence)


class Logits(Ensemble):
    """An ensemble that predicts the logit of its mean probability: `means` yields logits float32 (n, T)."""

    @classmethod
    def of(cls, ensemble: Ensemble) -> Logits:
        """The logits of a loaded ensemble."""
        made = object.__new__(cls)
        made.__dict__.update(ensemble.__dict__)
        made._before = [logit_model(model) for model in ensemble.models]
        made._predictor = on_packed(made._members, made.length)
        made._compiled = {}
        return made

    def logits(self, sequence):
        """Logits float32 (n, T) of one-hot sequences (n, L, 4), as a function that has a gradient."""
        strands = [sequence] if self.strands == "forward" else [sequence, ops.flip(sequence, axis=(1, 2))]
        each = [ops.cast(one(strand), "float32") for one in self._before for strand in strands]
        if len(each) == 1:
            return each[0]
        stacked = ops.stack(each)
        up, down = -ops.softplus(-stacked), -ops.softplus(stacked)  # log p and log(1 - p)
        return ops.logsumexp(up, axis=0) - ops.logsumexp(down, axis=0)

    def _members(self, sequence):
        return ops.expand_dims(self.logits(sequence), 1)

    def gradients(self, sequence: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits float32 (n, T), and gradients float32 (R, n, L, 4) of the logits of R targets for each sequence.

        sequence : float (n, L, 4), also between one-hot sequences
        columns : int (R, n), the target of each gradient; all R share one pass forward
        """
        chosen = np.eye(len(self.targets), dtype=np.float32)[columns]
        backend = keras.backend.backend()
        return {"tensorflow": self._tensorflow, "jax": self._jax, "torch": self._torch}[backend](
            np.asarray(sequence, np.float32), chosen
        )

    def _tensorflow(self, sequence, chosen):
        import tensorflow as tf

        rounds = len(chosen)
        if rounds not in self._compiled:

            @tf.function(reduce_retracing=True, autograph=False)
            def run(sequence, chosen):
                with tf.GradientTape(persistent=rounds > 1) as tape:
                    tape.watch(sequence)
                    found = self.logits(sequence)
                return found, tf.stack(
                    [tape.gradient(found, sequence, output_gradients=chosen[i]) for i in range(rounds)]
                )

            self._compiled[rounds] = run
        found, gradients = self._compiled[rounds](tf.constant(sequence), tf.constant(chosen))
        return found.numpy(), gradients.numpy()

    def _jax(self, sequence, chosen):
        import jax

        found, back = jax.vjp(self.logits, jax.numpy.asarray(sequence))
        return np.asarray(found), np.stack([np.asarray(back(jax.numpy.asarray(one))[0]) for one in chosen])

    def _torch(self, sequence, chosen):
        import torch

        sequence = ops.convert_to_tensor(sequence).requires_grad_()
        found = self.logits(sequence)
        gradients = [
            torch.autograd.grad(found, sequence, ops.convert_to_tensor(one), retain_graph=True)[0] for one in chosen
        ]
        return ops.convert_to_numpy(found.detach()), np.stack([ops.convert_to_numpy(one) for one in gradients])
