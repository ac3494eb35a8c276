"""Settings: a laptop needs none, production takes no unsafe one."""

from pathlib import Path

import pytest

from mobile_models.keys import DEVELOPMENT_KEY, RELEASE_KEYS
from server.application.safety import DEMANDED, safe_settings
from server.foundation.config import ConfigError

SAFE = {
    "ACNETRACK_ENV": "production",
    "ACNETRACK_DATABASE_URL": "sqlite:////srv/acnetrack/acnetrack.db",
    "ACNETRACK_JOURNAL_URL": "sqlite:////srv/acnetrack-journal/journal.db",
    "ACNETRACK_PHOTO_DIR": "/srv/acnetrack/photos",
    "ACNETRACK_KEY_DIR": "/var/lib/acnetrack-keys",
    "ACNETRACK_MASTER_KEY": "zYG2iwhNpu6Ya1uYHn62H7XaDkrqMEDsXlJZl7rTrKk=",
    "ACNETRACK_MODEL_STORE_DIR": "/srv/acnetrack/models",
    "ACNETRACK_SECRET_KEY": "a7f3c9d2e8b14650a7f3c9d2e8b14650",
    "ACNETRACK_SOURCE_URL": "https://example.org/acnetrack",
    "ACNETRACK_PUBLIC_URL": "https://skin.example.org/",
}


def test_a_laptop_needs_no_setting():
    assert safe_settings({}).env == "development"


def test_a_safe_production_starts():
    config = safe_settings(SAFE)
    assert config.production
    assert config.photo_dir == Path("/srv/acnetrack/photos")


def test_all_settings_that_production_misses_are_named_at_once():
    with pytest.raises(ConfigError) as refused:
        safe_settings({"ACNETRACK_ENV": "production"})
    assert all(f"ACNETRACK_{name}" in str(refused.value) for name in DEMANDED)


def test_numbers_are_read_as_numbers():
    assert safe_settings({"ACNETRACK_PHOTO_MAX_BYTES": "1000"}).photo_max_bytes == 1000


def test_a_laptop_trusts_the_development_key_and_production_only_those_that_are_named():
    own = {"ACNETRACK_MODEL_PUBLIC_KEYS": f"{RELEASE_KEYS[0]}, {RELEASE_KEYS[0]}"}
    assert safe_settings(own).trusted_model_keys == (RELEASE_KEYS[0], RELEASE_KEYS[0], DEVELOPMENT_KEY)
    assert safe_settings({**SAFE, **own}).trusted_model_keys == (RELEASE_KEYS[0], RELEASE_KEYS[0])
    assert safe_settings(SAFE).trusted_model_keys == RELEASE_KEYS


def test_two_starts_without_a_key_sign_cookies_differently():
    assert safe_settings({}).secret_key != safe_settings({}).secret_key


def test_a_setting_never_shows_its_key():
    assert SAFE["ACNETRACK_SECRET_KEY"] not in repr(safe_settings(SAFE))


