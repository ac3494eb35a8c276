"""What libraries send in a photo's place by mistake: refused by what it is, before its hash is blamed."""

from mobile_models.errors import AssessmentError
from mobile_models.image import PhotoEmpty, PhotoWrongType
from server.photos.inspection import PhotoRefused

HEAD_BYTES = 1024


def refuse_mistaken(data: bytes) -> None:
    """Refuse an upload that is no photo of which it can be told what it is instead.

    Raises:
        PhotoRefused: it is empty, a form, compressed, or coded as text.
    """
    if (reason := _mistake(data[:HEAD_BYTES])) is not None:
        raise PhotoRefused(reason)


def _mistake(head: bytes) -> AssessmentError | None:
    if not head:
        return PhotoEmpty("The file is empty: no byte of the photo came. Send it again from the original.")
    what = _other_than_photo(head)
    return None if what is None else PhotoWrongType(f"The body is {what}; send the bytes of the photo as they are.")


def _other_than_photo(head: bytes) -> str | None:
    if head.startswith(b"\x1f\x8b"):
        return "compressed with gzip"
    if head.startswith(b"--") and b"content-disposition: form-data" in head.lower():
        return "a multipart form with the photo in it"
    if head.startswith((b"data:image/", b"/9j/", b"iVBORw0KGgo", b"UklGR")):
        return "the photo as text in base64"
    if head.startswith((b"[object ", b"file://", b"content://")):
        return "the name of a file or an object in place of its content"
    return None
