"""The section on searches of the report page, on results that the programs wrote from made rankings."""

import html

import made_results
import numpy as np
import pandas as pd
from project import program

from danq.search.halving import RUNG, ranking
from danq.search.space import from_words
from danq.search.table import trials_table

SPACE = ("learning_rate=[0.001, 0.01]", "sizes.filters={integers: [8, 64]}")
TRIALS = 14


def write_search(folder) -> None:
    """A search of one rung, in which only the learning rate matters, and the last trial diverged."""
    draw = np.random.default_rng(1)
    rows = [
        {"trial": f"t{i:08x}", "learning_rate": str([0.001, 0.01][i % 2]), "sizes.filters": str(8 + 4 * i)}
        for i in range(TRIALS)
    ]
    dimensions = from_words("DanQ", SPACE)
    folder.mkdir(parents=True)
    trials_table(dimensions).write(pd.DataFrame(rows), folder / "trials.tsv")
    histories = {
        row["trial"]: pd.DataFrame({"epoch": [1], "val_loss": [float(row["learning_rate"]) + 1e-4 * draw.random()]})
        for row in rows
    }
    record = {"status": "finished", "epochs": 1, "parameters": 1000, "seconds": 60.0}
    records = dict.fromkeys(histories, record)
    records[rows[-1]["trial"]] = record | {"status": "diverged"}
    RUNG.write(ranking(histories, records, "loss", 0), folder / "rung1.tsv")
    tables = [folder / "results.tsv", folder / "importance.tsv"]
    done = program(
        *["search_results", "--trials", folder / "trials.tsv", "--rungs", folder / "rung1.tsv", "--space", *SPACE],
        *["-m", "DanQ", "--epochs", "1", "--name", "danq", "--results", tables[0], "--importance", tables[1]],
        *["--best", folder / "best.yaml"],
    )
    assert done.returncode == 0, done.stderr
    pictures = ["--parallel", folder / "trials.png", "--bars", folder / "importance.png"]
    done = program("draw_trials", *tables, "-m", "DanQ", "--space", *SPACE, *pictures)
    assert done.returncode == 0, done.stderr


def test_the_page_has_the_best_trials_and_the_recipe(tmp_path):
    write_search(tmp_path / "search/danq")
    targets = made_results.small_targets()
    page = made_results.make(tmp_path, targets, ("danq",), influence=False, searches=["danq"]).page.read_text()
    section = page.partition('<h2 id="search">')[2].partition("<h2 ")[0]
    assert '<a href="#search">' in page
    assert f"danq: {TRIALS} trials" in section
    assert "13 finished, 1 diverged; 14 minutes of training" in section
    assert section.count("<tr>") == 1 + 10
    assert "The\nfirst 10 trials" in section
    rows = section.split("<tr>")[2:]
    assert all("<td>0.001</td>" in row for row in rows[:7])
    assert all("<td>0.01</td>" in row for row in rows[7:])
    assert section.count('<img src="data:image/png;base64,') == 2
    assert html.escape((tmp_path / "search/danq/best.yaml").read_text(), quote=False)[:50] in html.unescape(section)
