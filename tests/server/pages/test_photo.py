from typing import Any

import pytest

pytestmark = pytest.mark.both_databases


@pytest.fixture
def photographed(patient: Any, visit_row: Any, photo_row: Any, jpeg: bytes) -> Any:
    """A patient with one visit and its photo."""
    assert patient.push(visits=[visit_row()], photos=[photo_row(jpeg)]) == []
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    return patient


def test_a_photo_is_kept_by_the_reader_alone_and_asked_for_anew(photographed: Any, browse: Any) -> None:
    client, path = browse(photographed), f"/timelines/{photographed.timeline_id}/photos/photo-0001"
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_dermatologist_sees_photos_only_where_they_are_shared(
    photographed: Any, dermatologist: Any, browse: Any
) -> None:
    here = f"/timelines/{photographed.timeline_id}"
    photographed.share_with(dermatologist, scope="records")
    client = browse(dermatologist)
    assert client.get(f"{here}/photos/photo-0001").status_code == 403
    assert "<img" not in client.get(f"{here}/visits/visit-0001").text
    photographed.share_with(dermatologist, scope="photos")
    assert client.get(f"{here}/photos/photo-0001").status_code == 200
    assert "<img" in client.get(f"{here}/visits/visit-0001").text


def test_a_revoked_grant_ends_the_next_request(photographed: Any, dermatologist: Any, browse: Any) -> None:
    grant = photographed.share_with(dermatologist)
    client, path = browse(dermatologist), f"/timelines/{photographed.timeline_id}/photos/photo-0001"
    tag = client.get(path).headers["ETag"]
    photographed.delete(f"{photographed.timeline}/grants/{grant}")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 403


def test_every_reading_of_a_photo_is_recorded(photographed: Any, dermatologist: Any, browse: Any) -> None:
    photographed.share_with(dermatologist)
    browse(dermatologist).get(f"/timelines/{photographed.timeline_id}/photos/photo-0001")
    accesses = photographed.get(f"{photographed.timeline}/accesses").json["accesses"]
    assert [(read["user"]["name"], read["what"]) for read in accesses] == [("Dr. Ito", "photo")]


def test_a_photo_that_was_never_uploaded_leaves_a_frame_that_says_so(
    patient: Any, visit_row: Any, photo_row: Any, browse: Any
) -> None:
    patient.push(visits=[visit_row()], photos=[photo_row()])
    page = browse(patient).get(f"/timelines/{patient.timeline_id}/visits/visit-0001").text
    assert "only on the patient’s phone" in page
    assert "<img" not in page
