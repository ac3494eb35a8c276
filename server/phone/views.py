"""The app at /app/: its files, open to everybody, under a policy of their own."""

from flask import Blueprint, Response, request, send_file

from server.foundation.config import settings
from server.foundation.http.security_headers import HEADERS
from server.phone import model
from server.phone.built_files import INDEX, built_file

blueprint = Blueprint("phone", __name__, url_prefix="/app")

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self';"
    " img-src 'self' blob:; style-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'none'"
)
"""The app runs scripts of this server alone, and WebAssembly, which counts; it speaks to this server alone."""

PERMISSIONS = HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")
"""As everywhere, but for the camera."""


@blueprint.get("/")
@blueprint.get("/<path:filename>")
def file(filename: str = INDEX) -> Response:
    """Send a file of the app, compressed where the browser takes that."""
    chosen = built_file(settings().app_dir, filename, lambda coding: request.accept_encodings[coding] > 0)
    response = send_file(chosen.opened(), chosen.media_type, conditional=True, etag=chosen.etag, last_modified=None)
    response.headers["Cache-Control"] = chosen.caching
    response.vary.add("Accept-Encoding")
    if chosen.coding is not None:
        response.headers["Content-Encoding"] = chosen.coding
    return response


@blueprint.get("/model/<filename>")
def model_file(filename: str) -> Response:
    """Send a file of the model that the app counts with where nobody has an account."""
    chosen = model.file_without_account(filename)
    response = send_file(chosen.path, model.media_type(filename), conditional=True, etag=chosen.sha256)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.after_request
def with_own_policy(response: Response) -> Response:
    """Let every answer say what the app may do, the worker's script and errors too."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Permissions-Policy"] = PERMISSIONS
    return response
