"""The patient sees every clinician who read, and what, in a chain that a phone can check."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.sharing.accesses.chain import Head, Link, first_break

pytestmark = pytest.mark.both_databases


def log(patient, query=""):
    return patient.get(f"{patient.timeline}/accesses{query}").json


def reads(patient, query=""):
    return [(read["user"]["email"], read["what"]) for read in log(patient, query)["accesses"]]


def links(patient, query="?after=0"):
    return [Link(entry["n"], entry["id"], entry["hash"]) for entry in log(patient, query)["accesses"]]


def noted_head(patient):
    """The head that a phone keeps of its last pull."""
    access_log = patient.pull()["access_log"]
    return Head(access_log["count"], access_log["head"])


@pytest.fixture
def shared(patient, dermatologist, visit_row, photo_row, jpeg):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    patient.share_with(dermatologist)
    return patient


@pytest.fixture
def read_three_times(shared, dermatologist, clock):
    for _ in range(3):
        dermatologist.get(f"{shared.timeline}/photos/photo-0001")
        clock.pass_by(minutes=1)
    return shared


def test_reading_records_and_photos_is_seen_newest_first(shared, dermatologist, clock):
    dermatologist.get(f"{shared.timeline}/sync")
    clock.pass_by(minutes=1)
    dermatologist.get(f"{shared.timeline}/photos/photo-0001")
    assert reads(shared) == [(dermatologist.email, "photo"), (dermatologist.email, "timeline")]
    assert log(shared)["accesses"][0]["at"] == "2026-03-02T09:31:00+00:00"


def test_polling_without_news_and_asking_for_the_list_are_an_entry_a_day(shared, dermatologist, clock):
    for day in (1, 2):
        for _ in range(3):
            (listed,) = dermatologist.get("/v1/timelines").json["timelines"]
            dermatologist.get(f"{shared.timeline}/rx/visits/pull?checkpoint={listed['cursor']}")
        assert len(reads(shared)) == 2 * day
        assert {what for _, what in reads(shared)} == {"list of timelines", "news"}
        clock.pass_by(days=1)


def test_polling_without_news_is_no_reading_of_records(shared, dermatologist):
    first = dermatologist.get(f"{shared.timeline}/sync")
    dermatologist.get(f"{shared.timeline}/sync?last_pulled_at={first.json['timestamp']}")
    dermatologist.get(f"{shared.timeline}/sync", headers={"If-None-Match": first.headers["ETag"]})
    assert reads(shared) == [(dermatologist.email, "news"), (dermatologist.email, "timeline")]


def test_the_patients_own_reading_is_not_recorded(shared):
    shared.get(f"{shared.timeline}/photos/photo-0001")
    assert reads(shared) == []


def test_a_refused_reading_is_not_recorded(shared, dermatologist, browse):
    dermatologist.get(f"{shared.timeline}/photos/photo-9999")
    for nothing in ("photos/photo-9999", "visits/visit-9999"):
        assert browse(dermatologist).get(f"/timelines/{shared.timeline_id}/{nothing}").status_code == 404
    assert reads(shared) == []


def test_the_log_comes_in_pages_from_either_end(read_three_times):
    assert [link.n for link in links(read_three_times, "?limit=2")] == [3, 2]
    assert [link.n for link in links(read_three_times, "?before=2")] == [1]
    assert [link.n for link in links(read_three_times, "?after=0&limit=2")] == [1, 2]
    assert [link.n for link in links(read_three_times, "?after=2")] == [3]
    assert log(read_three_times, "?before=2")["access_log"]["count"] == 3


def test_a_wrong_query_is_422(patient):
    for query in ("limit=0", "limit=x", "before=yesterday", "before=0", "after=-1", "before=2&after=1"):
        assert (query, patient.get(f"{patient.timeline}/accesses?{query}").status_code) == (query, 422)


def test_the_owner_checks_the_whole_log_against_the_head_that_came_with_a_pull(read_three_times):
    assert noted_head(read_three_times).count == 3
    assert first_break(read_three_times.timeline_id, links(read_three_times), noted_head(read_three_times)) is None


def test_a_phone_checks_only_what_is_newer_than_the_head_it_kept(read_three_times, dermatologist):
    before = noted_head(read_three_times)
    dermatologist.get(f"{read_three_times.timeline}/photos/photo-0001")
    newer = links(read_three_times, f"?after={before.count}")
    assert len(newer) == 1
    after = noted_head(read_three_times)
    assert first_break(read_three_times.timeline_id, newer, noted_head=after, start=before) is None


def test_the_head_comes_with_every_pull_of_the_owner_also_where_nothing_is_new(shared, dermatologist):
    first = shared.get(f"{shared.timeline}/sync")
    assert first.headers["Acnetrack-Access-Log"] == str(Head()) == str(noted_head(shared))
    dermatologist.get(f"{shared.timeline}/sync")
    again = shared.get(f"{shared.timeline}/sync", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Acnetrack-Access-Log"]) == (304, str(noted_head(shared)))
    assert noted_head(shared).count == 1


def test_the_head_is_the_owners_alone(shared, dermatologist):
    answer = dermatologist.get(f"{shared.timeline}/sync")
    assert answer.json["access_log"] is None
    assert "Acnetrack-Access-Log" not in answer.headers


def test_readings_at_the_same_moment_all_get_their_place(app, shared, dermatologist, person):
    readers = [dermatologist, *(person("dermatologist") for _ in range(3))]
    for reader in readers:
        shared.share_with(reader)
    with ThreadPoolExecutor(len(readers)) as threads:
        answers = threads.map(lambda n: readers[n % 4].get(f"{shared.timeline}/photos/photo-0001"), range(40))
        assert {answer.status_code for answer in answers} == {200}
    assert noted_head(shared).count == len(links(shared)) == 40
    assert first_break(shared.timeline_id, links(shared), noted_head(shared)) is None
