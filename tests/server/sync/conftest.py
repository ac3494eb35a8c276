"""A timeline with a row in each table, and pushes by both protocols."""

import json

import pytest

from server.timeline.daily_life import ONLY_PROFILE

WHEN = "2026-03-01T08:30:00+01:00"


@pytest.fixture
def everything(visit_row, photo_row, assessment_row, course_row):
    return {
        "visits": [visit_row()],
        "photos": [photo_row()],
        "assessments": [assessment_row()],
        "treatment_courses": [course_row()],
    }


@pytest.fixture
def full_rows(visit_row, photo_row, assessment_row):
    """A row of each table that phones write, with something in every column but `amends`."""
    felt = {"itch": 1, "pain": 2, "oiliness": 3, "stress": 4, "mood": 5, "dryness": 6, "bother": 7}
    course = {"name": "Adapalene", "kind": "topical", "dose": "0.1 %", "started_on": "2026-03-01"}
    why = {"stop_reason": "side_effect", "note": "every other night"}
    rows = {
        "visits": visit_row(note="hello", frames=3),
        "photos": photo_row(uploaded=False, kept_anyway=True),
        "assessments": assessment_row(),
        "treatment_courses": {"id": "course-0001", **course, "stopped_on": "2026-05-01", **why},
        "intakes": {
            "id": "intake-0001",
            "course_id": "course-0001",
            "recorded_at": WHEN,
            "taken": True,
            "amount": "1 g",
        },
        "check_ins": {"id": "check-0001", "recorded_at": WHEN, **felt, "note": "itchy"},
        "side_effects": {
            **{"id": "effect-0001", "what": "dry lips", "severity": 2, "course_id": "course-0001"},
            **{"started_on": "2026-03-01", "ended_on": "2026-05-01", "note": "worse in the wind"},
        },
        "spots": {
            **{"id": "spot-0001", "visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.25, "y": 0.1},
            **{"still_there": True, "note": "a dark one"},
        },
        "reminders": {
            **{"id": "remind-0001", "title": "Cream", "course_id": "course-0001"},
            **{"time_of_day": "21:30", "weekdays": "135", "active": True},
        },
        "profiles": {"id": ONLY_PROFILE, "skin_type": 2, "sex": "female"},
    }
    amending = ("visits", "photos", "assessments", "intakes", "check_ins")
    return {table: row | {"amends": None} if table in amending else row for table, row in rows.items()}


class Protocol:
    """Pushes rows of one table; `texts` are JSON, so that they can hold what is none."""

    def push(self, person, table, *rows):
        """Push and return the verdicts, as pairs of id and code."""
        return self.push_texts(person, table, [json.dumps(row).encode() for row in rows])

    def _post(self, person, address, body):
        answer = person.post(f"{person.timeline}/{address}", data=body, content_type="application/json")
        assert answer.status_code == 200, answer.json
        return json.loads(answer.data)  # An id that is half an emoji comes back, which `answer.json` does not read.


class Sync(Protocol):
    def push_texts(self, person, table, texts):
        body = b'{"%b": {"updated": [%b]}}' % (table.encode(), b", ".join(texts))
        return [(verdict["id"], verdict["code"]) for verdict in self._post(person, "sync", body)["rejected"]]


class Rx(Protocol):
    def push_texts(self, person, table, texts):
        rows = [b'{"assumedMasterState": null, "newDocumentState": %b}' % text for text in texts]
        answer = self._post(person, f"rx/{table}/push?why=true", b"[%b]" % b", ".join(rows))
        return [(document["id"], document["_refused"]["code"]) for document in answer]


@pytest.fixture(params=[Sync, Rx], ids=["sync", "rx"])
def protocol(request):
    return request.param()
