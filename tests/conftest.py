"""Fixtures that all tests share."""

import pytest
import toys


@pytest.fixture(scope="session")
def toy(tmp_path_factory) -> toys.Dataset:
    """The toy dataset, to be read only; a test that spoils a file writes its own."""
    return toys.write_dataset(tmp_path_factory.mktemp("toy"))
