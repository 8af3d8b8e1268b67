import keras
import numpy as np
import pytest

from danq.errors import UserError
from danq.training.objective import make_loss, make_optimizer, weighted_cross_entropy
from danq.training.recipe import Recipe


def test_the_key_changes_with_every_setting_and_with_the_data():
    base = Recipe()
    others = [
        Recipe(architecture="DeepSEA"),
        Recipe(sizes={"filters": 8}),
        Recipe(optimizer="sgd"),
        Recipe(learning_rate=1e-3),
        Recipe(schedule="cosine"),
        Recipe(momentum=0.5),
        Recipe(optimizer="sgd", dampening=0.5),
        Recipe(epsilon=1e-6),
        Recipe(batch_size=100),
        Recipe(schedule="cosine", epochs=61),
        Recipe(patience=6),
        Recipe(precision="mixed_bfloat16"),
        Recipe(strands="none"),
        Recipe(class_weighting="sqrt"),
        Recipe(label_smoothing=0.1),
        Recipe(optimizer="adamw", weight_decay=0.1),
        Recipe(warm_up=1),
        Recipe(ema=0.99),
        Recipe(clip=1.0),
        Recipe(shift=3),
        Recipe(mutate=0.1),
        Recipe(insert=3),
        Recipe(focal_gamma=2),
        Recipe(monitor="auprc"),
        Recipe(max_windows=9),
        Recipe(seed=2),
    ]
    keys = {recipe.key("data") for recipe in [base, *others]} | {base.key("other data")}
    assert len(keys) == 28
    assert base.key("data") == Recipe().key("data")
    assert base.key("data") == Recipe(epochs=61).key("data")  # which begins with the same epochs, so that it resumes


def test_stopping_and_plateau_follow_from_the_losses_alone():
    recipe = Recipe(patience=2, epochs=6, schedule="plateau", learning_rate=1.0)
    assert not recipe.is_over([])
    assert not recipe.is_over([3, 2, 2.5])
    assert recipe.is_over([3, 2, 2.5, 2.1])
    assert recipe.is_over([6, 5, 4, 3, 2, 1])
    assert recipe.rate_after([3, 2]) == 1.0
    assert recipe.rate_after([3, 2, 2.5]) == 1.0
    assert recipe.rate_after([3, 2, 2.5, 2.5]) == pytest.approx(0.3)
    assert recipe.rate_after([3, 2, 2.5, 2.5, 1, 1, 1]) == pytest.approx(0.09)


def test_cosine_falls_to_zero_over_all_steps():
    rate = make_optimizer(Recipe(schedule="cosine", learning_rate=0.5, epochs=4), 25)._learning_rate
    assert float(rate(0)) == pytest.approx(0.5)
    assert float(rate(50)) == pytest.approx(0.25)
    assert float(rate(100)) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("name", ["adam", "rmsprop", "sgd"])
def test_optimizers_have_their_settings(name):
    optimizer = make_optimizer(Recipe(optimizer=name, learning_rate=0.3, momentum=0.7), 10)
    assert type(optimizer).__name__.lower().removeprefix("torch") == name
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == pytest.approx(0.3)
    if name == "sgd":
        assert optimizer.momentum == 0.7


def test_weighted_cross_entropy_multiplies_the_terms_of_positives():
    draw = np.random.default_rng(0)
    truth, probability = draw.integers(0, 2, (6, 3)).astype("uint8"), draw.uniform(0.1, 0.9, (6, 3)).astype("float32")
    weight = np.array([1.0, 5.0, 0.2], "float32")
    by_hand = -(weight * truth * np.log(probability) + (1 - truth) * np.log(1 - probability)).mean(axis=1)
    found = keras.ops.convert_to_numpy(weighted_cross_entropy(weight)(truth, probability))
    np.testing.assert_allclose(found, by_hand, rtol=1e-5)
    plain = keras.ops.convert_to_numpy(weighted_cross_entropy(np.ones(3, "float32"))(truth, probability))
    keras_own = make_loss(Recipe(), np.array([1, 1, 1]), 6)(truth, probability)
    assert float(keras.ops.convert_to_numpy(keras_own)) == pytest.approx(plain.mean(), rel=1e-5)


@pytest.mark.parametrize("weighting", ["none", "balanced"])
def test_label_smoothing_moves_the_labels_towards_one_half(weighting):
    draw = np.random.default_rng(0)
    truth, probability = draw.integers(0, 2, (6, 3)).astype("uint8"), draw.uniform(0.1, 0.9, (6, 3)).astype("float32")
    positives = truth.sum(axis=0)
    weight = (6 - positives) / positives if weighting == "balanced" else np.ones(3)
    smooth = np.where(truth == 1, 0.9, 0.1)  # s = 0.2
    by_hand = -(weight * smooth * np.log(probability) + (1 - smooth) * np.log(1 - probability)).mean()
    loss = make_loss(Recipe(class_weighting=weighting, label_smoothing=0.2), positives, 6)(truth, probability)
    assert float(np.mean(keras.ops.convert_to_numpy(loss))) == pytest.approx(by_hand, rel=1e-5)


def test_balanced_weights_even_out_the_classes_up_to_a_limit():
    positives, windows = np.array([50, 10, 0]), 100
    truth, half = np.eye(3, dtype="uint8"), np.full((3, 3), 0.5, "float32")
    for weighting, weights in {"balanced": [1, 9, 100], "sqrt": [1, 3, 10]}.items():
        loss = make_loss(Recipe(class_weighting=weighting), positives, windows)(truth, half)
        by_hand = np.log(2) * (np.array(weights) + 2) / 3
        np.testing.assert_allclose(keras.ops.convert_to_numpy(loss), by_hand, rtol=1e-5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"optimizer": "lion"},
        {"precision": "half"},
        {"epochs": 0},
        {"learning_rate": -1},
        {"label_smoothing": 0.5},
        {"momentum": 1},
        {"max_windows": 0},
        {"ema": 1},
        {"clip": 0},
        {"mutate": 1},
        {"shift": -1},
        {"monitor": "auroc"},
    ],
)
def test_an_impossible_recipe_is_an_error(wrong):
    with pytest.raises(UserError, match=next(iter(wrong))):
        Recipe(**wrong)


@pytest.mark.parametrize(
    ("gamma", "smoothing", "weighting"), [(2.0, 0.0, "none"), (0.5, 0.0, "balanced"), (1.0, 0.2, "sqrt")]
)
def test_the_focal_loss_follows_its_formula(gamma, smoothing, weighting):
    """Lin et al. 2017: -(1 - p)^gamma log p for positives, -p^gamma log(1 - p) for negatives."""
    draw = np.random.default_rng(0)
    truth, p = draw.integers(0, 2, (6, 3)).astype("uint8"), draw.uniform(0.02, 0.98, (6, 3)).astype("float32")
    positives = np.array([1, 2, 3])
    weight = {"none": np.ones(3), "balanced": np.array([5, 2, 1]), "sqrt": np.sqrt([5, 2, 1])}[weighting]
    total = 0.0
    for i in range(6):
        for j in range(3):
            label = truth[i, j] * (1 - smoothing) + smoothing / 2
            total -= weight[j] * label * (1 - p[i, j]) ** gamma * np.log(p[i, j])
            total -= (1 - label) * p[i, j] ** gamma * np.log(1 - p[i, j])
    recipe = Recipe(focal_gamma=gamma, label_smoothing=smoothing, class_weighting=weighting)
    loss = make_loss(recipe, positives, 6)(truth, p)
    assert float(np.mean(keras.ops.convert_to_numpy(loss))) == pytest.approx(total / 18, rel=1e-5)
