"""Pictures of models against published figures."""

import numpy as np
import pandas as pd

from danq.evaluation.compare_published import against
from danq.plots.published import against_published


def test_each_model_is_drawn_against_its_own_architecture(auc, check):
    draw = np.random.default_rng(0)
    published = pd.concat([
        pd.DataFrame({"index": range(1, 6), "model": name, "target": "x", "auroc": draw.random(5), "auprc": 0.5})
        for name in ("DeepSEA", "DanQ")
    ])  # fmt: skip
    figure = against_published(against(auc, published))
    assert len(figure.axes) == 4
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("DanQ, published: AUROC", "danq: AUROC")
    dots = np.concatenate([line.get_xydata() for line in axes.lines if line.get_marker() == "o"])
    own = published.loc[published["model"] == "DanQ", "auroc"].to_numpy()[:4]  # the last target has no value
    np.testing.assert_allclose(dots, np.stack([own, auc["auroc"][:4]], axis=1))
    check(figure)
