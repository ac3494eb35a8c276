"""From when on somebody consents and acts for themselves: on the birthday, by their country's law."""

from datetime import date

import pytest

from server.application.safety import safe_settings
from server.foundation.config import ConfigError
from server.people.accounts.ages import Days, birthday, countries, days, law, overridden

TODAY = date(2026, 3, 2)
CONSENT, MAJORITY = law()["digital_consent"], law()["majority"]


def days_of(born_on, country, today=TODAY):
    return days(born_on, country, today, CONSENT, MAJORITY)


def asked_on(born_on):
    """Twelve everywhere."""
    day = date(born_on.year + 12, born_on.month, born_on.day)
    return day if day > TODAY else None


@pytest.mark.parametrize(
    ("born_on", "country", "consent_on", "majority_on"),
    [
        (date(2014, 6, 1), "DE", date(2030, 6, 1), date(2032, 6, 1)),
        (date(2014, 6, 1), "BE", date(2027, 6, 1), date(2032, 6, 1)),
        (date(2014, 6, 1), "GB", date(2027, 6, 1), date(2032, 6, 1)),
        (date(2014, 6, 1), "US", date(2027, 6, 1), date(2032, 6, 1)),
        (date(2014, 6, 1), "BR", date(2030, 6, 1), date(2032, 6, 1)),  # No law here: the ages of the default.
        (date(2014, 6, 1), "KR", date(2030, 6, 1), date(2033, 6, 1)),
        (date(2010, 3, 2), "DE", None, date(2028, 3, 2)),  # 16 today.
        (date(2010, 3, 3), "DE", date(2026, 3, 3), date(2028, 3, 3)),  # 16 tomorrow.
        (date(2008, 3, 2), "DE", None, None),  # 18 today.
        (date(2008, 3, 3), "DE", None, date(2026, 3, 3)),  # 18 tomorrow.
        (date(1980, 1, 1), "DE", None, None),
        (TODAY, "DE", date(2042, 3, 2), date(2044, 3, 2)),
    ],
)
def test_only_days_that_lie_ahead_are_kept(born_on, country, consent_on, majority_on):
    assert days_of(born_on, country) == Days(asked_on(born_on), consent_on, majority_on)


@pytest.mark.parametrize(
    ("age", "day"), [(16, date(2028, 2, 29)), (15, date(2027, 3, 1)), (18, date(2030, 3, 1)), (20, date(2032, 2, 29))]
)
def test_who_was_born_on_29_february_is_a_year_older_on_1_march_of_a_common_year(age, day):
    assert birthday(date(2012, 2, 29), age) == day


def test_a_child_of_29_february_still_needs_a_guardian_on_28_february_and_no_longer_on_1_march():
    born_on = date(2008, 2, 29)
    assert days_of(born_on, "DE", date(2026, 2, 28)).majority_on == date(2026, 3, 1)
    assert days_of(born_on, "DE", date(2026, 3, 1)).majority_on is None


def test_a_configured_age_takes_the_place_of_the_law_and_of_the_default():
    ages = overridden("digital_consent", ("DE=13", "default=18"))
    assert (ages["DE"], ages["default"], ages["FR"]) == (13, 18, 15)
    assert days(date(2012, 6, 1), "BR", TODAY, ages, MAJORITY).consent_on == date(2030, 6, 1)


def test_nobody_consents_later_than_they_are_of_age():
    ages = overridden("digital_consent", ("DE=20",))
    assert days(date(2014, 6, 1), "DE", TODAY, ages, MAJORITY).consent_on == date(2032, 6, 1)


@pytest.mark.parametrize("wrong", ["DE", "DE=", "DE=x", "DE=-1", "UK=13", "XX=13", "de=13", "DE=26", "DE=²", ""])
def test_an_age_of_another_form_is_refused_by_the_name_of_its_setting(wrong):
    with pytest.raises(ConfigError, match="ACNETRACK_CONSENT_AGES"):
        safe_settings({"ACNETRACK_CONSENT_AGES": wrong})
    with pytest.raises(ConfigError, match="ACNETRACK_MAJORITY_AGES"):
        safe_settings({"ACNETRACK_MAJORITY_AGES": wrong})


def test_every_country_of_the_union_and_the_economic_area_has_an_age_that_the_regulation_allows():
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO"
    assert all(13 <= CONSENT[country] <= 16 for country in union.split())
    assert (CONSENT["GB"], CONSENT["US"], CONSENT["default"], MAJORITY["default"]) == (13, 13, 16, 18)
    assert (CONSENT.keys() | MAJORITY.keys()) - {"default"} <= countries()
    assert len(countries()) == 249
