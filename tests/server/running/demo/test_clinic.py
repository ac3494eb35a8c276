import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.foundation import db
from server.people.accounts.models import User
from server.progress.records import visits_of
from server.running.demo.clinic import load
from server.running.demo.files import ClinicUnusable
from server.sharing.grants.access import accesses_of
from server.timeline.models import Photo


@pytest.fixture
def clinic(small_clinic: Path, tmp_path: Path, app: Flask) -> Path:
    """A copy of the small clinic that a test may spoil, with its model as the released one."""
    from dataclasses import replace

    folder = tmp_path / "clinic"
    shutil.copytree(small_clinic, folder)
    app.extensions["acnetrack.config"] = replace(app.extensions["acnetrack.config"], models_dir=small_clinic / "models")
    return folder


@pytest.fixture
def changed(clinic: Path) -> Callable[..., None]:
    """Changes a file of the clinic: `changed("clinic.json", lambda stored: …)`."""

    def change(name: str, edit: Callable[[Any], Any]) -> None:
        stored = json.loads((clinic / name).read_text())
        edit(stored)
        (clinic / name).write_text(json.dumps(stored))

    return change


def test_the_dermatologist_sees_every_patient(app: Flask, clinic: Path) -> None:
    sign_ins = load(app, clinic)
    assert [person.role for person in sign_ins] == ["dermatologist", "patient", "patient"]
    with app.app_context():
        dermatologist = db.session().scalar(select(User).filter_by(role="dermatologist"))
        assert {a.timeline.patient.name for a in accesses_of(dermatologist)} == {"Bo Better", "Wim Worse"}


def test_the_last_visit_lies_in_the_week_before_today(app: Flask, clinic: Path, clock: Any) -> None:
    load(app, clinic)
    with app.app_context():
        days = [v.day for access in _patients() for v in visits_of(access.timeline.id)]
    assert timedelta(days=1) <= clock.now().date() - max(days) <= timedelta(days=7)


def test_every_photo_is_uploaded(app: Flask, clinic: Path) -> None:
    load(app, clinic)
    with app.app_context():
        photos = db.session().scalars(select(Photo)).all()
        assert len(photos) == 4 + 3 * 4
        assert all(photo.uploaded for photo in photos)


def test_loading_twice_changes_nothing(app: Flask, clinic: Path) -> None:
    first = load(app, clinic)
    assert load(app, clinic) == first
    with app.app_context():
        assert len(db.session().scalars(select(User)).all()) == 3


def _refused(app: Flask, clinic: Path, words: str) -> None:
    with pytest.raises(ClinicUnusable, match=words):
        load(app, clinic)
    with app.app_context():
        assert db.session().scalars(select(User)).all() == []


def test_assessments_by_another_model_are_refused(app: Flask, clinic: Path, changed: Any) -> None:
    changed("assessments.json", lambda stored: stored["model"].update(sha256="cd" * 32))
    _refused(app, clinic, "assessed by the model cdcdcdcdcdcd, the released one is abababababab. Run `python -m")


def test_assessments_of_other_images_are_refused(app: Flask, clinic: Path, changed: Any) -> None:
    changed("assessments.json", lambda stored: stored["images"].update({"better-0-front.png": "00"}))
    _refused(app, clinic, "better-0-front.png was not assessed as it is now")


def test_a_visit_without_an_assessment_is_refused(app: Flask, clinic: Path, changed: Any) -> None:
    changed("assessments.json", lambda stored: stored["assessments"].pop("worse/03"))
    _refused(app, clinic, "The visit worse/03 was not assessed")


def test_a_changed_image_is_refused_and_nothing_is_loaded(app: Flask, clinic: Path) -> None:
    (clinic / "worse-3-front.png").write_bytes(b"another")
    _refused(app, clinic, "worse-3-front.png is not the one that clinic.json names")


def test_a_missing_image_is_refused(app: Flask, clinic: Path) -> None:
    (clinic / "better-0-front.png").unlink()
    _refused(app, clinic, "better-0-front.png cannot be read")


@pytest.mark.parametrize("name", ["clinic.json", "assessments.json"])
def test_a_missing_file_is_refused_with_the_remedy(app: Flask, clinic: Path, name: str) -> None:
    (clinic / name).unlink()
    _refused(app, clinic, f"has no {name}")


def test_a_malformed_clinic_is_refused(app: Flask, clinic: Path, changed: Any) -> None:
    changed("clinic.json", lambda stored: stored["patients"][0].pop("visits"))
    _refused(app, clinic, "clinic.json is malformed: KeyError")


def _patients() -> list[Any]:
    dermatologist = db.session().scalar(select(User).filter_by(role="dermatologist"))
    return accesses_of(dermatologist)
