"""A dermatologist is made by the operator's code, good once; nobody else makes one."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.foundation import db
from server.people.accounts.staff import INVITATION_DAYS, invite_dermatologist
from server.people.replaying import use_codes_again
from tests.invited import invitation

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def sign_up(app):
    """Asks for a dermatologist's account with a code."""

    def ask(code, number=0):
        account = {"email": f"ito{number}@example.org", "name": "Dr. Ito", "password": "a pine cone on the roof"}
        said = {"role": "dermatologist", "invitation": code}
        return app.test_client().post("/v1/accounts", json={**account, **said})

    return ask


@pytest.fixture
def code(app):
    with app.app_context():
        return invite_dermatologist()[0]


def test_a_code_makes_one_dermatologist(sign_up, code):
    assert sign_up(code).json["role"] == "dermatologist"
    refused = sign_up(code, 1)
    assert (refused.status_code, refused.json["code"]) == (403, "staff_code_refused")


def test_without_a_code_or_with_a_wrong_one_nobody_becomes_a_dermatologist(sign_up, code):
    assert sign_up(None).status_code == 422
    for wrong in ("AAAA-AAAA-AAAA-AAAA", code[:-1], "x"):
        assert sign_up(wrong).status_code == 403
    assert sign_up(code.lower().replace("-", " ")).status_code == 201


def test_a_code_is_good_for_a_week(sign_up, code, clock):
    clock.pass_by(days=INVITATION_DAYS)
    assert sign_up(code).status_code == 403


def test_of_many_who_use_a_code_at_once_one_becomes_a_dermatologist(sign_up, code):
    with ThreadPoolExecutor(6) as at_once:
        answers = at_once.map(lambda number: sign_up(code, number).status_code, range(6))
    assert sorted(answers) == [201] + [403] * 5


def test_a_code_that_made_nobody_is_still_good(sign_up, code, app):
    assert sign_up(invitation(app.extensions["acnetrack.engine"])).status_code == 201
    assert sign_up(code).json["code"] == "email_taken"
    assert sign_up(code, 1).status_code == 201


def test_a_used_code_that_a_backup_brings_back_is_used(app, sign_up, code, monkeypatch):
    engine = app.extensions["acnetrack.engine"]
    monkeypatch.setattr("tests.invited.new_code", lambda groups: code)
    assert sign_up(code).status_code == 201
    invitation(engine)  # As a backup of before has it.
    with app.app_context(), db.write():
        assert use_codes_again() == 1
    assert sign_up(code, 1).status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_operator_prints_a_code(config, sign_up):
    names = {"DATABASE_URL": config.database_url, "PHOTO_DIR": config.photo_dir, "KEY_DIR": config.key_dir}
    environ = {**os.environ, **{f"ACNETRACK_{name}": str(value) for name, value in names.items()}}
    command = [sys.executable, "-m", "server", "admin", "invite"]
    told = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = re.match(r"([2-9A-Z]{4}(?:-[2-9A-Z]{4}){3})  good once, until \d{4}-", told)
    assert sign_up(found[1]).status_code == 201
