"""What can be wrong with an upload in parts. Statuses are those of tus 1.0.0."""

from server.foundation.http.errors import Problem

VERSION = "1.0.0"


class VersionUnsupported(Problem):
    """The request is not of the protocol's version."""

    status = 412
    code = "tus_version_unsupported"
    detail = f"Send 'Tus-Resumable: {VERSION}' with every request."
    headers = {"Tus-Version": VERSION}  # noqa: RUF012 – a constant of the class, as in its base


class HeaderMalformed(Problem):
    """A header is missing or cannot be read."""

    status = 400
    code = "header_malformed"


class UploadUnknown(Problem):
    """The timeline has no such upload."""

    status = 404
    code = "upload_unknown"
    detail = "This timeline has no such upload; it was refused or ended. Begin a new one."


class UploadExpired(Problem):
    """The rest did not come in time."""

    status = 410
    code = "upload_expired"
    detail = "The rest of this upload did not come in time and it was removed; begin a new one."


class OffsetConflict(Problem):
    """The part does not begin where the last one ended, or another was sent at the same time."""

    status = 409
    code = "offset_conflict"
    detail = "The part does not begin where the upload stands; ask for Upload-Offset with HEAD and go on from there."


class UploadTooLong(Problem):
    """More comes than was said, or was said than is taken."""

    status = 413
    code = "too_large"


class ChecksumMismatch(Problem):
    """The part is not what was sent."""

    status = 460
    code = "checksum_mismatch"
    detail = "The part does not have the checksum of its Upload-Checksum; nothing of it was kept, send it again."


class TooManyUploads(Problem):
    """The patient has too many uploads open."""

    status = 429
    code = "too_many_uploads"
    detail = "Too many uploads are open at once; finish or end some of them first."
    headers = {"Retry-After": "60"}  # noqa: RUF012 – a constant of the class, as in its base


class TooManyParts(Problem):
    """The upload comes in very small parts."""

    status = 400
    code = "too_many_parts"
    detail = "The upload came in too many parts and was removed; begin again with larger ones."