@pytest.mark.parametrize(
    "unsafe",
    [
        {"ACNETRACK_SECRET_KEY": "short"},
        {"ACNETRACK_SECRET_KEY": "a" * 64},  # long, and one guess
        {"ACNETRACK_SECRET_KEY": ""},
        {"ACNETRACK_DATABASE_URL": ""},
        {"ACNETRACK_DATABASE_URL": "sqlite:///:memory:"},
        {"ACNETRACK_DATABASE_URL": "sqlite://"},
        {"ACNETRACK_JOURNAL_URL": "sqlite://"},
        {"ACNETRACK_JOURNAL_URL": SAFE["ACNETRACK_DATABASE_URL"]},  # would be restored along
        {"ACNETRACK_PHOTO_DIR": "photos"},  # wherever it was started from
        {"ACNETRACK_KEY_DIR": "keys"},
        {"ACNETRACK_KEY_DIR": "/srv/acnetrack/photos/keys"},
        {"ACNETRACK_KEY_DIR": "/srv/acnetrack/photos"},
        {"ACNETRACK_KEY_DIR": "/srv/acnetrack/keys"},  # with the database
        {"ACNETRACK_KEY_DIR": "/srv"},
        {"ACNETRACK_KEY_DIR": "/var/../srv/acnetrack/keys"},
        {"ACNETRACK_MASTER_KEY": ""},
        {"ACNETRACK_MASTER_KEY": "correct horse battery staple"},
        {"ACNETRACK_MASTER_KEY": "A" * 43 + "="},
        {"ACNETRACK_MASTER_KEY": f"{SAFE['ACNETRACK_MASTER_KEY']},"},
        {"ACNETRACK_SOURCE_URL": "http://example.org"},
        {"ACNETRACK_MODEL_STORE_DIR": "models"},
        {"ACNETRACK_MODEL_PUBLIC_KEYS": DEVELOPMENT_KEY},
        {"ACNETRACK_MODEL_PUBLIC_KEYS": f"{RELEASE_KEYS[0]}, {DEVELOPMENT_KEY}"},
        {"ACNETRACK_MODEL_PUBLIC_KEYS": ""},
        {"ACNETRACK_MODEL_PUBLIC_KEYS": f"{RELEASE_KEYS[0]}="},
        {"ACNETRACK_SECRETKEY": "a7f3c9d2e8b14650a7f3c9d2e8b14650"},  # a slip of the pen
        {"ACNETRACK_PAGE_SESSION_HOURS": "twelve"},
        {"ACNETRACK_PAGE_SESSION_HOURS": "-1"},
        {"ACNETRACK_REQUEST_MAX_BYTES": "²"},
        {"ACNETRACK_ENV": "prod"},
        {"ACNETRACK_WORKERS": "0"},
        {"ACNETRACK_THREADS": "0"},
        {"ACNETRACK_PHOTO_MAX_BYTES": "0"},
        {"ACNETRACK_REQUEST_MAX_BYTES": "0"},
        {"ACNETRACK_PAGE_SESSION_HOURS": "0"},
        {"ACNETRACK_TOKEN_DAYS": "0"},
        {"ACNETRACK_TRUSTED_PROXIES": "999999"},
    ],
)
def test_an_unsafe_or_unknown_value_in_production_is_refused_by_name(unsafe):
    with pytest.raises(ConfigError, match=next(iter(unsafe))):
        safe_settings({**SAFE, **unsafe})


@pytest.mark.parametrize("name", DEMANDED)
def test_production_has_no_default_for_what_must_be_chosen(name):
    environ = {key: value for key, value in SAFE.items() if key != f"ACNETRACK_{name}"}
    with pytest.raises(ConfigError, match=f"ACNETRACK_{name}"):
        safe_settings(environ)


def test_photos_in_a_bucket_need_no_folder():
    environ = {key: value for key, value in SAFE.items() if key != "ACNETRACK_PHOTO_DIR"}
    assert safe_settings({**environ, "ACNETRACK_PHOTO_STORE": "s3://photos"}).production


def test_a_master_key_is_never_shown_not_even_a_wrong_one():
    assert SAFE["ACNETRACK_MASTER_KEY"] not in repr(safe_settings(SAFE))
    with pytest.raises(ConfigError) as error:
        safe_settings({**SAFE, "ACNETRACK_MASTER_KEY": SAFE["ACNETRACK_MASTER_KEY"][1:]})
    assert SAFE["ACNETRACK_MASTER_KEY"][1:9] not in str(error.value)


@pytest.mark.parametrize("name", ["DERMATOLOGIST_SECOND_FACTOR", "RATE_LIMITS", "GUARDIAN_PHOTOS"])
def test_a_word_that_a_setting_does_not_know_is_refused_by_its_name(name):
    with pytest.raises(ConfigError, match=f"ACNETRACK_{name} is 'perhaps'; set it to "):
        safe_settings({f"ACNETRACK_{name}": "perhaps"})


def test_production_counts_attempts_and_cannot_stop_counting():
    assert safe_settings(SAFE).attempts_limited
    assert not safe_settings({}).attempts_limited
    with pytest.raises(ConfigError, match="ACNETRACK_RATE_LIMITS"):
        safe_settings({**SAFE, "ACNETRACK_RATE_LIMITS": "off"})


def test_the_address_of_redis_is_never_shown():
    assert "secret" not in repr(safe_settings({"ACNETRACK_REDIS_URL": "redis://:secret@localhost"}))
