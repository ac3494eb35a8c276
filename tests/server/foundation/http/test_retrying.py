"""Two that contradict each other at one moment: both answers are right, on either database."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from server.foundation import db
from server.foundation.http import retrying
from server.foundation.http.errors import Problem
from server.people.accounts.models import User

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class TakenAlready(Problem):
    status = 409
    code = "taken_already"


@pytest.fixture
def rename(app, person):
    """An address at which the first to come gives Kim another name, and whoever comes later is refused.

    `meet`, if set, is called between looking and writing, at the first attempt of each request.
    """
    met = threading.local()
    state = {"meet": None, "attempts": 0}

    @app.get("/v1/rename/<name>")
    def rename(name):
        state["attempts"] += 1
        with db.write() as session:
            user = session.query(User).one()
            if user.name != "Kim":
                raise TakenAlready
            if state["meet"] and not getattr(met, "done", False):
                met.done = True
                state["meet"]()
            user.name = name
        return {"name": name}

    person("patient")
    return state


@on_postgresql
def test_what_two_may_not_both_do_one_does(app, rename):
    rename["meet"] = threading.Barrier(2, timeout=60).wait
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda name: app.test_client().get(f"/v1/rename/{name}").status_code, "AB"))
    assert sorted(answers) == [200, 409]
    assert rename["attempts"] == 3


@pytest.mark.both_databases
@pytest.mark.parametrize("sign_ups", [8])
def test_of_many_sign_ups_with_one_email_at_once_one_succeeds(app, person, sign_ups):
    account = {
        "email": "kim@example.org",
        "name": "Kim",
        "password": "long enough to be one",
        "role": "guardian",
        "adult": True,
    }

    def sign_up(_):
        return app.test_client().post("/v1/accounts", json=account).status_code

    with ThreadPoolExecutor(sign_ups) as threads:
        assert sorted(threads.map(sign_up, range(sign_ups))) == [201] + [409] * (sign_ups - 1)


@on_postgresql
def test_one_that_loses_every_time_is_told_when_to_come_back(app, client, monkeypatch):
    monkeypatch.setattr(retrying, "FIRST_PAUSE_SECONDS", 0)
    tries = []

    @app.get("/v1/unlucky")
    def unlucky():
        tries.append(1)
        with db.write() as session:
            session.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")

    answer = client.get("/v1/unlucky")
    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert len(tries) == retrying.ATTEMPTS


@pytest.mark.both_databases
def test_a_row_that_went_away_under_a_request_is_seen_to_be_gone(app, client, person):
    @app.get("/v1/vanishing")
    def vanishing():
        user = db.session().query(User).one_or_none()
        if user is None:
            raise TakenAlready
        with app.app_context(), db.write() as session:
            for table in reversed(db.Base.metadata.sorted_tables):
                session.execute(table.delete())
        with db.write():
            user.name = "Ada"
        return {}

    person("dermatologist")
    assert client.get("/v1/vanishing").status_code == 409


@pytest.mark.both_databases
def test_what_was_remembered_of_the_request_is_dropped_before_it_is_done_again(app, person, monkeypatch):
    dropped = []
    monkeypatch.setattr(retrying, "_BEFORE_RETRY", [lambda: dropped.append(1)])
    attempts = iter([StaleDataError(), StaleDataError(), None])

    @app.get("/v1/gone")
    def gone():
        if (error := next(attempts)) is not None:
            raise error
        return {"dropped": len(dropped)}

    assert app.test_client().get("/v1/gone").json == {"dropped": 2}


@pytest.mark.parametrize(
    ("writes", "tries"),
    [([], 6), ([True], 6), ([True, True], 6), ([False], 1), ([True, False], 1), ([False, True], 1)],
    ids=str,
)
def test_only_writes_that_may_happen_twice_let_a_request_be_done_again(app, client, monkeypatch, writes, tries):
    monkeypatch.setattr(retrying, "FIRST_PAUSE_SECONDS", 0)
    tried = []

    @app.get("/v1/unlucky")
    def unlucky():
        tried.append(1)
        for retry_safe in writes:
            with db.write(retry_safe=retry_safe):
                pass
        raise StaleDataError

    assert client.get("/v1/unlucky").status_code == 503
    assert len(tried) == tries


@pytest.mark.parametrize(
    ("committed", "content_type"), [(True, "application/json"), (False, "image/jpeg")], ids=["half done", "body gone"]
)
@on_postgresql
def test_what_cannot_be_done_again_is_not(app, client, committed, content_type):
    tries = []

    @app.get("/v1/unlucky")
    def unlucky():
        tries.append(1)
        if committed:
            with db.write():
                pass
        with db.write() as session:
            session.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")

    assert client.get("/v1/unlucky", data=b"{}", content_type=content_type).status_code == 503
    assert len(tries) == 1


def test_another_failure_of_the_database_is_answered_at_once(app, client):
    tries = []

    @app.get("/v1/away")
    def away():
        tries.append(1)
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    assert client.get("/v1/away").status_code == 503
    assert len(tries) == 1
