"""A phone gets the newest model that is out for its patient, whole or by ranges, and never one that was withdrawn."""

import hashlib
import json
from dataclasses import replace

import pytest

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.bundle_errors import BundleFileHash, BundleOlder, SigningKeyUnknown
from mobile_models.keys import DEVELOPMENT_KEY, RELEASE_KEYS
from server.application.factory import create_app
from server.delivery.publishing import block, publish, set_rollout

pytestmark = pytest.mark.both_databases

MODEL = "lesions.float32.tflite"
TRUSTED = (*RELEASE_KEYS, DEVELOPMENT_KEY)


@pytest.fixture
def release(app, make_bundle):
    """Publishes a bundle: `release("0.4.0", rollout=10, minimum_app_version="1.0.0")`."""

    def publish_it(version, rollout=100, **entries):
        folder = make_bundle(version, **entries)
        with app.app_context():
            publish(folder, rollout)
        return folder

    return publish_it


@pytest.fixture
def withdraw(app):
    def block_it(version):
        with app.app_context():
            block("lesions", version)

    return block_it


def ask(person, app_version="1.2.0", platform="android", line="lesions", headers=None, **query):
    query = {"platform": platform, "app_version": app_version, **query}
    return person.get(f"/v1/models/{line}/manifest", query_string=query, headers=headers or {}, buffered=True)


def version_for(person, **query):
    answer = ask(person, **query)
    assert answer.status_code == 200, answer.json
    return json.loads(answer.data)["version"]


def download(person, version, name, **headers):
    return person.get(f"/v1/models/lesions/{version}/files/{name}", headers=headers, buffered=True)


def test_the_built_in_bundle_is_delivered_until_another_is_published(patient, release):
    assert version_for(patient) == Bundle.open().version
    release("0.9.0")
    assert version_for(patient) == "0.9.0"


def test_the_manifest_comes_once_and_again_only_when_it_changed(patient, release):
    release("0.9.0")
    first = ask(patient)
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    assert (first.headers["Cache-Control"], first.mimetype) == ("private, no-cache", "application/json")
    known = {"If-None-Match": first.headers["ETag"]}
    assert ask(patient, headers=known).status_code == 304
    release("0.9.1")
    assert ask(patient, headers=known).status_code == 200


def test_nobody_without_a_token_gets_a_model(client, patient, other_patient, release):
    release("0.9.0")
    paths = ["/v1/models/lesions/manifest?platform=ios&app_version=1.0.0", "/v1/models/lesions/0.9.0/files/labels.txt"]
    other_patient.delete(f"/v1/devices/{other_patient.device_id}")
    for path in paths:
        revoked = other_patient.get(path)
        assert (client.get(path).status_code, revoked.status_code) == (401, 401)
        assert revoked.json["code"] == "unauthenticated"
        assert patient.get(path, buffered=True).status_code == 200


def test_each_patient_gets_what_is_out_for_their_own_timeline_on_all_their_devices(app, person, release):
    patients = [person("patient") for _ in range(12)]
    release("0.9.0")
    release("0.9.1", rollout=50)
    got = [version_for(each) for each in patients]
    assert [version_for(each.on_another_device(), platform="ios") for each in patients] == got
    assert set(got) == {"0.9.0", "0.9.1"}
    with app.app_context():
        set_rollout("lesions", "0.9.1", 100)
    assert {version_for(each) for each in patients} == {"0.9.1"}


def test_a_dermatologist_gets_a_model_too(dermatologist, release):
    release("0.9.0")
    assert version_for(dermatologist) == "0.9.0"


def test_an_older_app_gets_the_newest_that_it_can_run(patient, release):
    release("0.9.0", minimum_app_version="1.0.0")
    release("1.0.0", minimum_app_version="1.10.0")
    assert version_for(patient, app_version="1.10.0") == "1.0.0"
    assert version_for(patient, app_version="1.9.3") == "0.9.0"
    assert version_for(patient, app_version="1.10.0-rc.1") == "0.9.0"
    assert version_for(patient, app_version="0.5.0") == Bundle.open().version


def test_a_version_for_other_platforms_is_passed_over(patient, release):
    release("0.9.0")
    release("0.9.1", platforms=["ios"])
    assert (version_for(patient, platform="ios"), version_for(patient, platform="web")) == ("0.9.1", "0.9.0")


def test_an_app_too_old_for_all_of_them_is_told_to_keep_what_it_has(patient):
    answer = ask(patient, app_version="0.0.9")
    assert (answer.status_code, answer.json["code"]) == (404, "model_none_fits")
    assert "need version 0.1.0 of the app or later; update the app" in answer.json["detail"]


