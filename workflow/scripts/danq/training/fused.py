"""Adam's step in one pass over the memory.

The published networks have some 50 million weights. Keras's Adam reads and writes them and their two moments in a dozen
operations, a fifth of DanQ's training step on a CPU. TensorFlow's own operation reads and writes each number once.
"""

from __future__ import annotations

import keras


class Fused:
    """To be put before Keras's Adam or AdamW: the same update, by one operation of TensorFlow for each variable.

    Other backends keep Keras's update, which they compile into one pass themselves.
    """

    def update_step(self, gradient, variable, learning_rate):
        if keras.backend.backend() != "tensorflow":
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf

        def number(value):
            return tf.cast(value, variable.dtype)

        index, step = self._get_variable_index(variable), number(self.iterations + 1)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=number(self.beta_1) ** step,
            beta2_power=number(self.beta_2) ** step,
            lr=number(learning_rate),
            beta1=number(self.beta_1),
            beta2=number(self.beta_2),
            epsilon=number(self.epsilon),
            grad=number(gradient),
        )
