"""A child below the age of consent, and somebody who may answer for them."""

from collections.abc import Callable

import pytest

from ..conftest import Person


@pytest.fixture
def child(person: Callable[..., Person]) -> Person:
    """Twelve years old, in Germany: consents alone at 16, on 3 March 2029, and is of age on 3 March 2031."""
    return person("patient", name="Robin", born_on="2013-03-03", country="DE")


@pytest.fixture
def guardian(person: Callable[..., Person]) -> Person:
    return person("guardian", name="Kim")