def test_no_update_of_the_app_is_asked_for_that_would_change_nothing(patient, release, withdraw):
    withdraw(Bundle.open().version)
    release("0.9.1", platforms=["ios"])
    answer = ask(patient, platform="web")
    assert answer.json["code"] == "model_none_fits"
    assert "do not run on web; no update of the app changes that" in answer.json["detail"]
    withdraw("0.9.1")
    assert "ask again tomorrow" in ask(patient, platform="web").json["detail"]


def test_the_built_in_bundle_is_out_for_everybody_until_another_is(person, app, release):
    own = Bundle.open()
    with app.app_context():
        config = app.extensions["acnetrack.config"]
        app.extensions["acnetrack.config"] = replace(config, model_public_keys=(*config.model_public_keys, *TRUSTED))
        publish(RELEASED, 0)
    people = [person("patient") for _ in range(6)]
    assert {version_for(each) for each in people} == {own.version}, "published to nobody, it is still what there is"
    release("0.0.1", rollout=50)
    assert {version_for(each) for each in people} == {own.version}
    release("0.0.2", rollout=100)
    assert {version_for(each) for each in people} == {"0.0.2"}, "now its own share of nobody holds"


def test_whom_nothing_else_fits_keeps_the_built_in_bundle_whatever_share_it_was_published_to(person, app, release):
    own = Bundle.open()
    with app.app_context():
        config = app.extensions["acnetrack.config"]
        app.extensions["acnetrack.config"] = replace(config, model_public_keys=(*config.model_public_keys, *TRUSTED))
        publish(RELEASED, 10)
    release("9.0.0", rollout=100, minimum_app_version="2.0.0")
    people = [person("patient") for _ in range(8)]
    assert {version_for(each, app_version="1.2.0") for each in people} == {own.version}
    assert {version_for(each, app_version="2.0.0") for each in people} == {"9.0.0"}


def test_a_version_that_replaces_the_built_in_one_may_be_older_than_it(patient, release):
    release("0.0.1", rollout=100)
    assert version_for(patient) == "0.0.1"
    assert version_for(patient, app_version="0.1.0") == "0.0.1"


@pytest.mark.parametrize(
    "query",
    [{"app_version": "1.2"}, {"app_version": "newest"}, {"app_version": ""}, {"platform": "fridge"}, {"platform": ""}],
)
def test_an_app_that_does_not_say_what_it_is_is_told_what_is_missing(query, patient):
    answer = ask(patient, **query)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert next(iter(query)) in json.dumps(answer.json["errors"])


def test_a_withdrawn_version_is_gone_and_phones_that_hold_it_are_told_to_go_back(patient, release, withdraw):
    release("0.9.0")
    release("0.9.1")
    assert ask(patient, held="0.9.1").status_code == 200
    withdraw("0.9.1")
    answer = ask(patient, held="0.9.1")
    assert (answer.status_code, answer.json["code"], answer.json["go_back_to"]) == (410, "model_blocked", "0.9.0")
    assert version_for(patient, held="0.9.0") == version_for(patient) == "0.9.0"
    for name in (MODEL, "manifest.json"):
        answer = download(patient, "0.9.1", name)
        assert (answer.status_code, answer.json["code"]) == (410, "model_blocked")


def test_where_every_version_is_withdrawn_there_is_none_to_go_back_to(patient, withdraw):
    built_in = Bundle.open().version
    withdraw(built_in)
    answer = ask(patient, held=built_in)
    assert (answer.json["code"], answer.json["go_back_to"]) == ("model_blocked", None)
    asked_without = ask(patient).json
    assert asked_without["code"] == "model_none_fits"
    assert "unless it was withdrawn, which asking with 'held' tells" in asked_without["detail"]


def test_a_file_comes_whole_with_its_hash_and_for_ever(patient, release):
    folder = release("0.9.0")
    answer = download(patient, "0.9.0", "golden/wide.json")
    assert answer.data == b"{}"
    model = download(patient, "0.9.0", MODEL)
    assert model.data == (folder / MODEL).read_bytes()
    assert model.headers["ETag"] == f'"{hashlib.sha256(model.data).hexdigest()}"'
    assert model.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_broken_download_goes_on_where_it_stopped(patient, release):
    whole = (release("0.9.0") / MODEL).read_bytes()
    first = download(patient, "0.9.0", MODEL, Range="bytes=0-999")
    rest = download(patient, "0.9.0", MODEL, **{"Range": "bytes=1000-", "If-Range": first.headers["ETag"]})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(whole) - 1}/{len(whole)}"
    assert first.data + rest.data == whole


