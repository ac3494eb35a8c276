"""Every setting of the server, read once from the environment; the defaults make a laptop demonstration."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, cast

from environs import Env, EnvValidationError, validate
from flask import current_app

from mobile_models.keys import DEVELOPMENT_KEY, RELEASE_KEYS
from server.foundation.sqlite_files import sqlite_url

PREFIX = "ACNETRACK_"


class ConfigError(Exception):
    """A setting that the server refuses to start with; the message names it and the remedy."""


class _Environment(Env):
    """Reads variables from a mapping, each as the kind of its setting."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._given = environ

    def read(self, name: str, kind: object) -> Any:
        try:
            if kind is int:
                return self.int(name, validate=validate.Range(min=0))
            if kind == tuple[str, ...]:
                return tuple(part.strip() for part in str(self.str(name)).split(","))
            return self.path(name) if kind is Path else self.str(name)
        except EnvValidationError as error:
            variable = f"{PREFIX}{name}"
            raise ConfigError(f"{variable} is {self._given[variable]!r}; set it to a whole number.") from error

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key, default)


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
    models_dir: Path = Path(__file__).parents[2] / "mobile_models" / "released"
    """The bundle that is delivered until another is published."""
    app_dir: Path = Path(__file__).parents[1] / "phone" / "built"
    """The built app that phones get at /app/."""
    helplines: str = ""
    """A JSON file of emergency numbers and helplines by country, which stand in place of the app's own."""
    model_store_dir: Path = Path("models")
    """Where published bundles are copied to."""
    model_public_keys: tuple[str, ...] = RELEASE_KEYS
    """Who may have signed a bundle that is published: base64 of Ed25519 public keys, separated by commas."""
    secret_key: str = field(default_factory=secrets.token_hex, repr=False)
    """Signs page cookies; made anew at each start unless given, which signs everybody out."""
    source_url: str = "https://github.com/acnetrack/acnetrack"
    """Where the source of this very server can be had: the AGPL asks for the link, every page shows it."""
    public_url: str = ""
    """Where this server is reached, as https://skin.example.org/: by it exports name photos, whatever a client says."""
    journal_url: str = ""
    """The database of what stays deleted when a backup is restored; by default a file beside the photo folder."""
    backup_retention_days: int = 30
    """How long backups are kept: until then they hold rows of people who erased their account."""
    request_max_bytes: int = 8 * 1024 * 1024
    """How long a push may be; other bodies of JSON, and forms, have a limit of their own."""
    records_max_bytes: int = 200 * 1024 * 1024
    """How much text one patient's records may hold, notes of dermatologists included; photos are apart."""
    photo_max_bytes: int = 20 * 1024 * 1024
    page_session_hours: int = 12
    token_days: int = 180
    """How long an app stays signed in without being used."""
    dermatologist_second_factor: str = ""
    """Whether dermatologists must have an authenticator: "required" or "optional"; by default in production only."""
    rate_limits: str = ""
    """Whether attempts are limited: "on" or "off"; by default in production only, where they cannot be off."""
    redis_url: str = field(default="", repr=False)
    """Where attempts are counted; by default in the database."""
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
        return self.journal_url or sqlite_url(self.photo_dir.parent / "acnetrack.journal.db")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from `environ` (the process's own by default); whether they are safe is not asked here.

        Raises:
            ConfigError: a value is not of its kind.
        """
        environ = os.environ if environ is None else environ
        env = _Environment(environ)
        with env.prefixed(PREFIX):
            present = [setting for setting in fields(cls) if f"{PREFIX}{setting.name.upper()}" in environ]
            values: dict[str, Any] = {setting.name: env.read(setting.name.upper(), setting.type) for setting in present}
        return cls(**values)


def settings() -> Config:
    """Return the running application's settings."""
    return cast(Config, current_app.extensions["acnetrack.config"])
