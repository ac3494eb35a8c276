"""A dermatologist's device, and what a patient shares with them."""

import pytest


@pytest.fixture
def dermatologist(person):
    return person("dermatologist")


@pytest.fixture
def clinic(open_device, dermatologist, patient):
    """The dermatologist's device, looking at the patient's timeline."""
    return open_device(dermatologist, "clinic", timeline=patient.timeline_id)


def test_a_grant_that_widens_gives_the_photos_and_one_that_narrows_takes_them(
    phone, clinic, patient, dermatologist, visit, photo, course
):
    phone.create("visits", visit())
    phone.create("photos", photo())
    phone.sync()
    patient.share_with(dermatologist, scope="records")
    clinic.sync()
    assert clinic.rows().keys() == {"visits"}
    patient.share_with(dermatologist, scope="photos")
    phone.create("treatment_courses", course())
    phone.sync()
    clinic.sync()
    assert clinic.rows() == patient.rows(dermatologist)
    assert clinic.rows().keys() == {"visits", "photos", "treatment_courses"}
    patient.share_with(dermatologist, scope="records")
    clinic.sync()
    assert clinic.rows().keys() == {"visits", "treatment_courses"}


def test_what_was_deleted_before_a_grant_widened_is_not_kept(phone, clinic, patient, dermatologist, visit, photo):
    phone.create("visits", visit())
    phone.create("visits", visit("visit-0002"))
    phone.create("photos", photo())
    phone.sync()
    patient.share_with(dermatologist, scope="records")
    clinic.sync()
    phone.remove("visits", "visit-0001")
    phone.sync()
    patient.share_with(dermatologist, scope="photos")
    clinic.sync()
    assert clinic.rows() == {"visits": {"visit-0002": visit("visit-0002")}}


def test_a_grant_that_ended_empties_the_device_and_a_new_one_fills_it_again(
    phone, clinic, patient, dermatologist, visit
):
    phone.create("visits", visit())
    phone.sync()
    grant = patient.share_with(dermatologist)
    clinic.sync()
    assert clinic.rows() == {"visits": {"visit-0001": visit()}}
    patient.call("DELETE", f"/v1/timelines/{patient.timeline_id}/grants/{grant}")
    with pytest.raises(Exception, match="no longer shares") as ended:
        clinic.sync()
    assert ended.value.code == "grant_ended"
    assert clinic.rows() == {}
    patient.share_with(dermatologist)
    clinic.sync()
    assert clinic.rows() == {"visits": {"visit-0001": visit()}}
