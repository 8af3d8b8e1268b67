import pandas as pd
import pytest

from danq.data.targets import Target, find, from_json, read_sheet, targets_of, to_json
from danq.errors import UserError


def sheet(folder, text):
    path = folder / "targets.tsv"
    path.write_bytes(text.encode("latin-1" if text == "\xff" else "utf-8"))
    return path


def test_targets_have_the_order_of_the_sheet(tmp_path):
    path = sheet(tmp_path, "name\tassay\tpeaks\tcell\nCTCF\tTF\ta.bed\tK562\nNA\tDNase\tb.bed\t\n")
    table = read_sheet(path)
    assert table["peaks"].tolist() == ["a.bed", "b.bed"]
    targets = targets_of(table)
    assert targets == [Target(1, "CTCF", "TF", "K562"), Target(2, "NA", "DNase")]
    assert [target.title for target in targets] == ["K562|CTCF", "NA"]
    assert from_json(to_json(targets)) == targets


def test_equal_names_are_allowed_if_the_cells_differ(tmp_path):
    text = "name\tassay\tpeaks\tcell\nCTCF\tTF\ta\tK562\nCTCF\tTF\tb\tHeLa\n"
    assert len(read_sheet(sheet(tmp_path, text))) == 2


def test_spaces_trailing_tabs_blank_lines_and_ends_of_lines_do_not_count(tmp_path):
    plain = read_sheet(sheet(tmp_path, "name\tassay\tpeaks\nA b\tTF\ta.bed\nC\tTF\tc.bed\n"))
    text = "\ufeffname\tassay \tpeaks\t\r\n\r\n A b\t TF\ta.bed\t\t\r\n\t\t\r\nC\tTF\u00a0\tc.bed"
    loose = read_sheet(sheet(tmp_path, text))
    pd.testing.assert_frame_equal(loose, plain)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\tassay\nA\tTF\n", "'peaks' is missing"),
        ("name\tassay\tpeaks\tcolour\nA\tTF\ta\tred\n", "unknown column 'colour'"),
        ("name\tassay\tpeaks\n", "lists no target"),
        ("", "is empty"),
        ("\xff", "not a tab-separated table in UTF-8"),
        ("name\tassay\tpeaks\tname\nA\tTF\ta\tA\n", "the column 'name' is there twice"),
        ('name\tassay\tpeaks\nA\tTF\ta\n"B\tTF\tb\nC\tTF\tc\n', "line 3 has a quotation mark in '\"B'"),
        ("name\tassay\tpeaks\nA\tTF\ta\tK562\n", "line 2 has 4 fields, but the sheet has 3 columns"),
        ("name\tassay\tpeaks\nA\t\tTF\ta\n", "line 2 has 4 fields.*second tab"),
        ("name\tassay\tpeaks\tcell\nA\t\tTF\ta\n", "line 2 has no assay.*one tab between"),
        ("name\tassay\tpeaks\nA\tTF\n", "line 2 has no peaks"),
        ("name\tassay\tpeaks\n#A\tTF\ta\n", "line 2 begins with '#'"),
        ("#name\tassay\tpeaks\nA\tTF\ta\n", "line 1 begins with '#'"),
        ("name\tassay\tpeaks\n\nA\tTF\ta\nA \tTF\tb\n", "'A' is listed twice, in lines 3 and 4"),
        ("name\tassay\tpeaks\nA\tTF\x07\ta\n", r"line 2 has the hidden character U\+0007 \(control character\)"),
        ("name\tassay\tpeaks\nA\u200b\tTF\ta\n", r"hidden character U\+200B \(zero width space\)"),
        ("name\tassay\tpeaks\rA\tTF\ta\r", r"hidden character U\+000D \(carriage return\)"),
        ("name\tassay\tpeaks\nA\tTF\ta\nA\tTF\tb\n", "'A' is listed twice"),
        ("name\tassay\tpeaks\nA\tTF\ta\nB\t\tb\n", "line 3 has no assay"),
    ],
)
def test_an_error_in_the_sheet_has_a_clear_message(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        read_sheet(sheet(tmp_path, text))


def test_targets_are_found_by_number_name_and_title():
    targets = [Target(1, "CTCF", "TF", "K562"), Target(2, "CTCF", "TF", "HeLa"), Target(3, "SRF", "TF")]
    assert find(targets, "2") is targets[1]
    assert find(targets, "SRF") is targets[2]
    assert find(targets, "HeLa|CTCF") is targets[1]
    with pytest.raises(UserError, match="ambiguous"):
        find(targets, "CTCF")
    for wanted in ("4", "²"):
        with pytest.raises(UserError, match=f"no target '{wanted}'.*1 to 3"):
            find(targets, wanted)
