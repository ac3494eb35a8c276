from dataclasses import replace
from typing import Any

import pytest


@pytest.fixture
def resources(patient: Any, followed: Any, photo_row: Any, course_row: Any) -> Any:
    """Reads the bundle's resources of one type, as somebody who may."""
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 9, "iga": 1})
    peel = course_row("course-0002", name="Salicylic acid peel", kind="procedure", stopped_on="2026-01-06")
    patient.push(photos=[photo_row(visit_id="visit-0000")], treatment_courses=[course_row(), peel])

    def read(kind: str, reader: Any = patient) -> list[dict[str, Any]]:
        answer = reader.get(f"{patient.timeline}/fhir")
        assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
        return [e["resource"] for e in answer.json["entry"] if e["resource"]["resourceType"] == kind]

    return read


def test_observations_are_preliminary_and_asserted_by_ai(resources: Any) -> None:
    observations = resources("Observation")
    assert len(observations) == 2 * 8
    for observation in observations:
        assert observation["status"] == "preliminary"
        assert [label["code"] for label in observation["meta"]["security"]] == ["AIAST"]


def test_codes_are_our_own_and_defined_in_the_bundle(resources: Any) -> None:
    (system,) = resources("CodeSystem")
    defined = {concept["code"] for concept in system["concept"]}
    for observation in resources("Observation"):
        for concept in (observation["code"], *(part["code"] for part in observation.get("component", []))):
            assert [(c["system"], c["code"] in defined) for c in concept["coding"]] == [(system["url"], True)]


def test_a_count_has_its_interval(resources: Any) -> None:
    first = next(o for o in resources("Observation") if o["code"]["coding"][0]["code"] == "inflammatory")
    assert first["valueInteger"] == 36
    assert [part["valueInteger"] for part in first["component"]] == [18, 75]


def test_observations_name_the_exact_model_and_their_photos(resources: Any, patient: Any) -> None:
    (device,) = resources("Device")
    assert device["identifier"][0]["value"] == f"nih:sha-256;{'ab' * 32}"
    assert device["version"] == [{"value": "9.8.7"}]
    (media,) = resources("Media")
    first = resources("Observation")[0]
    assert first["device"]["reference"] == f"urn:uuid:{device['id']}"
    assert [photo["reference"] for photo in first["derivedFrom"]] == [f"urn:uuid:{media['id']}"]


def test_every_reference_leads_somewhere_in_the_bundle(resources: Any, patient: Any) -> None:
    bundle = patient.get(f"{patient.timeline}/fhir").json
    addresses = {entry["fullUrl"] for entry in bundle["entry"]}

    def references(value: Any) -> list[str]:
        if isinstance(value, list):
            return [reference for item in value for reference in references(item)]
        if isinstance(value, dict):
            here = [value["reference"]] if "reference" in value else []
            return here + [reference for item in value.values() for reference in references(item)]
        return []

    named = references(bundle)
    assert named and set(named) <= addresses
    assert len(addresses) == len(bundle["entry"])


def test_nothing_is_empty_as_fhir_demands(resources: Any, patient: Any) -> None:
    def empties(value: Any) -> bool:
        if isinstance(value, dict | list):
            parts = value.values() if isinstance(value, dict) else value
            return not value or any(empties(part) for part in parts)
        return value is None or value == ""

    assert not empties(patient.get(f"{patient.timeline}/fhir").json)


def test_courses_are_medication_or_procedure_by_their_kind(resources: Any) -> None:
    (medication,), (procedure,) = resources("MedicationStatement"), resources("Procedure")
    assert (medication["status"], medication["medicationCodeableConcept"]["text"]) == ("active", "Adapalene 0.1 %")
    assert (procedure["status"], procedure["performedPeriod"]["end"]) == ("completed", "2026-01-06")


def test_photos_are_not_described_to_whom_they_are_not_shared(resources: Any, patient: Any, dermatologist: Any) -> None:
    patient.share_with(dermatologist, scope="records")
    assert resources("Media", dermatologist) == []
    first = resources("Observation", dermatologist)[0]
    assert first["derivedFrom"] == [{"identifier": {"value": "photo-0001"}, "type": "Media"}]


def test_an_export_is_recorded(resources: Any, patient: Any, dermatologist: Any) -> None:
    patient.share_with(dermatologist)
    resources("Observation", dermatologist)
    assert [read["what"] for read in patient.get(f"{patient.timeline}/accesses").json["accesses"]] == ["FHIR export"]


def test_a_strangers_export_is_unknown(patient: Any, other_patient: Any) -> None:
    assert other_patient.get(f"{patient.timeline}/fhir").status_code == 404


def test_an_export_twice_has_the_same_addresses(resources: Any, patient: Any) -> None:
    def addresses() -> list[str]:
        return [entry["fullUrl"] for entry in patient.get(f"{patient.timeline}/fhir").json["entry"]]

    assert addresses() == addresses()


def test_the_page_offers_the_same_bundle_as_a_file(resources: Any, patient: Any, browse: Any) -> None:
    answer = browse(patient).get(f"/timelines/{patient.timeline_id}/fhir.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json["entry"] == patient.get(f"{patient.timeline}/fhir").json["entry"]


def test_photos_are_at_the_servers_own_address_whatever_host_a_client_names(
    app, config, patient, visit_row, photo_row, jpeg
):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    app.extensions["acnetrack.config"] = replace(config, public_url="https://skin.example.org")
    said = patient.get(f"{patient.timeline}/fhir", headers={"Host": "evil.example"}).text
    assert f"https://skin.example.org{patient.timeline}/photos/photo-0001" in said
    assert "evil.example" not in said
