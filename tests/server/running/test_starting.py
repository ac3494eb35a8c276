"""The server starts only where it can work: every refusal names the setting and what to do."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from server.foundation.config import Config, ConfigError
from server.running.starting import require_usable


@pytest.fixture
def laptop(tmp_path):
    return Config(photo_dir=tmp_path / "photos", model_store_dir=tmp_path / "models", key_dir=tmp_path / "keys")


def test_a_laptop_can_start_and_nothing_but_its_photo_folder_is_made(laptop, tmp_path):
    require_usable(laptop)
    assert list(tmp_path.rglob("*")) == [tmp_path / "photos"]


@pytest.mark.parametrize("folder", ["/proc/acnetrack", "/proc", "{tmp}/file/photos", "{tmp}/file"])
@pytest.mark.parametrize("name", ["photo_dir", "model_store_dir"])
def test_a_folder_that_cannot_be_written_to_is_refused_by_its_name(laptop, tmp_path, name, folder):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=f"ACNETRACK_{name.upper()} .*may write to"):
        require_usable(replace(laptop, **{name: Path(folder.format(tmp=tmp_path))}))


def test_a_folder_without_a_bundle_is_refused_by_its_name(laptop, tmp_path):
    with pytest.raises(ConfigError, match=r"ACNETRACK_MODELS_DIR .*unset it"):
        require_usable(replace(laptop, models_dir=tmp_path / "nothing"))


def test_helplines_that_cannot_be_read_are_refused_by_their_name(laptop):
    with pytest.raises(ConfigError, match=r"ACNETRACK_HELPLINES .*unset it"):
        require_usable(replace(laptop, helplines="/nowhere.json"))


@pytest.mark.parametrize("url", ["s4://x", "http://x"])
def test_a_photo_store_that_is_no_bucket_is_refused_by_its_name(laptop, url):
    with pytest.raises(ConfigError, match="ACNETRACK_PHOTO_STORE"):
        require_usable(replace(laptop, photo_store=url))


@pytest.mark.parametrize("url", ["nonsense", "ftp://x", "redis://localhost:port"])
def test_an_address_that_is_no_redis_is_refused_by_its_name(laptop, url):
    with pytest.raises(ConfigError, match="ACNETRACK_REDIS_URL"):
        require_usable(replace(laptop, rate_limits="on", redis_url=url))


def test_a_redis_that_does_not_answer_is_only_warned_of(laptop, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("acnetrack"), "propagate", True)
    require_usable(replace(laptop, rate_limits="on", redis_url="redis://127.0.0.1:9"))
    assert [record.message for record in caplog.records] == ["redis does not answer"]
