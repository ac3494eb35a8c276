"""The dermatologist's list is worked through page by page, and only who is shown is read."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.foundation import db
from server.people.accounts.models import User
from server.sharing.accesses.recording import record_read

pytestmark = pytest.mark.both_databases

MANY = [{"papules": 30, "iga": 3}] * 3


@pytest.fixture
def shared(person: Any, dermatologist: Any, followed: Any, clock: Any) -> Callable[..., Any]:
    """Makes a patient with weekly visits up to last week, shared with the dermatologist."""

    def make(name: str, *visits: dict[str, Any]) -> Any:
        patient = person("patient", name=name)
        followed(patient, *visits)
        patient.share_with(dermatologist)
        return patient

    clock.pass_by(days=-36)
    return make


@pytest.fixture
def listed(dermatologist: Any, browse: Any) -> Callable[..., list[str]]:
    """Reads the names off the list, from the top: `listed(show="worse")`."""

    def read(**query: str) -> list[str]:
        page = browse(dermatologist).get("/patients", query_string=query)
        assert page.status_code == 200
        return re.findall(r"<h2><a [^>]*>([^<]*)</a>", page.text)

    return read


def lists_read(patient: Any) -> int:
    entries = patient.get(f"{patient.timeline}/accesses").json["accesses"]
    return sum(entry["what"] == "list of patients" for entry in entries)


def test_only_who_is_shown_is_read_and_each_once(
    shared: Any, listed: Any, browse: Any, dermatologist: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.pages.patient_lines.A_PAGE", 2)
    patients = [shared(name, {"papules": n, "iga": 3}) for name, n in (("Ann", 30), ("Bo", 20), ("Cy", 10))]
    assert listed() == ["Ann", "Bo"]
    assert [lists_read(patient) for patient in patients] == [1, 1, 0]
    assert listed(page="2") == ["Cy"]
    assert '<ol class="patients" start="3">' in browse(dermatologist).get("/patients?page=2").text
    assert listed(page="99") == ["Cy"]
    assert listed(page="nonsense") == ["Ann", "Bo"]
    assert [lists_read(patient) for patient in patients] == [2, 2, 3]


def test_a_patient_is_found_by_each_word_of_a_name(shared: Any, listed: Any) -> None:
    for name in ("Maria García López", "Maria Rossi", "Jürgen Groß"):
        shared(name, *MANY)
    assert listed(name="maria") == ["Maria García López", "Maria Rossi"]
    assert listed(name=" lópez MARIA ") == ["Maria García López"]
    assert listed(name="GROSS") == ["Jürgen Groß"]
    assert listed(name="nobody") == []


def test_who_is_worse_or_sent_no_photo_for_weeks_comes_before_a_higher_grade(
    shared: Any, listed: Any, clock: Any
) -> None:
    shared("Silent", {"papules": 3, "iga": 1})
    clock.pass_by(days=29)
    shared("Severe", *[{"papules": 60, "iga": 4}] * 5)
    shared("Rising", *[{"papules": n, "iga": 2} for n in (5, 6, 20, 34, 50)])
    assert listed() == ["Rising", "Silent", "Severe"]
    assert listed(show="silent") == ["Silent"]
    assert listed(show="worse") == ["Rising"]
    assert listed(show="nothing-of-the-kind") == ["Rising", "Silent", "Severe"]


def test_a_visit_that_was_not_judged_comes_first(shared: Any, listed: Any, clock: Any) -> None:
    shared("Severe", *[{"papules": 60, "iga": 4}] * 2)
    waiting = shared("Waiting", *[{"papules": 3, "iga": 1}] * 2)
    row = {"id": "visit-last", "recorded_at": clock.now().isoformat(), "guided": True}
    assert waiting.push(visits=[row]) == []
    assert listed() == ["Waiting", "Severe"]
    assert listed(show="unassessed") == ["Waiting"]


def test_isotretinoin_and_a_course_without_response_are_found(shared: Any, listed: Any, course_row: Any) -> None:
    slow = shared("Slow", *[{"papules": 30, "iga": 3}] * 4)
    assert slow.push(treatment_courses=[course_row(name="Isotretinoin 20 mg", started_on="2025-10-01")]) == []
    shared("Untreated", *MANY)
    assert listed(show="isotretinoin") == ["Slow"]
    assert listed(show="no-response") == ["Slow"]


@pytest.mark.parametrize("name", ["Roaccutane", "isotretinoína 10 mg", "Isotrétinoïne", "Aknenormin"])
def test_isotretinoin_is_found_by_other_names(shared: Any, listed: Any, course_row: Any, name: str) -> None:
    patient = shared("Ann", *MANY)
    assert patient.push(treatment_courses=[course_row(name=name, started_on="2026-01-06")]) == []
    assert listed(show="isotretinoin") == ["Ann"]


def test_a_relapse_after_a_response_is_worse_and_no_missing_response(
    shared: Any, listed: Any, course_row: Any, clock: Any
) -> None:
    clock.pass_by(days=100)
    counted = (40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25)
    patient = shared("Relapsed", *[{"papules": n, "iga": 3} for n in counted])
    assert patient.push(treatment_courses=[course_row(name="Doxycycline", started_on="2026-01-19")]) == []
    assert listed(show="worse") == ["Relapsed"]
    assert listed(show="no-response") == []


def test_a_patient_is_new_until_their_page_was_opened_and_again_after_a_visit(
    shared: Any, listed: Any, dermatologist: Any, browse: Any
) -> None:
    patient = shared("Ann", *MANY)
    assert listed(show="new") == ["Ann"]
    browse(dermatologist).get(f"/timelines/{patient.timeline_id}")
    assert listed(show="new") == []
    assert patient.push(visits=[{"id": "visit-more", "recorded_at": "2026-01-20T08:00:00+01:00", "guided": True}]) == []
    assert listed(show="new") == ["Ann"]


def test_who_was_put_off_comes_back_on_the_day(
    shared: Any, listed: Any, dermatologist: Any, browse: Any, csrf_token: Any, clock: Any
) -> None:
    patient = shared("Ann", *MANY)
    shared("Bo", *MANY)
    browser = browse(dermatologist)

    def put_off(weeks: str) -> None:
        form = {"csrf_token": csrf_token(browser.get("/patients").text), "weeks": weeks}
        assert browser.post(f"/patients/{patient.timeline_id}/snooze", data=form).status_code == 302

    put_off("1")
    assert (listed(), listed(show="snoozed")) == (["Bo"], ["Ann"])
    put_off("0")
    assert listed() == ["Ann", "Bo"]
    put_off("1")
    clock.instant += timedelta(weeks=1)
    assert listed() == ["Ann", "Bo"]


def test_one_patient_follows_the_other_and_the_list_the_last(shared: Any, dermatologist: Any, browse: Any) -> None:
    ann, bo = shared("Ann", *MANY), shared("Bo", *MANY)
    browser = browse(dermatologist)
    browser.get("/patients")
    followed = [browser.get(f"/patients/after/{each.timeline_id}").headers["Location"] for each in (ann, bo)]
    assert followed == [f"/timelines/{bo.timeline_id}", "/patients"]


def test_a_stranger_cannot_be_put_off(person: Any, dermatologist: Any, browse: Any, csrf_token: Any) -> None:
    stranger, browser = person("patient"), browse(dermatologist)
    form = {"csrf_token": csrf_token(browser.get("/patients").text), "weeks": "1"}
    assert browser.post(f"/patients/{stranger.timeline_id}/snooze", data=form).status_code == 404


def test_whom_there_was_no_time_to_read_is_said_to_wait(
    shared: Any, listed: Any, dermatologist: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.pages.patient_lines.READING_SECONDS", 0)
    for name in ("Ann", "Bo"):
        shared(name, *MANY)
    browser = browse(dermatologist)
    assert "1 patient has records that this list has not read yet" in browser.get("/patients").text
    assert "not read yet" not in browser.get("/patients").text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_phone_pushes_while_who_read_it_is_written_down(app: Flask, patient: Any, dermatologist: Any) -> None:
    patient.share_with(dermatologist)
    with app.app_context():
        reader = db.session().get_one(User, dermatologist.id)
        with db.write(under_lock=True) as session:
            record_read(reader, patient.timeline_id, "list of patients")
            session.flush()
            visit = {"id": "visit-0001", "recorded_at": "2026-01-05T08:00:00+01:00", "guided": True}
            with ThreadPoolExecutor(1) as phone:
                assert phone.submit(lambda: patient.push(visits=[visit])).result(timeout=20) == []
