"""Photos that are here are assessed again by a new model, and the chart switches when all of them are."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from server.delivery.publishing import block, publish, set_rollout
from server.delivery.rollout import released
from server.foundation import db
from server.progress.progress import progress_of
from server.reassessment import assessing
from server.reassessment.running import reassess
from server.reassessment.tally import tally
from server.reassessment.target import target_of
from server.timeline.models import Assessment, Timeline

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[3]
NEW = "0.9.0"


@pytest.fixture
def progress(inside):
    def read(patient):
        return progress_of(db.session().get_one(Timeline, patient.timeline_id))

    return read


def shown(progress):
    """The version that assessed each visit, as the chart shows it."""
    return [visit.assessment.model.version for visit in progress.visits]


def rows_of(patient):
    """What identifies the assessments of a timeline, and what they say."""
    db.session().rollback()
    rows = db.session().scalars(select(Assessment).filter_by(timeline_id=patient.timeline_id))
    return {row.id: (row.visit_id, row.model_version, row.model_sha256, row.result) for row in rows}


def revs_of(patient):
    db.session().rollback()
    return [r.rev for r in db.session().scalars(select(Assessment).filter_by(timeline_id=patient.timeline_id))]


def test_without_a_new_model_nothing_is_assessed_again(patient, history, finish, progress, old):
    history(patient)
    assert finish().total == 0
    assert shown(progress(patient)) == [old["version"]] * 3


def test_the_chart_shows_the_old_model_throughout_and_switches_when_all_is_done(
    patient, history, release_new, progress, old
):
    history(patient)
    release_new()
    seen = [(now.waiting, set(shown(progress(patient)))) for now in reassess()]
    assert seen == [(3, {old["version"]}), (2, {old["version"]}), (1, {old["version"]}), (0, {NEW})]
    after = progress(patient)
    assert (after.model.version, [after.apart(visit) for visit in after.visits]) == (NEW, [False] * 3)
    assert after.followed.unavailable is None
    assert after.visits[0].photos[0].reading is not None


def test_a_visit_whose_photo_never_left_the_phone_stays_with_its_model_and_apart(
    patient, history, release_new, finish, progress, old
):
    history(patient, weeks=4, kept_on_phone=(0, 2))
    release_new()
    assert str(finish()) == "2 of 2 visits assessed again, 0 wait"
    after = progress(patient)
    assert shown(after) == [old["version"], NEW, old["version"], NEW]
    assert [after.apart(visit) for visit in after.visits] == [True, False, True, False]
    assert after.followed.unavailable is None
    assert len(after.followed.visits) == 4


def test_across_the_break_nothing_is_said_that_its_allowance_could_explain(
    patient, history, release_new, finish, progress, inside
):
    history(patient, kept_on_phone=(0,))
    release_new()
    finish()
    chosen = progress_of(db.session().get_one(Timeline, patient.timeline_id), "visit-0000")
    assert [chosen.apart(visit) for visit in chosen.visits] == [True, False, False]
    assert all(abs(state.trend) < 1.64 for state in chosen.followed.told.states)


def test_a_visit_of_which_a_view_is_missing_here_is_not_counted_from_the_rest(
    patient, history, photo_row, release_new, finish, progress, old
):
    history(patient, weeks=2)
    patient.push(photos=[photo_row(b"still on the phone", "photo-left", visit_id="visit-0000", view="left")])
    release_new()
    assert finish().total == 1
    assert shown(progress(patient)) == [old["version"], NEW]


def test_a_visit_whose_photo_was_kept_anyway_is_left(patient, history, face, photo_row, release_new, finish):
    history(patient, weeks=2)
    kept = {"visit_id": "visit-0000", "amends": "photo-0000", "kept_anyway": True}
    assert patient.push(photos=[photo_row(face(7), "photo-kept", width_px=480, height_px=640, **kept)]) == []
    sent = patient.put(f"{patient.timeline}/photos/photo-kept", data=face(7), content_type="image/jpeg")
    assert sent.status_code == 204
    release_new()
    assert finish().total == 1


def test_phones_pull_the_new_assessments_like_any_row_and_may_post_them_again(patient, history, release_new, finish):
    history(patient)
    cursor = patient.pull()["timestamp"]
    release_new()
    finish()
    page = patient.pull(cursor)
    new = page["changes"]["assessments"]["updated"]
    assert [row["model_version"] for row in new] == [NEW] * 3
    assert len(revs_of(patient)) == len(set(revs_of(patient))) == 6
    assert patient.push(assessments=new) == []
    assert patient.pull(page["timestamp"])["timestamp"] == page["timestamp"]


def test_running_again_changes_nothing(patient, history, release_new, finish):
    history(patient)
    release_new()
    first, rows = finish(), rows_of(patient)
    assert (finish(), rows_of(patient)) == (first, rows)


def test_two_workers_at_once_make_every_row_once(patient, history, release_new, finish):
    history(patient)
    release_new()
    slow = reassess()
    next(slow)
    next(slow)
    finish()
    list(slow)
    assert len(rows_of(patient)) == 6
    assert str(tally()) == "3 of 3 visits assessed again, 0 wait"


KILLED = """
import os, signal
from server.application.factory import create_app
from server.application.safety import safe_settings
from server.reassessment import assessing, running

