"""The account of sequences on the report page."""

import made_results
import pandas as pd

from danq.labelled.account import ACCOUNT, DROPPED, FATES

LABELLED = {
    "split": {"train": ["rest"], "valid": 0.1, "test": ["sets/a.test.fa"]},
    "by": "file",
    "column": None,
    "shared": 24,
}


def test_the_page_has_what_became_of_the_sequences(tmp_path, monkeypatch):
    rows = [("a.fa", 90, {"train": 60, "valid": 20, "too_short": 10}, 7), ("a.test.fa", 11, {"test": 11}, 0)]
    table = [
        {"file": name, "records": n, **dict.fromkeys(FATES, 0), **fates, "cropped": cropped, "padded": 0}
        for name, n, fates, cropped in rows
    ]
    monkeypatch.setattr(made_results, "KEEP", {"labelled": LABELLED})
    ACCOUNT.write(pd.DataFrame(table), tmp_path / "windows/account.tsv")
    page = made_results.make(tmp_path, made_results.small_targets(), ("danq",), influence=False).page.read_text()
    assert "What became of the sequences" in page
    assert "Test windows: sequences of a.test.fa." in page
    for title, number, share, meaning in (
        ("train windows", 60, "59.41%", ""),
        ("dropped: too short", 10, "9.90%", DROPPED["too_short"]),
        ("all records", 101, "100.00%", ""),
    ):
        cells = f'<td class="text">{title}</td><td>{number}</td><td>{share}</td><td class="text">{meaning}</td>'
        assert cells in page or cells.replace('<td class="text"></td>', "<td></td>") in page, title
    assert "7 windows were cropped" in page
