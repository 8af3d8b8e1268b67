import re

import keras
import numpy as np
import pytest

from danq.errors import UserError
from danq.models import registry
from danq.models.contract import FIRST_CONVOLUTION, first_layer


@pytest.mark.parametrize(
    ("architecture", "window", "targets", "parameters", "filters"),
    [
        ("DanQ", 1000, 919, 46_926_479, 320),
        ("DeepSEA", 1000, 919, 52_843_119, 320),
        ("DanQ-JASPAR", 1000, 919, 67_892_175, 1024),
        ("Basset", 600, 164, 4_135_064, 300),
        ("Basset", 1000, 919, 6_490_819, 300),
    ],
)
def test_published_sizes_have_the_published_parameters(architecture, window, targets, parameters, filters):
    model = registry.build(architecture, window, targets)
    assert sum(np.prod(weight.shape) for weight in model.trainable_weights) == parameters
    assert model.input_shape == (None, window, 4)
    assert model.output_shape == (None, targets)
    assert model.get_layer(FIRST_CONVOLUTION).kernel.shape[1:] == (4, filters)


def test_the_layers_of_danq_are_those_of_the_paper():
    model = registry.build("DanQ", 1000, 919)
    assert model.get_layer("first_convolution").count_params() == 33_600
    recurrent = next(layer for layer in model.layers if isinstance(layer, keras.layers.Bidirectional))
    assert recurrent.count_params() == 1_640_960
    assert recurrent.output.shape == (None, 75, 640)


def test_basset_normalises_before_each_relu_and_drops_only_after_dense_layers():
    kinds = [type(layer).__name__ for layer in registry.build("Basset", 600, 164).layers]
    convolution = ["Conv1D", "BatchNormalization", "ReLU", "MaxPooling1D"]
    dense = ["Dense", "BatchNormalization", "ReLU", "Dropout"]
    assert kinds == ["InputLayer", *convolution * 3, "Flatten", *dense * 2, "Dense"]
    model = registry.build("Basset", 600, 164)
    assert first_layer(model).output is model.get_layer("first_activation").output
    assert [layer.padding for layer in model.layers if isinstance(layer, keras.layers.Conv1D)] == ["valid"] * 3
    assert [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)] == [0.3, 0.3]


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_every_size_can_be_changed(architecture):
    sizes = {
        name: value if isinstance(value, str) or value < 1 else 5
        for name, value in registry.default_sizes(architecture).items()
    }
    model = registry.build(architecture, 200, 3, **sizes | {"pool": 2})
    probabilities = model.predict(np.zeros((2, 200, 4)), verbose=0)
    assert probabilities.shape == (2, 3)
    assert model.get_layer(FIRST_CONVOLUTION).kernel.shape == (5, 4, 5)


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_every_hyperparameter_is_explained(architecture):
    settings = registry.hyperparameters(architecture)
    assert set(settings) == set(registry._module(architecture).SIZES)
    assert all(setting.help and not setting.help.endswith(".") for setting in settings.values())
    assert re.search(r"^\w.+\. .+, 20\d\d\.$", registry.description(architecture))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("Danq", 1000, 2, {}), "unknown architecture 'Danq'; there are DanQ, DeepSEA"),
        (("DanQ", 1000, 2, {"layers": 3}), "no hyperparameter 'layers'.*filters, kernel"),
        (("DanQ", 20, 2, {}), r"window \(20 bp\) is smaller than the first convolution's kernel \(26 bp\)"),
        (("Basset", 100, 2, {}), "too short for these kernels and pools"),
        (("DeepSEA", 60, 2, {}), "too short for these kernels and pools"),
    ],
)
def test_a_model_that_cannot_be_built_is_an_error(call, says):
    architecture, window, targets, sizes = call
    with pytest.raises(UserError, match=says):
        registry.build(architecture, window, targets, **sizes)
