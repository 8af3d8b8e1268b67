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
