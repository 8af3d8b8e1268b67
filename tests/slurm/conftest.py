"""The Slurm cluster that all tests in this folder share."""

import os
import signal

import pytest
from slurm_cluster import Cluster, why_not


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    reason = why_not()
    if reason:
        # CI has installed what is needed: there a test that does not run is a failure.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated"))  # stops the cluster below
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
