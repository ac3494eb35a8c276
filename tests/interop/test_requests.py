"""The requests of the server's INTEGRATE.md, sent to a running server in their order as they stand there.

`$NAME` in an answer is a value that later requests use; "…" is any value. All members of an answer are shown.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.interop.person import PASSWORD, Person, Refused
from tests.invited import invitation

ROOT = Path(__file__).parents[2]
INTEGRATE = ROOT / "server" / "INTEGRATE.md"
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
    account["invitation"] = invitation(running.config.database_url)
    someone.call("POST", "/v1/accounts", account)
    someone.token = someone.sign_in()
    return someone


def filled(text, values):
    return re.sub(r"\$([A-Z]+)", lambda match: values[match[1]], text)


def send(url, request):
    head, _, body = request.partition("\n\n")
    line, *headers = head.strip().split("\n")
    method, path = line.split(" ")
    named = dict(header.split(": ", 1) for header in headers)
    command = ["curl", "-s", "-X", method, "-w", "\n%{http_code}", url + path]
    command += [word for name, value in named.items() for word in ("-H", f"{name}: {value}")]
    command += ["--data-binary", body] if body else []
    answer, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rsplit("\n", 1)
    return status, json.loads(answer) if answer else None


def compare(shown, answer, values, where=""):
    """Hold what is shown against what was found, and remember what it names."""
    if isinstance(shown, dict):
        assert set(shown) == set(answer), where
        for name in shown:
            compare(shown[name], answer[name], values, f"{where}/{name}")
    elif isinstance(shown, list):
        assert len(shown) == len(answer), where
        for number, (part, its_answer) in enumerate(zip(shown, answer, strict=True)):
            compare(part, its_answer, values, f"{where}/{number}")
    elif isinstance(shown, str) and shown.startswith("$") and shown[1:] not in values:
        values[shown[1:]] = answer
    elif shown != "…":
        assert answer == (filled(shown, values) if isinstance(shown, str) else shown), where


def test_each_request_is_answered_as_the_document_shows(wire, ito):
    exchanges = EXCHANGE.findall(INTEGRATE.read_text())
    assert len(exchanges) == INTEGRATE.read_text().count("```http\n") == 7
    values = {"DERMATOLOGIST": ito.token}
    for request, status, shown in exchanges:
        got, answer = send(wire.url, filled(request, values))
        assert got == status, (request, answer)
        if shown:
            compare(json.loads(shown), answer, values)
    assert values.keys() == {"DERMATOLOGIST", "DEVICE", "TOKEN", "TIMELINE", "CODE", "GRANT"}
    again = {"email": "kim@example.org", "password": PASSWORD, "name": "Kim's phone", "device_id": values["DEVICE"]}
    assert ito.call("POST", "/v1/devices", again)["id"] == values["DEVICE"]


def test_a_code_is_typed_as_people_type(patient, ito):
    invited = {"invitation": True}
    code = patient.call("POST", f"/v1/timelines/{patient.timeline_id}/grants", invited)["code"]
    assert ito.call("POST", "/v1/grants", {"code": code.replace("-", "").lower()})["timeline_id"] == patient.timeline_id
    with pytest.raises(Refused):
        ito.call("POST", "/v1/grants", {"code": code})


def test_the_connection_of_the_document_pulls_and_follows_the_log_of_who_read(node_files, sync_code, patient, person):
    dermatologist = person("dermatologist")
    patient.share_with(dermatologist)
    dermatologist.call("GET", f"/v1/timelines/{patient.timeline_id}/fhir")
    [connection], [accesses] = sync_code("js connection"), sync_code("js accesses")
    before = "const [server, timeline, token] = process.argv.slice(1); const kept = undefined;"
    after = "console.log(JSON.stringify([count, head, brokenAt, (await connection('/sync')).access_log]));"
    code = "\n".join((before, connection, accesses, after))  # A module's imports come first wherever they stand.
    account = [patient.url, patient.timeline_id, patient.token]
    node = ["node", "--input-type=module", "--eval", code, *account]
    done = subprocess.run(node, cwd=node_files, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    count, head, broken_at, log = json.loads(done.stdout)
    assert (count, broken_at) == (1, None)
    assert log == {"count": count, "head": head}


RUN_BY = {
    "server": {
        "http": "test_each_request_is_answered_as_the_document_shows",
        "json 200": "test_each_request_is_answered_as_the_document_shows",
        "json 201": "test_each_request_is_answered_as_the_document_shows",
        "json 204": "test_each_request_is_answered_as_the_document_shows",
        "js connection": "test_the_connection_of_the_document_pulls_and_follows_the_log_of_who_read",
        "js accesses": "test_the_connection_of_the_document_pulls_and_follows_the_log_of_who_read",
        "js watermelondb": "test_what_one_device_records_is_on_the_other",
        "js rxdb": "test_what_is_written_in_a_browser_is_kept_over_a_reload_and_synced",
        "js storage": "test_what_is_written_in_a_browser_is_kept_over_a_reload_and_synced",
        "sh assessments": "test_curl_has_a_visit_assessed",
        "python tus": "test_python_uploads_in_parts",
    },
    "mobile_models": {
        "python": "test_the_python_path_gives_the_golden_assessment",
        "python series": "test_the_series_of_the_document_ends_in_a_state_that_tells_a_change",
        "python mediapipe": "test_the_mediapipe_path_finds_the_golden_rows",
        "python server": "test_an_app_without_a_model_gets_the_golden_assessment_from_the_server",
        "kotlin": "test_the_android_code_of_integrate_compiles",
        "swift": "",
        "sh worker": "test_the_web_path_gives_the_golden_assessments",
        "js worker": "test_the_web_path_gives_the_golden_assessments",
        "js page": "test_the_web_path_gives_the_golden_assessments",
    },
}
"""Which test runs each kind of snippet; Swift's needs Apple's frameworks, and the document says so."""


@pytest.mark.parametrize("document", RUN_BY)
def test_each_snippet_is_run_by_a_test_or_said_not_to_be(document):
    text = (ROOT / document / "INTEGRATE.md").read_text()
    opened = re.findall(r"^```(.*)$", text, re.MULTILINE)[::2]
    assert set(opened) == RUN_BY[document].keys()
    tests = "".join(
        path.read_text() for room in ("interop", "browser") for path in (ROOT / "tests" / room).rglob("*.py")
    )
    assert all(f"def {name}(" in tests for name in RUN_BY[document].values() if name)
    if "swift" in opened:
        assert "Not compiled or run here" in text


def test_curl_has_a_visit_assessed(sync_code, golden_bundle, patient, tmp_path, differences):
    [command] = sync_code("sh assessments")
    for view in ("front", "left", "right"):
        photo = golden_bundle / "golden" / "photos" / f"{view}.png"
        (tmp_path / f"{view}.jpg").write_bytes(photo.read_bytes())  # What it is called does not matter.
    account = {"SERVER": patient.url, "TOKEN": patient.token, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=account, capture_output=True, text=True, check=True)
    golden = json.loads((golden_bundle / "golden" / "visits" / "first.json").read_text())
    assert not differences(json.loads(done.stdout), golden)
