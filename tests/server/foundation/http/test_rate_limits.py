"""Who tries too often waits; nobody else does, and no counter that is away keeps anybody out."""

import os
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from redis import Redis

from server.application.factory import create_app
from server.foundation.http.rate_limits import address
from tests.server.conftest import PASSWORD

ADULT = {"name": "Kim", "password": PASSWORD, "role": "patient", "born_on": "1990-01-01", "country": "NO"}


@pytest.fixture
def make(config, clock):
    """Makes servers that limit attempts, on one database: `make(redis_url=…)`."""
    made = []

    def serve(**settings):
        app = create_app(replace(config, rate_limits="on", **settings), clock)
        app.testing = True
        made.append(app)
        return app

    yield serve
    for app in made:
        app.extensions["acnetrack.engine"].dispose()


@pytest.fixture
def limited(make):
    return make().test_client()


def sign_up(client, email="kim@example.org", **more):
    return client.post("/v1/accounts", json={**ADULT, "email": email}, **more)


def sign_in(client, password=PASSWORD, email="kim@example.org", **more):
    return client.post("/v1/devices", json={"email": email, "password": password, "name": "Phone"}, **more)


def failures_until_refused(attempt, most=100):
    """How many attempts were answered before the first 429."""
    for number in range(most):
        if attempt(number).status_code == 429:
            return number
    return most


def test_an_account_is_guessed_at_ten_times_from_wherever(limited):
    sign_up(limited)

    def guess(number):
        return sign_in(limited, "not this one", environ_base={"REMOTE_ADDR": f"203.0.113.{number}"})

    assert failures_until_refused(guess) == 10
    assert sign_in(limited).status_code == 429  # The right password too: else it would be told.
    assert sign_in(limited, email="other@example.org").status_code == 401


def test_an_address_guesses_thirty_times_whatever_the_account(limited):
    assert failures_until_refused(lambda n: sign_in(limited, "wrong", f"kim{n}@example.org")) == 30
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert sign_in(limited, "wrong", "another@example.org", environ_base=elsewhere).status_code == 401


def test_the_email_counts_whatever_its_case(limited):
    spellings = ["kim@example.org", " KIM@example.org", "Kim@Example.ORG "]
    assert failures_until_refused(lambda n: sign_in(limited, "wrong", spellings[n % 3])) == 10


def test_who_signs_in_rightly_is_never_kept_waiting(limited):
    sign_up(limited)
    assert failures_until_refused(lambda _: sign_in(limited), most=40) == 40


def test_the_answer_says_for_how_long_to_wait(limited):
    for _ in range(10):
        sign_in(limited, "wrong")
    refused = sign_in(limited, "wrong")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 15 * 60 + 1
    assert refused.mimetype == "application/problem+json"


def test_the_page_and_the_api_count_together(limited, csrf_token):
    token = csrf_token(limited.get("/sign-in").text)
    for _ in range(5):
        sign_in(limited, "wrong")
    form = {"csrf_token": token, "email": "kim@example.org", "password": "wrong"}
    assert failures_until_refused(lambda _: limited.post("/sign-in", data=form)) == 5
    page = limited.post("/sign-in", data=form)
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert int(page.headers["Retry-After"]) >= 1


def test_recovery_codes_are_guessed_five_times(limited):
    guess = {"email": "kim@example.org", "code": "AAAA-AAAA-AAAA-AAAA", "new_password": "another one entirely"}
    assert failures_until_refused(lambda _: limited.post("/v1/recovery", json=guess)) == 5


def test_an_address_signs_up_thirty_times_an_hour(limited):
    body = {**ADULT, "password": "short"}
    assert failures_until_refused(lambda n: limited.post("/v1/accounts", json=body)) == 30


def test_the_second_factor_and_the_password_once_more_are_guessed_ten_times(limited):
    sign_up(limited)
    token = {"Authorization": f"Bearer {sign_in(limited).json['token']}"}

    def guess(_):
        return limited.post("/v1/account/second-factor", json={"password": "wrong"}, headers=token)

    assert failures_until_refused(guess) == 10


