"""Codes that people copy by hand."""

import pytest

from server.foundation.ids import CODE_ALPHABET, code_digest, new_code


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} ".replace("-", " ")]
)
def test_a_code_is_known_however_a_person_types_it(typed):
    code = new_code(groups=4)
    assert code_digest(typed(code)) == code_digest(code)


def test_a_code_has_groups_of_four_characters_that_are_not_read_for_one_another():
    groups = new_code(groups=3).split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(CODE_ALPHABET) and not set("0O1I") & set(CODE_ALPHABET)
