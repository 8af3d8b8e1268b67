"""Small models whose results are known: one with batch normalisation, and its definition in plain NumPy, and others."""

import keras
import numpy as np
from keras import layers
from scipy.special import erf, expit

from danq.data.targets import Target
from danq.runtime import checkpoint
from danq.runtime.batches import on_packed
from danq.runtime.devices import Devices
from danq.runtime.ensembles import Ensemble

WIDTH, STRIDE, FILTERS, TARGETS, POOL = 7, 2, 5, 3, 3
ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "gelu": lambda x: x * (1 + erf(x / np.sqrt(2))) / 2,
    "exponential": np.exp,
}


def normalised_model(length, activation="relu", seed=0):
    """Convolution with "same" padding and stride 2, batch normalisation, activation, pool, dense.

    The input of filter 0's activation is always negative.
    """
    draw = np.random.default_rng(seed)
    window = keras.Input((length, 4))
    x = layers.Conv1D(FILTERS, WIDTH, strides=STRIDE, padding="same", name="first_convolution")(window)
    x = layers.BatchNormalization(name="normalisation")(x)
    x = layers.Activation(activation, name="first_activation")(x)
    x = layers.Flatten()(layers.MaxPooling1D(POOL)(x))
    model = keras.Model(window, layers.Dense(TARGETS, activation="sigmoid", name="probabilities")(x))
    for layer in model.layers:
        layer.set_weights([draw.normal(0, 0.5, weight.shape) for weight in layer.get_weights()])
    gamma, mean, variance = draw.uniform(0.5, 2, FILTERS), draw.normal(0, 0.3, FILTERS), draw.uniform(0.5, 2, FILTERS)
    beta = np.array([-30.0, -1, 0, 0.5, -2])
    model.get_layer("normalisation").set_weights([gamma, beta, mean, variance])
    return model


