"""Jobs of this folder, from the output of squeue; tests/slurm covers the rest on a real cluster."""

from pathlib import Path

import pytest

from flow import slurm


@pytest.mark.parametrize(
    ("comment", "job"),
    [
        ("rule_train_wildcards_danq", ("train", "danq")),
        ("rule_train_wildcards_model=danq", ("train", "danq")),
        ("rule_draw_logos_wildcards_a_b-c", ("draw_logos", "a_b-c")),
        ("rule_predict_tracks_wildcards_danq_chr1.0", ("predict_tracks", "danq_chr1.0")),
        ("rule_predict_tracks_wildcards_model=danq,shard=chr1.0", ("predict_tracks", "danq_chr1.0")),
        ("rule_prepare", ("prepare",)),
        ("rule_prepare_wildcards_", ("prepare",)),
    ],
)
def test_jobs_are_identified_by_their_comment(monkeypatch, comment, job):
    monkeypatch.setattr(
        slurm, "_ask", lambda *fields: [["7", comment, "/here"], ["8", comment, "/there"], ["9", "(null)", "/here"]]
    )
    assert slurm.jobs_here(Path("/here")) == [("7", job)]
