"""RxDB's handlers: the same log and rules, answered in the way that RxDB converges by."""

import pytest

from server.foundation import db
from server.timeline.models import Timeline

pytestmark = pytest.mark.both_databases

DELETED = {"_deleted": True}


class Collection:
    """A collection as RxDB replicates it, without RxDB."""

    def __init__(self, person, table):
        self.person, self.address = person, f"{person.timeline}/rx/{table}"

    def pull(self, checkpoint=0, **query):
        answer = self.person.get(f"{self.address}/pull", query_string={"checkpoint": checkpoint, **query})
        assert answer.status_code == 200, answer.json
        return answer.json

    def push(self, *rows, **query):
        """Push (assumed, new) pairs and return the conflicts."""
        body = [{"assumedMasterState": assumed, "newDocumentState": new} for assumed, new in rows]
        answer = self.person.post(f"{self.address}/push", json=body, query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json


@pytest.fixture
def visits(patient):
    return Collection(patient, "visits")


@pytest.fixture
def courses(patient):
    return Collection(patient, "treatment_courses")


@pytest.fixture
def on_tablet(patient):
    return Collection(patient.on_another_device(), "treatment_courses")


def document(row, **columns):
    return {**row, **columns, "_deleted": False}


def test_what_is_pushed_is_pulled_with_the_cursor_as_checkpoint(patient, visits, visit_row):
    assert visits.push((None, document(visit_row()))) == []
    page = visits.pull()
    assert page["documents"] == [document(visit_row(), frames=None, note=None, amends=None)]
    assert (page["checkpoint"], page["has_more"]) == (patient.pull()["timestamp"], False)


def test_a_collection_is_one_table(patient, visits, visit_row, course_row):
    patient.push(treatment_courses=[course_row()], visits=[visit_row()])
    assert [row["id"] for row in visits.pull()["documents"]] == ["visit-0001"]


def test_pages_bring_each_document_once_in_the_order_of_writing(visits, visit_row):
    ids = [f"visit-{number:04}" for number in range(10)]
    visits.push(*((None, document(visit_row(id))) for id in reversed(ids)))
    seen, checkpoint, more, sizes = [], 0, True, []
    while more:
        page = visits.pull(checkpoint, limit=4)
        checkpoint, more = page["checkpoint"], page["has_more"]
        seen += [row["id"] for row in page["documents"]]
        sizes.append(len(page["documents"]))
    assert (seen, sizes) == (ids[::-1], [4, 4, 2])


def test_a_deleted_document_is_its_id_and_deleted(visits, visit_row):
    new = document(visit_row())
    visits.push((None, new))
    checkpoint = visits.pull()["checkpoint"]
    assert visits.push((new, {**new, **DELETED})) == []
    assert visits.pull(checkpoint)["documents"] == [{"id": "visit-0001", **DELETED}]


def test_the_etag_is_the_checkpoint_and_answers_304_until_something_is_written(patient, visits, visit_row):
    visits.push((None, document(visit_row())))
    answer = patient.get(f"{visits.address}/pull")
    assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == (
        f'"{answer.json["checkpoint"]}"',
        "private, no-cache",
    )
    polling = {"headers": {"If-None-Match": answer.headers["ETag"]}}
    assert patient.get(f"{visits.address}/pull", **polling).status_code == 304
    visits.push((None, document(visit_row("visit-0002"))))
    assert patient.get(f"{visits.address}/pull", **polling).status_code == 200


def test_a_checkpoint_of_another_epoch_asks_for_every_local_document(app, patient, visits, visit_row):
    visits.push((None, document(visit_row())))
    checkpoint = visits.pull()["checkpoint"]
    with app.app_context(), db.write() as session:
        session.query(Timeline).one().epoch += 1
    for method, name, body in (("GET", "pull", None), ("POST", "push", [])):
        answer = patient.call(method, f"{visits.address}/{name}?checkpoint={checkpoint}", json=body)
        assert (answer.status_code, answer.json["code"], answer.json["reason"]) == (410, "resync_required", "restored")


def test_a_push_again_after_a_lost_answer_is_accepted_and_writes_nothing(courses, course_row):
    row = (None, document(course_row()))
    courses.push(row)
    checkpoint = courses.pull()["checkpoint"]
    assert courses.push(row) == []
    assert courses.pull()["checkpoint"] == checkpoint


def test_a_devices_own_lost_write_is_no_conflict_with_its_next(courses, course_row):
    first, lost, next_ = (document(course_row(), dose=dose) for dose in ("one", "two", "three"))
    courses.push((None, first))
    courses.push((first, lost))
    assert courses.push((first, next_)) == []
    assert courses.pull()["documents"][0]["dose"] == "three"


def test_a_change_of_a_state_that_is_not_the_servers_comes_back_as_the_server_has_it(courses, on_tablet, course_row):
    first, theirs, mine = (document(course_row(), dose=dose) for dose in (None, "twice a day", "once a day"))
    courses.push((None, first))
    assert on_tablet.push((first, theirs)) == []
    (master,) = courses.push((first, mine))
    assert (master["dose"], master["_deleted"]) == ("twice a day", False)
    assert courses.push((master, mine)) == []
    assert on_tablet.pull()["documents"][0]["dose"] == "once a day"


def test_a_deletion_of_a_state_that_is_not_the_servers_comes_back_alive(courses, on_tablet, course_row):
    first = document(course_row(), dose=None)
    courses.push((None, first))
    on_tablet.push((first, document(course_row(), dose="twice a day")))
    (master,) = courses.push((first, {**first, **DELETED}))
    assert (master["dose"], master["_deleted"]) == ("twice a day", False)


def test_the_later_of_two_checkpoints_counts_as_seen(courses, on_tablet, course_row):
    courses.push((None, document(course_row())))
    theirs = document(course_row(), dose="twice a day")
    on_tablet.push((document(course_row()), theirs))
    seen = courses.pull()["checkpoint"]
    assert courses.push((None, document(course_row(), dose="once a day")), checkpoint=seen) == []


def test_an_append_only_document_with_other_content_comes_back_as_it_is(visits, visit_row):
    visits.push((None, document(visit_row())))
    (master,) = visits.push((document(visit_row()), document(visit_row(), note="changed")))
    assert master == document(visit_row(), frames=None, note=None, amends=None)


def test_what_was_deleted_comes_back_deleted(visits, visit_row):
    new = document(visit_row())
    visits.push((None, new))
    visits.push((new, {**new, **DELETED}))
    assert visits.push((None, new)) == [{"id": "visit-0001", **DELETED}]


WRONG = [{"recorded_at": "yesterday"}, {"mood": 3}, {"amends": "visit-9999"}, {"id": "no id"}]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_refused_document_comes_back_deleted_and_the_rest_is_taken(visits, visit_row, wrong):
    bad = document({**visit_row("visit-0000"), **wrong})
    assert visits.push((None, bad), (None, document(visit_row()))) == [{"id": bad["id"], **DELETED}]
    assert [row["id"] for row in visits.pull()["documents"]] == ["visit-0001"]


def test_a_refused_document_that_rxdb_then_deletes_can_be_sent_again_once_it_is_right(visits, visit_row):
    """RxDB pushes what a conflict was resolved to, here the deletion that it was answered."""
    (master,) = visits.push((None, document(visit_row(), recorded_at="yesterday")))
    assert visits.push((master, master)) == []
    assert visits.push((None, document(visit_row()))) == []
    assert [row["_deleted"] for row in visits.pull()["documents"]] == [False]


def test_a_document_made_and_deleted_before_it_was_sent_stays_deleted(visits, visit_row):
    new = document(visit_row())
    assert visits.push((None, {**new, **DELETED})) == []
    assert visits.push((None, new)) == [{"id": "visit-0001", **DELETED}]


def test_who_asks_why_is_told_with_the_refusal(visits, visit_row):
    bad = document(visit_row(recorded_at="yesterday"))
    (master,) = visits.push((None, bad), why=True)
    assert master.keys() == {"id", "_deleted", "_refused"}
    assert (master["_refused"]["code"], master["_refused"]["detail"].split(":")[0]) == ("invalid", "recorded_at")


def test_collections_may_be_pushed_in_any_order(patient, visits, visit_row, photo_row):
    photos = Collection(patient, "photos")
    assert photos.push((None, document(photo_row()))) == []
    assert visits.push((None, document(visit_row()))) == []
    assert [row["id"] for row in photos.pull()["documents"]] == ["photo-0001"]


def test_what_the_server_says_of_a_photo_is_no_change_of_it(patient, visits, visit_row, photo_row):
    photos = Collection(patient, "photos")
    visits.push((None, document(visit_row())))
    photos.push((None, document(photo_row())))
    assert photos.push((None, document(photo_row(), uploaded=True))) == []


def test_the_servers_own_tables_are_not_written(patient):
    for table in ("clinician_notes", "grants", "model_notices"):
        assert Collection(patient, table).push((None, {"id": "note-0001"})) == [{"id": "note-0001", **DELETED}]


def test_another_table_is_404(patient):
    for table in ("moods", "users", "devices"):
        for method, name, body in (("GET", "pull", None), ("POST", "push", [])):
            answer = patient.call(method, f"{patient.timeline}/rx/{table}/{name}", json=body)
            assert (answer.status_code, answer.json["code"]) == (404, "unknown_table")


def test_a_dermatologist_pulls_what_is_shared_and_pushes_nothing(patient, dermatologist, visits, visit_row):
    visits.push((None, document(visit_row())))
    patient.share_with(dermatologist, scope="records")
    dermatologist.timeline_id = patient.timeline_id
    assert len(Collection(dermatologist, "visits").pull()["documents"]) == 1
    for table in ("photos", "reminders"):
        assert dermatologist.get(f"{patient.timeline}/rx/{table}/pull").status_code == 404
    answer = dermatologist.post(f"{visits.address}/push", json=[])
    assert (answer.status_code, answer.json["code"]) == (403, "owner_only")
    assert [read["what"] for read in patient.get(f"{patient.timeline}/accesses").json["accesses"]] == ["timeline"]


MALFORMED = [{}, 3, "rows", {"rows": []}]


def test_a_push_of_the_wrong_shape_is_422(patient, visits):
    for body in MALFORMED:
        answer = patient.post(f"{visits.address}/push", json=body)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), body


def test_a_checkpoint_or_limit_that_is_none_is_422(patient, visits):
    for query in ("checkpoint=-1", "checkpoint=x", f"checkpoint={2**53}", "limit=0", "limit=100000"):
        assert patient.get(f"{visits.address}/pull?{query}").status_code == 422, query
