"""Where influence holds a filter: the tensor that the next layer with weights reads.

A model pools the outputs of its filters, and the next layer reads the highest of neighbouring positions. The mean of
these is larger than the mean over all positions (11 times in a trained DanQ), so a filter that is held at the latter is
nearly switched off.
"""

from __future__ import annotations

import keras

from ..models.contract import first_layer, strand_network

# Layers that keep the filters apart and have no weights; dropout does nothing in prediction.
POOLS = (
    keras.layers.MaxPooling1D,
    keras.layers.AveragePooling1D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GlobalAveragePooling1D,
)
PASSES = (*POOLS, keras.layers.Dropout, keras.layers.SpatialDropout1D)


def held_output(model: keras.Model) -> keras.KerasTensor:
    """The first layer's output after the pooling and dropout that follow it: (n, positions, filters) or (n, filters).

    Without pooling, or where several layers read the output, it is the first layer's output itself. The tensor belongs
    to the network that reads one strand (`contract.strand_network`).
    """
    network, tensor = strand_network(model), first_layer(model).output
    while len(readers := _readers(network, tensor)) == 1 and isinstance(readers[0], PASSES):
        tensor = readers[0].output
    return tensor


def _readers(model: keras.Model, tensor: keras.KerasTensor) -> list:
    """The layers and operations of a model that read a tensor."""
    found = []
    for operation in model.operations:
        if not isinstance(operation, keras.layers.InputLayer):
            inputs = operation.input if isinstance(operation.input, (list, tuple)) else [operation.input]
            found += [operation] * sum(one is tensor for one in inputs)
    return found
