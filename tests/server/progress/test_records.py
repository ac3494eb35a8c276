"""What stands of a timeline: its last versions, with all that belongs to them."""

import pytest

from server.progress.records import by_visit, visits_of
from server.timeline.models import Assessment, Photo

pytestmark = pytest.mark.both_databases


@pytest.fixture
def amended(app, patient, visit_row, photo_row, assessment_row):
    """A visit with a photo and an assessment, corrected by two devices."""
    tablet = patient.on_another_device()
    patient.push(visits=[visit_row()], photos=[photo_row()], assessments=[assessment_row()])
    patient.push(visits=[visit_row("visit-0002", note="by the phone", amends="visit-0001")])
    tablet.push(visits=[visit_row("visit-0003", note="by the tablet", amends="visit-0001")])
    with app.app_context():
        yield patient


def test_the_later_amendment_stands_with_the_photos_and_the_assessment_of_what_it_amends(amended):
    (visit,) = visits_of(amended.timeline_id)
    assert (visit.id, visit.note) == ("visit-0003", "by the tablet")
    assert ([photo.id for photo in visit.photos], visit.assessment_id) == (["photo-0001"], "assess-0001")


def test_a_photo_that_names_an_amended_visit_belongs_to_the_one_that_stands(amended, photo_row):
    amended.push(photos=[photo_row(id="photo-0002", visit_id="visit-0002", view="left")])
    (visit,) = visits_of(amended.timeline_id)
    assert [photo.id for photo in visit.photos] == ["photo-0001", "photo-0002"]


def test_an_amended_photo_is_shown_once(amended, photo_row):
    amended.push(photos=[photo_row(id="photo-0002", width_px=97, amends="photo-0001")])
    assert [row.id for row in by_visit(Photo, amended.timeline_id)["visit-0003"]] == ["photo-0002"]
    assert [row.id for row in by_visit(Assessment, amended.timeline_id)["visit-0003"]] == ["assess-0001"]


def test_a_photo_without_its_visit_is_not_shown(amended, photo_row):
    amended.push(photos=[photo_row(id="photo-0009", visit_id="visit-0009")])
    (visit,) = visits_of(amended.timeline_id)
    assert [photo.id for photo in visit.photos] == ["photo-0001"]
