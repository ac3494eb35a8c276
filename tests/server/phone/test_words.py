"""The app's texts: every language says the same things, each with the plural forms that it needs."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import server.phone

SOURCE = Path(server.phone.__file__).parent / "source"
LANGUAGES = ("en", "de", "ar")
PLURALS = {
    "en": {"one", "other"},
    "de": {"one", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}
"""The categories of Intl.PluralRules."""

FORMS = re.compile(r"\.(zero|one|two|few|many|other)\Z")


def texts(language: str) -> Mapping[str, str]:
    files = sorted((SOURCE / "words" / language).glob("*.json"))
    sections = {file.stem: json.loads(file.read_bytes()) for file in files}
    return {f"{name}.{key}": text for name, section in sections.items() for key, text in section.items()}


def counted(keys: Mapping[str, str]) -> set[str]:
    """Keys that are chosen by a count: those with a form `other`, whatever else ends in such a word."""
    return {FORMS.sub("", key) for key in keys if key.endswith(".other") and f"{FORMS.sub('', key)}.one" in keys}


def plain(language: str) -> set[str]:
    found = texts(language)
    return {FORMS.sub("", key) if FORMS.sub("", key) in counted(found) else key for key in found}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_the_same_texts(language: str) -> None:
    assert plain(language) ^ plain("en") == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_has_every_form_that_the_language_needs(language: str) -> None:
    found = texts(language)
    forms = {key: {form for form in PLURALS["ar"] if f"{key}.{form}" in found} for key in counted(found)}
    assert {key: had for key, had in forms.items() if had != PLURALS[language]} == {}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_takes_no_other_values(language: str) -> None:
    english, translated = texts("en"), texts(language)
    values = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in english.items()}
    others = {key: set(re.findall(r"\{(\w+)\}", translated[key])) for key in english.keys() & translated.keys()}
    free = {key for key in others if FORMS.search(key)}  # "One spot" needs no number.
    assert {key: names for key, names in others.items() if names != values[key] and key not in free} == {}


def test_every_text_that_the_code_names_is_there() -> None:
    """Names put together while the app runs are left to the browser's tests: a missing text stops a screen."""
    known = texts("en")
    named = {
        key for file in SOURCE.rglob("*.js") for key in re.findall(r"\bt\(\s*\"([\w.-]+)\"", file.read_text("utf-8"))
    }
    assert named
    assert {key for key in named if key not in known and key not in counted(known)} == set()


def test_no_number_to_call_is_without_source_and_date() -> None:
    table = json.loads((SOURCE / "safety" / "helplines.json").read_bytes())
    for entry in (table["elsewhere"], table["european_union"], *table["countries"].values()):
        assert entry["source"]
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", entry["noted_on"])
        assert re.fullmatch(r"\d{3}", entry["emergency"])
