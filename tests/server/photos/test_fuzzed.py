"""A slice of `tests.soak.uploads`, which uploads a thousand malformed photos."""

import pytest

from tests.served import Served
from tests.soak.uploads import Fuzz


@pytest.mark.filterwarnings("ignore")  # Pillow's, of damaged photos.
def test_malformed_photos_and_headers_are_refused_by_name_or_stored_readable(tmp_path):
    served = Served(tmp_path, workers=1)
    try:
        fuzz = Fuzz(served, seed=7)
        fuzz.run(50)
    finally:
        served.kill()
    refusals = {answer for answer in fuzz.answers if answer.startswith(("PUT 4", "PATCH 4"))}
    assert fuzz.stored >= 5
    assert len(refusals) >= 5
