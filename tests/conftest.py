"""Fixtures that all tests share."""

import signal

import pytest
import toys

# A shell without job control starts background jobs with SIGINT ignored, and programs inherit that from the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def toy(tmp_path_factory) -> toys.Dataset:
    """The toy dataset, read only: a test that changes a file writes its own dataset."""
    return toys.write_dataset(tmp_path_factory.mktemp("toy"))
