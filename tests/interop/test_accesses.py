"""A phone finds out, by the code that it is given, whether somebody tampered with the log of who read."""

import json
import subprocess

import pytest
from sqlalchemy import text

from server.foundation import db

CHECK = """
import { checkAccesses } from "./accesses.js";
import { connect } from "./connection.js";
const [connection, timeline, kept] = JSON.parse(process.argv.at(-1));
console.log(JSON.stringify(await checkAccesses(connect(connection), timeline, kept ?? undefined)));
"""


@pytest.fixture
def check(node_files, patient):
    """What the patient's phone finds, from a head that it kept or from the start."""

    def run(head=None):
        connection = {"server": patient.url, "timeline": patient.timeline_id, "token": patient.token}
        arguments = json.dumps([connection, patient.timeline_id, head])
        node = ["node", "--input-type=module", "--eval", CHECK, arguments]
        done = subprocess.run(node, cwd=node_files, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def read(patient, person):
    """Lets a dermatologist read so many times."""
    dermatologist = person("dermatologist")
    patient.share_with(dermatologist)

    def times(count):
        for _ in range(count):
            dermatologist.call("GET", f"/v1/timelines/{patient.timeline_id}/fhir")

    return times


@pytest.fixture
def tamper(running, patient):
    """Changes the patient's log in the database, behind its guards."""

    def execute(statement):
        engine = db.connect(running.config.database_url)
        with engine.begin() as database:
            of_links = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'access_links' AND type = 'trigger'"
            guards = database.execute(text(of_links)).all()
            for guard in guards:
                database.execute(text(f"DROP TRIGGER {guard.name}"))
            database.execute(text(statement), {"timeline": patient.timeline_id})
            for guard in guards:
                database.execute(text(guard.sql))
        engine.dispose()

    return execute


def test_a_log_that_grew_is_whole_from_its_start_and_from_any_head_that_was_kept(check, read):
    nothing = check()
    assert (nothing["count"], nothing["brokenAt"]) == (0, None)
    read(2)
    head = check()
    read(1)
    newest = check(head)
    assert (newest["count"], newest["brokenAt"]) == (3, None)
    assert check(nothing) == check() == newest


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE access_links SET entry_id = 'x' WHERE timeline_id = :timeline AND n = 2", 2),
        ("DELETE FROM access_links WHERE timeline_id = :timeline AND n = 2", 2),
        ("DELETE FROM access_links WHERE timeline_id = :timeline AND n = 3", 3),
        ("DELETE FROM access_links WHERE timeline_id = :timeline", 1),
    ],
)
def test_a_log_that_was_tampered_with_is_found_out_now_and_after_more_readings(
    check, read, tamper, statement, broken_at
):
    read(3)
    head = check()
    tamper(statement)
    assert check(head) == {**head, "brokenAt": broken_at}
    read(3)
    assert check(head)["brokenAt"] in (broken_at, head["count"])