def test_invitation_codes_are_guessed_twenty_times_an_account(limited):
    account = {"email": "ito@example.org", "name": "Ito", "password": PASSWORD, "role": "guardian", "adult": True}
    limited.post("/v1/accounts", json=account)
    token = {"Authorization": f"Bearer {sign_in(limited, email='ito@example.org').json['token']}"}

    def guess(number):
        return limited.post("/v1/grants", json={"code": f"AAAA-AAAA-{number:04}"}, headers=token)

    assert failures_until_refused(guess) == 20


def test_behind_a_proxy_each_visitor_counts_alone_and_nobody_chooses_their_address(make):
    client = make(trusted_proxies=1).test_client()

    def guess(number, visitor):
        seen = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.{visitor}"}
        return sign_in(client, "wrong", f"kim{number}@example.org", headers=seen)

    assert failures_until_refused(lambda number: guess(number, visitor=1)) == 30
    assert guess(99, visitor=2).status_code == 401


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.1", "203.0.113.2", False),
    ],
)
def test_a_household_of_ipv6_is_one_address(app, first, second, same):
    seen = []
    for ip in (first, second):
        with app.test_request_context(environ_base={"REMOTE_ADDR": ip}):
            seen.append(address())
    assert (seen[0] == seen[1]) is same


def test_a_laptop_limits_nothing(client):
    assert failures_until_refused(lambda _: sign_in(client, "wrong"), most=35) == 35


