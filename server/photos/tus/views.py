"""tus 1.0.0 over the API: https://tus.io/protocols/resumable-upload."""

from email.utils import format_datetime

from flask import Response, request, url_for
from werkzeug.exceptions import MethodNotAllowed

from server.foundation.config import settings
from server.foundation.http.api import Blueprint
from server.foundation.http.bodies import body_type, has_body
from server.foundation.http.rate_limits import UPLOADS, limited
from server.people.credentials.tokens import caller, token_required
from server.photos.models import Upload
from server.photos.tus import headers
from server.photos.tus.appending import append
from server.photos.tus.problems import VERSION
from server.photos.tus.uploads import begin, end, find_or_expire
from server.sharing.grants.access import require_owner, require_storing

blueprint = Blueprint("uploads", __name__, url_prefix="/v1/timelines", description="Photos in parts, by tus 1.0.0")

WHOLE_NUMBER = "^[0-9]{1,15}$"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"


def _header(name: str, description: str, required: bool = True, **schema: object) -> dict[str, object]:
    schema = {"type": "string", **schema}
    return {"in": "header", "name": name, "required": required, "schema": schema, "description": description}


_VERSION = _header("Tus-Resumable", "The version of the protocol.", enum=[VERSION])
_LENGTH = _header("Upload-Length", "Bytes of the whole photo.", pattern=WHOLE_NUMBER)
_METADATA = _header("Upload-Metadata", "`photo_id` and `media_type` of the photo's record, each with its base64.")
_OFFSET = _header("Upload-Offset", "Where the part begins: where the last one ended.", pattern=WHOLE_NUMBER)
_CHECKSUM = _header("Upload-Checksum", "sha1 or sha256, a space, and the part's digest in base64.", required=False)
_METHOD = _header("X-HTTP-Method-Override", "What is meant.", enum=["PATCH", "DELETE", "HEAD"])
_PART = {"content": {headers.PART_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@blueprint.post("/<timeline_id>/uploads")
@token_required
@limited(*UPLOADS)
@blueprint.doc(parameters=[_VERSION, _LENGTH, _METADATA], requestBody=_PART)
@blueprint.response(201)
def create_upload(timeline_id: str) -> Response:
    """Begin an upload, perhaps with its first part; Location says where it goes on."""
    require_storing(caller(), timeline_id)
    headers.check_version(request.headers)
    photo_id, media_type = headers.photo(request.headers)
    length, metadata = headers.number(request.headers, "Upload-Length"), request.headers["Upload-Metadata"]
    with_part = has_body() and body_type([headers.PART_TYPE])
    upload = begin(timeline_id, photo_id, media_type, length, metadata)
    if with_part:
        upload = _appended(timeline_id, upload.id, 0)
    at = url_for("uploads.append_part", timeline_id=timeline_id, upload_id=upload.id)
    return Response(status=201, headers={"Location": at, **_standing(upload)})


@blueprint.route("/<timeline_id>/uploads/<upload_id>", methods=["HEAD"])
@token_required
@blueprint.doc(parameters=[_VERSION])
@blueprint.response(200)
def show_upload(timeline_id: str, upload_id: str) -> Response:
    """Say how many bytes have come, in Upload-Offset."""
    require_owner(caller(), timeline_id)
    headers.check_version(request.headers)
    upload = find_or_expire(timeline_id, upload_id)
    whole = {"Upload-Length": str(upload.length), "Upload-Metadata": upload.metadata_header}
    return Response(status=200, headers={**_standing(upload), **whole})


@blueprint.patch("/<timeline_id>/uploads/<upload_id>")
@token_required
@limited(*UPLOADS)
@blueprint.doc(parameters=[_VERSION, _OFFSET, _CHECKSUM], requestBody={**_PART, "required": True})
@blueprint.response(204)
def append_part(timeline_id: str, upload_id: str) -> Response:
    """Continue an upload from Upload-Offset; the last part completes the photo."""
    require_storing(caller(), timeline_id)
    headers.check_version(request.headers)
    body_type([headers.PART_TYPE])
    offset = headers.number(request.headers, "Upload-Offset")
    return Response(status=204, headers=_standing(_appended(timeline_id, upload_id, offset)))


@blueprint.delete("/<timeline_id>/uploads/<upload_id>")
@token_required
@blueprint.doc(parameters=[_VERSION])
@blueprint.response(204)
def delete_upload(timeline_id: str, upload_id: str) -> Response:
    """End an upload and remove what has come of it; a photo that it completed stays."""
    require_owner(caller(), timeline_id)
    headers.check_version(request.headers)
    end(timeline_id, upload_id)
    return Response(status=204)


@blueprint.post("/<timeline_id>/uploads/<upload_id>")
@token_required
@limited(*UPLOADS)
@blueprint.doc(parameters=[_VERSION, _METHOD], requestBody=_PART)
@blueprint.response(204)
def overridden(timeline_id: str, upload_id: str) -> Response:
    """Continue or end an upload for a client that sends neither PATCH nor DELETE."""
    require_owner(caller(), timeline_id)
    views = {"PATCH": append_part, "DELETE": delete_upload, "HEAD": show_upload}
    view = views.get(request.headers.get("X-HTTP-Method-Override", ""))
    if view is None:
        raise MethodNotAllowed(["HEAD", "PATCH", "DELETE"])
    answer: Response = view(timeline_id, upload_id)
    return answer


def _appended(timeline_id: str, upload_id: str, offset: int) -> Upload:
    request.max_content_length = settings().photo_max_bytes
    return append(timeline_id, upload_id, offset, request.stream, headers.checksum(request.headers))


def _standing(upload: Upload) -> dict[str, str]:
    expires = format_datetime(upload.expires_at, usegmt=True)
    return {"Upload-Offset": str(upload.received), "Upload-Expires": expires}


@blueprint.after_request
def _say_what_is_spoken(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    if request.method == "OPTIONS":
        response.headers["Tus-Version"] = VERSION
        response.headers["Tus-Extension"] = EXTENSIONS
        response.headers["Tus-Max-Size"] = str(settings().photo_max_bytes)
        response.headers["Tus-Checksum-Algorithm"] = ",".join(headers.ALGORITHMS)
    return response
