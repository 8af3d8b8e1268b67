"""Writing pictures to files."""

import pytest

from danq.errors import UserError
from danq.plots import pictures


@pytest.fixture
def drawn():
    figure = pictures.figure(1, 1)
    figure.text(0.5, 0.5, "x")
    return figure


@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_the_suffix_decides_the_format(drawn, tmp_path, suffix, magic):
    pictures.save(drawn, tmp_path / f"a.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(magic)


def test_names_are_no_formulas_and_powers_of_ten_are(tmp_path):
    figure = pictures.figure(3, 3)
    axes = figure.subplots()
    axes.plot([1, 1000], [0, 1], label=r"A$\x$")
    axes.set(xscale="log", title=r"A$\x$")
    axes.set_yticks([0, 1], [r"A$\x$", "$b$"])
    axes.legend()
    pictures.save(figure, tmp_path / "a.svg")
    ticks = [*axes.get_yticklabels(), axes.title, *axes.get_legend().get_texts()]
    assert not any(text.get_parse_math() for text in ticks)
    assert all(text.get_parse_math() for text in axes.get_xticklabels())


def test_a_long_text_is_cut_in_its_middle():
    assert pictures.short("a" * 40) == "a" * 40
    assert pictures.short("a" * 30 + "b" * 30) == "a" * 26 + "…" + "b" * 13


def test_a_folder_replaces_an_old_one(drawn, tmp_path):
    for name in ("a", "b"):
        pictures.save_folder({name: lambda: drawn}, tmp_path / "folder")
        assert [path.name for path in (tmp_path / "folder").iterdir()] == [f"{name}.png"]


def test_a_failed_drawing_leaves_the_old_folder(drawn, tmp_path):
    pictures.save_folder({"a": lambda: drawn}, tmp_path / "folder")
    with pytest.raises(ZeroDivisionError):
        pictures.save_folder({"b": lambda: drawn, "c": lambda: 1 / 0}, tmp_path / "folder")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["a.png"]
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_one_picture_of_a_folder(drawn, tmp_path):
    drawings = {"danq.vs.kmer": lambda: drawn, "b": lambda: 1 / 0}
    pictures.save_one(drawings, tmp_path / "danq.vs.kmer.png")
    assert [path.name for path in tmp_path.iterdir()] == ["danq.vs.kmer.png"]
    with pytest.raises(UserError, match=r"danq.vs.kmr.png: no picture has this name; the nearest names are danq.vs.k"):
        pictures.save_one(drawings, tmp_path / "danq.vs.kmr.png")


def test_colours_repeat():
    assert pictures.colour(len(pictures.COLOURS) + 1) == pictures.colour(1)
