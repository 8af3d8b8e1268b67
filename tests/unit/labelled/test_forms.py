"""Ways of labelling and dividing sequences, against what the files say, and mistakes in one sentence."""

import numpy as np
import pytest

from danq.data import onehot
from danq.data.windows import Windows
from danq.errors import UserError
from danq.labelled import account
from danq.labelled.prepare_sequences import prepare_sequences
from danq.labelled.sequence_rule import SequenceRule

TEXTS = ["".join(np.random.default_rng(row).choice(list("ACGT"), 20)) for row in range(12)]
PARTS = [("train", "valid", "test")[row % 3] for row in range(12)]
BITS = [row // 3 % 2 for row in range(12)]
EXPECTED = {part: {TEXTS[i]: BITS[i] for i in range(12) if PARTS[i] == part} for part in ("train", "valid", "test")}


def fasta(folder, name, headers, rows=range(12)):
    path = folder / name
    path.write_text("".join(f">{header}\n{TEXTS[row]}\n" for row, header in zip(rows, headers, strict=True)))
    return str(path)


def listed(folder, part):
    path = folder / f"{part}.txt"
    path.write_text("".join(f"r{row}\n" for row in range(12) if PARTS[row] == part))
    return str(path)


def table(folder, lines):
    path = folder / "labels.tsv"
    path.write_text("".join("\t".join(map(str, line)) + "\n" for line in lines))
    return str(path)


def made(folder, **rule):
    """The label of each sequence by part, and the account."""
    _, counted = prepare_sequences(SequenceRule(**rule), folder / "out")
    found = {}
    for split in ("train", "valid", "test"):
        windows = Windows(folder / f"out/{split}.h5")
        found[split] = dict(zip(onehot.text(windows.packed(slice(None)), 20), windows.labels()[:, 0], strict=True))
    return found, counted


def test_split_by_lists_of_names(tmp_path):
    files = [fasta(tmp_path, "a.fa", [f"r{row} label={BITS[row]}" for row in range(12)])]
    split = {"train": ["rest"], "valid": [listed(tmp_path, "valid")], "test": [listed(tmp_path, "test")]}
    assert made(tmp_path, files=files, labels="header", by="name", split=split)[0] == EXPECTED


def test_split_by_contigs_and_regions_leaves_out_what_crosses_a_border(tmp_path):
    places = [f"chr{row % 3 + 1}:{100 * row}-{100 * row + 20} {BITS[row]}" for row in range(12)]
    files = [fasta(tmp_path, "a.fa", places)]
    split = {"train": ["rest"], "valid": ["chr2"], "test": ["chr3"]}
    assert made(tmp_path, files=files, labels="header", by="contig", split=split)[0] == EXPECTED
    split["test"] = ["chr3:1-510", "chr3:700-2000"]  # chr3 has windows at 200, 500, 800 and 1100
    found, counted = made(tmp_path, files=files, labels="header", by="contig", split=split)
    assert set(found["test"]) == {TEXTS[2], TEXTS[8], TEXTS[11]}
    assert counted[["records", "split_border"]].to_numpy().tolist() == [[12, 1]]


@pytest.mark.parametrize("place", ["labels", "sequences"])
def test_split_by_a_column_of_the_labels_or_of_the_sequences(tmp_path, place):
    split = {"train": ["train"], "valid": ["valid"], "test": ["test"]}
    rows = [("name", "a", "part"), *((f"r{row}", BITS[row], PARTS[row]) for row in range(12))]
    if place == "labels":
        files, labels = [fasta(tmp_path, "a.fa", [f"r{row}" for row in range(12)])], table(tmp_path, rows)
    else:
        named = [("EventID", "seq", "Bound", "part")]
        named += [(f"r{row}", TEXTS[row], BITS[row], PARTS[row]) for row in range(12)]
        files, labels = [table(tmp_path, named)], None
    assert made(tmp_path, files=files, labels=labels, by="column", column="part", split=split)[0] == EXPECTED


def test_negative_files(tmp_path):
    files = [
        fasta(tmp_path, f"{bit}.fa", [f"r{row}" for row in rows], rows)
        for bit in (1, 0)
        for rows in [[row for row in range(12) if BITS[row] == bit]]
    ]
    split = {"train": ["rest"], "valid": [listed(tmp_path, "valid")], "test": [listed(tmp_path, "test")]}
    found, counted = made(tmp_path, files=files[:1], negative_files=files[1:], by="name", split=split)
    assert found == EXPECTED
    assert counted["file"].tolist() == ["1.fa", "0.fa"]


def test_labels_of_headers_of_one_word(tmp_path):
    files = [fasta(tmp_path, "a.fa", [f"r{row}{'|;'[row % 2]}{BITS[row]}" for row in range(12)])]
    found, _ = made(tmp_path, files=files, labels="header", split={"train": ["rest"], "valid": 0.3, "test": 0.3})
    assert found["train"] | found["valid"] | found["test"] == dict(zip(TEXTS, BITS, strict=True))


def test_a_missing_label_drops_its_record_or_is_negative(tmp_path):
    rows = [("name", "a"), ("r0", "NA"), *((f"r{row}", BITS[row]) for row in range(1, 11))]
    given = {"files": [fasta(tmp_path, "a.fa", [f"r{row}" for row in range(12)])], "labels": table(tmp_path, rows)}
    found, counted = made(tmp_path, **given, split={"train": ["rest"], "valid": 0.2, "test": 0.2})
    kept = {text: label for part in found.values() for text, label in part.items()}
    assert kept == {TEXTS[row]: BITS[row] for row in range(1, 11)}
    assert counted[["no_label", "missing_label"]].to_numpy().tolist() == [[1, 1]]
    assert "dropped: 1 no label; 1 missing label" in account.sentence(counted)
    found, _ = made(tmp_path, **given, missing="negative", split={"train": ["rest"], "valid": 0.2, "test": 0.2})
    assert {text: label for part in found.values() for text, label in part.items()} == kept | {TEXTS[0]: 0}


NAMES = [f"r{row}" for row in range(12)]
ROWS = [("name", "a"), *zip(NAMES, BITS, strict=True)]


@pytest.mark.parametrize(
    ("headers", "rows", "words"),
    [
        (NAMES, [("name", "a"), ("x1", 1), ("x2", 0)], "no record has a name of this table; it begins with 'x1'"),
        (["r1", *NAMES[1:]], ROWS, "two records are called 'r1'"),
        (NAMES, [*ROWS, ("r3", 0)], "the record 'r3' has two rows; remove one"),
        (NAMES, [*ROWS[:5], ("r4", 2), *ROWS[6:]], "line 6: the label of 'a' is '2', neither 0, 1 nor NA"),
        (NAMES, [*ROWS[:5], ("r4", 1, 0), *ROWS[6:]], "line 6 has 3 fields, but the header has 2"),
        (NAMES, [("name",), ("r0",)], "its first line has one column"),
        (["r0 maybe", *NAMES[1:]], None, "line 1: the label 'maybe' is neither 0, 1 nor NA"),
        (NAMES, None, "line 1: the record has no label; write it as the last word"),
        (["r0 1,0", "r1 1", *NAMES[2:]], None, "has 1 labels, the first record 2"),
    ],
)
def test_a_mistake_in_labels_is_one_sentence(tmp_path, headers, rows, words):
    labels = "header" if rows is None else table(tmp_path, rows)
    with pytest.raises(UserError, match="^[^\n]+$") as error:
        made(tmp_path, files=[fasta(tmp_path, "a.fa", headers)], labels=labels)
    assert words in str(error.value)
    assert not list((tmp_path / "out").glob("*"))


def test_rows_of_no_record_are_a_warning(tmp_path, caplog):
    given = {"files": [fasta(tmp_path, "a.fa", NAMES)], "labels": table(tmp_path, [*ROWS, ("other", 1)])}
    found, _ = made(tmp_path, **given, split={"train": ["rest"], "valid": 0.2, "test": 0.2})
    assert sum(map(len, found.values())) == 12
    assert "1 rows have the name of no record" in caplog.text


@pytest.mark.parametrize(
    ("by", "valid", "words"),
    [
        ("name", ["test.txt"], "the record r2 is in two parts"),
        ("name", ["unknown.txt"], "1 of 1 names are of no record ('r99')"),
        ("file", ["b.fa"], "'b.fa' is none of the files of sequences"),
        ("contig", ["chr9"], "contig needs a place in each header"),
    ],
)
def test_a_mistake_in_the_split_is_one_sentence(tmp_path, monkeypatch, by, valid, words):
    monkeypatch.chdir(tmp_path)
    listed(tmp_path, "test")
    (tmp_path / "unknown.txt").write_text("r99\n")
    files = [fasta(tmp_path, "a.fa", [f"r{row} {BITS[row]}" for row in range(12)])]
    split = {"train": ["rest"], "valid": valid, "test": ["test.txt"]}
    with pytest.raises(UserError, match="^[^\n]+$") as error:
        made(tmp_path, files=files, labels="header", by=by, split=split)
    assert words in str(error.value)