append, written = assessing.append, []

def append_then_die(*given):
    append(*given)
    written.append(given)
    if len(written) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

assessing.append = append_then_die
app = create_app(safe_settings())
with app.app_context():
    list(running.reassess())
"""


def environment(config):
    values = {
        "ACNETRACK_DATABASE_URL": config.database_url,
        "ACNETRACK_PHOTO_DIR": config.photo_dir,
        "ACNETRACK_KEY_DIR": config.key_dir,
        "ACNETRACK_MODEL_STORE_DIR": config.model_store_dir,
        "ACNETRACK_MODEL_PUBLIC_KEYS": ",".join(config.model_public_keys),
    }
    return {**os.environ, **{name: str(value) for name, value in values.items()}, "PYTHONPATH": str(ROOT)}


def test_killed_in_the_middle_of_a_write_it_goes_on_and_makes_the_same_rows(
    patient, other_patient, history, release_new, finish, config
):
    for each in (patient, other_patient):
        history(each)
    release_new()
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env=environment(config), capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert sorted(len(rows_of(each)) for each in (patient, other_patient)) == [3, 4]
    assert str(finish()) == "6 of 6 visits assessed again, 0 wait"
    assert rows_of(patient) == rows_of(other_patient)
    assert len(rows_of(patient)) == 6


def test_an_operator_runs_it_from_the_command_line(patient, history, release_new, config):
    history(patient, weeks=1)
    release_new()
    command = [sys.executable, "-m", "server", "admin", "models", "reassess"]
    done = subprocess.run(command, cwd=ROOT, env=environment(config), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "1 of 1 visits assessed again, 0 wait\n"), done.stderr


def stored(config, patient):
    return sorted((config.photo_dir / patient.timeline_id).iterdir(), key=lambda path: path.stat().st_size)


def test_a_photo_that_cannot_be_read_holds_up_nothing(patient, history, release_new, finish, progress, config, old):
    history(patient)
    broken, missing, _ = stored(config, patient)
    broken.write_bytes(broken.read_bytes()[:300])
    missing.unlink()
    release_new()
    now = finish()
    assert (now.done, now.waiting, now.reasons) == (1, 0, {"photo_tampered": 1, "photo_missing": 1})
    assert sorted(shown(progress(patient))) == sorted([old["version"]] * 2 + [NEW])
    assert finish() == now


def test_a_photo_store_that_fails_leaves_the_visit_waiting(patient, history, release_new, finish, app, monkeypatch):
    history(patient, weeks=2)
    release_new()

    def fails(key):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as fault:
        fault.setattr(app.extensions["acnetrack.photos"], "get", fails)
        with pytest.raises(OSError, match="Input/output"):
            finish()
    assert tally().waiting == 2
    assert str(finish()) == "2 of 2 visits assessed again, 0 wait"


def test_a_visit_deleted_before_its_turn_stays_deleted(patient, history, release_new, progress):
    history(patient)
    release_new()
    running = reassess()
    next(running)
    patient.send({"visits": {"deleted": ["visit-0000"]}})
    list(running)
    assert str(tally()) == "2 of 2 visits assessed again, 0 wait"
    assert shown(progress(patient)) == [NEW] * 2
    assert "visit-0000" not in {row[0] for row in rows_of(patient).values()}


def test_a_visit_deleted_while_the_model_runs_stays_deleted(patient, history, release_new, finish, monkeypatch):
    history(patient, weeks=2)
    release_new()
    model = assessing.assess

    def meanwhile(*arguments):
        patient.send({"visits": {"deleted": ["visit-0000"]}})
        return model(*arguments)

    monkeypatch.setattr(assessing, "assess", meanwhile)
    assert str(finish()) == "1 of 1 visits assessed again, 0 wait"
    assert "visit-0000" not in {row[0] for row in rows_of(patient).values()}


def test_an_assessment_that_its_patient_deleted_is_not_made_again(patient, history, release_new, finish, progress, old):
    history(patient)
    release_new()
    finish()
    made = next(row_id for row_id, row in rows_of(patient).items() if row[:2] == ("visit-0001", NEW))
    patient.send({"assessments": {"deleted": [made]}})
    finish()
    assert shown(progress(patient)) == [NEW, old["version"], NEW]


def test_photos_uploaded_later_are_assessed_in_the_next_run(patient, history, face, release_new, finish, progress, old):
    history(patient, kept_on_phone=(2,))
    release_new()
    finish()
    assert shown(progress(patient)) == [NEW, NEW, old["version"]]
    patient.put(f"{patient.timeline}/photos/photo-0002", data=face(2), content_type="image/jpeg")
    assert shown(progress(patient)) == [NEW, NEW, old["version"]]
    finish()
    assert shown(progress(patient)) == [NEW] * 3


def test_only_timelines_that_a_version_is_out_for_are_assessed_by_it(
    patient, other_patient, history, release_new, finish, progress, old
):
    for each in (patient, other_patient):
        history(each, weeks=1)
    release_new(rollout=0)
    assert finish().total == 0
    set_rollout("lesions", NEW, 100)
    assert finish().done == 2
    assert shown(progress(patient)) == shown(progress(other_patient)) == [NEW]


def test_withdrawing_a_version_takes_the_chart_back(patient, history, release_new, finish, progress, old):
    history(patient)
    release_new()
    finish()
    block("lesions", NEW)
    finish()
    assert shown(progress(patient)) == [old["version"]] * 3


def test_a_second_new_version_replaces_one_that_was_not_finished(patient, history, release_new, finish, progress, old):
    history(patient)
    release_new()
    running = reassess()
    next(running)
    next(running)
    running.close()
    release_new("0.9.1")
    assert str(finish()) == "3 of 3 visits assessed again, 0 wait"
    assert shown(progress(patient)) == ["0.9.1"] * 3


def test_the_page_says_that_it_is_under_way_and_how_the_lone_visits_are_drawn(
    patient, history, release_new, browse, flaws
):
    history(patient, weeks=4, kept_on_phone=(1,))
    release_new()
    page = browse(patient)
    under_way = "Photos are being assessed again by a newer model: 1 of 3 visits done."
    running = reassess()
    next(running)
    next(running)
    before = page.get(f"/timelines/{patient.timeline_id}").text
    assert under_way in before
    assert "Hollow" not in before
    list(running)
    after = page.get(f"/timelines/{patient.timeline_id}").text
    assert "being assessed again" not in after
    assert "Hollow: counted by another model, compared with an allowance" in after
    assert after.count("compared with an allowance</span></th>") == 1
    assert flaws(before) == flaws(after) == []


def test_the_file_of_the_bundle_is_the_one_that_the_phone_runs(patient, history, inside, make_bundle):
    def release(version):
        files = {f"lesions.{kind}.tflite": f"TFL3 {kind} {version}".encode() for kind in ("float32", "int8")}
        return publish(make_bundle(version, {**files, "labels.txt": b"comedo\n"})).bundle

    first = release("0.9.0")
    on_phone = {"id": "lesions", "version": "0.9.0", "sha256": first.manifest["files"]["lesions.int8.tflite"]["sha256"]}
    history(patient, weeks=1, model=on_phone)
    second = release("0.9.1")
    target = target_of(released("lesions"), patient.timeline_id)
    assert (target.model.version, target.model_file) == ("0.9.1", "lesions.int8.tflite")
    assert target.model.sha256 == second.manifest["files"]["lesions.int8.tflite"]["sha256"]
