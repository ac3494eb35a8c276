"""From when on somebody consents and acts for themselves, by their country's law: `ages.json` names the sources.

Of a date of birth only what lies ahead is kept, of minors alone: the days from which on a child's own yes is needed,
of digital consent, and of majority.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

OLDEST_YEARS = 120


@dataclass(frozen=True)
class Days:
    """The days from which on somebody is asked, consents and is of age; None is: already."""

    asked_on: date | None = None
    consent_on: date | None = None
    majority_on: date | None = None


@cache
def law() -> Mapping[str, Any]:
    """Return the ages by country that ship with the server."""
    document: Mapping[str, Any] = json.loads(Path(__file__).with_name("ages.json").read_bytes())
    return document


def countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1 alpha-2."""
    return frozenset(law()["countries"].split())


@cache
def country_names() -> Mapping[str, str]:
    """Return the English name of each of `countries()`, in the order of the names."""
    names: dict[str, str] = json.loads(Path(__file__).with_name("country_names.json").read_bytes())["names"]
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def overridden(kind: str, overrides: Iterable[str]) -> Mapping[str, int]:
    """Return the ages of `kind`, a key of `ages.json`, with `given` in their place, each as "DE=16".

    Raises:
        ValueError: one of them has another form, names no country, or no age from 0 to 25.
    """
    ages = dict(law()[kind])
    for text in overrides:
        country, equals, age = text.partition("=")
        if not equals or country not in countries() | {"default"} or not (age.isdecimal() and int(age) <= 25):
            raise ValueError(f"{text!r} is not like DE=16, a country's ISO code or 'default' and an age")
        ages[country] = int(age)
    return ages


def days(born_on: date, country: str, today: date, consent: Mapping[str, int], majority: Mapping[str, int]) -> Days:
    """Return the days that lie ahead of somebody born on `born_on` who lives in `country`.

    Nobody comes of age before they may consent.
    """
    asked = law()["own_yes"].get(country, law()["own_yes"]["default"])
    of_age = majority.get(country, majority["default"])
    consents = min(consent.get(country, consent["default"]), of_age)
    ahead = [day if day > today else None for day in (birthday(born_on, age) for age in (asked, consents, of_age))]
    return Days(*ahead)


def birthday(born_on: date, age: int) -> date:
    """Return the day on which somebody becomes `age`; who was born on 29 February, on 1 March of a common year."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)