def padded(tensor):
    """One-hot windows (n, L, 4) with unknown bases at both ends, and the padding on the left."""
    positions = -(-tensor.shape[1] // STRIDE)
    total = max((positions - 1) * STRIDE + WIDTH - tensor.shape[1], 0)
    left = total // 2
    return np.pad(tensor, ((0, 0), (left, total - left), (0, 0))), left


def first_outputs(model, tensor, activation="relu"):
    """Final outputs of the filters (n, positions, filters) for one-hot windows (n, L, 4)."""
    kernel, bias = model.get_layer("first_convolution").get_weights()
    gamma, beta, mean, variance = model.get_layer("normalisation").get_weights()
    tensor, _ = padded(tensor)
    starts = range(0, tensor.shape[1] - WIDTH + 1, STRIDE)
    x = np.stack([np.tensordot(tensor[:, start : start + WIDTH], kernel, 2) + bias for start in starts], axis=1)
    x = gamma * (x - mean) / np.sqrt(variance + model.get_layer("normalisation").epsilon) + beta
    return ACTIVATIONS[activation](x)


def pooled(outputs):
    """Highest outputs of each `POOL` positions (n, positions // POOL, filters)."""
    whole = outputs[:, : outputs.shape[1] // POOL * POOL]
    return whole.reshape(len(outputs), -1, POOL, outputs.shape[2]).max(axis=2)


def of_pooled(model, values):
    """Probabilities (n, targets) from pooled outputs."""
    weights, bias = model.get_layer("probabilities").get_weights()
    return expit(values.reshape(len(values), -1) @ weights + bias)


def probabilities(model, outputs):
    """Probabilities (n, targets) from the outputs of the filters (n, positions, filters)."""
    return of_pooled(model, pooled(outputs))


class HandMade(Ensemble):
    """An ensemble of one model that no checkpoint holds, on the forward strand."""

    def __init__(self, model):
        _, self.length, _ = model.input_shape
        self.targets = [Target(number, f"T{number}", "TF") for number in range(1, model.output_shape[1] + 1)]
        self.models, self.paths, self.strands, self.devices = [model], ["hand-made"], "forward", Devices()
        self.blueprints = [checkpoint.Blueprint("hand-made", {}, self.length, self.targets)]
        self._predictor = on_packed(self._members, self.length)


def linear_model(weights):
    """A model whose logits are sums of weights (length, 4, targets) at the bases of a sequence."""
    window = keras.Input((len(weights), 4))
    dense = layers.Dense(weights.shape[2], activation="sigmoid")
    model = keras.Model(window, dense(layers.Flatten()(window)))
    dense.set_weights([weights.reshape(-1, weights.shape[2]), np.zeros(weights.shape[2])])
    return model


def word_model(length, word, weight, bias):
    """A model whose logit is `weight` times the largest number of bases that fit a word at any place, plus `bias`."""
    window = keras.Input((length, 4))
    scan, dense = layers.Conv1D(1, len(word), use_bias=False), layers.Dense(1, activation="sigmoid")
    model = keras.Model(window, dense(layers.GlobalMaxPooling1D()(scan(window))))
    scan.set_weights([np.array([[[float(base == letter)] for letter in "ACGT"] for base in word])])
    dense.set_weights([np.full((1, 1), weight), np.full(1, bias)])
    return model


# Small sizes of every architecture for windows of 60 bp. They differ from the published ones in every whole number.
SMALL = {
    "DanQ": {"filters": 6, "kernel": 6, "pool": 6, "lstm": 3, "dense": 5},
    "DeepSEA": {"filters": 6, "filters2": 5, "filters3": 5, "kernel": 6, "kernel2": 3, "kernel3": 2, "dense": 7}
    | {"pool": 2, "pool2": 2},
    "DanQ-JASPAR": {"filters": 6, "kernel": 6, "pool": 6, "lstm": 3, "dense": 5},
    "Basset": {"filters": 6, "filters2": 5, "filters3": 5, "kernel": 6, "kernel2": 3, "kernel3": 2}
    | {"pool": 2, "pool2": 2, "pool3": 2, "dense": 7, "dense2": 6},
    "Compact": {"filters": 6, "kernel": 6, "kernel2": 3, "pool": 4, "channels": 5, "blocks": 2, "pool2": 3, "dense": 7}
    | {"first": "gelu"},
    "DeepBind": {"filters": 6, "kernel": 7, "dense": 5, "network": "M2", "pooling": "max"},
    "DeepMotif-CNN": {"filters": 6, "kernel": 6, "kernel2": 3, "kernel3": 2, "pool": 3, "dropout": 0.1},
    "DeepMotif-CNN-RNN": {"filters": 6, "kernel": 6, "lstm": 3},
    "DeepCpG-CnnL2h128": {"filters": 6, "filters2": 5, "kernel": 6, "kernel2": 4, "pool": 3, "pool2": 3, "dense": 7},
    "DeepCpG-CnnRnn01": {"filters": 6, "filters2": 5, "kernel": 6, "kernel2": 4, "pool": 3, "pool2": 2, "gru": 3},
    "Basenji-Basset": {"filters": 6, "filters2": 4, "filters3": 8, "filters4": 5, "kernel": 6, "kernel2": 3}
    | {"pool": 2, "blocks": 2, "dense": 7},
    "BPNet": {"filters": 6, "kernel": 6, "kernel2": 4, "blocks": 2},
    "TBiNet": {"filters": 6, "kernel": 6, "pool": 6, "lstm": 3, "dense": 5},
    "DeepATT": {"filters": 6, "kernel": 6, "pool": 6, "lstm": 3, "heads": 2, "head_size": 3, "dense": 5},
    "DeeperDeepSEA": {"filters": 6, "filters2": 5, "filters3": 5, "kernel": 6, "kernel2": 3, "kernel3": 2, "dense": 7}
    | {"pool": 2, "pool2": 2},
    "Beluga": {"filters": 6, "filters2": 5, "filters3": 5, "kernel": 6, "kernel2": 3, "kernel3": 2, "dense": 7}
    | {"pool": 2, "pool2": 2},
    "Sei": {"filters": 6, "filters2": 5, "filters3": 4, "kernel": 6, "kernel2": 3, "pool": 2, "splines": 5, "dense": 7},
}
