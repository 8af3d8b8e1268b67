"""ROC and precision-recall curves of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from ..data.targets import Target
from ..evaluation.curves import LINES
from ..evaluation.measures import MEASURES
from ..evaluation.metrics import count
from ..evaluation.roles import BASELINE, label
from ..file_names import file_name
from ..runtime.predictions import Predictions
from . import pictures

MOST_CURVES = 25
LONGEST_TITLE = 80  # characters above the two panels
CHOOSING = MEASURES[0].key  # chooses which of many targets are drawn


def curves(target: Target, predictions: Mapping[str, Predictions]) -> Figure:
    """ROC and precision-recall curves of one target, with all models on the same axes."""
    drawn = pictures.figure(9, 4.2 + 0.2 * (len(predictions) // 2 + 2))
    panels = dict(zip(LINES, drawn.subplots(1, 2), strict=True))
    roc, recall = panels["roc"], panels["pr"]
    areas = [measure for measure in MEASURES if measure.curve]
    i, prevalence = target.index - 1, 0.0
    simple = [model for model, predicted in predictions.items() if predicted.architecture == BASELINE]
    colours = pictures.colours(list(predictions), simple)
    for model, predicted in predictions.items():
        labels, probabilities = predicted.columns(slice(i, i + 1))
        counts = count(labels[:, 0], probabilities[:, 0])
        if counts.one_class:
            roc.text(0.5, 0.5, "no positives or no negatives:\nno curve", ha="center")
            continue
        prevalence = counts.positives / len(labels)
        for measure in areas:
            text = f"{label(model, simple)}  {measure.value(counts):.3f}"
            panels[measure.curve].plot(*LINES[measure.curve](counts).T, color=colours[model], label=text)
    roc.plot([0, 1], [0, 1], ":", color="grey")
    recall.axhline(prevalence, linestyle=":", color="grey", label=f"prevalence  {prevalence:.3f}")
    roc.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC")
    recall.set(xlabel="recall", ylabel="precision", title="precision-recall", ylim=(0, 1.02))
    for measure in areas:
        axes = panels[measure.curve]
        pictures.plain(axes)
        axes.set_xlim(-0.01, 1.01)
        if axes.get_legend_handles_labels()[0]:
            # Below the panel: inside it, a legend of many models covers curves.
            below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "ncols": 2}
            axes.legend(title=measure.title, frameon=False, fontsize=9, **below)
    drawn.suptitle(pictures.short(f"{target.index}  {target.title}  ({target.assay})", LONGEST_TITLE))
    return drawn


def curve_name(target: Target) -> str:
    """File name, without suffix, for a target's curves."""
    return file_name(f"{target.index:03d}_{target.title}")


def worth_drawing(auc: pd.DataFrame, targets: Sequence[Target]) -> list[Target]:
    """All targets if there are at most `MOST_CURVES`, else the best, median and worst of each assay by mean AUROC.

    auc : of all models, as `evaluate` makes it
    """
    if len(targets) <= MOST_CURVES:
        return list(targets)
    means = auc.groupby(["assay", "index"])[CHOOSING].mean().dropna().sort_values(ascending=False)
    chosen = set()
    for _, group in means.groupby(level="assay"):
        index = group.sort_values(ascending=False).index.get_level_values("index")
        chosen |= {*index[:3], index[len(index) // 2], *index[-3:]}
    return [targets[i - 1] for i in sorted(chosen)]