def test_a_download_of_another_file_than_was_begun_starts_anew(patient, release):
    whole = (release("0.9.0") / MODEL).read_bytes()
    answer = download(patient, "0.9.0", MODEL, **{"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (answer.status_code, answer.data) == (200, whole)


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=5-2", "bytes=a-b", "bytes", "lines=0-1", "bytes="])
def test_a_range_that_is_malformed_unknown_or_several_is_ignored(patient, release, asked):
    release("0.9.0")
    answer = download(patient, "0.9.0", "labels.txt", Range=asked)
    assert (answer.status_code, answer.data) == (200, download(patient, "0.9.0", "labels.txt").data)


def test_a_range_behind_the_end_is_416(patient, release):
    release("0.9.0")
    answer = download(patient, "0.9.0", "labels.txt", Range="bytes=1000-")
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")


@pytest.mark.parametrize(
    "path",
    [
        "lesions/0.9.0/files/secret.txt",
        "lesions/0.9.0/files/nothing",
        "lesions/0.9.0/files/../../../acnetrack.db",
        "lesions/0.9.0/files/%2e%2e/acnetrack.db",
        "lesions/9.9.9/files/labels.txt",
        "lesions/../files/labels.txt",
        "faces/0.9.0/files/labels.txt",
        "faces/manifest?platform=ios&app_version=1.0.0",
    ],
)
def test_what_no_manifest_lists_is_404(path, patient, release, config):
    release("0.9.0")
    (config.model_store_dir / "lesions" / "0.9.0" / "secret.txt").write_text("listed nowhere")
    answer = patient.get(f"/v1/models/{path}", buffered=True)
    assert (answer.status_code, answer.json["code"]) in ((404, "model_unknown"), (404, "not_found"))


def test_a_phone_installs_what_it_downloads_and_keeps_what_it_has_when_it_does_not_fit(
    patient, release, config, tmp_path, signing_key
):
    """What a phone does: the manifest, its signature, one model and the labels, then open with the pinned keys."""
    release("0.9.0")

    def install(folder, **how):
        folder.mkdir()
        manifest = ask(patient)
        version = json.loads(manifest.data)["version"]
        (folder / "manifest.json").write_bytes(manifest.data)
        for name in ("manifest.sig", MODEL, "labels.txt"):
            (folder / name).write_bytes(download(patient, version, name).data)
        return Bundle.open(folder, public_keys=config.model_public_keys, **how)

    assert install(tmp_path / "first", held="0.1.0").version == "0.9.0"
    with pytest.raises(BundleOlder):
        install(tmp_path / "second", held="1.0.0")
    with pytest.raises(SigningKeyUnknown):
        Bundle.open(tmp_path / "first", public_keys=[])
    (tmp_path / "first" / MODEL).write_bytes((tmp_path / "first" / MODEL).read_bytes()[::-1])
    with pytest.raises(BundleFileHash):
        Bundle.open(tmp_path / "first", public_keys=config.model_public_keys)


def test_a_file_that_is_not_all_there_is_not_delivered(patient, release, config):
    release("0.9.0")
    (config.model_store_dir / "lesions" / "0.9.0" / "labels.txt").write_bytes(b"com")
    answer = download(patient, "0.9.0", "labels.txt")
    assert (answer.status_code, answer.json["code"]) == (503, "model_missing")


def test_a_published_bundle_that_was_lost_leaves_the_others(patient, release, config):
    release("0.9.0")
    release("0.9.1")
    (config.model_store_dir / "lesions" / "0.9.1" / "manifest.json").unlink()
    assert version_for(patient) == "0.9.0"


@pytest.mark.parametrize("text", [None, "not json", "[]", "{}", '{"files": []}', '{"files": {"labels.txt": 1}}'])
def test_a_server_without_any_bundle_says_so(text, config, clock, patient, tmp_path):
    (tmp_path / "broken").mkdir()
    if text is not None:
        (tmp_path / "broken" / "manifest.json").write_text(text)
    app = create_app(replace(config, models_dir=tmp_path / "broken"), clock)
    patient.client = app.test_client()
    for answer in (ask(patient), download(patient, "0.1.0", "labels.txt")):
        assert (answer.status_code, answer.json["code"]) == (503, "model_missing")
    app.extensions["acnetrack.engine"].dispose()
