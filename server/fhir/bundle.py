"""One timeline as a FHIR R4 collection bundle."""

from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from server.fhir.changes import changes
from server.fhir.coding import code_system
from server.fhir.observations import DATE_DOUBTED, Reference, observations
from server.fhir.reported import adverse_event, check_in_observation
from server.progress.progress import Progress
from server.progress.records import CourseRecord, PhotoRecord, VisitRecord
from server.progress.reported import Reported
from server.progress.words.reported import stop_words
from server.timeline.assessment import Model
from server.timeline.dates import with_plain_offset

Resource = dict[str, Any]

KEPT_ANYWAY_PHOTO = "The patient kept it although the phone could not judge it; its visit is not counted or compared."


def timeline_bundle(
    progress: Progress, reported: Reported, with_photos: bool, root_url: str, made_at: datetime
) -> Resource:
    """Return the bundle; `reported` is what the patient reports of daily life.

    Photos are addresses under `root_url` that need the reader's sign-in, never bytes.
    Without `with_photos` an observation still names the photos it derives from, but they are not described.
    """
    entries = _Entries(progress.timeline_id)
    entries.add("codes", code_system())
    patient = entries.add("patient", {"resourceType": "Patient", "name": [{"text": progress.patient_name}]})
    for visit in (*progress.visits, *progress.doubted):
        photos = [
            entries.add(f"photo/{photo.id}", _media(photo, visit, patient, progress.timeline_id, root_url))
            if with_photos
            else {"identifier": {"value": photo.id}, "type": "Media"}
            for photo in visit.photos
        ]
        if visit.assessment:
            model = visit.assessment.model
            device = entries.add(f"model/{model.sha256}", _device(model))
            for code, observation in observations(visit, patient, device, photos):
                entries.add(f"observation/{visit.assessment_id}/{code}", observation)
    if progress.latest and progress.latest.assessment:
        device = entries.add(
            f"model/{progress.latest.assessment.model.sha256}", _device(progress.latest.assessment.model)
        )
        for name, observation in changes(progress, patient, device):
            entries.add(f"change/{progress.latest.id}/{name}", observation)
    courses = {
        course.id: entries.add(f"course/{course.id}", _course(course, patient, made_at.date()))
        for course in progress.courses
    }
    for check_in in reported.check_ins:
        entries.add(f"check-in/{check_in.id}", check_in_observation(check_in, patient))
    for effect in reported.side_effects:
        named = courses.get(effect.course_id) if effect.course_id else None
        entries.add(f"side-effect/{effect.id}", adverse_event(effect, patient, named))
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": made_at.isoformat(timespec="seconds"),
        "entry": entries.listed,
    }


class _Entries:
    """The bundle's entries; a resource's address is the same in every export of its timeline."""

    def __init__(self, timeline_id: str) -> None:
        self._timeline_id = timeline_id
        self._by_name: dict[str, Resource] = {}

    def add(self, name: str, resource: Resource) -> Reference:
        """Add a resource once and return a reference to it."""
        uuid = str(uuid5(NAMESPACE_URL, f"acnetrack:{self._timeline_id}/{name}"))
        filled = {key: value for key, value in resource.items() if value not in ([], None)}
        self._by_name.setdefault(name, {"fullUrl": f"urn:uuid:{uuid}", "resource": {**filled, "id": uuid}})
        return {"reference": f"urn:uuid:{uuid}", "type": resource["resourceType"]}

    @property
    def listed(self) -> list[Resource]:
        return list(self._by_name.values())


def _device(model: Model) -> Resource:
    return {
        "resourceType": "Device",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"nih:sha-256;{model.sha256}"}],
        "deviceName": [{"name": model.id, "type": "model-name"}],
        "version": [{"value": model.version}],
        "type": {"text": "Detector of acne lesions in photographs"},
    }


def _media(photo: PhotoRecord, visit: VisitRecord, patient: Reference, timeline_id: str, root_url: str) -> Resource:
    notes = ((DATE_DOUBTED, visit.date_doubted), (KEPT_ANYWAY_PHOTO, photo.kept_anyway))
    return {
        "resourceType": "Media",
        "identifier": [{"value": photo.id}],
        "status": "completed",
        "type": {"text": "Photograph"},
        "view": {"text": photo.view},
        "bodySite": {"text": "Face"},
        "subject": patient,
        "createdDateTime": with_plain_offset(visit.at).isoformat(),
        "note": [{"text": why} for why, holds in notes if holds],
        "width": photo.width_px,
        "height": photo.height_px,
        "content": {
            "contentType": photo.media_type,
            **({"url": f"{root_url}v1/timelines/{timeline_id}/photos/{photo.id}"} if photo.uploaded else {}),
            "title": f"{photo.view} view, {visit.day.isoformat()}",
        },
    }


def _course(course: CourseRecord, patient: Reference, today: date) -> Resource:
    period = {"start": course.started_on.isoformat()}
    if course.stopped_on:
        period["end"] = course.stopped_on.isoformat()
    stopped = course.stopped_on is not None and course.stopped_on <= today
    early = stopped and course.stop_reason not in (None, "finished")
    why = {"text": stop_words(course.stop_reason)}
    notes = [{"text": course.note}] if course.note else []
    if course.kind in ("topical", "oral"):
        return {
            "resourceType": "MedicationStatement",
            "status": _status(course, today, early, ("intended", "active", "stopped", "completed")),
            "statusReason": [why] if why["text"] else [],
            "medicationCodeableConcept": {"text": course.name},
            "subject": patient,
            "effectivePeriod": period,
            "informationSource": patient,
            "dosage": [{"text": course.dose}] if course.dose else [],
            "note": notes,
        }
    return {
        "resourceType": "Procedure",
        "status": _status(course, today, early, ("preparation", "in-progress", "stopped", "completed")),
        "statusReason": why if why["text"] else None,
        "code": {"text": course.label},
        "subject": patient,
        "performedPeriod": period,
        "note": notes,
    }


def _status(course: CourseRecord, today: date, early: bool, names: tuple[str, str, str, str]) -> str:
    """Return which of the names fits: a course to come, one that goes on, was broken off, or was completed."""
    to_come, goes_on, broken_off, completed = names
    if course.started_on > today:
        return to_come
    if course.stopped_on is None or course.stopped_on > today:
        return goes_on
    return broken_off if early else completed
