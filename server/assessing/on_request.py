"""Photos assessed for whoever sends them, by the model that is out for them. Nothing of it is kept."""

from typing import Any

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import APP_VERSION
from mobile_models.errors import AssessmentError
from mobile_models.version import Version
from server.assessing.detectors import lent_detector
from server.assessing.sent_photos import SentVisit
from server.delivery.handing_out import ModelMissing, timeline_of
from server.delivery.rollout import released
from server.delivery.shelf import LINE, Shelved
from server.foundation import db
from server.people.accounts.models import User
from server.people.guardians.consent import require_consent
from server.photos.inspection import photo_in

NO_MODEL = "No model that this server can run is out for this account; its operator publishes one that fits it."


def require_assessing(user: User) -> Shelved:
    """Return the bundle by which `user`'s photos are assessed, before any of them is read.

    Raises:
        ConsentRequired: they are a child without a guardian's consent.
        ModelMissing: there is none.
    """
    require_consent(user)
    bundle = released(LINE).newest_for(timeline_of(user), Version.parse(APP_VERSION))
    if bundle is None:
        raise ModelMissing(NO_MODEL)
    db.release()  # The photos may still be on their way.
    return bundle


def assessed(sent: SentVisit, bundle: Shelved) -> dict[str, Any]:
    """Return the assessment of a visit, as it is stored and synced; its photos are called by their views.

    Raises:
        PhotoRefused: a photo cannot be assessed; its `view` says which.
        DetectorBusy: too many wait for the model.
        ModelMissing: the bundle cannot be run.
    """
    name = str(bundle.manifest["default_file"])
    try:
        with lent_detector(bundle.folder, name, str(bundle.files[name]["sha256"])) as detector:
            captures = [
                Capture(view, photo_in(data, view=view), view, sent.guided) for view, data in sent.photos.items()
            ]
            return assess(captures, detector).visit_json()
    except AssessmentError as error:
        raise ModelMissing from error
