"""Every setting of the server, read once from the environment.

The defaults make a laptop demonstration. `ACNETRACK_ENV=production` accepts no default that would be unsafe
on a public machine, and no variable that it does not know.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self, cast
from urllib.parse import urlsplit

from flask import current_app

from mobile_models.keys import DEVELOPMENT_KEY, RELEASE_KEYS
from mobile_models.signature import key_id
from server.accounts.ages import overridden
from server.encryption.master import MasterKeyMalformed, master_keys

PREFIX = "ACNETRACK_"
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
)
"""What production has no default for."""


class ConfigError(Exception):
    """A setting that the server refuses to start with; the message names it and the remedy."""


@dataclass(frozen=True)
class Config:
    """The server's settings; each field `x` is the variable `ACNETRACK_X`."""

    env: str = "development"
    database_url: str = "sqlite:///acnetrack.db"
    photo_dir: Path = Path("photos")
    photo_store: str = ""
    """A bucket for photos in the folder's stead, as s3://name/prefix; AWS_* variables say where and as whom."""
    key_dir: Path = Path("keys")
    """Patients' keys, wrapped under the master key: apart from the database, the photos and their backups."""
    master_key: str = field(default="", repr=False)
    """What `acnetrack admin keys new` prints, several newest first; on a laptop made once and kept in `key_dir`."""
    models_dir: Path = Path(__file__).parents[1] / "mobile_models" / "released"
    """The bundle that is delivered until another is published."""
    model_store_dir: Path = Path("models")
    """Where published bundles are copied to."""
    model_public_keys: tuple[str, ...] = RELEASE_KEYS
    """Who may have signed a bundle that is published: base64 of Ed25519 public keys, separated by commas."""
    secret_key: str = field(default_factory=secrets.token_hex, repr=False)
    """Signs page cookies; made anew at each start unless given, which signs everybody out."""
    source_url: str = "https://github.com/acnetrack/acnetrack"
    """Where the source of this very server can be had: the AGPL asks for the link, every page shows it."""
    journal_url: str = ""
    """The database of what stays deleted when a backup is restored; by default a file beside the photo folder."""
    backup_retention_days: int = 30
    """How long backups are kept: until then they hold rows of people who erased their account."""
    request_max_bytes: int = 8 * 1024 * 1024
    photo_max_bytes: int = 20 * 1024 * 1024
    page_session_hours: int = 12
    token_days: int = 180
    """How long an app stays signed in without being used."""
    dermatologist_second_factor: str = ""
    """Whether dermatologists must have an authenticator: "required" or "optional"; by default in production only."""
    rate_limits: str = ""
    """Whether attempts are limited: "on" or "off"; by default in production only, where they cannot be off."""
    redis_url: str = field(default="", repr=False)
    """Where several processes count attempts together; by default each counts its own."""
    guardian_photos: str = "child"
    """Who decides whether a guardian's copy of the records has the photos: "child", or "always" where law demands."""
    consent_ages: tuple[str, ...] = ()
    """Ages of digital consent that differ from `accounts/ages.json`, as "DE=16,default=15"."""
    majority_ages: tuple[str, ...] = ()
    """Ages of majority that differ from `accounts/ages.json`, as "KR=19"."""
    workers: int = 2
    """How many processes serve."""
    threads: int = 4
    """How many requests each of them answers at once; it holds as many connections to PostgreSQL, and one more."""
    shutdown_seconds: int = 30
    """How long requests in flight may take to finish when the server is told to stop."""
    trusted_proxies: int = 0
    """How many proxies in front of the server set X-Forwarded-* headers."""

    @property
    def production(self) -> bool:
        """Whether this server faces patients, not a laptop."""
        return self.env == "production"

    @property
    def second_factor_demanded(self) -> bool:
        """Whether dermatologists may do nothing before they have a second factor."""
        return (self.dermatologist_second_factor or ("required" if self.production else "optional")) == "required"

    @property
    def attempts_limited(self) -> bool:
        """Whether somebody who tries too often is told to wait."""
        return self.production or self.rate_limits == "on"

    @property
    def trusted_model_keys(self) -> tuple[str, ...]:
        """The keys that bundles are verified with: on a laptop the development key too."""
        return self.model_public_keys if self.production else (*self.model_public_keys, DEVELOPMENT_KEY)

    @property
    def journal_address(self) -> str:
        """The URL of the journal's own database."""
        return self.journal_url or f"sqlite:///{self.photo_dir.parent / 'acnetrack.journal.db'}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from `environ` (the process's own by default).

        Raises:
            ConfigError: a value is malformed, or, in production, unknown, missing or insecure.
        """
        given = {
            name: value
            for name, value in (os.environ if environ is None else environ).items()
            if name.startswith(PREFIX)
        }
        types = {f"{PREFIX}{f.name.upper()}": f for f in fields(cls)}
        config = cls(**{f.name: _parsed(name, given[name], f.type) for name, f in types.items() if name in given})
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
            _refuse_unsafe(config, given, unknown=sorted(given.keys() - types.keys()))
        return config


def settings() -> Config:
    """Return the running application's settings."""
    return cast(Config, current_app.extensions["acnetrack.config"])


