"""What changed since a cursor, all of it, in the order of writing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.foundation import db
from server.timeline.models import Timeline

pytestmark = pytest.mark.both_databases

EPOCH = 2**32


def ids(page):
    return {row["id"] for table in page["changes"].values() for row in table["updated"]}


@pytest.fixture
def ten_visits(patient, visit_row):
    visits = [visit_row(f"visit-{number:04}") for number in range(10)]
    patient.push(visits=visits)
    return {visit["id"] for visit in visits}


def test_the_first_pull_brings_everything_as_updated(patient, ten_visits):
    page = patient.pull()
    assert ids(page) == ten_visits
    assert not page["has_more"]
    assert all(not table["created"] for table in page["changes"].values())


def test_no_cursor_zero_and_null_are_the_beginning(patient, ten_visits):
    for beginning in ("", "?last_pulled_at=0", "?last_pulled_at=null"):
        assert ids(patient.get(f"{patient.timeline}/sync{beginning}").json) == ten_visits


def test_pages_bring_each_row_once_and_their_cursors_lead_to_the_head(patient, ten_visits):
    cursor, seen, sizes = 0, [], []
    more = True
    while more:
        page = patient.pull(cursor, limit=4)
        cursor, more = page["timestamp"], page["has_more"]
        seen += ids(page)
        sizes.append(len(ids(page)))
    assert (set(seen), sizes) == (ten_visits, [4, 4, 2])
    assert cursor == patient.get("/v1/timelines").json["timelines"][0]["cursor"]


def test_a_row_changed_while_paging_comes_again(patient, course_row):
    patient.push(treatment_courses=[course_row(f"course-{n:04}") for n in range(4)])
    first = patient.pull(limit=2)
    patient.send({"treatment_courses": {"updated": [course_row("course-0000", dose="more")]}}, first["timestamp"])
    rest = patient.pull(first["timestamp"])
    assert [row["id"] for row in rest["changes"]["treatment_courses"]["updated"]] == [
        "course-0002",
        "course-0003",
        "course-0000",
    ]


def test_the_cursor_is_epoch_and_number_of_rows_written(patient, ten_visits):
    assert divmod(patient.pull()["timestamp"], EPOCH) == (1, 10)


def test_nothing_new_is_an_empty_page_at_the_same_cursor(patient, ten_visits):
    head = patient.pull()["timestamp"]
    page = patient.pull(head)
    assert (ids(page), page["timestamp"]) == (set(), head)


def test_the_etag_is_the_cursor_and_answers_304_until_something_changes(patient, visit_row):
    first = patient.get(f"{patient.timeline}/sync")
    assert first.headers["ETag"] == f'"{first.json["timestamp"]}"'
    assert first.headers["Cache-Control"] == "private, no-cache"
    polling = {"headers": {"If-None-Match": first.headers["ETag"]}}
    address = f"{patient.timeline}/sync?last_pulled_at={first.json['timestamp']}"
    unchanged = patient.get(address, **polling)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    patient.push(visits=[visit_row()])
    assert patient.get(address, **polling).status_code == 200


def test_the_etag_of_a_page_never_hides_the_next(patient, ten_visits):
    first = patient.get(f"{patient.timeline}/sync?limit=4")
    address = f"{patient.timeline}/sync?last_pulled_at={first.json['timestamp']}"
    assert patient.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_cursor_of_another_epoch_asks_for_every_local_row(app, patient, ten_visits):
    cursor = patient.pull()["timestamp"]
    with app.app_context(), db.write() as session:
        session.query(Timeline).one().epoch += 1
    for method in ("GET", "POST"):
        answer = patient.call(method, f"{patient.timeline}/sync?last_pulled_at={cursor}", json={})
        assert (answer.status_code, answer.json["code"]) == (410, "resync_required")
        assert answer.json["reason"] == "restored"


def test_a_cursor_ahead_of_the_log_asks_for_every_local_row(patient, ten_visits):
    answer = patient.get(f"{patient.timeline}/sync?last_pulled_at={patient.pull()['timestamp'] + 1}")
    assert (answer.status_code, answer.json["reason"]) == (410, "restored")


def test_concurrent_pushes_number_every_row_once(patient, visit_row):
    devices = [patient.on_another_device() for _ in range(4)]
    for device in devices:
        device.client = device.client.application.test_client()

    def push(number):
        return devices[number % 4].push(visits=[visit_row(f"visit-{number:04}")])

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(push, range(24))) == [[]] * 24
    page = patient.pull()
    assert (len(ids(page)), page["timestamp"] % EPOCH) == (24, 24)
