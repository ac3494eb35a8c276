"""Assess the demonstration clinic's images with the released model: `python -m server.running.demo.assess`.

Writes `assessments.json` beside `clinic.json`: the model, each image's sha256, and each visit's assessment.
To be run, and its result committed, whenever the images or the released model change.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from tqdm import tqdm

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.errors import AssessmentError
from mobile_models.image import read_photo
from server.running.demo.files import CLINIC_DIR, ClinicUnusable, ClinicVisit, photo_bytes, photos_of, read_clinic


def assess_visit(visit: ClinicVisit, detector: Detector) -> dict[str, Any]:
    """Return the visit's assessment as JSON; the photos are named by their files."""
    captures = [Capture(p.file, read_photo(photo_bytes(p)), p.view, guided=True) for p in visit.photos]
    return assess(captures, detector).visit_json()


def assess_clinic(folder: Path, bundle: Bundle) -> dict[str, Any]:
    """Return everything that `assessments.json` holds."""
    patients, detector = read_clinic(folder), Detector(bundle)
    visits = [visit for patient in patients for visit in patient.visits]
    return {
        "model": {"id": bundle.id, "version": bundle.version, "sha256": bundle.model_sha256},
        "images": {photo.file: photo.sha256 for photo in photos_of(patients)},
        "assessments": {visit.key: assess_visit(visit, detector) for visit in tqdm(visits, unit="visit")},
    }


def main() -> None:
    """Write the assessments of the clinic in a folder."""
    parser = argparse.ArgumentParser(prog="python -m server.running.demo.assess", description=main.__doc__)
    parser.add_argument("--clinic", type=Path, default=CLINIC_DIR, help="the clinic's folder")
    folder = parser.parse_args().clinic
    try:
        assessed = assess_clinic(folder, Bundle.open())
    except (AssessmentError, ClinicUnusable) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    text = json.dumps(assessed, separators=(",", ":"), allow_nan=False)
    (folder / "assessments.json").write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
