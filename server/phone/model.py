"""The model of a phone without an account: four files of the built-in bundle, as they were released."""

from mobile_models.bundle import FACE_FILE
from mobile_models.manifest import MANIFEST, SIGNATURE
from server.delivery.handing_out import DeliveredFile, ModelMissing, ModelUnknown, file_of
from server.delivery.shelf import built_in


def file_without_account(name: str) -> DeliveredFile:
    """Return the manifest, its signature, the file that it calls the default or the face's.

    Raises:
        ModelUnknown: it is none of these.
        ModelBlocked: this version was withdrawn.
        ModelMissing: the bundle, or that file of it, is missing or damaged.
    """
    bundle = built_in()
    if bundle is None:
        raise ModelMissing
    if name not in (MANIFEST, SIGNATURE, FACE_FILE, bundle.manifest["default_file"]):
        raise ModelUnknown
    return file_of(bundle.line, bundle.name, name)


def media_type(name: str) -> str:
    """Return what the file is."""
    return "application/json" if name == MANIFEST else "application/octet-stream"