def test_a_body_that_is_no_json_is_malformed_not_a_failure_of_the_counter(limited):
    answer = limited.post("/v1/devices", data=b"{", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_json")


def test_no_log_says_who_tried(limited, caplog):
    caplog.set_level("DEBUG")
    for _ in range(11):
        sign_in(limited, "a wrong password")
    assert "ratelimit" in caplog.text
    for personal in ("kim", "127.0.0.1", "a wrong password"):
        assert personal not in caplog.text


@pytest.fixture
def redis(tmp_path):
    """A Redis of this test's own: its URL, and how to end it."""
    if not (program := shutil.which("redis-server")):
        if os.environ.get("CI"):
            pytest.fail("CI has to install Debian's redis-server")
        pytest.skip("needs Debian's redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([program, *here], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break

    def end():
        process.kill()
        process.wait()

    yield f"redis://127.0.0.1:{port}/0", end
    end()


def test_several_processes_count_together_in_redis(make, redis):
    url, _ = redis
    clients = [make(redis_url=url).test_client() for _ in range(2)]
    assert failures_until_refused(lambda n: sign_in(clients[n % 2], "wrong")) == 10
    assert all(sign_in(client, "wrong").status_code == 429 for client in clients)


def test_redis_is_told_no_email_and_no_address(make, redis):
    url, _ = redis
    sign_in(make(redis_url=url).test_client(), "wrong")
    keys = b" ".join(Redis.from_url(url).keys())
    assert keys.count(b"sign-in") >= 3
    assert b"kim" not in keys and b"127.0.0.1" not in keys


@pytest.mark.both_databases
def test_several_processes_count_together_without_redis_and_one_that_starts_anew_goes_on(make):
    clients = [make().test_client() for _ in range(2)]
    assert failures_until_refused(lambda n: sign_in(clients[n % 2], "wrong")) == 10
    assert sign_in(make().test_client()).status_code == 429


@pytest.mark.both_databases
def test_many_at_once_are_no_more_guesses(make):
    app = make(threads=16)
    with ThreadPoolExecutor(16) as at_once:
        answers = at_once.map(lambda _: sign_in(app.test_client(), "wrong").status_code, range(64))
    assert list(answers).count(401) <= 10


def test_a_window_that_is_over_lets_the_next_one_begin(make, clock):
    client = make().test_client()
    assert failures_until_refused(lambda _: sign_in(client, "wrong")) == 10
    clock.pass_by(minutes=15)
    assert failures_until_refused(lambda _: sign_in(client, "wrong")) == 10


def test_redis_that_goes_away_takes_nobody_down_and_the_database_counts(make, redis):
    url, end = redis
    clients = [make(redis_url=url).test_client() for _ in range(2)]
    sign_up(clients[0])
    assert sign_in(clients[0]).status_code == 201
    end()
    assert sign_in(clients[0]).status_code == 201
    assert failures_until_refused(lambda n: sign_in(clients[n % 2], "wrong")) == 10


@pytest.mark.parametrize("body", [b"[", b'{"email": "\\ud800"}', b'{"email": 1}', b"\xff", b"[" * 100_000])
def test_no_body_makes_the_counter_fail_and_counting_begin_anew(make, redis, body):
    url, _ = redis
    clients = [make(redis_url=url).test_client() for _ in range(2)]

    def guess(number):
        for path in ("/v1/devices", "/v1/recovery"):
            where = {"REMOTE_ADDR": f"203.0.113.{number}"}
            answer = clients[0].post(path, data=body, content_type="application/json", environ_base=where)
            assert answer.status_code in (400, 422)
        return sign_in(clients[number % 2], "wrong")

    assert failures_until_refused(guess) == 10


def test_redis_that_is_away_from_the_start_keeps_nobody_out(make):
    client = make(redis_url="redis://127.0.0.1:1/0").test_client()
    assert sign_up(client).status_code == 201
    assert sign_in(client).status_code == 201
    assert failures_until_refused(lambda _: sign_in(client, "wrong")) == 10


PASSWORD_ONCE_MORE = {"json": {"password": "wrong"}}


def test_the_password_once_more_is_guessed_ten_times_an_account_whatever_token_is_sent(limited):
    sign_up(limited)
    token = sign_in(limited).json["token"]

    def guess(number):
        nonlocal token
        headers, where = {"Authorization": f"Bearer {token}"}, {"REMOTE_ADDR": f"203.0.113.{number}"}
        token = limited.post("/v1/devices/current/token", headers=headers).json["token"]
        headers = {"Authorization": f"Bearer {token}"}
        return limited.post("/v1/account/recovery-codes", headers=headers, environ_base=where, **PASSWORD_ONCE_MORE)

    assert failures_until_refused(guess) == 10


def test_a_header_beside_the_cookie_makes_nobody_another(limited, csrf_token):
    sign_up(limited)
    form = {"csrf_token": csrf_token(limited.get("/sign-in").text), "email": "kim@example.org", "password": PASSWORD}
    assert limited.post("/sign-in", data=form).status_code == 302
    form = {"csrf_token": csrf_token(limited.get("/account").text), "password": "wrong"}

    def guess(number):
        headers, where = {"Authorization": f"Bearer {number}"}, {"REMOTE_ADDR": f"203.0.113.{number}"}
        return limited.post("/account/recovery-codes", data=form, headers=headers, environ_base=where)

    assert failures_until_refused(guess) == 10


def test_one_token_in_several_spellings_is_one_device(limited):
    sign_up(limited)
    token = sign_in(limited).json["token"]
    schemes = ("Bearer ", "bearer  ", "BEARER ", "bEaReR   ")

    def guess(number):
        headers = {"Authorization": schemes[number % 4] + token}
        where = {"REMOTE_ADDR": f"203.0.113.{number}"}
        return limited.post(
            "/v1/account/recovery-codes", json={"password": "wrong"}, headers=headers, environ_base=where
        )

    assert failures_until_refused(guess) == 10


def test_nobody_learns_from_sharing_who_is_a_dermatologist_more_than_sixty_times_an_hour(limited):
    sign_up(limited)
    headers = {"Authorization": f"Bearer {sign_in(limited).json['token']}"}
    timeline = limited.get("/v1/timelines", headers=headers).json["timelines"][0]["id"]

    def ask(number):
        whom = {"email": f"dermatologist{number}@example.org"}
        return limited.post(f"/v1/timelines/{timeline}/grants", json=whom, headers=headers)

    assert failures_until_refused(ask) == 60
