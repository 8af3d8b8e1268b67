import pytest

from danq.errors import UserError
from danq.targets import Target, find, from_json, read_sheet, targets_of, to_json


def sheet(folder, text):
    path = folder / "targets.tsv"
    path.write_text(text)
    return path


def test_a_sheet_gives_targets_in_its_order(tmp_path):
    path = sheet(tmp_path, "name\tassay\tpeaks\tcell\nCTCF\tTF\ta.bed\tK562\nNA\tDNase\tb.bed\t\n")
    table = read_sheet(path)
    assert table["peaks"].tolist() == ["a.bed", "b.bed"]
    targets = targets_of(table)
    assert targets == [Target(1, "CTCF", "TF", "K562"), Target(2, "NA", "DNase")]
    assert [target.title for target in targets] == ["K562|CTCF", "NA"]
    assert from_json(to_json(targets)) == targets


def test_equal_names_are_told_apart_by_cell_and_treatment(tmp_path):
    text = "name\tassay\tpeaks\tcell\nCTCF\tTF\ta\tK562\nCTCF\tTF\tb\tHeLa\n"
    assert len(read_sheet(sheet(tmp_path, text))) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\tassay\nA\tTF\n", "'peaks' is missing"),
        ("name\tassay\tpeaks\tcolour\nA\tTF\ta\tred\n", "unknown column 'colour'"),
        ("name\tassay\tpeaks\n", "lists no target"),
        ("", "not a tab-separated table"),
        ("name\tassay\tpeaks\nA\tTF\ta\nA\tTF\tb\n", "'A' is listed twice"),
        ("name\tassay\tpeaks\nA\tTF\ta\nB\t\tb\n", "row 2 has no assay"),
    ],
)
def test_a_bad_sheet_is_one_sentence(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        read_sheet(sheet(tmp_path, text))


def test_targets_are_found_by_number_name_and_title():
    targets = [Target(1, "CTCF", "TF", "K562"), Target(2, "CTCF", "TF", "HeLa"), Target(3, "SRF", "TF")]
    assert find(targets, "2") is targets[1]
    assert find(targets, "SRF") is targets[2]
    assert find(targets, "HeLa|CTCF") is targets[1]
    with pytest.raises(UserError, match="ambiguous"):
        find(targets, "CTCF")
    with pytest.raises(UserError, match="no target '4'.*1 to 3"):
        find(targets, "4")
