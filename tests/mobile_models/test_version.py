"""Versions come in the order that semver.org gives them."""

from itertools import pairwise

import pytest

from mobile_models.version import Version


def test_versions_are_ordered_as_the_standard_orders_them():
    """The example of semver.org, section 11, with what surrounds it."""
    ordered = ["0.9.10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2"]
    ordered += ["1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"]
    for before, after in pairwise(map(Version.parse, ordered)):
        assert before < after
        assert not after < before


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0-", "v1.0.0", "1.0.0 ", "１.0.0", "-1.0.0"]
)
def test_what_is_no_version_is_refused(text):
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)
