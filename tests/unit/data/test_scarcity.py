"""Sentences on what rests on little."""

import pandas as pd

from danq.data.scarcity import between_bins, findings, listed


def table(train, valid, test, windows=1000):
    """Targets A, B, ... with these positives of each split."""
    rows = [
        {"index": i, "name": "ABCDEFG"[i - 1], "split": split, "windows": windows, "positives": positives}
        for split, numbers in (("train", train), ("valid", valid), ("test", test))
        for i, positives in enumerate(numbers, 1)
    ]
    return pd.DataFrame(rows)


def test_nothing_is_said_where_there_is_enough():
    assert findings(table([100, 90], [50, 50], [20, 980])) == []


def test_each_kind_is_one_sentence_that_names_the_targets_and_the_change():
    found = findings(table([0, 9, 150, 9], [9, 0, 150, 9], [30, 30, 150, 7], windows=150))
    assert found == [
        "every train window is negative for 1 A: nothing can be learned there; add contigs to split.train",
        "every train window is positive for 3 C: nothing can be learned there; "
        "use windows.keep: all, which adds negative windows",
        "every valid window is negative for 2 B: the validation loss says little about this; "
        "add contigs to split.valid",
        "every valid window is positive for 3 C: the validation loss says little about this; "
        "use windows.keep: all, which adds negative windows",
        "every test window is positive for 3 C: there are no values; "
        "use windows.keep: all, which adds negative windows",
        "there are only 150 validation windows: the best epoch and the end of training rest on little; "
        "add contigs to split.valid",
        "fewer than 20 test windows are positive for 4 D (7): values of the test rest on little; "
        "add contigs to split.test",
    ]


def test_long_lists_are_cut():
    assert listed([str(i) for i in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def test_a_few_lost_peaks_are_not_mentioned():
    assert between_bins(["A", "B"], [1149, 1000], [267, 50], 140) == [
        "peaks that make no bin positive, because they are short or lie across two bins: 1 A (267 of 1,149); "
        "windows.bin: 140 would keep nearly all of them"
    ]
    assert between_bins(["A"], [100], [5], 140) == []
