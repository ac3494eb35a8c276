"""Why a photo is not taken, or not given."""

from server.foundation.http.errors import Problem


class PhotoUnknown(Problem):
    """The timeline has no record of such a photo."""

    status = 404
    code = "photo_unknown"
    detail = "This timeline has no such photo; push its record first."


class PhotoNotUploaded(Problem):
    """The record is there, the bytes are not."""

    status = 404
    code = "photo_not_uploaded"
    detail = "The bytes of this photo have not been uploaded."


class PhotoGone(Problem):
    """The photo was deleted."""

    status = 410
    code = "gone"
    detail = "This photo was deleted and stays so."


class PhotoDiffers(Problem):
    """The record of this id is of another photo."""

    status = 409
    code = "photo_differs"
    detail = "The record of this photo names another sha256; push a new record for another photo."


class SizeDiffers(Problem):
    """The record gives another size."""

    status = 409
    code = "photo_size_differs"
