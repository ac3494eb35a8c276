"""Setting an authenticator up, by a QR code, and taking it away."""

import segno
from flask import Blueprint, flash, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from server.foundation.http.errors import Problem
from server.foundation.http.rate_limits import PROOF, limited
from server.pages.browser_session import ENROLMENT_PAGE, page_login_required
from server.pages.reader import reader
from server.people.credentials import second_factor
from server.people.credentials.enrolment import must_enrol, works_before_enrolment

blueprint = Blueprint("second_factor", __name__, url_prefix=ENROLMENT_PAGE)


@blueprint.get("")
@page_login_required
@works_before_enrolment
def page() -> str:
    """Show whether there is an authenticator."""
    return _shown()


@blueprint.post("/begin")
@page_login_required
@limited(*PROOF)
@works_before_enrolment
def begin() -> str | tuple[str, int]:
    """Show the code to scan."""
    try:
        secret, uri = second_factor.begin(reader(), request.form.get("password", ""))
    except Problem as problem:
        return _shown(problem.text), problem.status
    return render_template("enrolment.html", secret=secret, qr=_qr(uri))


@blueprint.post("/confirm")
@page_login_required
@limited(*PROOF)
@works_before_enrolment
def confirm() -> str | tuple[str, int]:
    """Put the authenticator in force and show the recovery codes; the code to scan again where the digits are wrong."""
    try:
        codes = second_factor.confirm(reader(), request.form.get("code", "").replace(" ", ""))
    except second_factor.CodeNotConfirmed as wrong:
        secret, uri = second_factor.begun(reader())
        return render_template("enrolment.html", secret=secret, qr=_qr(uri), problem=wrong.text), wrong.status
    except Problem as problem:
        return _shown(problem.text), problem.status
    return render_template("recovery_codes.html", codes=codes, enrolled=True)


@blueprint.post("/remove")
@page_login_required
@limited(*PROOF)
def remove() -> tuple[str, int] | Response:
    """Take the authenticator away."""
    try:
        second_factor.remove(reader(), request.form.get("password", ""), request.form.get("code", ""))
    except Problem as problem:
        return _shown(problem.text), problem.status
    flash("The authenticator is removed.")
    return redirect(ENROLMENT_PAGE)


def _shown(problem: str | None = None) -> str:
    user = reader()
    enrolled, demanded = second_factor.enrolled(user), must_enrol(user)
    return render_template("second_factor.html", enrolled=enrolled, demanded=demanded, problem=problem)


def _qr(uri: str) -> Markup:
    """Return the URI as a drawing without styles or scripts, dark on white in both colour schemes."""
    code = segno.make(uri, error="m", micro=False)
    return Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))
