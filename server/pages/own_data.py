"""Your data: taking all of it along, and erasing it."""

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server.foundation.http.rate_limits import PROOF, limited
from server.own_data.erasure import erase_account, what_happens
from server.own_data.export import export_response
from server.pages import browser_session as web
from server.pages.browser_session import page_login_required
from server.pages.reader import reader
from server.people.credentials.password import WrongPassword

blueprint = Blueprint("own_data", __name__, url_prefix="/your-data")


@blueprint.get("")
@page_login_required
def show() -> str:
    """Show what one can do with all of one's data, and what happens then."""
    return render_template("your_data.html", here="your data", told=what_happens(reader()))


@blueprint.get("/export")
@page_login_required
def export() -> Response:
    """Download all of it."""
    return export_response(reader())


@blueprint.post("/erase")
@page_login_required
@limited(*PROOF)
def erase() -> str | tuple[str, int] | AnyResponse:
    """Erase the account, and say what is gone and what stays; the page again where the password is wrong."""
    try:
        erased = erase_account(reader(), request.form.get("password", ""))
    except WrongPassword as wrong:
        erased = what_happens(reader())
        return render_template("your_data.html", here="your data", told=erased, problem=wrong.text), wrong.status
    web.forget()
    return render_template("erased.html", told=erased)
