"""A key that a config gives twice is a mistake, in every way to give it."""

from __future__ import annotations

import pytest

from danq.errors import UserError
from flow import repeated


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed: 1\nmodels: {}\nseed: 2\n", "the key 'seed' is given twice, in lines 1 and 3; remove or rename one"),
        ("models:\n  a: {}\n  b: {}\n  a: {}\n", "the key 'a' is given twice, in lines 2 and 4"),
        ("models:\n  1: {}\n  '1': {}\n", "the key '1' is given twice, in lines 2 and 3"),
        ("models:\n  1: {}\n  0x1: {}\n", "the key '1' is given twice"),
        ("list:\n- {a: 1, a: 2}\n", "the key 'a' is given twice, in lines 2 and 2"),
        ('{"seed": 1, "models": {"a": 1, "a": 2}}', "the key 'a' is given twice; remove or rename one"),
        ("base: &base {a: 1, a: 2}\nmodels: {x: *base, y: *base}\n", "the key 'a' is given twice"),
    ],
)
def test_a_repeated_key_is_a_mistake(tmp_path, text, words):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match="mine.yaml: ") as raised:
        repeated.check_files([path])
    assert words in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "models: {a: {seed: 1}, b: {seed: 1}}",
        "base: &base {a: 1, b: 2}\nmine: {<<: *base, a: 3}",
        "self: &self {it: *self}",
        '{"a": 1}',
        "a: [",
    ],
)
def test_other_texts_pass(text):
    repeated.check_text(text, "here")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--config", "seed=1", "seed=2"], "--config: seed is given twice"),
        (["-n", "-C", "models={a: {}, a: {}}", "--cores", "1"], "--config models: the key 'a' is given twice"),
        (["--config=models={a: {}, a: {}}"], "--config models: the key 'a'"),
    ],
)
def test_values_of_the_command_line_are_checked(words, message):
    with pytest.raises(UserError, match=message):
        repeated.check_words(words)


def test_other_words_of_the_command_line_pass():
    repeated.check_words(["--config", "seed=1", "folder=a b", "-n", "--set-threads", "train=1", "train=2"])
