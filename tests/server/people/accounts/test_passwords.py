"""Passwords cost a thief what OWASP recommends."""


def test_a_hash_takes_nine_mebibytes_four_passes_and_one_lane(passwords_as_served):
    assert passwords_as_served.hash("correct horse battery").startswith("$argon2id$v=19$m=9216,t=4,p=1$")
