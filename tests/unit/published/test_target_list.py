"""Lists of the published targets, including the original lists where they are available."""

import pytest
from real_data import SHARED

from danq.errors import UserError
from danq.published.target_list import is_published, numbered_targets, published_assays, read_targets

LISTS = SHARED / "deepsea"
needs_lists = pytest.mark.skipif(not LISTS.exists(), reason="the published lists are not available")


@needs_lists
def test_the_published_lists_agree_except_for_fourteen_spellings():
    names, table = read_targets(LISTS / "predictor.names"), read_targets(LISTS / "danq_aucs.tsv")
    assert is_published(names)
    assert is_published(table)
    assert len({(target.cell, target.name, target.treatment) for target in names}) == 844
    assert sum(one != other for one, other in zip(names, table, strict=True)) == 14
    assert [names[i].title for i in (0, 125, 815)] == ["8988T|DNase", "Dnd41|CTCF", "H1-hESC|H2AK5ac"]


@needs_lists
def test_names_with_underscores_give_the_same_targets(tmp_path):
    """Other tools write the list with underscores, which cells and treatments also contain."""
    lines = (LISTS / "predictor.names").read_text().splitlines()
    (tmp_path / "a.txt").write_text("\n".join(line.replace("|", "_") for line in lines))
    assert read_targets(tmp_path / "a.txt") == read_targets(LISTS / "predictor.names")


def test_assays_are_determined_by_the_row():
    targets = numbered_targets(919)
    assert [targets[i].assay for i in (0, 124, 125, 814, 815, 918)] == [
        "DNase",
        "DNase",
        "TF",
        "TF",
        "histone",
        "histone",
    ]
    assert len(published_assays()) == 919
    assert {target.assay for target in numbered_targets(5)} == {"unknown"}
    assert not is_published(numbered_targets(5))


def test_a_table_can_contain_assays(tmp_path):
    (tmp_path / "a.csv").write_text("Assay,Target,Cell type\nTF,CTCF,K562\nATAC,open,K562\n")
    targets = read_targets(tmp_path / "a.csv")
    assert [(target.assay, target.title) for target in targets] == [("TF", "K562|CTCF"), ("ATAC", "K562|open")]


def test_tables_from_spreadsheets_are_read(tmp_path):
    """They have a byte-order mark, Windows line endings and empty last cells."""
    (tmp_path / "a.tsv").write_bytes(b"\xef\xbb\xbfTarget\tCell\tTreatment\r\nCTCF\tK562\t\r\nREST\tK562\tNone\r\n")
    assert [target.title for target in read_targets(tmp_path / "a.tsv")] == ["K562|CTCF", "K562|REST"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lists no target"),
        ("a|b|c\nd|e\n", "line 2: 'd|e' is not cell"),
        ("Cell\tFoo\nx\ty\n", "no column of target names.*Cell, Foo"),
        ("Cell\tTarget\nx\n", "line 2: has 1 columns, the heading has 2"),
    ],
)
def test_an_error_in_a_target_list_has_a_clear_message(tmp_path, text, message):
    (tmp_path / "a").write_text(text)
    with pytest.raises(UserError, match=message.replace("|", r"\|")):
        read_targets(tmp_path / "a")
