"""Tables are read back as they were written: words stay words, and missing values stay missing."""

import gzip

import numpy as np
import pandas as pd
import pytest

from danq.errors import UserError
from danq.tables import Table

WORDS = ("model", "target", "assay", "known", "consensus")
KIND = Table("table of motifs", (*WORDS, "filter", "evalue", "offset"), words=WORDS, optional=("published",))
OPEN = Table("comparison", ("target",), words=("target",), others=True)
TABLE = pd.DataFrame({
    "model": ["64", "null", "1e3"],
    "target": ["NA", "nan", 'a "b" é'],
    "assay": ["NA", "", "TF"],
    "known": ["6", "", "0"],
    "consensus": ["NA", "", "ACG"],
    "filter": [1, 2, 3],
    "evalue": [1e-9, np.nan, 0.5],
    "offset": pd.array([-2, None, 3], "Int64"),
})  # fmt: skip


def test_words_that_look_like_numbers_or_missing_values_stay_words(tmp_path):
    KIND.write(TABLE, tmp_path / "t.tsv")
    back = KIND.read(tmp_path / "t.tsv")
    for name in WORDS:
        assert back[name].tolist() == TABLE[name].tolist()
    assert back["filter"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(back["evalue"], [1e-9, np.nan, 0.5])
    np.testing.assert_allclose(back["offset"], [-2, np.nan, 3])
    lines = (tmp_path / "t.tsv").read_text().splitlines()
    assert lines[2] == "null\tnan\t\t\t\t2\tNA\tNA"
    assert lines[3].startswith('1e3\ta "b" é\tTF\t')  # a quotation mark is a character, as in other programs


def test_missing_words_are_empty_and_missing_numbers_are_na(tmp_path):
    table = pd.DataFrame({"target": [None, "x"], "value": [1.0, np.nan]})
    OPEN.write(table, tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_text() == "target\tvalue\n\t1\nx\tNA\n"
    assert OPEN.read(tmp_path / "t.tsv")["target"].tolist() == ["", "x"]


def test_an_empty_table_keeps_its_columns(tmp_path):
    KIND.write(pd.DataFrame(columns=KIND.columns), tmp_path / "t.tsv")
    back = KIND.read(tmp_path / "t.tsv")
    assert back.columns.tolist() == list(KIND.columns)
    assert back.empty


def test_a_column_of_missing_numbers_only_is_a_column_of_numbers(tmp_path):
    KIND.write(TABLE.assign(evalue=np.nan), tmp_path / "t.tsv")
    assert KIND.read(tmp_path / "t.tsv")["evalue"].isna().all()


def test_compressed_tables_have_the_same_bytes_every_time(tmp_path):
    for name in ("a.tsv.gz", "b.tsv.gz"):
        KIND.write(TABLE, tmp_path / name)
    assert (tmp_path / "a.tsv.gz").read_bytes() == (tmp_path / "b.tsv.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.tsv.gz").read_bytes()).startswith(b"model\t")
    assert KIND.read(tmp_path / "a.tsv.gz")["target"].tolist() == TABLE["target"].tolist()


def test_an_undeclared_or_missing_column_is_an_error_on_write(tmp_path):
    with pytest.raises(ValueError, match="table of motifs: column colour is unknown"):
        KIND.write(TABLE.assign(colour="red"), tmp_path / "t.tsv")
    with pytest.raises(ValueError, match="table of motifs: column known is missing"):
        KIND.write(TABLE.drop(columns="known"), tmp_path / "t.tsv")
    with pytest.raises(ValueError, match="red"):
        OPEN.write(pd.DataFrame({"target": ["x"], "colour": ["red"]}), tmp_path / "t.tsv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("target\tassay\nx\tTF\n", r"t\.tsv: column assay contains text, not numbers; write the comparison again"),
        ("target\tassay\nx\tTrue\n", r"t\.tsv: column assay contains text"),
        ("name\tauroc\nx\t1\n", r"t\.tsv: not a valid comparison of this version \(column target is missing\)"),
        ("", r"t\.tsv: not a tab-separated table"),
    ],
)
def test_a_table_of_another_kind_or_version_is_a_user_error(tmp_path, text, says):
    (tmp_path / "t.tsv").write_text(text)
    with pytest.raises(UserError, match=says):
        OPEN.read(tmp_path / "t.tsv")


def test_an_undeclared_column_is_a_user_error_on_read(tmp_path):
    KIND.write(TABLE.assign(published=1), tmp_path / "t.tsv")
    assert KIND.read(tmp_path / "t.tsv")["published"].tolist() == [1, 1, 1]
    (tmp_path / "t.tsv").write_text((tmp_path / "t.tsv").read_text().replace("published", "colour"))
    with pytest.raises(UserError, match=r"t\.tsv: not a valid table of motifs of this version \(column colour is unk"):
        KIND.read(tmp_path / "t.tsv")


@pytest.mark.parametrize("name", ["t.tsv", "t.tsv.gz"])
def test_parts_make_the_file_of_the_whole_table(tmp_path, name):
    (tmp_path / "whole").mkdir()
    KIND.write(TABLE, tmp_path / "whole" / name)
    KIND.write_parts((TABLE.iloc[row : row + 1] for row in range(3)), tmp_path / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    with pytest.raises(ValueError, match="column rest is unknown"):
        KIND.write_parts([TABLE, TABLE.assign(rest=1)], tmp_path / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
