"""The photos of one visit as they are sent to be assessed: a form whose files are named for the views they show."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from flask import request
from werkzeug.formparser import parse_form_data

from mobile_models.zones import VIEWS
from server.foundation.http.bodies import body_type
from server.foundation.http.errors import CODES, Problem

FORM = "multipart/form-data"
GUIDED = {"true": True, "false": False}
FORM_BYTES = 512 * 1024
"""What a form may have beside its photos: boundaries, headers, a word. It also bounds werkzeug's buffer, which reads
64 KiB of a photo at a time and needs room for several.
"""

_PHOTO = {"type": "string", "format": "binary"}
DESCRIBED = {
    "type": "object",
    "properties": {
        **dict.fromkeys(VIEWS, _PHOTO),
        "guided": {"type": "string", "enum": list(GUIDED), "default": "false"},
    },
    "anyOf": [{"required": [view]} for view in VIEWS],
    "additionalProperties": False,
}
"""The form in the API's document."""


class FormMalformed(Problem):
    """The body is no form of photos."""

    code = "malformed"
    detail = "The form cannot be read; let a library write it, with the boundary that its Content-Type names."


class FormInvalid(Problem):
    """A part is missing, or is not what it is named for."""

    status = 422
    code, detail = CODES[422]


class VisitMalformed(Problem):
    """The photos make no visit that can be counted."""

    status = 422
    code = "visit_malformed"


class PhotoTooLong(Problem):
    """A photo has more bytes than are taken."""

    status = 413
    code = "too_large"


@dataclass(frozen=True)
class SentVisit:
    """The files by their views, as they came, and whether the capture oval was used."""

    photos: Mapping[str, bytes]
    guided: bool


def sent_visit(photo_max_bytes: int) -> SentVisit:
    """Read the request's form, in memory alone.

    Raises:
        MediaTypeUnsupported, FormMalformed, FormInvalid: it is no such form.
        RequestEntityTooLarge, PhotoTooLong: it has more bytes than are taken.
        VisitMalformed: there is no photo, one view twice, or several photos without the guide.
    """
    body_type([FORM])
    request.max_content_length = len(VIEWS) * photo_max_bytes + FORM_BYTES
    try:
        _, form, files = parse_form_data(
            request.environ,
            _in_memory,
            max_form_memory_size=FORM_BYTES,
            max_content_length=request.max_content_length,
            max_form_parts=2 * len(VIEWS),
            silent=False,
        )
    except ValueError as error:
        raise FormMalformed from error
    errors = {name: ["Must be a file."] if name in VIEWS else ["Unknown field."] for name in form if name != "guided"}
    errors |= {name: ["Unknown field."] for name in files if name not in VIEWS}
    if form.get("guided", "false") not in GUIDED:
        errors["guided"] = ["Must be one of: true, false."]
    if errors:
        raise FormInvalid(errors={"form": errors})
    photos = {view: files.getlist(view) for view in VIEWS if view in files}
    _check(photos, guided := GUIDED[form.get("guided", "false")])
    sent = {view: file.stream.read() for view, [file] in photos.items()}
    for view, data in sent.items():
        if len(data) > photo_max_bytes:
            raise PhotoTooLong(f"A photo has at most {photo_max_bytes} bytes; save it at a smaller size.", view=view)
    return SentVisit(sent, guided)


def _check(photos: Mapping[str, list[Any]], guided: bool) -> None:
    if not photos:
        raise VisitMalformed(f"There is no photo; send one, or one of each view, as files named {', '.join(VIEWS)}.")
    if twice := next((view for view, files in photos.items() if len(files) > 1), None):
        raise VisitMalformed(f"There are two photos of the {twice} view; send each view once.")
    if len(photos) > 1 and not guided:
        raise VisitMalformed(
            "Without the guide a lesion that two photos show would be counted twice; take the visit with the guide and"
            " send 'guided=true', or have its photos assessed one by one."
        )


def _in_memory(*_: object, **__: object) -> IO[bytes]:
    """Return where a file of the form goes: no photo reaches the disk in the clear, not even for a moment."""
    return io.BytesIO()
