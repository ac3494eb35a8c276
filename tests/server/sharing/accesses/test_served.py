"""The log of accesses stays whole where several processes write to it, and where they are killed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.foundation.db.engines import connect
from server.sharing.accesses.chain import Head, Link, first_break
from server.sharing.accesses.verifying import verify
from tests.invited import invitation
from tests.phone import PASSWORD, NoAnswer, Phone
from tests.served import Served

pytestmark = pytest.mark.both_databases

READERS, READS = 4, 12


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """A server of two processes."""
    server = Served(tmp_path, database_url, workers=2)
    yield server
    server.kill()


@pytest.fixture
def patient(served: Served) -> Iterator[Phone]:
    phone = Phone(served.port)
    phone.sign_up()
    row = {"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}
    assert phone.push(visits=[row]) == (200, {"rejected": [], "experimentalRejectedIds": {}})
    yield phone
    phone.hang_up()


@pytest.fixture
def readers(served: Served, patient: Phone) -> Iterator[list[Phone]]:
    """Dermatologists that the patient shares with."""
    dermatologists = []
    for _ in range(READERS):
        reader = Phone(served.port)
        account = {"email": reader.email, "password": PASSWORD, "name": "Dr. Ito", "role": "dermatologist"}
        account["invitation"] = invitation(served.database_url)
        assert reader.send("POST", "/v1/accounts", account)[0] == 201
        assert patient.send("POST", f"{patient.timeline}/grants", {"email": reader.email})[0] == 201
        reader.sign_in()
        dermatologists.append(reader)
    yield dermatologists
    for reader in dermatologists:
        reader.hang_up()


def read(reader: Phone) -> int:
    """Pull again and again; return how many answers came before the first that did not."""
    for answered in range(READS):
        try:
            status, _, _ = reader.send("GET", f"{reader.timeline}/sync")
        except NoAnswer:
            return answered
        assert status == 200
    return READS


def timeline_id(patient: Phone) -> str:
    return patient.timeline.rpartition("/")[2]


def log_of(patient: Phone, noted: Head) -> Head:
    """Check everything that is newer than a head that the phone kept, and return the head of now."""
    status, _, body = patient.send("GET", f"{patient.timeline}/accesses?after={noted.count}&limit=1000")
    assert status == 200
    log: dict[str, Any] = json.loads(body)
    links = [Link(entry["n"], entry["id"], entry["hash"]) for entry in log["accesses"]]
    head = Head(log["access_log"]["count"], log["access_log"]["head"])
    assert first_break(timeline_id(patient), links, noted_head=head, start=noted) is None
    return head


def test_two_processes_append_to_one_chain_and_forget_no_reading_they_answered_when_killed(
    served: Served, patient: Phone, readers: list[Phone]
) -> None:
    with ThreadPoolExecutor(READERS) as threads:
        answered, noted = [threads.submit(read, reader) for reader in readers], Head()
        while not all(each.done() for each in answered):
            noted = log_of(patient, noted)
        assert [each.result() for each in answered] == [READS] * READERS
        noted = log_of(patient, noted)
        assert noted.count == (READS + 1) * READERS  # Each asked for the list, once, when they signed in.

        answered = [threads.submit(read, reader) for reader in readers]
        while log_of(patient, noted).count < noted.count + READERS:
            pass
        served.kill()
        some = sum(each.result() for each in answered)
    assert some < READS * READERS
    engine = connect(served.database_url)
    with Session(engine) as session:
        log = verify(session, timeline_id(patient), noted)
    engine.dispose()
    assert log.broken is None
    assert some <= log.count - noted.count <= some + READERS
