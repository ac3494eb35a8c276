"""Why a bundle is refused: one class a reason, each naming what to do."""

from typing import ClassVar

from mobile_models.errors import AssessmentError


class BundleMissing(AssessmentError):
    """No bundle lies where one was looked for."""

    code: ClassVar[str] = "bundle_missing"


class BundleCorrupt(AssessmentError):
    """The bundle is not what its manifest says, or its manifest makes no sense."""

    code: ClassVar[str] = "bundle_corrupt"

    def __init__(self, what: str) -> None:
        super().__init__(f"The bundle is damaged: {what}. Copy, download or export the bundle again.")


class BundleFileMissing(BundleCorrupt):
    """A file that the manifest lists is not there."""

    code: ClassVar[str] = "bundle_file_missing"


class BundleFileSize(BundleCorrupt):
    """A file is longer or shorter than the manifest says, as after a broken download."""

    code: ClassVar[str] = "bundle_file_size"


class BundleFileHash(BundleCorrupt):
    """A file has the right size and other content."""

    code: ClassVar[str] = "bundle_file_hash"


class BundlePathOutside(BundleCorrupt):
    """The manifest, or a link, leads out of the bundle's folder."""

    code: ClassVar[str] = "bundle_path_outside"


class BundleUnsupported(AssessmentError):
    """The bundle is sound but not for this software."""

    code: ClassVar[str] = "bundle_unsupported"


class BundleSchemaUnsupported(BundleUnsupported):
    """The manifest is of another schema version."""

    code: ClassVar[str] = "bundle_schema_unsupported"


class BundleNeedsNewerApp(BundleUnsupported):
    """The manifest's minimum app version is above the app's."""

    code: ClassVar[str] = "bundle_needs_newer_app"


class BundleOlder(BundleUnsupported):
    """The bundle is older than the one that is held."""

    code: ClassVar[str] = "bundle_older"


class BundleUntrusted(AssessmentError):
    """Nobody that is trusted vouches for the bundle."""

    code: ClassVar[str] = "bundle_untrusted"


class SignatureMissing(BundleUntrusted):
    """There is no signature, or a file that is none."""

    code: ClassVar[str] = "bundle_signature_missing"


class SigningKeyUnknown(BundleUntrusted):
    """The bundle is signed with a key that is not among those trusted."""

    code: ClassVar[str] = "bundle_signing_key_unknown"


class SignatureInvalid(BundleUntrusted):
    """The manifest was changed after it was signed, or the signature was not made with the key it names."""

    code: ClassVar[str] = "bundle_signature_invalid"
