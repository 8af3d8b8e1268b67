"""The space of a search: what may be written, and values as text and back."""

import pytest

from danq.errors import UserError
from danq.search.space import from_words, shown, space_of, words_of

WRONG = {
    "a setting that does not exist": ({"speed": [1]}, "no setting 'speed'"),
    "a size of another architecture": ({"sizes.filters2": [1]}, "no setting 'sizes.filters2'"),
    "the budget": ({"epochs": [1, 2]}, "epochs is the same for all trials"),
    "a word that is no choice": ({"optimizer": ["adam", "lion"]}, "'lion' is unknown; choose from adam"),
    "a value beyond the limits": ({"sizes.dropout": [0.5, 1.0]}, "must be at least 0 and below 1, not 1.0"),
    "a range beyond the limits": ({"learning_rate": {"uniform": [0, 1]}}, "must be above 0, not 0"),
    "a logarithm of 0": ({"sizes.dropout": {"log_uniform": [0, 0.5]}}, "begin it above 0"),
    "a range of words": ({"optimizer": {"uniform": [0, 1]}}, "is no number; give a list"),
    "real numbers of a whole setting": ({"batch_size": {"uniform": [10, 20]}}, "whole number; use integers"),
    "whole numbers of a real setting": ({"learning_rate": {"integers": [1, 2]}}, "use uniform or log_uniform"),
    "a part of a whole number": ({"batch_size": {"integers": [1.5, 2]}}, "two whole numbers"),
    "ends in the wrong order": ({"batch_size": {"integers": [20, 10]}}, "the lower one first"),
    "two kinds of range": ({"batch_size": {"integers": [1, 2], "uniform": [1, 2]}}, "or one of"),
    "log of a uniform range": ({"learning_rate": {"uniform": [0.1, 0.2], "log": True}}, "or one of"),
    "a number as text": ({"learning_rate": ["1e-3"]}, "'1e-3' is not a number"),
    "true as a number": ({"batch_size": [True]}, "True is not a number"),
    "a value twice": ({"batch_size": [10, 10.0]}, "listed twice"),
    "no choice": ({"batch_size": []}, "no choices"),
}


@pytest.mark.parametrize(("given", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_space_is_refused(given, says):
    with pytest.raises(UserError, match=says):
        space_of("DanQ", given)


def test_a_space_as_words_and_values_as_text_are_read_back():
    given = {
        "learning_rate": {"log_uniform": [1e-05, 0.01]},
        "sizes.lstm": {"integers": [16, 64], "log": True},
        "first_filters": [None, "jaspar"],
        "weight_decay": [0, 1e-06],
        "strands": ["none", "both"],
    }
    space = space_of("DanQ", given)
    assert from_words("DanQ", words_of(given)) == space
    for one in space:
        for u in (0, 0.3, 0.999999):
            value = one.value(u)
            assert one.read(shown(value)) == value
            assert 0 <= one.place(value) <= 1


@pytest.mark.parametrize("word", ["learning_rate", "learning_rate=[0.1", "learning_rate=0.1"])
def test_a_wrong_word_is_refused(word):
    with pytest.raises(UserError, match="learning_rate"):
        from_words("DanQ", [word])
