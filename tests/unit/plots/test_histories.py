"""Pictures of training histories."""

from danq.plots.histories import histories


def test_each_model_has_two_lines_and_a_dot_at_its_best_epoch(history, check):
    figure = histories({"danq": history, "deepsea": history * [1, 1.1, 1.1]})
    axes = figure.axes[0]
    dots = [line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert dots == [[[2, 0.2]], [[2, 0.2 * 1.1]]]
    assert len(axes.lines) == 6
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "danq", "deepsea", "training", "validation", "best epoch",
    ]  # fmt: skip
    check(figure)


def test_a_second_panel_has_the_auprc_with_the_dot_at_the_epoch_that_was_kept(history, check):
    told = history.assign(val_auprc=[0.5, 0.6, 0.7], best=[0, 0, 1])  # by AUPRC, not by loss
    none = history.assign(val_auprc=[0.4, 0.3, 0.2], best=0)  # the first weights were better
    figure = histories({"told": told, "none": none, "old": history})
    loss, auprc = figure.axes
    dots = [[line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "o"] for axes in (loss, auprc)]
    assert dots == [[[[3, 0.25]], [], [[2, 0.2]]], [[[3, 0.7]], []]]
    lines = [line.get_ydata().tolist() for line in auprc.lines if line.get_marker() != "o"]
    assert lines == [[0.5, 0.6, 0.7], [0.4, 0.3, 0.2]]
    check(figure)
