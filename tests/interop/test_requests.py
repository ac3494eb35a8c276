"""The requests of the server's INTEGRATE.md, sent to a running server in their order as they stand there.

`$NAME` in an answer is a value that later requests use; "…" is any value. All members of an answer are shown.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.interop.person import PASSWORD, Person, Refused

INTEGRATE = Path(__file__).parents[2] / "server" / "INTEGRATE.md"
EXCHANGE = re.compile(r"^```http\n(.*?)^```\n\n```json (\d+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def running(start_server):
    """A server on which nobody has the e-mails of the document yet."""
    return start_server()


@pytest.fixture(scope="module")
def ito(running):
    """The dermatologist of the document."""
    someone = Person("http://{}:{}".format(*running.address), "ito@example.org", "dermatologist")
    account = {"email": someone.email, "name": "Dr. Ito", "password": PASSWORD, "role": someone.role}
    someone.call("POST", "/v1/accounts", account)
    someone.token = someone.sign_in()
    return someone


def filled(text, values):
    return re.sub(r"\$([A-Z]+)", lambda found: values[found[1]], text)


def send(url, request):
    head, _, body = request.partition("\n\n")
    line, *headers = head.strip().split("\n")
    method, path = line.split(" ")
    named = dict(header.split(": ", 1) for header in headers)
    command = ["curl", "-s", "-X", method, "-w", "\n%{http_code}", url + path]
    command += [word for name, value in named.items() for word in ("-H", f"{name}: {value}")]
    command += ["--data-binary", body] if body else []
    said, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rsplit("\n", 1)
    return status, json.loads(said) if said else None


def compare(shown, found, values, where=""):
    """Hold what is shown against what was found, and remember what it names."""
    if isinstance(shown, dict):
        assert set(shown) == set(found), where
        for name in shown:
            compare(shown[name], found[name], values, f"{where}/{name}")
    elif isinstance(shown, list):
        assert len(shown) == len(found), where
        for number, (one, other) in enumerate(zip(shown, found, strict=True)):
            compare(one, other, values, f"{where}/{number}")
    elif isinstance(shown, str) and shown.startswith("$") and shown[1:] not in values:
        values[shown[1:]] = found
    elif shown != "…":
        assert found == (filled(shown, values) if isinstance(shown, str) else shown), where


def test_each_request_is_answered_as_the_document_shows(wire, ito):
    exchanges = EXCHANGE.findall(INTEGRATE.read_text())
    assert len(exchanges) == INTEGRATE.read_text().count("```http\n") == 7
    values = {"DERMATOLOGIST": ito.token}
    for request, status, shown in exchanges:
        told, found = send(wire.url, filled(request, values))
        assert told == status, (request, found)
        if shown:
            compare(json.loads(shown), found, values)
    assert values.keys() == {"DERMATOLOGIST", "DEVICE", "TOKEN", "TIMELINE", "CODE", "GRANT"}
    again = {"email": "kim@example.org", "password": PASSWORD, "name": "Kim's phone", "device_id": values["DEVICE"]}
    assert ito.call("POST", "/v1/devices", again)["id"] == values["DEVICE"]


def test_a_code_is_typed_as_people_type(patient, ito):
    invited = {"invitation": True}
    code = patient.call("POST", f"/v1/timelines/{patient.timeline_id}/grants", invited)["code"]
    assert ito.call("POST", "/v1/grants", {"code": code.replace("-", "").lower()})["timeline_id"] == patient.timeline_id
    with pytest.raises(Refused):
        ito.call("POST", "/v1/grants", {"code": code})


def test_curl_has_a_visit_assessed(sync_code, golden_bundle, patient, tmp_path, differences):
    [command] = sync_code("sh assessments")
    for view in ("front", "left", "right"):
        photo = golden_bundle / "golden" / "photos" / f"{view}.png"
        (tmp_path / f"{view}.jpg").write_bytes(photo.read_bytes())  # What it is called does not matter.
    account = {"SERVER": patient.url, "TOKEN": patient.token, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=account, capture_output=True, text=True, check=True)
    golden = json.loads((golden_bundle / "golden" / "visits" / "first.json").read_text())
    assert not differences(json.loads(done.stdout), golden)
