"""Tables to disk and back: words stay words, and what is missing stays missing."""

import gzip

import numpy as np
import pandas as pd

from danq.tables import read_table, write_table

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


def test_words_that_look_like_figures_or_gaps_come_back(tmp_path):
    write_table(TABLE, tmp_path / "t.tsv")
    back = read_table(tmp_path / "t.tsv")
    for name in ("model", "target", "assay", "known", "consensus"):
        assert back[name].tolist() == TABLE[name].tolist()
    assert back["filter"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(back["evalue"], [1e-9, np.nan, 0.5])
    np.testing.assert_allclose(back["offset"], [-2, np.nan, 3])
    assert (tmp_path / "t.tsv").read_text().splitlines()[2] == "null\tnan\t\t\t\t2\tNA\tNA"


def test_missing_words_are_empty_and_missing_figures_na(tmp_path):
    write_table(pd.DataFrame({"name": [None, "x"], "value": [1.0, np.nan]}), tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_text() == "name\tvalue\n\t1\nx\tNA\n"


def test_a_table_without_rows_comes_back(tmp_path):
    write_table(TABLE[:0], tmp_path / "t.tsv")
    assert read_table(tmp_path / "t.tsv").columns.tolist() == TABLE.columns.tolist()


def test_compressed_tables_are_the_same_bytes_every_time(tmp_path):
    for name in ("a.tsv.gz", "b.tsv.gz"):
        write_table(TABLE, tmp_path / name)
    assert (tmp_path / "a.tsv.gz").read_bytes() == (tmp_path / "b.tsv.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.tsv.gz").read_bytes()).startswith(b"model\t")
