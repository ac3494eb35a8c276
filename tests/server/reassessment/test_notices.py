"""Phones are told when the chart switches to another model, and when one that assessed something is withdrawn."""

import pytest

from server.delivery.publishing import block
from server.reassessment.running import plan_all

pytestmark = pytest.mark.both_databases

NEW = "0.9.0"


def notices(reader, patient):
    return reader.get(f"{patient.timeline}/sync").json["changes"]["model_notices"]["updated"]


def test_a_chart_that_switches_says_so_once(patient, dermatologist, history, release_new, finish, old, clock):
    patient.share_with(dermatologist, scope="records")
    history(patient, weeks=1)
    release_new()
    clock.pass_by(days=1)
    finish()
    plan_all()
    (notice,) = notices(patient, patient)
    assert notice == {
        "id": notice["id"],
        "kind": "switched",
        "recorded_at": "2026-03-03T09:30:00+00:00",
        "model_id": "lesions",
        "model_version": NEW,
        "model_sha256": notice["model_sha256"],
        "replaced_version": old["version"],
    }
    assert notice["model_sha256"] == patient.pull()["changes"]["assessments"]["updated"][-1]["model_sha256"]
    assert notices(dermatologist, patient) == [notice]


def test_a_chart_that_shows_the_same_model_as_before_says_nothing(patient, history, inside):
    history(patient, weeks=1)
    plan_all()
    assert notices(patient, patient) == []


def test_whoever_was_assessed_by_a_model_is_told_once_that_it_was_withdrawn(
    patient, other_patient, history, inside, old
):
    history(patient, weeks=1)
    for _ in range(2):
        block("lesions", old["version"])
    (notice,) = notices(patient, patient)
    assert (notice["kind"], notice["model_version"]) == ("withdrawn", old["version"])
    assert notices(other_patient, other_patient) == []
    history(other_patient, weeks=1)
    block("lesions", old["version"])
    assert len(notices(other_patient, other_patient)) == len(notices(patient, patient)) == 1
