import keras
import numpy as np
import pytest

from danq import models
from danq.errors import UserError


@pytest.mark.parametrize(
    ("architecture", "parameters"), [("DanQ", 46_926_479), ("DeepSEA", 52_843_119), ("DanQ-JASPAR", 67_892_175)]
)
def test_published_sizes_have_the_published_parameters(architecture, parameters):
    model = models.build(architecture, 1000, 919)
    assert model.count_params() == parameters
    assert model.input_shape == (None, 1000, 4)
    assert model.output_shape == (None, 919)
    assert model.get_layer(models.FIRST_CONVOLUTION).kernel.shape[1:] == (
        4,
        1024 if architecture == "DanQ-JASPAR" else 320,
    )


def test_danqs_layers_are_those_of_the_paper():
    model = models.build("DanQ", 1000, 919)
    assert model.get_layer("first_convolution").count_params() == 33_600
    recurrent = next(layer for layer in model.layers if isinstance(layer, keras.layers.Bidirectional))
    assert recurrent.count_params() == 1_640_960
    assert recurrent.output.shape == (None, 75, 640)


@pytest.mark.parametrize("architecture", models.ARCHITECTURES)
def test_every_size_is_a_hyperparameter(architecture):
    sizes = {
        name: value if isinstance(value, str) or value < 1 else 5
        for name, value in models.default_sizes(architecture).items()
    }
    model = models.build(architecture, 200, 3, **sizes | {"pool": 2})
    probabilities = model.predict(np.zeros((2, 200, 4)), verbose=0)
    assert probabilities.shape == (2, 3)
    assert model.get_layer(models.FIRST_CONVOLUTION).kernel.shape == (5, 4, 5)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("Danq", 1000, 2, {}), "unknown architecture 'Danq'; there are DanQ, DeepSEA"),
        (("DanQ", 1000, 2, {"layers": 3}), "no hyperparameter 'layers'.*filters, kernel"),
        (("DanQ", 20, 2, {}), r"window \(20 bp\) is smaller than the first convolution's kernel \(26 bp\)"),
        (("DeepSEA", 60, 2, {}), "too short for these kernels and pools"),
    ],
)
def test_what_cannot_be_built_is_one_sentence(call, says):
    architecture, window, targets, sizes = call
    with pytest.raises(UserError, match=says):
        models.build(architecture, window, targets, **sizes)