def _parsed(name: str, text: str, type_: object) -> str | int | Path | tuple[str, ...]:
    if type_ is Path:
        return Path(text)
    if type_ == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(","))
    if type_ is not int:
        return text
    if not text.isascii() or not text.isdecimal():
        raise ConfigError(f"{name} is {text!r}; set it to a whole number.")
    return int(text)


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
    for kind, given in (("digital_consent", config.consent_ages), ("majority", config.majority_ages)):
        try:
            overridden(kind, given)
        except ValueError as error:
            name = "CONSENT_AGES" if kind == "digital_consent" else "MAJORITY_AGES"
            raise ConfigError(f"{PREFIX}{name}: {error}.") from error


def _refuse_unknown_words(config: Config) -> None:
    for name, words in WORDS.items():
        given = getattr(config, name)
        if given not in words:
            allowed = " or ".join(word for word in words if word)
            raise ConfigError(f"{PREFIX}{name.upper()} is {given!r}; set it to {allowed}.")


def _refuse_unsafe(config: Config, given: Mapping[str, str], unknown: list[str]) -> None:
    if unknown:
        raise ConfigError(f"{', '.join(unknown)} is not a setting of this server; correct or unset it.")
    demanded = [name for name in DEMANDED if not (name == "PHOTO_DIR" and config.photo_store)]
    missing = [PREFIX + name for name in demanded if not given.get(PREFIX + name)]
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
        if PREFIX + name in given and not Path(given[PREFIX + name]).is_absolute():
            raise ConfigError(f"{PREFIX}{name} is relative; name the folder by its absolute path.")
    _refuse_keys_beside_what_they_protect(config)
    if config.rate_limits == "off":
        raise ConfigError("ACNETRACK_RATE_LIMITS is off: passwords could be guessed without end; unset it.")
    if DEVELOPMENT_KEY in config.model_public_keys:
        raise ConfigError(
            "ACNETRACK_MODEL_PUBLIC_KEYS names the development key, which signs what is tried out; name the"
            " keys of whoever releases your models, or unset it for the project's own."
        )
    if urlsplit(config.source_url).scheme != "https":
        raise ConfigError("ACNETRACK_SOURCE_URL is not an https:// address; link the source that runs.")


def _refuse_keys_beside_what_they_protect(config: Config) -> None:
    """Refuse keys that a copy of the photos or of the database's folder would take along."""
    keys, scheme = config.key_dir.resolve(), "sqlite:///"
    places = [("ACNETRACK_PHOTO_DIR", config.photo_dir.resolve())]
    if config.database_url.startswith(scheme):
        file = Path(config.database_url.removeprefix(scheme))
        places.append(("the folder of ACNETRACK_DATABASE_URL", file.resolve().parent))
    for name, place in places:
        if keys.is_relative_to(place) or place.is_relative_to(keys):
            raise ConfigError(
                f"ACNETRACK_KEY_DIR and {name} lie in one another; keep keys where no copy of the photos or of the"
                " database takes them along."
            )
