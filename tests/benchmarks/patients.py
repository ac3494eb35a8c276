"""What a dermatologist's list and a list of timelines cost, as a table.

    python -m tests.benchmarks.patients [--patients N] [--visits N] [--repeats N]

Each patient has weekly visits, assessed as the demonstration's are. The list is read for the first time, then with
nothing new, then with one patient's new visit; on SQLite, in this process.
"""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert, select

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import upgrade
from server.pages.listing import Asked
from server.pages.patient_lines import list_page
from server.people.accounts.models import User
from server.sharing.grants.granting import grant_by_email
from server.sync.as_caller import timelines_of
from server.timeline.models import Assessment, Timeline, Visit
from server.timeline.signing_up import sign_up

ASSESSMENTS = Path(__file__).parents[2] / "server" / "running" / "demo" / "clinic" / "assessments.json"
FIRST = datetime(2024, 1, 1, 8, tzinfo=UTC)


def results():
    """The demonstration's assessments as stored."""
    found = json.loads(ASSESSMENTS.read_bytes())
    return [json.dumps(each) for each in found["assessments"].values()]


def visits(timeline_id, count, texts, first=0):
    """Rows of weekly assessed visits, from the `first` one on."""
    place = {"timeline_id": timeline_id, "deleted": False}
    made, said = [], []
    for n in range(first, first + count):
        moment, text = (FIRST + timedelta(weeks=n)).isoformat(), texts[n % len(texts)]
        model = {f"model_{name}": value for name, value in json.loads(text)["model"].items()}
        of_visit = {**place, "recorded_at": moment, "visit_id": f"visit-{n:04}"}
        made.append({**place, "id": f"visit-{n:04}", "rev": 2 * n + 1, "recorded_at": moment, "guided": True})
        said.append({**of_visit, "id": f"assess-{n:04}", "rev": 2 * n + 2, "result": text, **model})
    return made, said


def write(timeline_id, rows):
    """Put visits into a timeline, past the server."""
    with db.write() as session:
        for model, some in zip((Visit, Assessment), rows, strict=True):
            session.execute(insert(model), some)
        session.get_one(Timeline, timeline_id).seq = rows[1][-1]["rev"]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--visits", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=5)
    chosen, texts = parser.parse_args(), results()
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            database_url=f"sqlite:///{folder}/acnetrack.db", photo_dir=Path(folder, "p"), key_dir=Path(folder, "k")
        )
        upgrade(db.connect(config.database_url))
        app = create_app(config)
        with app.app_context():
            doctor = sign_up("doctor@example.org", "Dr. Ito", "only for the benchmark", "dermatologist")
            for n in range(chosen.patients):
                born = FIRST.date().replace(year=1990)
                email = f"p{n}@example.org"
                person = sign_up(email, f"P{n}", "only for the benchmark", "patient", born, "NO")
                (timeline,) = db.session().scalars(select(Timeline.id).filter_by(patient_id=person.id))
                write(timeline, visits(timeline, chosen.visits, texts))
                grant_by_email(person, timeline, doctor.email)
            doctor_id = doctor.id

        def listed(reader):
            return range(list_page(reader, Asked()).shared)

        def spent(reading):
            with app.app_context():
                reader = db.session().get_one(User, doctor_id)
                begun = time.perf_counter()
                assert len(reading(reader)) == chosen.patients
                return 1000 * (time.perf_counter() - begun)

        first = spent(listed)
        again = median(spent(listed) for _ in range(chosen.repeats))
        newer = []
        for n in range(chosen.repeats):
            with app.app_context():
                write(timeline, visits(timeline, 1, texts, first=chosen.visits + n))
            newer.append(spent(listed))
        timelines = median(spent(timelines_of) for _ in range(chosen.repeats))
        size = sum(map(len, texts)) / len(texts) / 1000
    print(f"{chosen.patients} patients, {chosen.visits} visits each, an assessment of {size:.0f} kB on average\n")
    print("| what | ms |\n| --- | --- |")
    print(f"| list of patients, nothing kept | {first:.0f} |")
    print(f"| list of patients, nothing new | {again:.0f} |")
    print(f"| list of patients, one new visit | {median(newer):.0f} |")
    print(f"| GET /v1/timelines | {timelines:.0f} |")


if __name__ == "__main__":
    main()
