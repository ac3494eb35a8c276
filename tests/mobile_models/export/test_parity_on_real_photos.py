"""The released files against PyTorch on photos of people that no model was trained on.

On every sixth of them; `python -m tests.soak.parity` takes all.
"""

from pathlib import Path

import pytest

from tests.soak.parity import over_budget

PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "acne04"
SLICE = 48


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the real photos of ../shared/data are not here")
def test_each_released_file_keeps_its_budget():
    assert over_budget(PHOTOS, SLICE) == {}
