"""Real data for tests, in a folder next to the project; tests that need them are skipped if they are absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"
SACCER3 = SHARED / "sacCer3"
DEEPBIND = SHARED / "deepbind"

needs_yeast = pytest.mark.skipif(not SACCER3.exists(), reason="the yeast data are not next to the project")
needs_deepbind = pytest.mark.skipif(not DEEPBIND.exists(), reason="the DeepBind data are not next to the project")
