"""Real data for tests, in a folder next to the project; tests that need them are skipped if they are absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"
SACCER3 = SHARED / "sacCer3"

needs_yeast = pytest.mark.skipif(not SACCER3.exists(), reason="the yeast data are not next to the project")
