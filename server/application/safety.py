"""Which settings the server starts with: none that is malformed, and in production none that is unsafe.

`ACNETRACK_ENV=production` accepts no default that would be unsafe on a public machine, and no variable that it does
not know.
"""

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from mobile_models.keys import DEVELOPMENT_KEY
from mobile_models.signature import key_id
from server.foundation.config import PREFIX, Config, ConfigError
from server.foundation.keys.master import MasterKeyMalformed, master_keys
from server.foundation.sqlite_files import sqlite_file
from server.people.accounts.ages import overridden

ENVIRONMENTS = ("development", "production")
SECRET_KEY_LENGTH = 32
WORDS: Mapping[str, tuple[str, ...]] = {
    "dermatologist_second_factor": ("", "required", "optional"),
    "rate_limits": ("", "on", "off"),
    "guardian_photos": ("child", "always"),
}
"""What these settings may be; "" is their default."""
COUNTS = (
    "workers",
    "threads",
    "request_max_bytes",
    "photo_max_bytes",
    "records_max_bytes",
    "page_session_hours",
    "token_days",
)
"""Settings by which nothing works when they are 0."""
MOST_PROXIES = 9
DEMANDED = (
    "DATABASE_URL",
    "JOURNAL_URL",
    "PHOTO_DIR",
    "KEY_DIR",
    "MASTER_KEY",
    "MODEL_STORE_DIR",
    "SECRET_KEY",
    "SOURCE_URL",
    "PUBLIC_URL",
)
"""What production has no default for."""


def safe_settings(environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings in `environ` (the process's own by default).

    Raises:
        ConfigError: a value is malformed, or, in production, unknown, missing or insecure.
    """
    environ = os.environ if environ is None else environ
    config = Config.from_env(environ)
    if config.env not in ENVIRONMENTS:
        raise ConfigError(f"ACNETRACK_ENV is {config.env!r}; set it to {' or '.join(ENVIRONMENTS)}.")
    for name in COUNTS:
        if getattr(config, name) < 1:
            raise ConfigError(f"{PREFIX}{name.upper()} is 0; at least 1 is needed to serve anybody.")
    if config.trusted_proxies > MOST_PROXIES:
        raise ConfigError(
            f"ACNETRACK_TRUSTED_PROXIES is {config.trusted_proxies}; set it to how many proxies stand in front of"
            f" the server, {MOST_PROXIES} at most: 0 without one, mostly 1."
        )
    _refuse_broken_keys(config)
    _refuse_broken_ages(config)
    _refuse_unknown_words(config)
    _refuse_broken_master_key(config)
    if config.production:
        _refuse_unsafe(config, {name: value for name, value in environ.items() if name.startswith(PREFIX)})
    return config


def _refuse_broken_keys(config: Config) -> None:
    for key in config.model_public_keys:
        try:
            key_id(key)
        except ValueError as error:
            raise ConfigError(f"ACNETRACK_MODEL_PUBLIC_KEYS: {error}.") from error


def _refuse_broken_master_key(config: Config) -> None:
    try:
        master_keys(config.master_key) if config.master_key else ()
    except MasterKeyMalformed as error:
        raise ConfigError(f"ACNETRACK_MASTER_KEY {error}; set it to what `acnetrack admin keys new` prints.") from error


def _refuse_broken_ages(config: Config) -> None:
    for kind, ages in (("digital_consent", config.consent_ages), ("majority", config.majority_ages)):
        try:
            overridden(kind, ages)
        except ValueError as error:
            name = "CONSENT_AGES" if kind == "digital_consent" else "MAJORITY_AGES"
            raise ConfigError(f"{PREFIX}{name}: {error}.") from error


def _refuse_unknown_words(config: Config) -> None:
    for name, words in WORDS.items():
        value = getattr(config, name)
        if value not in words:
            allowed = " or ".join(word for word in words if word)
            raise ConfigError(f"{PREFIX}{name.upper()} is {value!r}; set it to {allowed}.")


def _refuse_unsafe(config: Config, environment: Mapping[str, str]) -> None:
    if unknown := sorted(environment.keys() - {f"{PREFIX}{field.name.upper()}" for field in fields(Config)}):
        raise ConfigError(f"{', '.join(unknown)} is not a setting of this server; correct or unset it.")
    demanded = [name for name in DEMANDED if not (name == "PHOTO_DIR" and config.photo_store)]
    missing = [PREFIX + name for name in demanded if not environment.get(PREFIX + name)]
    if missing:
        raise ConfigError(f"Not set, and production has no default: {', '.join(missing)}.")
    if len(config.secret_key) < SECRET_KEY_LENGTH or len(set(config.secret_key)) < 8:
        raise ConfigError(
            f"ACNETRACK_SECRET_KEY is too easy to guess; set at least {SECRET_KEY_LENGTH} random characters,"
            " for example from `python -c 'import secrets; print(secrets.token_hex())'`."
        )
    for name, url in (("DATABASE_URL", config.database_url), ("JOURNAL_URL", config.journal_url)):
        if url.endswith((":memory:", "sqlite://")):
            raise ConfigError(f"{PREFIX}{name} keeps records in memory only; name a file or a server.")
    if config.journal_url == config.database_url:
        raise ConfigError(
            "ACNETRACK_JOURNAL_URL names the same database as ACNETRACK_DATABASE_URL; the journal must outlive it, so"
            " give it one of its own."
        )
    for name in ("PHOTO_DIR", "MODEL_STORE_DIR", "KEY_DIR"):
        if PREFIX + name in environment and not Path(environment[PREFIX + name]).is_absolute():
            raise ConfigError(f"{PREFIX}{name} is relative; name the folder by its absolute path.")
    _refuse_keys_beside_what_they_protect(config)
    if config.rate_limits == "off":
        raise ConfigError("ACNETRACK_RATE_LIMITS is off: passwords could be guessed without end; unset it.")
    if DEVELOPMENT_KEY in config.model_public_keys:
        raise ConfigError(
            "ACNETRACK_MODEL_PUBLIC_KEYS names the development key, which signs what is tried out; name the"
            " keys of whoever releases your models, or unset it for the project's own."
        )
    if urlsplit(config.public_url).scheme != "https" or not urlsplit(config.public_url).hostname:
        raise ConfigError("ACNETRACK_PUBLIC_URL is no https:// address; set it to where people reach this server.")
    if urlsplit(config.source_url).scheme != "https":
        raise ConfigError("ACNETRACK_SOURCE_URL is not an https:// address; link the source that runs.")


def _refuse_keys_beside_what_they_protect(config: Config) -> None:
    """Refuse keys that a copy of the photos or of the database's folder would take along."""
    keys = config.key_dir.resolve()
    places = [("ACNETRACK_PHOTO_DIR", config.photo_dir.resolve())]
    if (file := sqlite_file(config.database_url)) is not None:
        places.append(("the folder of ACNETRACK_DATABASE_URL", file.resolve().parent))
    for name, place in places:
        if keys.is_relative_to(place) or place.is_relative_to(keys):
            raise ConfigError(
                f"ACNETRACK_KEY_DIR and {name} lie in one another; keep keys where no copy of the photos or of the"
                " database takes them along."
            )
